"""Measured values, and how they are printed: medians, spread, ratio against a peer."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Measured:
    """Repeated measurements of one thing, in one unit."""

    name: str
    values: list[float] = field(default_factory=list)
    note: str = ""

    def add(self, value: float) -> None:
        self.values.append(value)

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def machine() -> str:
    """The machine that the figures are of."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"{cores} cores of {model}, {platform.system()} {platform.release()}, load {load:.1f} at the start"


def print_table(title: str, rows: Sequence[Measured], peer: Measured | None = None) -> None:
    """Prints a Markdown table; with a peer, how many times its median each median is."""
    titles = ["", "median", "lowest", "highest", "runs", *(["of the peer"] if peer else [])]
    print(f"\n**{title}**\n\n| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for row in rows:
        note = f" ({row.note})" if row.note else ""
        cells = [_short(row.median), _short(min(row.values)), _short(max(row.values)), str(len(row.values))]
        if peer:
            cells.append(f"{row.median / peer.median:.3g}")
        print(f"| {row.name}{note} | {' | '.join(cells)} |", flush=True)


def print_steps(steps: Sequence[str], rows: Sequence[Sequence[Measured]]) -> None:
    """Prints the medians of each step as a Markdown table; the first column is the peer of the others."""
    names = [measured.name for measured in rows[0]]
    titles = ["medians", names[0], *(title for name in names[1:] for title in (name, "of the peer"))]
    print(f"\n| {' | '.join(titles)} |\n{'|---' * len(titles)}|")
    for step, (peer, *others) in zip(steps, rows, strict=True):
        compared = [text for one in others for text in (_short(one.median), f"{one.median / peer.median:.3g}")]
        print(f"| {' | '.join([step, _short(peer.median), *compared])} |", flush=True)


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
