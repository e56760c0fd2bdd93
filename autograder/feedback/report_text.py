"""The class report for a terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..language import sentences_of
from .model import conditions
from .render import number
from .report import ClassReport, summarise

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore

_ = sentences_of(__package__)


def class_text(
    results: Sequence[Mapping[str, Any]], finals: Sequence[FinalScore] = (), *, width: int = 100
) -> str:
    """The same for a terminal, without colours."""
    return text_of(summarise(results, finals), width=width)


def text_of(summary: ClassReport, *, width: int = 100) -> str:
    """The report for a terminal, without colours."""
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False, markup=False, emoji=False)
    console.print(_score_table(summary))
    console.print(Text("   ".join(f"{place} {column.task}" for place, column in enumerate(summary.columns, 1))))
    if summary.spread:
        median = _("median {median} of {max_score}").format(
            median=number(summary.spread.median), max_score=number(summary.max_score)
        )
        missing = f", {summary.missing} missing" if summary.missing else ""
        late = f", {summary.late} late" if summary.late else ""
        console.print(f"{summary.spread.count} submissions, {median}{missing}{late}")
    for sentence in conditions(summary.results):
        console.print(Text(sentence))
    if summary.beliefs:
        console.print("\nMisconceptions")
        for belief in summary.beliefs:
            console.print(Text(f"{len(belief.students):>4}  {belief.task}: {belief.id}"))
            console.print(Padding(Text(belief.sentence), (0, 0, 0, 6)))
    if summary.needs:
        console.print(_("\nWho may need help"))
        for need in summary.needs:
            console.print(Padding(Text(f"{need.student}: {', '.join(need.reasons)}"), (0, 0, 0, 2)))
    if summary.stops:
        console.print("\nStopped")
        for stop in summary.stops:
            console.print(Text(f"  {stop.student}, {stop.task}: {stop.reason}"))
            console.print(Padding(Text(stop.message), (0, 0, 0, 6)))
    return out.getvalue()


def _score_table(summary: ClassReport) -> Table:
    table = Table(title=summary.assignment, title_justify="left", box=None, pad_edge=False)
    table.add_column("student", no_wrap=True, max_width=24)
    for place, _ in enumerate(summary.columns, 1):
        table.add_column(str(place), justify="right")
    table.add_column("points", justify="right")
    table.add_column("")
    table.add_row("possible", *(number(column.max_score) for column in summary.columns), number(summary.max_score), "")
    for one in summary.students:
        scores = [number(column.earned.get(one.id)) for column in summary.columns]
        table.add_row(Text(one.label), *scores, number(one.score), one.state)
    return table
