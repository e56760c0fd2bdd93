"""Costly questions to a notebook, asked once however many tests look at the answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ..bridge.student import NotAttempted, Student, StudentError, send_waiting
from .failure import CheckFailure

T = TypeVar("T")


def once(student: Student, key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` gives or raises about the answer, kept for as long as the student's notebook is asked.

    It is kept with the notebook, whose objects it may hold, so that both end together.
    """
    kept: dict[Hashable, Any] = student._session.kept
    if key not in kept:
        try:
            kept[key] = ask()
            send_waiting()  # what it raises is of this question
        except (CheckFailure, StudentError, NotAttempted) as error:
            kept[key] = error.with_traceback(None)
    found: T | Exception = kept[key]
    if isinstance(found, Exception):
        raise found
    return found
