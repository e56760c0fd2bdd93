"""Calls that are to be refused, asked in one message, and one by one only where one is not refused as it should be.

A call that raises costs two changes of process like any other, and tests of wrong arguments make many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..bridge.student import Handle, NotAttempted, Session, Student, StudentError
from ..faults import MachineFault
from .compare import expect_raises
from .failure import CheckFailure
from .trial import current

Call = Callable[[], Any]
Judge = Callable[[Call], None]


def refused(
    *types: str | type[BaseException], naming: str | Sequence[str] | None = None, about: str = "",
    named: str = "argument",
) -> Judge:
    """For `expect_refusals`: passes where a call raises what `expect_raises` asks for."""

    def judge(call: Call) -> None:
        with expect_raises(*types, naming=naming, about=about, named=named):
            call()

    return judge


def expect_refusals(student: Student | Handle, asked: Sequence[tuple[Judge, Call]]) -> None:
    """Passes where each call passes with its judge, as if each judge was called with its call::

        expect_refusals(student, [
            (refused("ValueError", naming="side"), lambda: student.shift(image, side=side)) for side in (0, -1)
        ])

    student: the notebook, or an object in it. A call uses nothing of what the notebook returns but to call it:
    ``student.Layer(0).forward(image)``. Mind that a `lambda` sees the latest value of a loop's variable;
    ``partial(student.shift, image, side=side)`` keeps its own.
    """
    session, trial = student._session, current()
    if session.collecting and trial.waiting is not None:  # looked at in their turn
        trial.put_off = True
        for judge, call in asked:
            number = session.outcome_of(call)
            trial.waiting.append((None, partial(_look, session, number, judge)))
        return
    failed = _failure_together(session, asked) if session.together else None
    if session.together and failed is None:
        return
    for judge, call in asked:
        judge(call)
    if isinstance(failed, CheckFailure | StudentError | NotAttempted):
        raise failed  # by an answer that is not the same each time


def _look(session: Session, number: int, judge: Judge, _: Any) -> None:
    """Has the judge see again what a call raised, or that it raised nothing."""

    def call() -> None:
        if (error := session.outcomes.pop(number, None)) is not None:
            raise error

    judge(call)


def _failure_together(session: Session, asked: Sequence[tuple[Judge, Call]]) -> Exception | None:
    """Sends all calls together: what a judge says of one, or what kept them from being judged; None where all pass."""
    session.flush()  # what waited before is no part of this
    answered = False
    try:
        numbers = [session.outcome_of(call) for _, call in asked]
        session.flush()
        answered = True
        for number, (judge, _) in zip(numbers, asked, strict=True):
            _look(session, number, judge, None)
    except MachineFault:
        raise
    except Exception as error:
        # Together, a call may look at an object that was refused just before: that says nothing of the answer.
        return error if answered else RuntimeError("these calls cannot be asked together")
    finally:
        session.forget()
    return None
