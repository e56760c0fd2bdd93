"""`check(task)` in a student's own notebook: the public checks, run in this process, shown as a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..bridge.student import Student
from ..bridge.transport import LocalTransport
from .display import as_html, as_text, headline
from .places import folder_of
from .result import TestResult
from .runner import CheckSession
from .variant import has_variants
from .variant import variant as numbers_of

STRICT_NAMES = ("CNN_STRICT", "NBGRADER_EXECUTION")


@dataclass(frozen=True)
class CheckResult:
    """What `check` found: shown as a table by a notebook, as text by a terminal."""

    task: str
    tests: tuple[TestResult, ...]

    @property
    def passed(self) -> bool:
        return all(test.passed for test in self.tests)

    @property
    def score(self) -> float:
        return sum(test.points for test in self.tests if test.passed)

    @property
    def max_score(self) -> float:
        return sum(test.points for test in self.tests)

    def _repr_html_(self) -> str:
        return as_html(self.task, self.tests)

    def __repr__(self) -> str:
        return as_text(self.task, self.tests)


class CheckFailed(Exception):
    """Raised by `check` where a cell without an error would count as passed; its text is the table."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(headline(result.task, result.tests))
        self.result = result

    def _render_traceback_(self) -> list[str]:  # IPython shows this instead of a traceback
        return [as_text(self.result.task, self.result.tests)]


def check(task: str, hidden: bool = False, *, namespace: dict[str, Any] | None = None) -> CheckResult:
    """Runs a task's public checks (or its hidden ones, where this copy has them) on the notebook's names.

    namespace: the notebook's names; by default the calling notebook's. Raises ValueError for an unknown task, and
    CheckFailed under nbmake or stock nbgrader unless all passed; otherwise never raises.
    """
    try:
        folder = folder_of(task)
    except KeyError:
        raise ValueError(f"There is no task {task!r} with checks; look at the check cell for its name.") from None
    names = namespace if namespace is not None else sys._getframe(1).f_globals
    part = "hidden" if hidden else "public"
    student = Student(LocalTransport(names))
    tests = _session(folder.package, part).run(task, student, student_id=student_id(names))
    result = CheckResult(task, tuple(tests))
    if any(os.environ.get(name) for name in STRICT_NAMES) and not result.passed:
        raise CheckFailed(result)
    return result


def variant(task: str, student: str | None = None) -> dict[str, Any]:
    """The numbers of a task for one student: the argument, else CNN_STUDENT, else the notebook's STUDENT_ID.

    Raises ValueError for a task without variants, or when no student id is known.
    """
    if not has_variants(task):
        raise ValueError(f"The task {task!r} has the same numbers for everybody.")
    name = student if student is not None else student_id(sys._getframe(1).f_globals)
    if not name:
        raise ValueError("Fill in STUDENT_ID in the cell at the top and run it: your numbers depend on it.")
    return numbers_of(task, name)


def student_id(names: dict[str, Any]) -> str | None:
    """Whose notebook this is, as far as it says so."""
    found = os.environ.get("CNN_STUDENT") or names.get("STUDENT_ID")
    return found if isinstance(found, str) and found.strip() else None


@cache
def _session(assignment: str, part: str) -> CheckSession:
    return CheckSession(assignment, parts=(part,))


def summary(results: Sequence[CheckResult]) -> str:
    """One line per task, for the terminal."""
    return "\n".join(headline(result.task, result.tests) for result in results)
