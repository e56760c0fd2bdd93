"""Named misconceptions: wrong answers with a name and a sentence, and how a wrong result is matched with them.

A registry belongs to one reference function. A misconception is a function with the same signature; if its first
parameter is called `solve`, it gets the function that it distorts, so that two misconceptions can be combined:

    SHIFT = Misconceptions("shift", reference=shift)

    @SHIFT.add("rows-for-columns", section="Which way?")
    def rows_for_columns(solve, image, by):
        "Rows were moved, not columns."
        return solve(image.T, by).T
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from .trial import Observation
from .variant import has_variants, variant


@dataclass(frozen=True)
class Misconception:
    """One wrong turn: `id` in kebab-case, the sentence a student reads, the heading in the notebook to read again.

    distort: computes what the misconception gives, or None where the wrong turn does not show in values.
    source: a whole wrong answer as notebook code, where a distorted function cannot express it.
    price: why it costs more, or less, of the task's points than a single slip should; None where it does not.
    raises: the types of exception that it ends in, where it is known by one.
    """

    id: str
    sentence: str
    section: str | None = None
    distort: Callable[..., Any] | None = None
    source: str | None = None
    price: str | None = None
    raises: tuple[str, ...] = ()

    @cached_property
    def composable(self) -> bool:
        return self.distort is not None and next(iter(inspect.signature(self.distort).parameters), "") == "solve"

    def around(self, solve: Callable[..., Any]) -> Callable[..., Any]:
        """This misconception as a function with the reference's signature, distorting `solve`."""
        assert self.distort is not None
        return partial(self.distort, solve) if self.composable else self.distort


def _names(types: str | Sequence[str]) -> tuple[str, ...]:
    return (types,) if isinstance(types, str) else tuple(types)


Adapter = Callable[[Callable[..., Any]], Mapping[str, Any]]


