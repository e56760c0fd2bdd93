"""The class report: final scores, how tasks and checks went, what the class misunderstands, who needs help.

As a page, as text for a terminal, as JSON and as CSV. Where the gradebook has final scores, they count: manual points
and penalties are in them, and so is who handed in nothing. Without, it is the automatic points of who was graded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import measures
from .clean import clean
from .measures import EXPLAINED, CheckMeasure, Spread, TaskMeasure
from .model import conditions
from .page import MESSAGE_CHARACTERS
from .render import number, render

if TYPE_CHECKING:
    from autograder.gradebook.scores import FinalScore, TaskScore

NAMES_SHOWN = 12
FAR_BELOW = 0.5  # of the median
Label = Callable[[str], str]
Link = Callable[[str, int], str | None]


@dataclass(frozen=True)
class Student:
    """One student: how the report calls them, what was graded, and the final score where the gradebook has one."""

    id: str
    label: str
    result: Mapping[str, Any] | None = None
    final: FinalScore | None = None

    @property
    def score(self) -> float | None:
        """What counts; None where nothing was handed in."""
        if self.final is not None:
            return self.final.score if self.final.handed_in else None
        return self.result["score"] if self.result else None

    @property
    def waits(self) -> bool:
        """Whether a person has still to look at something."""
        return bool(self.result and self.result["status"] == "needs_manual_grade") and not (
            self.final and not any(task.waits for task in self.final.tasks)
        )

    @property
    def state(self) -> str:
        """``missing``, ``not graded yet``, ``late`` or nothing to say."""
        if self.result is None:
            return "missing" if self.final is None or not self.final.handed_in else "not graded yet"
        return "late" if self.final and self.final.late > timedelta() else ""

    def points(self, task: str) -> float | None:
        """Of one task, a person's where they gave any; None where there are none yet."""
        found = next((one for one in self.final.tasks if one.task == task), None) if self.final else None
        if found is not None and not (found.waits and found.manual is None):
            if found.automatic is not None or found.manual is not None:
                return found.score
        asked = _tasks(self.result).get(task)
        return asked["score"] if asked else None


