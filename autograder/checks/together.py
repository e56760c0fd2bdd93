"""A search's cases asked in one message, and one by one only where something is wrong.

A request costs two changes of process, and most answers are right. So in hidden searches the answers that a check asks
for with `later` are read after the last case. Where one is wrong, or anything is raised, all that was looked at is
forgotten, and the cases are asked one by one, which says where and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..bridge.student import Handle, Later, Student, ask_later
from ..faults import MachineFault
from .trial import current


def later(call: Handle, *args: Any, **kwargs: Any) -> Later:
    """What a function of the notebook gives for these arguments; an `expect_...` or `look_at` reads it when its turn
    comes, `value` reads it at once::

        expect_equal(later(student.double, 2), reference.double(2))
    """
    return ask_later(call, args, kwargs)


def look_at(answer: Any, look: Callable[[Any], None]) -> None:
    """Calls `look`, which compares, with an answer: now, or in its turn when the answers of a search are read."""
    trial = current()
    if trial.waiting is None or not (trial.waiting or isinstance(answer, Later)):
        look(answer.value if isinstance(answer, Later) else answer)
    else:
        trial.waiting.append((answer, look))


def failure_of_all(student: Student, probe: Callable[[Any], None], cases: Iterable[Any]) -> Exception | None:
    """Runs `probe` on all cases and looks at the answers together: what was raised first, None where all is right."""
    session, trial = student._session, current()
    observations = list(trial.observations)
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
        trial.observations[:] = observations
        return error
    finally:
        trial.waiting, session.collecting = None, False
        session.forget()
