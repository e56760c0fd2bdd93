"""What cases are drawn from: whole numbers, choices, lists, tuples and what is made of them.

The names are those of Hypothesis' strategies, and mean the same. A strategy draws from a `random.Random`, so that a
seed decides what is drawn; whole numbers lie at their bounds more often than elsewhere, because errors live there.
`smaller` gives values that are simpler than a given one, for the search of the smallest case that shows an error.

A strategy keeps, beside each value, the choices that led to it (its `Draw`), from which the simpler ones are made: so a
mapped or filtered strategy shrinks like what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

AT_LOW, AT_HIGH = 0.25, 0.1  # how often a whole number is its smallest, its largest
ATTEMPTS = 50  # of a filter, before a draw is given up


class Rejected(Exception):
    """A filter refused every value that was drawn for it."""


@dataclass(slots=True)  # not frozen: a worker makes tens of thousands for a class, and freezing takes most of the time
class Draw:
    """One drawn value, and the choices that led to it: plain data whose form is its strategy's own."""

    value: Any
    choices: Any


class Strategy:
    """A description of values: how to draw one, and which are simpler than another."""

    def draw(self, random: Random) -> Draw:
        """A value at random. Raises `Rejected` where a filter lets none pass."""
        raise NotImplementedError

    def simplest(self) -> Draw:
        """The simplest value. Raises `Rejected` where a filter refuses it."""
        raise NotImplementedError

    def smaller(self, choices: Any) -> Iterator[Draw]:
        """Values that are simpler than the one with these choices, the simplest first."""
        raise NotImplementedError

    def map(self, function: Callable[[Any], Any]) -> Strategy:
        """`function` of the values."""
        return _Mapped(self, function)

    def filter(self, condition: Callable[[Any], Any]) -> Strategy:
        """Only values for which `condition` holds."""
        return _Filtered(self, condition)

    def __or__(self, other: Strategy) -> Strategy:
        return one_of(self, other)


class _Integers(Strategy):
    def __init__(self, low: int, high: int) -> None:
        if low > high:
            raise ValueError(f"integers: {low} is larger than {high}")
        self._low, self._high = low, high

    def draw(self, random: Random) -> Draw:
        edge = random.random()
        if edge < AT_LOW:
            number = self._low
        elif edge < AT_LOW + AT_HIGH:
            number = self._high
        else:
            number = random.randint(self._low, self._high)
        return Draw(number, number)

    def simplest(self) -> Draw:
        return Draw(self._low, self._low)

    def smaller(self, choices: int) -> Iterator[Draw]:
        step = choices - self._low
        while step > 0:  # the smallest, then half the way, a quarter, ... and the next one below
            yield Draw(choices - step, choices - step)
            step //= 2


class _Choice(Strategy):
    def __init__(self, options: Sequence[Any]) -> None:
        if not options:
            raise ValueError("sampled_from: there is nothing to choose from")
        self._options = tuple(options)

    def draw(self, random: Random) -> Draw:
        return self._at(random.randrange(len(self._options)))

    def simplest(self) -> Draw:
        return self._at(0)

    def smaller(self, choices: int) -> Iterator[Draw]:
        yield from map(self._at, range(choices))

    def _at(self, place: int) -> Draw:
        return Draw(self._options[place], place)


class _Tuples(Strategy):
    def __init__(self, parts: Sequence[Strategy]) -> None:
        self._parts = tuple(parts)

    def draw(self, random: Random) -> Draw:
        return _joined([part.draw(random) for part in self._parts])

    def simplest(self) -> Draw:
        return _joined([part.simplest() for part in self._parts])

    def smaller(self, choices: tuple[Draw, ...]) -> Iterator[Draw]:
        for place, part in enumerate(self._parts):
            for less in part.smaller(choices[place].choices):
                yield _joined([*choices[:place], less, *choices[place + 1 :]])


def _joined(draws: Sequence[Draw]) -> Draw:
    return Draw(tuple(draw.value for draw in draws), tuple(draws))


