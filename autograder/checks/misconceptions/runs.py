"""Wrong answers that are whole functions or classes, for references that run an answer on a case.

Such a reference takes the case as plain data, and the answer to run as its parameter `answer`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

Run = Callable[..., Any]


def on(run: Run) -> Callable[[Run], partial]:
    """Decorator: from a wrong answer, `run` on that answer, which has the reference's signature."""

    def wrong_run(answer: Run) -> partial:
        wrong = partial(run, answer=answer)
        wrong.__doc__ = answer.__doc__
        return wrong

    return wrong_run


def notebook(name: str) -> Callable[[Run], dict[str, Run]]:
    """Adapter for a registry: the notebook's name for the answer that a run is made with."""
    return lambda run: {name: inspect.signature(run).parameters["answer"].default}
