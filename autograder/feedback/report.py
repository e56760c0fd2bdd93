"""The class report: scores by task, what the class misunderstands, what was stopped; as a page and as text."""

from __future__ import annotations

import io
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .clean import clean
from .model import conditions
from .page import MESSAGE_CHARACTERS
from .render import number, render

NAMES_SHOWN = 12


@dataclass(frozen=True)
class Column:
    """One task over the class. earned: points by student, None where there is no score."""

    task: str
    kind: str
    max_score: float
    earned: Mapping[str, float | None]

    @property
    def mean(self) -> float | None:
        scores = [score for score in self.earned.values() if score is not None]
        return statistics.fmean(scores) if scores else None

    @property
    def share(self) -> float:
        return (self.mean or 0.0) / self.max_score if self.max_score else 0.0

    @property
    def complete(self) -> int:
        """How many students have all points."""
        return sum(score is not None and score >= self.max_score for score in self.earned.values())


@dataclass(frozen=True)
class Belief:
    """One misconception in the class: its id, the sentence that students read, who has it."""

    task: str
    id: str
    sentence: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Stop:
    """One task of one submission that was stopped, or a submission that could not be graded."""

    student: str
    task: str
    reason: str
    message: str


@dataclass(frozen=True)
class ClassReport:
    """What the class report shows, by student id."""

    assignment: str
    results: Sequence[Mapping[str, Any]]
    columns: Sequence[Column]
    beliefs: Sequence[Belief]
    stops: Sequence[Stop]

    @property
    def scores(self) -> list[float]:
        return [result["score"] for result in self.results]

    @property
    def max_score(self) -> float:
        return max((result["max_score"] for result in self.results), default=0.0)

    @property
    def automatic(self) -> list[Column]:
        """The tasks that are graded by running checks."""
        return [column for column in self.columns if column.kind != "text"]

    @property
    def waiting(self) -> int:
        return sum(result["status"] == "needs_manual_grade" for result in self.results)


def summarise(results: Sequence[Mapping[str, Any]]) -> ClassReport:
    """The report's content from the documents of `results.json`, automatic points only."""
    ordered = sorted(results, key=lambda result: result["student"])
    name = clean(ordered[0]["assignment"]) if ordered else ""
    return ClassReport(name, ordered, _columns(ordered), _beliefs(ordered), _stops(ordered))


def class_report(results: Sequence[Mapping[str, Any]], *, title: str = "") -> str:
    """The instructor's page as HTML text."""
    summary = summarise(results)
    return render("class.html.j2", title=title or summary.assignment, summary=summary, cells=_cells(summary),
                  middle=_middle(summary.scores), names_shown=NAMES_SHOWN, conditions=conditions(results))


def class_text(results: Sequence[Mapping[str, Any]], *, width: int = 100) -> str:
    """The same for a terminal, without colours."""
    summary = summarise(results)
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False, markup=False, emoji=False)
    console.print(_score_table(summary))
    legend = "   ".join(f"{place} {column.task}" for place, column in enumerate(summary.automatic, 1))
    console.print(Text(legend))
    if summary.scores:
        median = f"median {_middle(summary.scores)} of {number(summary.max_score)}"
        console.print(f"{len(summary.scores)} submissions, {median}")
    for sentence in conditions(results):
        console.print(Text(sentence))
    if summary.beliefs:
        console.print("\nMisconceptions")
        for belief in summary.beliefs:
            console.print(Text(f"{len(belief.students):>4}  {belief.task}: {belief.id}"))
            console.print(Padding(Text(belief.sentence), (0, 0, 0, 6)))
    if summary.stops:
        console.print("\nStopped")
        for stop in summary.stops:
            console.print(Text(f"  {stop.student}, {stop.task}: {stop.reason}"))
            console.print(Padding(Text(stop.message), (0, 0, 0, 6)))
    return out.getvalue()


def _score_table(summary: ClassReport) -> Table:
    table = Table(title=summary.assignment, title_justify="left", box=None, pad_edge=False)
    table.add_column("student", no_wrap=True, max_width=24)
    columns = summary.automatic
    for place, _ in enumerate(columns, 1):
        table.add_column(str(place), justify="right")
    table.add_column("points", justify="right")
    table.add_row("possible", *(number(column.max_score) for column in columns), number(summary.max_score))
    for result in summary.results:
        student = result["student"]
        scores = [number(column.earned.get(student)) for column in columns]
        table.add_row(Text(clean(student)), *scores, number(result["score"]))
    return table


def _columns(results: Sequence[Mapping[str, Any]]) -> list[Column]:
    tasks = {task["task"]: task for result in results for task in result["tasks"]}
    return [
        Column(name, task["kind"], task["max_score"] or 0.0, {
            result["student"]: next((t["score"] for t in result["tasks"] if t["task"] == name), None)
            for result in results
        })
        for name, task in tasks.items()
    ]


def _beliefs(results: Sequence[Mapping[str, Any]]) -> list[Belief]:
    holders: dict[tuple[str, str], dict[str, None]] = {}
    sentences: dict[tuple[str, str], str] = {}
    for result in results:
        for task in result["tasks"]:
            for test in task.get("tests") or []:
                if test.get("diagnosis"):
                    key = task["task"], test["diagnosis"]
                    holders.setdefault(key, {})[result["student"]] = None
                    sentences.setdefault(key, clean(test["message"])[:MESSAGE_CHARACTERS])
    found = [Belief(task, id, sentences[task, id], tuple(map(clean, who))) for (task, id), who in holders.items()]
    return sorted(found, key=lambda belief: (-len(belief.students), belief.task, belief.id))


def _stops(results: Sequence[Mapping[str, Any]]) -> list[Stop]:
    stops = []
    for result in results:
        student = clean(result["student"])
        if result["status"] == "not_gradable":
            message = next((task["message"] for task in result["tasks"] if task.get("message")), "")
            stops.append(Stop(student, "the whole notebook", result.get("reason") or "malformed", clean(message)))
            continue
        stops += [
            Stop(student, task["task"], task["reason"], clean(task.get("message") or ""))
            for task in result["tasks"] if task.get("reason")
        ]
    return stops


def _cells(summary: ClassReport) -> list[tuple[Mapping[str, Any], list[tuple[str, int, str]]]]:
    """The table's rows: (result, for each task the text, a step from 0 to 4 for the shade, the status in words)."""
    rows = []
    for result in summary.results:
        tasks = {task["task"]: task for task in result["tasks"]}
        cells = []
        for column in summary.columns:
            score = column.earned.get(result["student"])
            step = int(4 * min(max(score / column.max_score, 0.0), 1.0)) if score and column.max_score else 0
            status = tasks[column.task]["status"] if column.task in tasks else ""
            cells.append((number(score), step, status.replace("_", " ")))
        rows.append((result, cells))
    return rows


def _middle(scores: Sequence[float]) -> str:
    return number(statistics.median(scores)) if scores else "–"

