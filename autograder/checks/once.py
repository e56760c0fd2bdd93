"""Costly questions to a notebook, asked once however many tests look at the answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from ..bridge.student import NotAttempted, Student, StudentError, send_waiting
from .failure import CheckFailure


def once(student: Student, key: Hashable, ask: Callable[[], Any]) -> Any:
    """What `ask` gives or raises about the answer, kept for as long as the student's notebook is asked.

    It is kept with the notebook, whose objects it may hold, so that both end together.
    """
    kept = student._session.kept
    if key not in kept:
        try:
            kept[key] = ask()
            send_waiting()  # what it raises is of this question
        except (CheckFailure, StudentError, NotAttempted) as error:
            kept[key] = error.with_traceback(None)
    if isinstance(kept[key], Exception):
        raise kept[key]
    return kept[key]
