"""Cases from a strategy without Hypothesis' engine, at a small part of its cost: most answers pass, and nothing is to
be shrunk then.

The engine keeps of every case what it needs to vary it and to shrink it. Here the same strategies draw from a seeded
source that keeps the choices alone; from these the engine takes up a case that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis._settings import local_settings
from hypothesis.control import BuildContext
from hypothesis.errors import UnsatisfiedAssumption
from hypothesis.internal.conjecture.choice import choice_from_index
from hypothesis.internal.conjecture.data import ConjectureData, StopTest
from hypothesis.internal.conjecture.engine import ConjectureRunner, RunIsComplete
from hypothesis.internal.escalation import InterestingOrigin
from hypothesis.strategies._internal.lazy import unwrap_strategies

ATTEMPTS = 10  # for each case that is wanted: filters refuse some, and small strategies repeat themselves
LONGEST = 10_000
AT_LOW, AT_HIGH = 0.25, 0.1  # how often a whole number is its smallest, its largest: errors live at the edges

Choices = tuple[Any, ...]


def draws(strategy: Any, seed: int, count: int) -> Iterator[tuple[Any, Choices]]:
    """Values of the strategy with the choices that led to them, about ten times as many as `count`: first the
    simplest value, then others from the seed, some of them alike."""
    source = _Source(Random(seed))
    strategy.validate()
    for attempt in range(ATTEMPTS * count):
        source.begin(simplest=attempt == 0)
        try:
            with BuildContext(source, wrapped_test=draws):
                value = source.draw(strategy)
        except (StopTest, UnsatisfiedAssumption):  # a filter or an assumption refused this one
            continue
        yield value, tuple(source.taken)


def shrunk(strategy: Any, choices: Choices, fails: Callable[[Any], bool]) -> Any:
    """The smallest value that the engine finds to fail, beginning with the one of these choices; None if not even
    that fails."""
    origin = InterestingOrigin.from_exception(AssertionError())
    found: dict[Choices, Any] = {}

    def run(data: ConjectureData) -> None:
        with BuildContext(data, wrapped_test=shrunk):
            value = data.draw(strategy)
        if fails(value):
            found[data.choices] = value
            data.mark_interesting(origin)

    options = settings(
        database=None, deadline=None, phases=[Phase.shrink], report_multiple_bugs=False, verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    engine = ConjectureRunner(run, settings=options, random=Random(0))
    with local_settings(options), suppress(RunIsComplete):
        engine.cached_test_function(choices)
        engine.shrink_interesting_test_cases()
    smallest = engine.interesting_test_cases.get(origin)
    return None if smallest is None else found[smallest.choices]


class _Source(ConjectureData):
    """What strategies draw from: whole numbers between their bounds or at them, the rest as Hypothesis draws it."""

    def __init__(self, random: Random) -> None:
        super().__init__(random=random)
        self._chance = random
        self.begin()

    def begin(self, *, simplest: bool = False) -> None:
        """Forgets the last value; `simplest` makes the next one the strategy's simplest."""
        self.taken: list[Any] = []
        self.simplest, self.depth, self.frozen = simplest, -1, False

    def draw(self, strategy: Any, label: int | None = None, observe_as: str | None = None) -> Any:
        return unwrap_strategies(strategy).do_draw(self)

    def start_span(self, label: int) -> None:
        """Nobody asks which choices belong together; collections look at the depth."""
        self.depth += 1

    def stop_span(self, *, discard: bool = False) -> None:
        """See `start_span`."""
        self.depth -= 1

    @contextmanager
    def track_arg_label(self, label: str) -> Iterator[dict[str, int]]:
        yield {}

    def _pooled_constraints(self, choice_type: Any, constraints: Any) -> Any:
        return constraints

    def _draw(self, choice_type: Any, constraints: Any, *, observe: bool, forced: Any) -> Any:
        if len(self.taken) >= LONGEST:
            self.mark_overrun()
        value = self._choice(choice_type, constraints) if forced is None else forced
        if observe:
            self.taken.append(value)
        return value

    def _choice(self, choice_type: Any, constraints: Any) -> Any:
        if self.simplest:
            return choice_from_index(0, choice_type, constraints)
        if choice_type == "integer" and not constraints["weights"]:
            low, high = constraints["min_value"], constraints["max_value"]
            if low is not None and high is not None:
                edge = self._chance.random()
                return low if edge < AT_LOW else high if edge < AT_LOW + AT_HIGH else self._chance.randint(low, high)
        return getattr(self.provider, f"draw_{choice_type}")(**constraints)
