"""Which mistake a task's failed tests may name: one that explains all that was compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from ..bridge.transport import BridgeFailure
from .collecting import call, call_on_cases, second_cases
from .diagnosis import Diagnosis
from .failure import CheckFailure
from .running import RanTest, seen
from .search import Case, smallest_first
from .trial import Observation

CONTRADICTED = ("", "")  # in place of a name


def names_of(ran: Sequence[RanTest]) -> dict[int, tuple[str, str]]:
    """The names that a task's failed tests have earned, (id, sentence) by the test's place; `CONTRADICTED` where a
    name that a check gave is contradicted by the values that were compared.

    A diagnosis must explain every comparison of all failed tests with its registry. So these tests are run again, with
    comparisons that raise nothing; and where one case alone shows the mistake, they are asked for a second one. Nor may
    it foretell a failure of a test that passed.
    """
    failed = [(place, one) for place, one in enumerate(ran) if one.failed]
    named: dict[int, tuple[str, str]] = {}
    for registry in _registries_of(one for _, one in failed):
        concerned = [(place, one) for place, one in failed if any(o.like is registry for o in one.trial.observations)]
        found = Diagnosis(registry, [o for _, one in concerned for o in one.trial.observations if o.like is registry])
        try:
            if found.open:
                found.refute(_passed(ran, registry))
            if found.open:
                _see_all(found, [one for _, one in concerned])
        except BridgeFailure:  # the notebook was asked once more, and did not come back: no name is earned
            continue
        for place, one in failed:
            error = one.raised
            if not isinstance(error, CheckFailure):
                continue
            if error.diagnosis is not None:
                if _computes(registry, error.diagnosis) and not found.allows(error.diagnosis):
                    named[place] = CONTRADICTED
            elif found.name is not None and one.trial.observations and one.trial.observations[-1].like is registry:
                named[place] = found.name
    return named


def _passed(ran: Iterable[RanTest], registry: Any) -> list[Observation]:
    """Of each test that passed, three comparisons with this registry: the first, one half way, the last."""
    found: list[Observation] = []
    for one in ran:
        if one.raised is None and one.lost is None and one.report is None:
            seen = [o for o in one.trial.observations if o.like is registry]
            found += [seen[at] for at in sorted({0, len(seen) // 2, len(seen) - 1})] if seen else []
    return found


def _registries_of(ran: Iterable[RanTest]) -> list[Any]:
    registries = {id(o.like): o.like for one in ran for o in one.trial.observations if o.like is not None}
    return list(registries.values())


def _computes(registry: Any, id: str) -> bool:
    """Whether the registry has this misconception as a function, which values can contradict."""
    return any(one.id == id and one.distort is not None for one in registry)


def _see_all(found: Diagnosis, concerned: Sequence[RanTest]) -> None:
    """Shows a diagnosis every comparison of these tests, and a second case if it wants one."""
    for one in concerned:
        if one.test.is_plain and not (one.test.hidden and one.test.marker("search")):  # a search has seen its cases
            arguments = one.asked.arguments(one.test.item)
            found.add(seen(one, partial(call_on_cases, one.test.item, arguments, one.asked.seed)))
            if not found.open:
                return
    for one in concerned:
        if not found.open or not found.wants_more or not one.test.is_plain:
            continue
        cases: list[Any] = second_cases(one.test.item, one.asked.seed)
        first = 0
        if one.trial.frozen is not None:
            entries = [entry["second"] for entry in one.trial.frozen]
            first, cases = entries.count(False), [entry["case"] for entry in one.trial.frozen if entry["second"]]
            cases = [Case(case) if isinstance(case, dict) else case for case in cases]

        def ask(case: Any, one: RanTest = one) -> None:
            call(one.test.item, one.asked.arguments(one.test.item, case))

        for number, case in enumerate(cases, first):
            found.add(seen(one, partial(smallest_first, ask, [case], number)))
            if not found.open or not found.wants_more:
                break