class _Lists(Strategy):
    def __init__(self, element: Strategy, low: int, high: int) -> None:
        self._element, self._length = element, _Integers(low, high)
        self._low = low

    def draw(self, random: Random) -> Draw:
        return self._of([self._element.draw(random) for _ in range(self._length.draw(random).value)])

    def simplest(self) -> Draw:
        return self._of([self._element.simplest() for _ in range(self._low)])

    def smaller(self, choices: tuple[Draw, ...]) -> Iterator[Draw]:
        if len(choices) > self._low:
            for place in range(len(choices)):
                yield self._of([*choices[:place], *choices[place + 1 :]])
        for place, draw in enumerate(choices):
            for less in self._element.smaller(draw.choices):
                yield self._of([*choices[:place], less, *choices[place + 1 :]])

    def _of(self, draws: Sequence[Draw]) -> Draw:
        return Draw([draw.value for draw in draws], tuple(draws))


class _OneOf(Strategy):
    def __init__(self, options: Sequence[Strategy]) -> None:
        self._options = tuple(options)

    def draw(self, random: Random) -> Draw:
        return self._at(random.randrange(len(self._options)), lambda option: option.draw(random))

    def simplest(self) -> Draw:
        return self._at(0, lambda option: option.simplest())

    def smaller(self, choices: tuple[int, Any]) -> Iterator[Draw]:
        place, inner = choices
        for earlier in range(place):
            yield self._at(earlier, lambda option: option.simplest())
        for less in self._options[place].smaller(inner):
            yield Draw(less.value, (place, less.choices))

    def _at(self, place: int, draw: Callable[[Strategy], Draw]) -> Draw:
        drawn = draw(self._options[place])
        return Draw(drawn.value, (place, drawn.choices))


class _Mapped(Strategy):
    def __init__(self, inner: Strategy, function: Callable[[Any], Any]) -> None:
        self._inner, self._function = inner, function

    def draw(self, random: Random) -> Draw:
        return self._of(self._inner.draw(random))

    def simplest(self) -> Draw:
        return self._of(self._inner.simplest())

    def smaller(self, choices: Any) -> Iterator[Draw]:
        return map(self._of, self._inner.smaller(choices))

    def _of(self, draw: Draw) -> Draw:
        return Draw(self._function(draw.value), draw.choices)


class _Filtered(Strategy):
    def __init__(self, inner: Strategy, condition: Callable[[Any], Any]) -> None:
        self._inner, self._condition = inner, condition

    def draw(self, random: Random) -> Draw:
        for _ in range(ATTEMPTS):
            drawn = self._inner.draw(random)
            if self._condition(drawn.value):
                return drawn
        raise Rejected

    def simplest(self) -> Draw:
        drawn = self._inner.simplest()
        if not self._condition(drawn.value):
            raise Rejected
        return drawn

    def smaller(self, choices: Any) -> Iterator[Draw]:
        return (less for less in self._inner.smaller(choices) if self._condition(less.value))


def integers(min_value: int, max_value: int) -> Strategy:
    """Whole numbers from `min_value` to `max_value`, both included; simpler is nearer to `min_value`."""
    return _Integers(min_value, max_value)


def sampled_from(options: Sequence[Any]) -> Strategy:
    """One of the options; simpler is earlier."""
    return _Choice(options)


def just(value: Any) -> Strategy:
    """This value and no other."""
    return _Choice((value,))


def none() -> Strategy:
    """None."""
    return just(None)


def booleans() -> Strategy:
    """False or True; False is simpler."""
    return _Choice((False, True))


def tuples(*parts: Strategy) -> Strategy:
    """A tuple with a value of each part."""
    return _Tuples(parts)


def lists(element: Strategy, *, min_size: int = 0, max_size: int = 10) -> Strategy:
    """Lists of `min_size` to `max_size` values; shorter is simpler."""
    return _Lists(element, min_size, max_size)


def one_of(*options: Strategy) -> Strategy:
    """A value of one of the strategies; simpler is earlier."""
    return _OneOf(options)


def fixed_dictionaries(entries: Mapping[str, Strategy]) -> Strategy:
    """A dict with a value of each entry's strategy."""
    return tuples(*entries.values()).map(lambda values: dict(zip(entries, values, strict=True)))


def builds(target: Callable[..., Any], *args: Strategy, **kwargs: Strategy) -> Strategy:
    """What `target` gives for drawn arguments."""
    together = tuples(tuples(*args), fixed_dictionaries(kwargs))
    return together.map(lambda values: target(*values[0], **values[1]))
