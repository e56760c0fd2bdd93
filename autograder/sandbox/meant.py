"""What a name that is not there was probably meant to be.

Python itself says so where it shows a traceback; what a student reads of a check has none.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from difflib import get_close_matches
from types import FrameType
from typing import Any

LIKE = 0.8  # how much alike, as difflib counts it; capitals do not count
NAMES = 5_000  # that are looked through
LONGEST = 60


def meant_by(error: BaseException) -> str | None:
    """The name that is there and nearly the one that a NameError or an AttributeError lacks; None where there is none.
    A name that is an attribute of `self` is meant as that.

    Looks at what the error's object has, which may run a student's code.
    """
    lacks = getattr(error, "name", None)
    if not isinstance(error, NameError | AttributeError) or type(lacks) is not str:
        return None
    try:
        if isinstance(error, AttributeError):
            return _nearest(lacks, dir(error.obj))
        frame = _frame(error)
        own = frame.f_locals.get("self") if frame is not None else None
        return f"self.{lacks}" if hasattr(own, lacks) else _nearest(lacks, _in_sight(frame))
    except BaseException:  # of a student's own __dir__, which may exit too: then nothing is said of what was meant
        return None


def _frame(error: BaseException) -> FrameType | None:
    """Where the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame if trace is not None else None


def _in_sight(frame: FrameType | None) -> list[str]:
    """The names that a line may use."""
    return [*(() if frame is None else (*frame.f_locals, *frame.f_globals)), *dir(builtins)]


def _nearest(lacks: str, there: Iterable[Any]) -> str | None:
    names = [name for name in there if type(name) is str and not name.startswith("_") and len(name) <= LONGEST]
    known = {name.casefold(): name for name in reversed(names[:NAMES]) if name != lacks}
    found = get_close_matches(lacks.casefold(), known, n=1, cutoff=LIKE)
    return known[found[0]] if found else None
