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
from .model import conditions, in_words
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
        said = [_("{count} submissions").format(count=summary.spread.count), median]
        said += [_("{count} missing").format(count=summary.missing)] if summary.missing else []
        said += [_("{count} late").format(count=summary.late)] if summary.late else []
        console.print(", ".join(said))
    for sentence in conditions(summary.results):
        console.print(Text(sentence))
    if summary.beliefs:
        console.print(_("\nMisconceptions"))
        for belief in summary.beliefs:
            console.print(Text(f"{len(belief.students):>4}  {belief.task}: {belief.id}"))
            console.print(Padding(Text(belief.sentence), (0, 0, 0, 6)))
    if summary.needs:
        console.print(_("\nWho may need help"))
        for need in summary.needs:
            console.print(Padding(Text(f"{need.student}: {', '.join(need.reasons)}"), (0, 0, 0, 2)))
    if summary.stops:
        console.print(_("\nStopped"))
        for stop in summary.stops:
            console.print(Text(f"  {stop.student}, {stop.task}: {in_words(stop.reason)}"))
            console.print(Padding(Text(stop.message), (0, 0, 0, 6)))
    return out.getvalue()


def _score_table(summary: ClassReport) -> Table:
    table = Table(title=summary.assignment, title_justify="left", box=None, pad_edge=False)
    table.add_column(_("student"), no_wrap=True, max_width=24)
    for place, _column in enumerate(summary.columns, 1):
        table.add_column(str(place), justify="right")
    table.add_column(_("points"), justify="right")
    table.add_column("")
    most = (number(column.max_score) for column in summary.columns)
    table.add_row(_("possible"), *most, number(summary.max_score), "")
    for one in summary.students:
        scores = [number(column.earned.get(one.id)) for column in summary.columns]
        table.add_row(Text(one.label), *scores, number(one.score), one.state)
    return table
