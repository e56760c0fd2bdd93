"""A class as the desk shows it: who handed in, what was graded, what counts, kept in memory and followed while another
process grades.

Of a results document only what tables and counts need is kept here; what a student reads is read from the record when
somebody looks at it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from autograder.classroom import following, notes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.following import Mark
from autograder.classroom.ledger import Ledger
from autograder.classroom.notes import Extension
from autograder.course import Assignment, Course, UsageError
from autograder.desk.renewed import Renewed, stamp_of
from autograder.feedback.clean import clean
from autograder.feedback.report import ClassReport, summarise
from autograder.feedback.report_findings import Link
from autograder.feedback.report_students import Student
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.scores import FinalScore, NoGradebook, due_dates, final_scores

ARRIVALS_S = 10.0  # after so long it is looked again who handed in, and into a gradebook that is no file
_KEPT_OF_A_TEST = ("name", "description", "hidden", "points", "passed", "diagnosis")


@dataclass(frozen=True)
class Board:
    """An assignment's class at one moment. ``version`` is another one whenever something that is shown has changed.

    results: lean documents by student; finals: by student, where the gradebook has them; handed_in: whose submission
    lies in ``submitted/``; due: UTC without a zone."""

    assignment: Assignment
    version: str = ""
    results: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    finals: Mapping[str, FinalScore] = field(default_factory=dict)
    handed_in: frozenset[str] = frozenset()
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    due: datetime | None = None

    @cached_property
    def students(self) -> Mapping[str, Student]:
        """Everybody whom the gradebook, the record or ``submitted/`` knows, by id."""
        ids = sorted({*self.results, *self.finals, *self.handed_in})
        return {id: Student(id, clean(id), self.results.get(id), self.finals.get(id)) for id in ids}

    @cached_property
    def columns(self) -> Mapping[str, float]:
        """The tasks with their points, in the order of the notebook; tasks that it has no more, and results still have,
        come last."""
        found = {task.id: task.points for task in self.assignment.tasks}
        for result in self.results.values():
            for task in result["tasks"]:
                found.setdefault(task["task"], task["max_score"] or 0.0)
        return found

    @cached_property
    def all_states(self) -> Mapping[str, tuple[str, ...]]:
        """The states of everybody, by id; see ``states``."""
        return {id: self.states(id) for id in self.students}

    def prepared(self) -> Board:
        """This board with everything in place that the first page of it would wait for."""
        _ = self.columns, self.all_states
        return self

    def report(self, link: Link) -> ClassReport:
        """The class report; of a large class it takes a while."""
        return summarise(list(self.results.values()), list(self.finals.values()), link=link)

    @property
    def last_graded(self) -> str:
        """When the latest result was made (ISO 8601); empty where there is none."""
        return max((str(one["provenance"]["graded_at"]) for one in self.results.values()), default="")

    def states(self, student: str) -> tuple[str, ...]:
        """All that holds of a student: ``missing``, ``to be graded``, ``not gradable``, ``stopped``, ``waits for a
        person``, ``late``; nothing where it is graded and nothing is open."""
        one = self.students[student]
        if one.result is None:
            came = student in self.handed_in or (one.final is not None and one.final.handed_in)
            return ("to be graded",) if came else ("missing",)
        found = []
        if one.result["status"] == "not_gradable":
            found.append("not gradable")
        elif any(task["status"] == "stopped" for task in one.result["tasks"]):
            found.append("stopped")
        found += ["waits for a person"] if one.waits else []
        found += ["late"] if one.state == "late" else []
        return tuple(found)


@dataclass
class _Read:
    """How far the sources of a board have been read, and what was read last."""

    mark: Mark | None = None
    gradebook: Hashable = None
    known: dict[Any, Any] = field(default_factory=dict)


class Boards:
    """The boards of a course folder, one for each assignment, each renewed when somebody looks at it."""

    def __init__(self, course: Course, root: Path) -> None:
        self.course, self.folder = course, CourseFolder(root)
        self._address = Address.of(root, nbgrader_setup.load(root, course))
        self._kept: dict[str, Renewed[Board]] = {}
        self._read: dict[str, _Read] = {}
        self._reports: dict[str, Renewed[ClassReport]] = {}
        self._latest: dict[str, Board] = {}
        self._lock = Lock()
        self._started = secrets.token_hex(4)  # versions of an earlier desk say nothing
        self._count = 0

    def of(self, name: str, *, at_once: bool = False, patience: float | None = None) -> Board | None:
        """The board of an assignment; None where it is being read for the first time. Raises ``UsageError`` for an
        unknown assignment, ``MachineFault`` and ``CourseError`` for what cannot be read.

        at_once: whoever asks has just changed something, and waits for it."""
        assignment = self.course.assignment(name)
        with self._lock:
            if name not in self._kept:
                self._kept[name] = Renewed(self._stamp, lambda before: self._make(assignment, before))
                self._read[name] = _Read()
            kept = self._kept[name]
        patience = (5.0 if at_once else None) if patience is None else patience
        return kept.get(at_once=at_once) if patience is None else kept.get(patience, at_once=at_once)

    def report_of(self, board: Board, link: Link) -> ClassReport | None:
        """The class report of a board, or of one that was there a moment ago; None where it is being computed for the
        first time. link: where the answer of a student to the task with that place is shown."""
        name = board.assignment.name
        with self._lock:
            self._latest[name] = board
            if name not in self._reports:
                self._reports[name] = Renewed(
                    lambda: self._latest[name].version, lambda _: self._latest[name].report(link)
                )
            kept = self._reports[name]
        return kept.get()

    def _stamp(self) -> Hashable:
        arrived = stamp_of(self.folder.root / "submitted")  # somebody new; what they hand in later is seen in a while
        return (*self._of_files(), *arrived, int(time.monotonic() / ARRIVALS_S))

    def _of_files(self) -> tuple[Hashable, ...]:
        ledger = self.folder.ledger
        return (*stamp_of(ledger, ledger.with_name(f"{ledger.name}-wal")), self._of_gradebook())

    def _of_gradebook(self) -> Hashable:
        file = self._address.file
        if file is None:  # a server's
            return int(time.monotonic() / ARRIVALS_S)
        return stamp_of(file, file.with_name(f"{file.name}-wal"))

    def _make(self, assignment: Assignment, before: Board | None) -> Board:
        """The board as it is now; the one before where nothing that it shows has changed."""
        old = before or Board(assignment)
        new = self._with_gradebook(self._with_record(old))
        new = replace(new, handed_in=frozenset(filter(_is_text, self.folder.students(assignment.name))))
        if before is not None and _shown(new) == _shown(before):
            return before
        self._count += 1
        return replace(new, version=f"{self._started}-{self._count}").prepared()

    def _with_record(self, old: Board) -> Board:
        """The board with what the record has got since the last look."""
        name, read = old.assignment.name, self._read[old.assignment.name]
        if not self.folder.ledger.exists():
            return old
        with Ledger(self.folder.ledger) as ledger:
            now = following.mark(ledger, name)
            changed = following.changed(ledger, name, read.mark, now)
            results: Mapping[str, Mapping[str, Any]] = old.results
            if changed is None or changed:
                fresh = {
                    student: lean(document, read.known)
                    for student, document in following.documents(ledger, name, changed)
                }
                results = fresh if changed is None else {**old.results, **fresh}
            given, sections = notes.extensions(ledger, name), notes.sections(ledger)
        read.mark = now
        return replace(
            old, results=results,
            extensions=old.extensions if given == old.extensions else given,
            sections=old.sections if sections == old.sections else sections,
        )  # fmt: skip

    def _with_gradebook(self, old: Board) -> Board:
        """The board with the gradebook's scores and due date, read again where the gradebook has changed."""
        name, read, now = old.assignment.name, self._read[old.assignment.name], self._of_gradebook()
        if read.gradebook == now:
            return old
        try:
            scores = final_scores(self.folder.root, [name], self.course)
            finals = {one.person.id: one for one in scores}
            due = due_dates(self.folder.root, self.course).get(name)
        except (NoGradebook, UsageError):  # nothing was graded or registered yet
            finals, due = {}, None
        read.gradebook = now
        return replace(old, finals=old.finals if finals == old.finals else finals, due=due)


