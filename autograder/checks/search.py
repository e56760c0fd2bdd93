"""Looking for the smallest case in which an answer is wrong.

Hidden tests: cases drawn from the submission's seed, the smallest first; the first that fails is made smaller.
Public tests: a fixed list of cases, so that the kit can carry their answers as data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import lru_cache
from random import Random
from typing import Any, NoReturn

import numpy as np

from ..bridge.student import NotAttempted, RaisedEarlier, Student
from ..faults import MachineFault
from .strategies import Draw, Rejected, Strategy
from .together import failure_of_all
from .trial import Observation, current

ATTEMPTS = 10  # for each case that is wanted: filters refuse some, and small strategies repeat themselves

REVEALED = 2  # makes the numbers that everybody may see others than the hidden ones
SECOND_DRAWS, SECOND_CASES = 12, 3
# Of a failing test. CPU seconds are of where the answer runs: a busy machine should not make another case the smallest.
SHRINK_CPU_S = 4.0
SHRINK_WALL_S = 12.0  # for answers that sleep
SHRINK_CALLS = 400
_effort: ContextVar[str] = ContextVar("effort", default="smallest")


@contextmanager
def without_shrinking(*, verdict_alone: bool = False) -> Iterator[None]:
    """In the block a failing search tells of the case that it drew, and looks for no smaller one.

    That takes most of a failing check's time, and serves who reads the case. Verdicts do not depend on it, and a name
    is earned from all drawn cases, as ever. verdict_alone: the first failing case ends the search.
    """
    token = _effort.set("verdict" if verdict_alone else "drawn")
    try:
        yield
    finally:
        _effort.reset(token)


class Case(dict[str, Any]):
    """One drawn case: named plain values and arrays, readable as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def weight(case: Case) -> tuple[int, int]:
    """For sorting cases: how many numbers stand in arrays, then how long the rest is as text."""
    arrays = sum(value.size for value in case.values() if isinstance(value, np.ndarray))
    rest = sum(len(repr(value)) for value in case.values() if not isinstance(value, np.ndarray))
    return arrays, rest


def numbers(*shape: int, seed: int = 0, dtype: str = "float64") -> np.ndarray:
    """An array of that shape with values in which no two are alike: normal floats, or integers from -9 to 9.

    Where a hidden test is explained on public inputs, they are others than those that are graded.
    """
    return _numbers(shape, seed, dtype, current().revealing).copy()  # a check may change what it is given


@lru_cache(maxsize=2048)
def _numbers(shape: tuple[int, ...], seed: int, dtype: str, revealing: bool) -> np.ndarray:
    """What `numbers` gives. A worker draws the same small arrays for many submissions; making a generator is dear."""
    entropy = [seed, *shape, *([REVEALED] if revealing else [])]
    if 0 <= seed < 1 << 32:  # what `default_rng` makes of the list, in half the time
        words = np.random.SeedSequence(np.array(entropy, dtype=np.uint32))
        rng = np.random.Generator(np.random.PCG64(words))
    else:
        rng = np.random.default_rng(entropy)
    if np.dtype(dtype).kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(-9 if np.dtype(dtype).kind == "i" else 0, 10, shape).astype(dtype)


class _Failures:
    """A test's failures on its drawn cases; knows a case that was probed before."""

    def __init__(self, probe: Callable[[Case], None], student: Student | None) -> None:
        self._probe, self._student = probe, student
        self._known: dict[str, tuple[Exception, list[Observation]] | None] = {}
        self._calls, self._cpu_until, self._until = 0, 0.0, 0.0

    def begin_shrinking(self) -> None:
        """Begins the calls and the time that `fails_again` may take."""
        self._calls, self._cpu_until = SHRINK_CALLS, self._cpu_s() + SHRINK_CPU_S
        self._until = time.monotonic() + SHRINK_WALL_S

    @property
    def _over(self) -> bool:
        return self._calls < 0 or time.monotonic() > self._until or self._cpu_s() > self._cpu_until

    def _cpu_s(self) -> float:
        if self._student is None:
            return time.process_time()
        cpu_s: float = self._student._session.transport.usage().cpu_s
        return cpu_s

    def of(self, case: Case) -> Exception | None:
        """What the test raises on this case, or None; an answer that is still missing is raised at once."""
        key = _key(case)
        if key not in self._known:
            self._known[key] = None
            try:
                self._probe(case)
            except (NotAttempted, MachineFault):
                raise
            except Exception as error:
                self._known[key] = error, current().observations[-1:]
        found = self._known[key]
        return found[0] if found else None

    def fails_again(self, case: Case) -> bool:
        """Whether the test fails on this simpler case; False once shrinking has had its calls or its time."""
        if _key(case) not in self._known:
            self._calls -= 1
            if self._over:
                return False
        return self.fails(case)

    def fails(self, case: Case) -> bool:
        """Whether the test fails on this case; an answer that is missing fails on none."""
        try:
            return self.of(case) is not None
        except NotAttempted:
            return False

    def raise_for(self, case: Case) -> NoReturn:
        """Raises what the test raised on this case; its comparison becomes the latest, which a diagnosis looks at."""
        found = self._known[_key(case)]
        assert found is not None
        error, observed = found
        for observation in observed:
            current().observe(observation)
        raise error


