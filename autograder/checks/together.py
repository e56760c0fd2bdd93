"""A test's answers asked for in one message, and one by one only where something is wrong.

A request costs two changes of process, and most answers are right. So behind the boundary the answers that a check asks
for with `later` are read at its end, in a search after the last case. Where one is wrong, or anything is raised, all
that was looked at is forgotten, and they are asked for one by one, which says where and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..bridge.student import Handle, Later, RaisedEarlier, Student, ask_later
from ..faults import MachineFault
from .trial import current


def later(call: Handle, *args: Any, **kwargs: Any) -> Later:
    """What a function of the notebook gives for these arguments; an `expect_...` or `look_at` reads it when its turn
    comes, `value` reads it at once::

        expect_equal(later(student.double, 2), reference.double(2))
    """
    current().put_off |= call._session.collecting
    return ask_later(call, args, kwargs)


def look_at(answer: Any, look: Callable[[Any], None]) -> None:
    """Calls `look`, which compares, with an answer: now, or in its turn when the answers of the test are read."""
    trial = current()
    if trial.waiting is None or not (trial.waiting or isinstance(answer, Later)):
        look(answer.value if isinstance(answer, Later) else answer)
    else:
        trial.waiting.append((answer, look))


def together_or_apart(student: Student, test: Callable[[], None], rng: np.random.Generator | None = None) -> None:
    """Runs a test with its answers in one message, and where that fails once more, one by one: what it raises then is
    what counts. A test that puts off no answer ran one by one already. rng: what it draws with, the same both times."""
    trial = current()
    if not student._session.together or trial.lenient or trial.frozen is not None:
        test()
        return
    observations, trial.put_off = list(trial.observations), False
    drawing: Any = rng.bit_generator.state if rng is not None else None
    failed = _failure(student, lambda _: test(), [None])
    if failed is None:
        return
    if not trial.put_off:
        raise failed
    trial.observations[:] = observations
    if rng is not None:
        rng.bit_generator.state = drawing
    test()
    if not isinstance(failed, RaisedEarlier):
        raise failed  # by an answer that is not the same each time


def failure_of_all(student: Student, probe: Callable[[Any], None], cases: Iterable[Any]) -> Exception | None:
    """Runs `probe` on all cases and looks at the answers together: what was raised first, None where all is right."""
    trial = current()
    observations = list(trial.observations)
    failed = _failure(student, probe, cases)
    if failed is not None:
        trial.observations[:] = observations
    return failed


def _failure(student: Student, probe: Callable[[Any], None], cases: Iterable[Any]) -> Exception | None:
    session, trial = student._session, current()
    trial.waiting, session.collecting = [], True
    try:
        for case in cases:
            probe(case)
        session.flush()
        looks, trial.waiting = trial.waiting, None
        for answer, look in looks:
            look(answer.value if isinstance(answer, Later) else answer)
        return None
    except MachineFault:
        raise
    except Exception as error:
        return error
    finally:
        trial.waiting, session.collecting = None, False
        session.forget()
