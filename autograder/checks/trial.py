"""What is known while one test runs on one student's answer: its comparisons, its place among frozen cases."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .expected import Expected
from .places import TaskFolder

KEPT = 200


@dataclass(frozen=True)
class Observation:
    """One comparison: what the student's code gave, what is right, and how they are compared."""

    actual: Any
    expected: Expected
    like: Any
    same: Callable[[Any, Any], bool]

    @property
    def right(self) -> Any:
        """The right answer."""
        return self.expected.value


@dataclass
class Trial:
    """One test on one answer.

    home: the folder of the task that the test belongs to, where its references and misconceptions stand.
    observations: its latest comparisons, the failing one last.
    questions: the right answers it asked for, in order.
    frozen: the test's frozen questions, in the kit; `case` and `asked` are the place among them.
    device: where the student's code may compute, "cpu" or "cuda". measured: numbers that the grader measured itself.
    believed: whether the kernel was asked what it alone can say. source: the notebook's code; behind the boundary only.
    revealing: a hidden test on public inputs, of which everything may be told.
    waiting: while a test's answers are asked together, those that are not known yet, and what looks at them. put_off:
    whether one waited, so that what was raised may have been raised by another question than the one where it was seen.
    lenient: a comparison that fails is kept and raises nothing, so that those behind it are made too.
    """

    test: str = ""
    home: TaskFolder | None = None
    hidden: bool = False
    seed: bytes = b""
    observations: list[Observation] = field(default_factory=list)
    questions: list[Expected] = field(default_factory=list)
    recording: bool = False
    frozen: Any = None
    asked: int = 0
    case: int = 0
    device: str = "cpu"
    measured: dict[str, float] = field(default_factory=dict)
    believed: bool = False
    source: str | None = None
    lenient: bool = False
    revealing: bool = False
    waiting: list[tuple[Any, Callable[[Any], None]]] | None = None
    put_off: bool = False

    def observe(self, observation: Observation) -> None:
        self.observations.append(observation)
        # the first comparison stays: it tells as much as the latest ones
        if len(self.observations) > KEPT and not self.recording:
            del self.observations[1]


_current: ContextVar[Trial] = ContextVar("trial")


def current() -> Trial:
    """The trial under way; outside of one (a check function called by hand) a fresh one that nobody reads."""
    return _current.get(None) or Trial()


def begin(trial: Trial) -> Any:
    """Makes `trial` the current one; returns a token for `end`."""
    return _current.set(trial)


def end(token: Any) -> None:
    _current.reset(token)
