"""`reference.shift(image, 2)` and `misconceptions.SHIFT` in a check: what stands in the task's own folder.

In the kit, where references are not, cases that were frozen at release stand in for both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .expected import Expected
from .frozen import frozen_answer, frozen_registry
from .places import TaskFolder, calling_folder
from .trial import current


class References:
    """The functions of a task's ``reference.py``; calling one gives the question, an `Expected`."""

    def __getattr__(self, name: str) -> Callable[..., Expected]:
        if name.startswith("__"):
            raise AttributeError(name)
        home = _home()

        def ask(*args: Any, **kwargs: Any) -> Expected:
            if current().frozen is not None:
                answer: Expected = frozen_answer(name, args, kwargs)
            else:
                answer = Expected(home.attribute("reference", name), args, kwargs)
            current().questions.append(answer)
            return answer

        return ask


class Registries:
    """The registries of a task's ``misconceptions.py``, or in the kit what is left of them."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        home = _home()
        if not current().hidden and home.is_frozen:  # hidden tests are never in the kit
            return frozen_registry(home, name)
        return home.attribute("misconceptions", name)


def _home() -> TaskFolder:
    """The folder of the task whose test is under way; outside of one, of the task whose module asks."""
    return current().home or calling_folder(depth=2)