def _is_text(name: str) -> bool:
    """Whether a folder's name can stand in an address; `grade` says of any other that it has to be renamed."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(board: Board) -> tuple[object, ...]:
    """What makes a board another one; parts that did not change are the same objects."""
    return id(board.results), id(board.finals), id(board.extensions), id(board.sections), board.handed_in, board.due


def lean(document: Mapping[str, Any], known: dict[Any, Any]) -> dict[str, Any]:
    """Of a results document what tables and counts need. ``known`` has the texts and the checks' results seen so far:
    thousands of students have the same, and one copy of each is enough."""

    def once(value: Any) -> Any:
        return known.setdefault(value, value) if type(value) is str else value

    def test(one: Mapping[str, Any]) -> Mapping[str, Any]:
        said = one["message"] if one["diagnosis"] else ""  # without one it is the student's own, and may be long
        measured = one.get("measured")
        key = (*(one[name] for name in _KEPT_OF_A_TEST), said)
        if measured is None and key in known:
            found: Mapping[str, Any] = known[key]
            return found
        kept = {**{name: once(one[name]) for name in _KEPT_OF_A_TEST}, "message": once(said)}
        return {**kept, "measured": measured} if measured is not None else known.setdefault(key, kept)

    def task(one: Mapping[str, Any]) -> dict[str, Any]:
        return {**{name: once(value) for name, value in one.items()}, "tests": [test(each) for each in one["tests"]]}

    about = document["provenance"]
    by_check = about.get("check_seconds") or {}
    return {
        **{name: once(value) for name, value in document.items()},
        "tasks": [task(one) for one in document["tasks"]],
        "provenance": {
            **{name: once(value) for name, value in about.items() if name != "isolation"},
            "check_seconds": {once(task): {once(k): v for k, v in one.items()} for task, one in by_check.items()},
        },
    }
