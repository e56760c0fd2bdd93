"""The answers behind a number of the class report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from autograder.desk.board import Board
from autograder.feedback.measures import BINS
from autograder.feedback.report_students import tasks_of
from autograder.language import sentences_of

_ = sentences_of(__package__)

STATUSES = ("passed", "partial", "failed", "not_attempted", "stopped", "needs_manual_grade")


@dataclass(frozen=True)
class Wanted:
    """Which answers to a task are wanted: all, or those that ``check`` (its description) passed or failed, that show a
    misconception, that have a status, that have all points, or that somebody graded by hand.

    tenth: whose final score lies in that tenth of the points, from 0; then it need not be about a task."""

    task: str = ""
    check: str = ""
    passed: str = ""  # "1" or "0"
    diagnosis: str = ""
    status: str = ""
    complete: str = ""  # "1"
    by: str = ""
    tenth: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """From an address's query."""
        return cls(**{one.name: query.get(one.name, "") for one in fields(cls)})

    def query(self, **other: Any) -> dict[str, Any]:
        """As an address's query."""
        mine = {one.name: getattr(self, one.name) or None for one in fields(self)}
        return {**mine, **other}

    def in_words(self) -> str:
        """What the answers have in common, as the page's heading has it."""
        if self.tenth.isdecimal():
            return _("Final scores from {tenth} to {tenth2} % of the points").format(
                tenth=10 * int(self.tenth), tenth2=10 * int(self.tenth) + 10
            )
        if self.diagnosis:
            return f"{self.task}: {self.diagnosis}"
        if self.check:
            how = {"1": "passed", "0": "failed"}.get(self.passed, _("every answer to"))
            return f"{self.task}, {how}: {self.check}"
        if self.status:
            return f"{self.task}: {self.status.replace('_', ' ')}"
        if self.by:
            return _("{task}: graded by {by}").format(task=self.task, by=self.by)
        return _("{task}: all points").format(task=self.task) if self.complete else self.task


def who(board: Board, wanted: Wanted) -> list[str]:
    """The students whose answers are wanted, by id."""
    if wanted.tenth:
        return _in_tenth(board, wanted.tenth)
    if wanted.by:
        return [id for id, one in board.finals.items() if _graded_by(one, wanted.task, wanted.by)]
    found = []
    for id in sorted(board.results):
        task = tasks_of(board.results[id]).get(wanted.task)
        if task is not None and _fits(board, id, task, wanted):
            found.append(id)
    return found


def _fits(board: Board, id: str, task: Mapping[str, Any], wanted: Wanted) -> bool:
    if wanted.status == "stopped":
        return bool(task["reason"])
    if wanted.status and task["status"] != wanted.status:
        return False
    if wanted.complete:
        points = board.students[id].points(wanted.task)
        return points is not None and points >= (task["max_score"] or 0.0)
    if wanted.diagnosis:
        return any(test["diagnosis"] == wanted.diagnosis for test in task["tests"])
    if wanted.check:
        asked = [test for test in task["tests"] if test["description"] == wanted.check]
        return any(str(int(test["passed"])) == (wanted.passed or str(int(test["passed"]))) for test in asked)
    return True


def _graded_by(final: Any, task: str, by: str) -> bool:
    return any(one.task == task and one.manual is not None and (one.given_by or "-") == by for one in final.tasks)


def _in_tenth(board: Board, tenth: str) -> list[str]:
    most = max((one.max_score for one in board.finals.values()), default=0.0)
    most = most or max((one["max_score"] for one in board.results.values()), default=0.0)
    found = []
    for id, one in board.students.items():
        score = one.score
        if score is not None and most and str(min(BINS - 1, max(0, int(BINS * score / most)))) == tenth:
            found.append(id)
    return found