@dataclass(frozen=True)
class Column:
    """One task over the class. earned: points by student, None where there is no score."""

    task: str
    kind: str
    max_score: float
    earned: Mapping[str, float | None]
    measure: TaskMeasure | None = None

    @property
    def mean(self) -> float | None:
        scores = [score for score in self.earned.values() if score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def graded(self) -> int:
        """How many students have a score."""
        return sum(score is not None for score in self.earned.values())

    @property
    def share(self) -> float:
        return min(1.0, (self.mean or 0.0) / self.max_score) if self.max_score else 0.0

    @property
    def complete(self) -> int:
        """How many students have all points."""
        return sum(score is not None and score >= self.max_score for score in self.earned.values())


@dataclass(frozen=True)
class Holder:
    """A student with a misconception, and where their answer is shown."""

    label: str
    link: str | None = None


@dataclass(frozen=True)
class Belief:
    """One misconception in the class: its id, the sentence that students read, who has it."""

    task: str
    id: str
    sentence: str
    holders: tuple[Holder, ...]

    @property
    def students(self) -> tuple[str, ...]:
        return tuple(holder.label for holder in self.holders)


@dataclass(frozen=True)
class Stop:
    """One task of one submission that was stopped, or a submission that could not be graded."""

    student: str
    task: str
    reason: str
    message: str


@dataclass(frozen=True)
class HandGraded:
    """What one person graded by hand of one task: how many answers, and the mean share of the points that they gave,
    from 0 to 1. ``by`` is empty where nobody noted it."""

    by: str
    task: str
    answers: int
    share: float | None


@dataclass(frozen=True)
class Need:
    """A student who may need help, and the reasons."""

    student: str
    link: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Then:
    """A task or a misconception in another term: the share then and now, from 0 to 1."""

    task: str
    what: str
    before: float | None
    now: float | None


@dataclass(frozen=True)
class ClassReport:
    """What the class report shows."""

    assignment: str
    students: Sequence[Student]
    columns: Sequence[Column]
    checks: Sequence[CheckMeasure]
    beliefs: Sequence[Belief]
    stops: Sequence[Stop]
    needs: Sequence[Need]
    hands: Sequence[HandGraded]
    then: Sequence[Then]
    spread: Spread | None
    max_score: float
    final: bool  # whether scores are final ones

    @property
    def results(self) -> list[Mapping[str, Any]]:
        return [one.result for one in self.students if one.result is not None]

    @property
    def seconds(self) -> float | None:
        """The median time that grading a submission took; None where that is not on record."""
        return measures.median_of((result.get("provenance") or {}).get("seconds") for result in self.results)

    @property
    def automatic(self) -> list[Column]:
        """The tasks that are graded by running checks."""
        return [column for column in self.columns if column.kind != "text"]

    @property
    def waiting(self) -> int:
        return sum(one.waits for one in self.students)

    @property
    def missing(self) -> int:
        return sum(one.state == "missing" for one in self.students)

    @property
    def late(self) -> int:
        return sum(one.state == "late" for one in self.students)

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "schema": 1, "assignment": self.assignment, "max_score": self.max_score, "final_scores": self.final,
            "spread": asdict(self.spread) if self.spread else None,
            "students": [
                {
                    "student": one.label, "score": one.score, "state": one.state or "graded", "waits": one.waits,
                    "penalty": one.final.penalty if one.final else 0.0,
                    "tasks": {column.task: one.points(column.task) for column in self.columns},
                }
                for one in self.students
            ],
            "tasks": [
                {
                    "task": one.task, "kind": one.kind, "max_score": one.max_score, "mean": one.mean,
                    "complete": one.complete, **({} if one.measure is None else _measured(one.measure)),
                }
                for one in self.columns
            ],
            "checks": [{**asdict(one), "share": one.share} for one in self.checks],
            "graded_by_hand": [asdict(one) for one in self.hands],
            "misconceptions": [
                {"task": one.task, "id": one.id, "sentence": one.sentence, "students": list(one.students)}
                for one in self.beliefs
            ],
            "stopped": [asdict(one) for one in self.stops],
            "needs_help": [{"student": one.student, "reasons": list(one.reasons)} for one in self.needs],
            "seconds": self.seconds,
            "last_term": [asdict(one) for one in self.then],
        }  # fmt: skip

    def as_csv(self) -> str:
        """A row for each task and for each of its checks, lines ended by CR LF."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([
            "assignment", "task", "check", "points", "passed", "of", "share", "discrimination", "not_attempted",
            "stopped", "median_seconds",
        ])  # fmt: skip
        for column in self.columns:
            numbers = _numbers(column.measure) if column.measure else [""] * 7
            writer.writerow([self.assignment, column.task, "", f"{column.max_score:g}", *numbers])
            for check in (check for check in self.checks if check.task == column.task):
                said = check.description if check.description[:1] not in "=+-@\t\r" else f"'{check.description}"
                writer.writerow([self.assignment, check.task, said, f"{check.points:g}", *_numbers(check)])
        return out.getvalue()


def summarise(
    results: Sequence[Mapping[str, Any]], finals: Sequence[FinalScore] = (), *,
    before: Sequence[Mapping[str, Any]] = (), label: Label = str, link: Link = lambda student, task: None,
) -> ClassReport:  # fmt: skip
    """The report's content from the documents of ``results.json`` and the gradebook's final scores.

    before: the documents of another term; label: how a student is called; link: where the answer to the task with that
    place (1 is the first) of a student is shown.
    """
    by_id = {result["student"]: result for result in results}
    final = {one.person.id: one for one in finals}
    ids = sorted({*by_id, *final})
    students = [Student(id, clean(label(id)), by_id.get(id), final.get(id)) for id in ids]
    students.sort(key=lambda one: one.label)
    ordered = [one.result for one in students if one.result is not None]
    name = clean(ordered[0]["assignment"]) if ordered else ""
    columns = _columns(students)
    possible = max((one.max_score for one in finals), default=0.0)
    most = possible or max((result["max_score"] for result in ordered), default=0.0)
    scores = [score for one in students if (score := one.score) is not None]
    spread = measures.spread(scores, most)
    return ClassReport(
        name, students, columns, measures.checks(ordered), _beliefs(students, link), _stops(students),
        _needs(students, spread, link), _hands(finals), _then(before, ordered), spread, most, bool(finals),
    )  # fmt: skip


def class_report(
    results: Sequence[Mapping[str, Any]], finals: Sequence[FinalScore] = (), *, title: str = "",
    before: Sequence[Mapping[str, Any]] = (), label: Label = str, link: Link = lambda student, task: None,
) -> str:  # fmt: skip
    """The instructor's page as HTML text; see ``summarise``."""
    return page_of(summarise(results, finals, before=before, label=label, link=link), title=title)


def page_of(summary: ClassReport, *, title: str = "") -> str:
    """The instructor's page as HTML text."""
    return render(
        "class.html.j2", title=title or summary.assignment, summary=summary, rows=_rows(summary),
        names_shown=NAMES_SHOWN, conditions=conditions(summary.results), explained=EXPLAINED, percent=_percent,
        signed=_short, seconds=_seconds,
    )  # fmt: skip


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
        median = f"median {number(summary.spread.median)} of {number(summary.max_score)}"
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
        console.print("\nWho may need help")
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


