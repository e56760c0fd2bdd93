"""A Dockerfile as a list of instructions: the few that ours uses."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KNOWN = ("ARG", "CMD", "COPY", "ENV", "FROM", "RUN", "USER", "WORKDIR")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name, and what follows, with continued lines joined."""

    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.rest)

    @property
    def copied(self) -> tuple[str | None, list[str], str]:
        """Of a COPY: from which stage, what, and where to."""
        words = self.words
        stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
        return stage, words[:-1], words[-1]


def read(path: Path) -> list[Instruction]:
    """The instructions of a Dockerfile. ValueError for one that is not among those that are known here."""
    return list(_read(path.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[Instruction]:
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if not line.strip():
            continue
        name, _, rest = line.partition(" ")
        if name not in KNOWN:
            raise ValueError(f"{name} is no instruction that is known here")
        yield Instruction(name, rest.strip())