@dataclass
class Misconceptions:
    """The wrong turns known for one reference function of a task.

    student: makes the names of the notebook from a function with the reference's signature, e.g. a layer class;
        by default the function under the reference's own name.
    answer: the task is answered with a dict, which the reference function computes (from the variant's numbers,
        if the task has variants); the notebook's name is the task's with underscores.
    """

    task: str
    reference: Callable[..., Any]
    student: Adapter | None = None
    answer: bool = False
    _known: dict[str, Misconception] = field(default_factory=dict)

    def add(
        self, id: str, *, section: str | None = None, price: str | None = None, raises: str | Sequence[str] = ()
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Decorator: registers a wrong function. Its docstring is the sentence that the student reads.

        price: why it may cost more, or less, of the task's points than a single slip (10 to 50 %).
        raises: the exceptions that it ends in, for `if_it_raises`; neighbouring slips must not raise them.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            sentence = " ".join((function.__doc__ or "").split())
            self._register(Misconception(id, sentence, section, function, price=price, raises=_names(raises)))
            return function

        return register

    def add_source(
        self, id: str, sentence: str, source: str, *, section: str | None = None, price: str | None = None,
        raises: str | Sequence[str] = (),
    ) -> None:
        """Registers a wrong answer given as notebook code; a check names it itself (`diagnosis=`)."""
        self._register(Misconception(id, sentence, section, source=source, price=price, raises=_names(raises)))

    def _register(self, misconception: Misconception) -> None:
        if misconception.id in self._known or not misconception.sentence:
            raise ValueError(f"misconception {misconception.id!r}: registered twice, or without a sentence")
        self._known[misconception.id] = misconception

    def __iter__(self) -> Iterator[Misconception]:
        return iter(self._known.values())

    def __getitem__(self, id: str) -> Misconception:
        return self._known[id]

    def names(self, solve: Callable[..., Any], student: str | None = None) -> Mapping[str, Any]:
        """The notebook's names, computed by `solve` in the reference's place, for that student's variant."""
        if self.answer:
            numbers = variant(self.task, student) if has_variants(self.task) else {}
            return {self.task.replace("-", "_"): solve(**numbers)}
        return self.student(solve) if self.student else {self.reference.__name__: solve}

    def answers(self, *, pairs: bool = False) -> Iterator[tuple[str, Callable[..., Any], str]]:
        """(id, wrong function, sentence) for every misconception that computes, or for every pair of two."""
        known = [m for m in self if m.distort is not None]
        if not pairs:
            for one in known:
                yield one.id, one.around(self.reference), one.sentence
            return
        for first in known:
            for second in known:
                if second.composable and (not first.composable or first.id < second.id):
                    both = second.around(first.around(self.reference))
                    yield f"{first.id}+{second.id}", both, f"{first.sentence} {second.sentence}"


class Diagnosis:
    """Looks for the one misconception, or pair of two, that explains a task's failed tests.

    It has to give exactly the student's result in every comparison with its registry, in all of them; and in a second
    case besides the first that shows it, unless the task is answered with a dict. Where two explain it all, or none,
    there is none.
    """

    def __init__(self, registry: Any, observations: Sequence[Observation]) -> None:
        self._registry = registry
        self._seen = list(observations)
        self._passed: list[Observation] = []
        self._alone = self._explaining(_alternatives(registry, False), self._seen)
        self._two: list[tuple[str, Any, str]] | None = None  # as many as the square of those, and seldom asked for

    @property
    def _pairs(self) -> list[tuple[str, Any, str]]:
        """The pairs of two that explain all that was seen."""
        if self._two is None:
            self._two = self._explaining(_alternatives(self._registry, True), [*self._seen, *self._passed])
        return self._two

    @property
    def open(self) -> bool:
        """Whether any misconception is left that explains what was seen."""
        return bool(self._alone or self._pairs)

    @property
    def wants_more(self) -> bool:
        """Whether a second case is still to be seen: another one, in which the answer is wrong too."""
        if getattr(self._registry, "answer", False):
            return False
        return len({one.expected.case() for one in self._seen if not one.same(one.actual, one.right)}) < 2

    def add(self, observations: Sequence[Observation]) -> None:
        """Takes further comparisons into account; misconceptions that do not explain them are dropped."""
        new = [one for one in observations if one.like is self._registry]
        self._seen += new
        self._keep_explaining(new)

    def refute(self, observations: Sequence[Observation]) -> None:
        """Drops misconceptions that would have given another result in comparisons that the answer passed."""
        self._passed += observations
        self._keep_explaining(observations)

    @property
    def name(self) -> tuple[str, str] | None:
        """(id, sentence) of what explains all that was seen, if just one does, and a second case was seen."""
        found = self._alone or self._pairs
        if len(found) != 1 or self.wants_more:
            return None
        id, _, sentence = found[0]
        return id, sentence

    def allows(self, id: str) -> bool:
        """Whether the misconception `id`, alone or with another, explains all that was seen."""
        return any(one[0] == id for one in self._alone) or any(id in both.split("+") for both, _, _ in self._pairs)

    def _keep_explaining(self, observations: Sequence[Observation]) -> None:
        self._alone = self._explaining(self._alone, observations)
        if self._two is not None:
            self._two = self._explaining(self._two, observations)

    def _explaining(
        self, known: Iterable[tuple[str, Any, str]], observations: Sequence[Observation]
    ) -> list[tuple[str, Any, str]]:
        return [one for one in known if self._explains(one, observations)]

    def _explains(self, one: tuple[str, Any, str], observations: Sequence[Observation]) -> bool:
        return all(_explains(one[0], one[1], observation) for observation in reversed(observations))


def _alternatives(registry: Any, pairs: bool) -> Iterator[tuple[str, Any, str]]:
    if isinstance(registry, Misconceptions):
        yield from registry.answers(pairs=pairs)
    elif not pairs:  # the kit: outputs that release froze
        yield from registry.frozen_answers()


def _explains(id: str, wrong: Any, observation: Observation) -> bool:
    """Whether `wrong` gives the student's result. A wrong turn that cannot cope with the case explains nothing."""
    try:
        with np.errstate(all="ignore"):
            return observation.same(observation.actual, observation.expected.distorted(id, wrong))
    except Exception:
        return False