def _tasks(result: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    return {task["task"]: task for task in result["tasks"]} if result else {}


def _columns(students: Sequence[Student]) -> list[Column]:
    tasks = {name: task for one in students for name, task in _tasks(one.result).items()}
    measured = measures.tasks([one.result for one in students if one.result is not None])
    return [
        Column(
            name, task["kind"], task["max_score"] or 0.0,
            {one.id: one.points(name) for one in students if one.result is not None}, measured.get(name),
        )
        for name, task in tasks.items()
    ]  # fmt: skip


def _beliefs(students: Sequence[Student], link: Link) -> list[Belief]:
    holders: dict[tuple[str, str], dict[str, Holder]] = {}
    sentences: dict[tuple[str, str], str] = {}
    for one in students:
        for place, task in enumerate(_tasks(one.result).values(), 1):
            for test in task.get("tests") or []:
                if test.get("diagnosis"):
                    key = task["task"], test["diagnosis"]
                    holders.setdefault(key, {})[one.id] = Holder(one.label, link(one.id, place))
                    sentences.setdefault(key, clean(test["message"])[:MESSAGE_CHARACTERS])
    found = [Belief(task, id, sentences[task, id], tuple(who.values())) for (task, id), who in holders.items()]
    return sorted(found, key=lambda belief: (-len(belief.holders), belief.task, belief.id))


def _stops(students: Sequence[Student]) -> list[Stop]:
    stops = []
    for one in students:
        result = one.result
        if result is None:
            continue
        if result["status"] == "not_gradable":
            message = next((task["message"] for task in result["tasks"] if task.get("message")), "")
            stops.append(Stop(one.label, "the whole notebook", result.get("reason") or "malformed", clean(message)))
            continue
        stops += [
            Stop(one.label, task["task"], task["reason"], clean(task.get("message") or ""))
            for task in result["tasks"] if task.get("reason")
        ]  # fmt: skip
    return stops


def _needs(students: Sequence[Student], spread: Spread | None, link: Link) -> list[Need]:
    """Who may need help, those with the most reasons first: plain facts, and no verdict."""
    found = []
    for one in students:
        reasons = [one.state] if one.state in ("missing", "late") else []
        left = [name for name, task in _tasks(one.result).items() if task["status"] == "not_attempted"]
        if left:
            reasons.append(f"has not attempted {', '.join(left)}")
        if one.result is not None and one.result["status"] == "not_gradable":
            reasons.append("handed in what cannot be graded")
        score = one.score
        if spread and score is not None and score < FAR_BELOW * spread.median:
            reasons.append(f"has {number(score)} points, less than half of the median")
        if reasons:
            found.append(Need(one.label, link(one.id, 0) if one.result else None, tuple(reasons)))
    return sorted(found, key=lambda need: (-len(need.reasons), need.student))


def _hands(finals: Sequence[FinalScore]) -> list[HandGraded]:
    """Who graded what by hand, by task: several who grade one task can see how alike they judge."""
    found: dict[tuple[str, str], list[TaskScore]] = {}
    for task in (task for one in finals for task in one.tasks if task.manual is not None):
        found.setdefault((task.task, task.given_by), []).append(task)
    return [
        HandGraded(by, name, len(given), _mean_share(given))
        for (name, by), given in sorted(found.items())
    ]  # fmt: skip


def _mean_share(given: Sequence[TaskScore]) -> float | None:
    shares = [(task.manual or 0.0) / task.max_score for task in given if task.max_score]
    return sum(shares) / len(shares) if shares else None


def _then(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[Then]:
    """Tasks and misconceptions of two terms: the share that passed, the share that has it."""
    if not before:
        return []
    was, is_ = measures.tasks(before), measures.tasks(now)
    found = [
        Then(task, "passed", was[task].share if task in was else None, is_[task].share if task in is_ else None)
        for task in {**is_, **was}
    ]
    held, holds = _shares(before), _shares(now)
    for task, id in sorted({**holds, **held}):
        found.append(Then(task, id, held.get((task, id), 0.0), holds.get((task, id), 0.0)))
    return found


def _shares(results: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], float]:
    students = [Student(str(place), "", result) for place, result in enumerate(results)]
    return {(one.task, one.id): len(one.holders) / len(results) for one in _beliefs(students, lambda *_: None)}


def _rows(summary: ClassReport) -> list[tuple[Student, list[tuple[str, int, str]]]]:
    """The table's rows: (student, for each task the text, a step from 0 to 4 for the shade, the status in words)."""
    rows = []
    for one in summary.students:
        tasks = _tasks(one.result)
        cells = []
        for column in summary.columns:
            score = column.earned.get(one.id)
            step = int(4 * min(max(score / column.max_score, 0.0), 1.0)) if score and column.max_score else 0
            status = tasks[column.task]["status"] if column.task in tasks else ""
            cells.append((number(score), step, status.replace("_", " ")))
        rows.append((one, cells))
    return rows


def _measured(measure: TaskMeasure) -> dict[str, Any]:
    return {**asdict(measure), "share": measure.share}


def _numbers(one: TaskMeasure | CheckMeasure) -> list[Any]:
    """A row's numbers in the CSV file."""
    discrimination = "" if one.discrimination is None else f"{one.discrimination:.4f}"
    seconds = "" if one.seconds is None else f"{one.seconds:.3f}"
    return [one.passed, one.of, f"{one.share:.4f}", discrimination, one.not_attempted, one.stopped, seconds]


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}".replace("-", "−")


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"
