"""The first line of a check's table: how much of a task works; and how a saved notebook's line is read again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..language import pattern, sentences_of
from .result import TestResult

_ = sentences_of(__package__)

FORM_ONLY = _("They look at the form; the answers are checked when your work is graded.")
ONE_FORM_ONLY = _("It looks at the form; the answers are checked when your work is graded.")
# By what is said of a task it is known again in a saved notebook. By whether it is said of hidden checks too:
_NOT_ATTEMPTED = _("{task}: not attempted yet")
_ONE_PASSED = {True: _("{task}: its check passed{points}"), False: _("{task}: its public check passed{points}")}
_ONE_FAILED = {
    True: _("{task}: its check did not pass{points}"),
    False: _("{task}: its public check did not pass{points}"),
}
_ALL_PASSED = {
    True: _("{task}: all {count} checks passed{points}"),
    False: _("{task}: all {count} public checks passed{points}"),
}
_SOME_PASSED = {
    True: _("{task}: {passed} of {count} checks passed{points}"),
    False: _("{task}: {passed} of {count} public checks passed{points}"),
}


def headline(task: str, rows: Sequence[TestResult], *, form_only: bool = False, tried: bool = False) -> str:
    """The first line: how much of the task works.

    form_only: the checks look at the form of the answer alone, and the line says so. tried: the rows are those of the
    task's worked example with other numbers.
    """
    if tried:
        right = all(row.passed for row in rows)
        said = _("{task}, the example: right") if right else _("{task}, the example: not right yet")
        return said.format(task=task)
    if rows and not any(row.attempted for row in rows):
        return _NOT_ATTEMPTED.format(task=task)
    passed = sum(row.passed for row in rows[: in_turn(rows)])
    total = sum(row.points for row in rows)
    score = sum(row.points for row in rows if row.passed)
    points = _(", {score:g} of {total:g} points").format(score=score, total=total) if total else ""
    if len(rows) == 1:
        forms, closing = _ONE_PASSED if passed else _ONE_FAILED, ONE_FORM_ONLY
    else:
        forms, closing = _ALL_PASSED if passed == len(rows) and not form_only else _SOME_PASSED, FORM_ONLY
    form = forms[any(row.hidden for row in rows)]
    said = form.format(task=task, passed=passed, count=len(rows), points=points)
    return f"{said}. {closing}" if form_only else said


def says_missing(task: str, line: str) -> bool:
    """Whether a task's first line, out of a saved notebook, says that it was not attempted."""
    return line.startswith(_NOT_ATTEMPTED.format(task=task))


def says_passed(task: str, line: str) -> bool:
    """Whether a task's first line, out of a saved notebook, says that all its checks passed."""
    parts = {"task": re.escape(task), "passed": "[0-9]+", "points": ""}
    for form in (*_ONE_PASSED.values(), *_ALL_PASSED.values(), *_SOME_PASSED.values()):
        # of some, as many as there are
        count = "(?P=passed)" if "{passed}" in form else "[0-9]+"
        if re.match(pattern(form, count=count, **parts), line):
            return True
    return False


def in_turn(rows: Sequence[TestResult]) -> int:
    """How many rows have their turn: all up to the end of the first step that does not pass whole.

    Graded work is shown whole."""
    open_step = next((row.step for row in rows if not row.passed), "")
    if not open_step or any(row.hidden for row in rows):
        return len(rows)
    return max(number for number, row in enumerate(rows, 1) if row.step == open_step)
