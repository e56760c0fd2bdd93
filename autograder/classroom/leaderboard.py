"""The challenge's leaderboard: who asked to be on it, by pseudonym, the best accuracy first and ties by time.

Accuracy and time are what the grader measured (``measured`` of a test in ``results.json``). Accuracies on different
data sets cannot be compared, so each has a board of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from autograder import files
from autograder.classroom.pseudonyms import chosen, problem, told_apart
from autograder.course import Assignment, Course, CourseError, UsageError
from autograder.datasets.titles import TITLES
from autograder.feedback.render import render
from autograder.gradebook.exchange import LARGEST, TIMESTAMP
from autograder.language import sentences_of
from autograder.submission.results import FILE_NAME, InvalidResults, Provenance, Results, read_results

_ = sentences_of(__package__)

# What the checks measured: `HONEST` is 0 where the same code, trained on permuted labels, still knew the true ones.
ACCURACY, SECONDS, HONEST = "accuracy", "train_seconds", "honest"
NOTEBOOK_BYTES = 100_000_000


@dataclass(frozen=True)
class Place:
    """One line of a board. ``seconds`` of training, None if they were not measured; equal results share a rank."""

    rank: int
    pseudonym: str
    accuracy: float
    seconds: float | None
    device: str

    @property
    def percent(self) -> str:
        return f"{100 * self.accuracy:.2f} %"

    @property
    def time(self) -> str:
        return "–" if self.seconds is None else f"{self.seconds:.1f} s"


@dataclass(frozen=True)
class Board:
    """The places on one data set."""

    dataset: str
    places: tuple[Place, ...]

    @property
    def title(self) -> str:
        return TITLES.get(self.dataset, self.dataset)


@dataclass(frozen=True)
class Leaderboard:
    """The boards of a task; ``graded`` submissions, and how many pseudonyms are left out, by the reason."""

    assignment: str
    task: str
    boards: tuple[Board, ...]
    graded: int
    left_out: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """The leaderboard for another program."""
        return {"schema": 1, **asdict(self), "boards": [asdict(board) for board in self.boards]}

    def sentences(self) -> tuple[str, ...]:
        """What there is to say beside the boards."""
        shown = sum(len(board.places) for board in self.boards)
        first = (
            _("{shown} of {graded} graded submissions take part.").format(shown=shown, graded=self.graded)
            if shown
            else _("Nobody takes part yet.")
        )
        return first, *(
            _("{count} not shown: {reason}.").format(count=count, reason=reason)
            for reason, count in self.left_out.items()
        )


@dataclass(frozen=True)
class _Entry:
    student: str
    submitted: str
    pseudonym: str
    dataset: str
    accuracy: float
    seconds: float | None
    device: str

    @property
    def order(self) -> tuple[float, float]:
        return -self.accuracy, float("inf") if self.seconds is None else self.seconds


def make(course_dir: Path, task: str | None = None, *, course: Course | None = None) -> Leaderboard:
    """The leaderboard of a task, by default the one that the course's settings name, from the graded submissions in a
    course folder.

    Raises ``UsageError`` if no assignment has the task, ``CourseError`` if none of its submissions has a result.
    """
    course = course or Course.here()
    task = task or course.leaderboard
    if task is None:
        raise UsageError(_("This course's settings name no task for a leaderboard; name one with --task."))
    assignment = _assignment_of(course, task)
    results = dict(_results(course_dir, assignment))
    if not results:
        raise CourseError(
            _("No submission of {name} has a result in {course_dir}; grade it first.").format(
                name=assignment.name, course_dir=course_dir
            )
        )
    entries, left_out = [], Counter[str]()
    for student, result in results.items():
        folder = course_dir / "autograded" / student / assignment.name
        pseudonym = chosen(_notebook(folder / f"{assignment.name}.ipynb"))
        if pseudonym is None:
            continue
        measured = _measured(task, result)
        if wrong := problem(pseudonym, results) or _unranked(measured):
            left_out[wrong] += 1
        else:
            entries.append(_entry(student, _submitted(folder), pseudonym, measured, result.provenance))
    return Leaderboard(assignment.name, task, tuple(_boards(entries)), len(results), dict(sorted(left_out.items())))


def tables(leaderboard: Leaderboard) -> Iterator[Table]:
    """The boards for a terminal."""
    for board in leaderboard.boards:
        title = f"{leaderboard.task}, {board.title}"
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        table.add_column("", justify="right")
        table.add_column("name")
        for heading in ("accuracy", "training"):
            table.add_column(heading, justify="right")
        table.add_column("device")
        for place in board.places:
            table.add_row(str(place.rank), Text(place.pseudonym), place.percent, place.time, place.device)
        yield table


def write_page(leaderboard: Leaderboard, path: Path) -> None:
    """The boards as a page that holds nothing but them."""
    page = render("leaderboard.html.j2", leaderboard=leaderboard, sentences=leaderboard.sentences())
    try:
        files.write(path, page.encode("utf-8"))
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {strerror}.").format(path=path, strerror=error.strerror)
        ) from error


def _assignment_of(course: Course, task: str) -> Assignment:
    for assignment in course:
        if any(task == one.id for one in assignment.automatic):
            return assignment
    raise UsageError(_("No assignment of this course has a task {task!r} that is graded by checks.").format(task=task))


def _results(course_dir: Path, assignment: Assignment) -> Iterator[tuple[str, Results]]:
    for path in sorted((course_dir / "autograded").glob(f"*/{assignment.name}/{FILE_NAME}")):
        student = path.parents[1].name
        try:
            yield student, read_results(path.parent)
        except (InvalidResults, OSError) as error:
            raise CourseError(
                _("The result of {student!r} is damaged; grade that submission again.").format(student=student)
            ) from error


def _measured(task: str, result: Results) -> list[Mapping[str, float]]:
    tests = next((one.tests for one in result.tasks if one.task == task), ())
    return [test.measured for test in tests if test.measured]


def _unranked(measured: Iterable[Mapping[str, float]]) -> str | None:
    """Why a submission has no place, in a few words; None if it has one."""
    if any(one.get(HONEST) == 0 for one in measured):
        return _("the network did not learn from the labels it was given")
    return None if any(ACCURACY in one for one in measured) else _("no accuracy was measured")


def _entry(
    student: str, submitted: str, pseudonym: str, measured: Iterable[Mapping[str, float]], provenance: Provenance
) -> _Entry:
    """The submission's best measured accuracy."""
    best = max((one for one in measured if ACCURACY in one), key=lambda one: one[ACCURACY])
    dataset = (*provenance.datasets, _("unknown images"))[0]  # the first is what it was measured on
    return _Entry(student, submitted, pseudonym, dataset, best[ACCURACY], best.get(SECONDS), provenance.device)


def _boards(entries: Iterable[_Entry]) -> Iterator[Board]:
    """A board for each data set. Of those who chose the same name, the first to hand in has it without a number."""
    first_come = sorted(entries, key=lambda entry: (entry.submitted or "~", entry.student))
    names = dict(zip(first_come, told_apart(entry.pseudonym for entry in first_come), strict=True))
    for dataset in sorted({entry.dataset for entry in first_come}):
        ranked = sorted((e for e in first_come if e.dataset == dataset), key=lambda e: (e.order, names[e]))
        orders = [entry.order for entry in ranked]
        yield Board(dataset, tuple(
            Place(1 + orders.index(e.order), names[e], e.accuracy, e.seconds, e.device) for e in ranked
        ))  # fmt: skip


def _notebook(path: Path) -> Any:
    """A graded notebook's JSON, None if it cannot be read."""
    try:
        return json.loads(files.read_whole(path, NOTEBOOK_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        return None


def _submitted(folder: Path) -> str:
    """When it was handed in, as nbgrader writes it, which sorts by time; empty if that is not known."""
    return (files.read_whole(folder / TIMESTAMP, LARGEST) or b"").decode("utf-8", "replace").strip()