def drawn(strategy: Strategy, count: int, seed: int) -> list[Case]:
    """`count` cases from the strategy, the smallest first; the same ones for the same seed."""
    return [draw.value for draw in _drawn(strategy, count, seed)]


def larger(strategy: Strategy, count: int, seed: int) -> list[Case]:
    """A few large cases besides those of `drawn`, the largest first: second cases, which a diagnosis has to explain."""
    first = {_key(draw.value) for draw in _drawn(strategy, count, seed)}
    more = [draw.value for draw in _drawn(strategy, count + SECOND_DRAWS, seed + 1)]
    return [case for case in reversed(more) if _key(case) not in first][:SECOND_CASES]


def search(
    probe: Callable[[Case], None], strategy: Strategy, count: int, seed: int, student: Student | None = None
) -> None:
    """Runs `probe` on drawn cases and raises its failure on the smallest failing one that shrinking finds.

    The verdict and what tells misconceptions apart depend on the seed alone; a stop by time or calls only ends the
    shrinking earlier. student: the notebook, which is asked about all cases together first where that is quicker.
    """
    failures, draws = _Failures(probe, student), _drawn(strategy, count, seed)
    together = student is not None and student._session.together and _effort.get() != "verdict"
    failed = failure_of_all(student, probe, (draw.value for draw in draws)) if student and together else None
    if together and failed is None:
        return
    for number, draw in enumerate(draws):
        if failures.of(draw.value) is not None:
            if _effort.get() == "verdict":
                failures.raise_for(draw.value)
            for larger in draws[number + 1 :]:  # what these show tells misconceptions apart
                failures.fails(larger.value)
            failures.raise_for(_smallest(strategy, draw, failures) if _effort.get() == "smallest" else draw.value)
    if failed is not None and not isinstance(failed, RaisedEarlier):
        raise failed  # by an answer that is not the same each time


def _smallest(strategy: Strategy, draw: Draw, failures: _Failures) -> Case:
    """From a failing case to a simpler one that fails too, until none of the simpler ones does."""
    failures.begin_shrinking()
    while True:
        simpler = next((less for less in strategy.smaller(draw.choices) if failures.fails_again(less.value)), None)
        if simpler is None:
            found: Case = draw.value
            return found
        draw = simpler


def _drawn(strategy: Strategy, count: int, seed: int) -> list[Draw]:
    """Different cases, the simplest one among them, and the choices that led to them."""
    random = Random(seed)
    found: dict[str, Draw] = {}
    with suppress(Rejected):
        simplest = strategy.simplest()
        found[_key(simplest.value)] = simplest
    for _ in range(ATTEMPTS * count):
        if len(found) == count:
            break
        with suppress(Rejected):
            draw = strategy.draw(random)
            found.setdefault(_key(draw.value), draw)
    return sorted(found.values(), key=lambda draw: weight(draw.value))


def _key(case: Case) -> str:
    """What tells two cases apart."""
    return repr(sorted(
        (name, value.tobytes() + repr(value.shape).encode() if isinstance(value, np.ndarray) else value)
        for name, value in case.items()
    ))  # fmt: skip


def smallest_first(probe: Callable[[Any], None], cases: list[Any], first: int = 0) -> None:
    """Runs `probe` on the cases in order; the first failure is the smallest. first: the number of the first one."""
    trial = current()
    for number, case in enumerate(cases, first):
        trial.case, trial.asked = number, 0
        probe(case)
