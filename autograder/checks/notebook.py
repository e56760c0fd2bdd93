"""`check(task)` in a student's own notebook: the public checks, run in this process, shown as a table.

It obeys: it ends at the first interrupt (the stop button), and by itself after a time, with what it found until then.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..bridge.student import Student
from ..bridge.transport import LocalTransport
from ..course import words_of
from ..language import sentences_of
from .display import as_html, as_text
from .examples import Example
from .frozen import registries_here
from .headline import headline
from .hints_in_steps import Hint, next_hint
from .places import TaskFolder, folder_of
from .reading import with_what_is_missing
from .result import TestResult
from .runner import CheckSession
from .variant import has_variants
from .variant import variant as numbers_of

_ = sentences_of(__package__)

STRICT_NAMES = ("CNN_STRICT", "NBGRADER_EXECUTION")
SECONDS = 180.0  # that a check may take
SECONDS_TO_TRAIN = 900.0  # of a task that trains
AGAIN_S = 0.5  # until code that swallowed an interrupt gets another


@dataclass(frozen=True)
class CheckResult:
    """What `check` found: shown as a table by a notebook, as text by a terminal.

    form_only: the checks looked at the form of the answer alone. offer: a worked example with other numbers, where one
    may be tried; tried: it was, and these are its tests.
    """

    task: str
    tests: tuple[TestResult, ...]
    form_only: bool = False
    offer: Example | None = None
    tried: bool = False

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
        return as_html(self.task, self.tests, form_only=self.form_only, offer=self.offer, tried=self.tried)

    def __repr__(self) -> str:
        return as_text(self.task, self.tests, form_only=self.form_only, offer=self.offer, tried=self.tried)


class CheckFailed(Exception):
    """Raised by `check` where a cell without an error would count as passed; its text is the table."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(headline(result.task, result.tests, tried=result.tried))
        self.result = result

    def _render_traceback_(self) -> list[str]:  # IPython shows this instead of a traceback
        return [repr(self.result)]


def check(
    task: str, hidden: bool = False, *, hint: bool = False, example: Mapping[str, Any] | None = None,
    namespace: dict[str, Any] | None = None,
) -> CheckResult | Hint:
    """Runs a task's public checks (or its hidden ones, where this copy has them) on the notebook's names.

    hint: give the task's next hint instead; nobody counts them. example: the student's answer to the task's worked
    example with other numbers, which is looked at instead; nobody grades it. namespace: the notebook's names; by
    default the calling notebook's. Ends at the first interrupt, and by itself after 180 seconds (900 where the task
    trains). Raises ValueError for an unknown task, or an example that the task does not have, and CheckFailed under
    nbmake or stock nbgrader unless all passed; otherwise never raises.
    """
    try:
        folder = folder_of(task)
    except KeyError:
        raise ValueError(
            _("There is no task {task!r} with checks; look at the check cell for its name.").format(task=task)
        ) from None
    if hint:
        return next_hint(folder, _session(folder.package, "public").example_of(task))
    if example is not None:
        return _strictly(_tried(folder, example))
    names = namespace if namespace is not None else sys._getframe(1).f_globals
    part = "hidden" if hidden else "public"
    student = Student(LocalTransport(names, interruptible=True))
    session, seconds = _session(folder.package, part), SECONDS_TO_TRAIN if _trains(folder) else SECONDS
    with _interrupted_after(seconds) as time_is_up:
        tests = session.run(task, student, student_id=student_id(names), interruptible=True)
    if time_is_up():
        sentence = _(
            "The check was stopped after {seconds:g} seconds; a loop that does not end is the usual cause."
        ).format(seconds=seconds)
        tests = [replace(test, message=sentence) if test.reason == "interrupted" else test for test in tests]
    form_only = not hidden and _is_answer(folder) and not session.asks_for_values(task)
    own = [name for name in names if not name.startswith("_")]
    offer = session.example_of(task) if form_only and all(test.passed for test in tests) else None
    return _strictly(CheckResult(task, tuple(with_what_is_missing(test, own) for test in tests), form_only, offer))


def _strictly(result: CheckResult) -> CheckResult:
    """The result. Raises CheckFailed where a cell without an error would count as passed, unless all passed."""
    if any(os.environ.get(name) for name in STRICT_NAMES) and not result.passed:
        raise CheckFailed(result)
    return result


def _tried(folder: TaskFolder, answer: Any) -> CheckResult:
    """What becomes of a student's answer to the worked example of a task."""
    session = _session(folder.package, "public")
    if session.example_of(folder.task) is None:
        raise ValueError(
            _("There is no example for {task!r}: its checks look at your answer itself.").format(task=folder.task)
        )
    student = Student(LocalTransport({words_of(folder.task): answer}, interruptible=True))
    tests = session.run(folder.task, student, interruptible=True, example=True)
    return CheckResult(folder.task, tuple(replace(test, counterexample=None) for test in tests), tried=True)


def _trains(folder: TaskFolder) -> bool:
    """Whether a check has the task's code train a network: by `training.py`, or where ``public.py`` says TRAINS."""
    return folder.has("training") or (folder.has("public") and getattr(folder.part("public"), "TRAINS", False) is True)


def _is_answer(folder: TaskFolder) -> bool:
    """Whether a task is answered with a dict."""
    return any(registry.answer for registry in registries_here(folder))


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[Any]:
    """Interrupts this process's main thread after so many seconds, again and again until the block ends.

    Gives a function that tells whether it did. On another thread than the main one, which signals do not reach, nothing
    is interrupted.
    """
    done, stopped = threading.Event(), threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped.is_set
        return

    def wait() -> None:
        pause = seconds
        while not done.wait(pause):
            stopped.set()
            pause = AGAIN_S
            _interrupt_main()

    watch = threading.Thread(target=wait, daemon=True, name="time of a check")
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:  # as in what a shell started in the background: the interrupt would never arrive
        signal.signal(signal.SIGINT, signal.default_int_handler)
    watch.start()
    try:
        yield stopped.is_set
    finally:
        done.set()
        watch.join()
        if before is signal.SIG_IGN:
            signal.signal(signal.SIGINT, before)


def _interrupt_main() -> None:
    if hasattr(signal, "pthread_kill"):  # ends a sleep too
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def variant(task: str, student: str | None = None) -> dict[str, Any]:
    """The numbers of a task for one student: the argument, else CNN_STUDENT, else the notebook's STUDENT_ID.

    Raises ValueError for a task without variants, or when no student id is known.
    """
    if not has_variants(task):
        raise ValueError(_("The task {task!r} has the same numbers for everybody.").format(task=task))
    name = student if student is not None else student_id(sys._getframe(1).f_globals)
    if not name:
        raise ValueError(_("Fill in STUDENT_ID in the cell at the top and run it: your numbers depend on it."))
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
    return "\n".join(headline(one.task, one.tests, form_only=one.form_only) for one in results)
