"""The class report as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .measures import EXPLAINED
from .model import conditions, in_words
from .render import number, render
from .report import ClassReport, Label, summarise
from .report_findings import Link
from .report_students import Student, tasks_of

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore

NAMES_SHOWN = 12


def class_report(
    results: Sequence[Mapping[str, Any]], finals: Sequence[FinalScore] = (), *, title: str = "",
    before: Sequence[Mapping[str, Any]] = (), label: Label = str, link: Link = lambda student, task: None,
) -> str:  # fmt: skip
    """The instructor's page as HTML text; see ``summarise``."""
    return page_of(summarise(results, finals, before=before, label=label, link=link), title=title)


def page_of(summary: ClassReport, *, title: str = "") -> str:
    """The instructor's page as HTML text."""
    return render(
        "class.html.j2", title=title or summary.assignment, summary=summary, rows=rows_of(summary),
        names_shown=NAMES_SHOWN, conditions=conditions(summary.results), explained=EXPLAINED, percent=percent,
        signed=signed, seconds=in_seconds,
    )  # fmt: skip


def rows_of(summary: ClassReport) -> list[tuple[Student, list[tuple[str, int, str]]]]:
    """The table's rows: (student, for each task the text, a step from 0 to 4 for the shade, the status in words)."""
    rows = []
    for one in summary.students:
        tasks = tasks_of(one.result)
        cells = []
        for column in summary.columns:
            score = column.earned.get(one.id)
            step = int(4 * min(max(score / column.max_score, 0.0), 1.0)) if score and column.max_score else 0
            status = tasks[column.task]["status"] if column.task in tasks else ""
            cells.append((number(score), step, in_words(status) if status else ""))
        rows.append((one, cells))
    return rows


def signed(value: float | None) -> str:
    """A correlation with its sign; empty where there is none."""
    return "" if value is None else f"{value:+.2f}".replace("-", "−")


def in_seconds(value: float | None) -> str:
    """A time with its unit."""
    return "–" if value is None else f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def percent(share: float | None) -> str:
    """A share from 0 to 1, in per cent."""
    return "–" if share is None else f"{round(100 * share)} %"
