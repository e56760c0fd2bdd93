"""Public cases as data, for the kit: students get inputs, right outputs and misconceptions' outputs, no reference.

`freeze` runs an assignment's public checks on the right answers and writes down every question they ask.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..sandbox import wire
from ..sandbox.agent import as_data
from .diagnosis import Misconception, Misconceptions
from .expected import HERE, Expected, find
from .trial import current


def is_kit() -> bool:
    """Whether this copy of the package is a student's: without references."""
    return not (HERE / "reference").is_dir()


class FrozenExpected(Expected):
    """A right answer that was computed at release, with what each misconception gives on the same case."""

    def __init__(self, name: str, record: Mapping[str, Any], args: tuple, kwargs: Mapping[str, Any]) -> None:
        super().__init__(lambda *a, **k: record["value"], args, kwargs)
        self._record = record
        self.function.__name__ = name

    def distorted(self, id: str, wrong: Any) -> Any:
        return self._record["wrong"][id]

    def describe(self) -> str:
        return self._record["text"]


class FrozenRegistry:
    """The kit's stand-in for a registry: names and sentences, no functions."""

    def __init__(self, known: Mapping[str, tuple[str, str | None]]) -> None:
        self._known = {id: Misconception(id, sentence, section) for id, (sentence, section) in known.items()}

    def __getitem__(self, id: str) -> Misconception:
        return self._known[id]

    def __iter__(self) -> Iterator[Misconception]:
        return iter(self._known.values())

    def frozen_answers(self) -> Iterator[tuple[str, None, str]]:
        for one in self:
            yield one.id, None, one.sentence


class Registries:
    """`misconceptions.CONV2D` in a check: that registry, or in the kit what is left of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if not is_kit():
            return find("misconceptions", name)
        frozen = current().frozen
        return _registry(frozen.path, name) if frozen is not None else FrozenRegistry({})


class FrozenTest:
    """The frozen questions of one public test."""

    def __init__(self, path: Path, cases: list[dict[str, Any]]) -> None:
        self.path, self.cases = path, cases


def frozen_answer(name: str, args: tuple, kwargs: Mapping[str, Any]) -> FrozenExpected | None:
    """The next frozen answer of the trial under way; None where references are at hand."""
    trial = current()
    if trial.frozen is None:
        return None
    record = trial.frozen.cases[trial.case]["answers"][trial.asked]
    trial.asked += 1
    if record["name"] != name:
        raise LookupError(f"the frozen cases of {trial.test} are of another release than its checks")
    return FrozenExpected(name, record, args, kwargs)


def frozen_path(module: Path) -> Path:
    """Where the frozen cases of a public check module lie: beside it."""
    return module.with_suffix(".cases")


def frozen_test(module: Path, test: str) -> FrozenTest | None:
    """The frozen cases of one test of a public check module, in the kit."""
    path = frozen_path(module)
    if not is_kit() or not path.is_file():
        return None
    return FrozenTest(path, _load(path)["tests"][test])


@cache
def _load(path: Path) -> dict[str, Any]:
    data = zlib.decompress(path.read_bytes())
    json_length, _ = wire.unpack_prefix(data[: wire.HEADER.size], wire.Caps(json_bytes=1 << 30))
    start = wire.HEADER.size
    header = wire.parse_header(data[start : start + json_length])
    caps = wire.Caps(nodes=10_000_000, json_bytes=1 << 30)
    return wire.Decoder(data[start + json_length :], lambda reference: reference, caps).decode(header["frozen"])


def frozen_values(path: Path) -> Iterator[tuple[str, str, Any]]:
    """What a decoded `.cases` file tells a student: (test, reference function, right answer) of each question."""
    for test, cases in _load(path)["tests"].items():
        for case in cases:
            for answer in case["answers"]:
                yield test, answer["name"], answer["value"]


@cache
def _registry(path: Path, name: str) -> FrozenRegistry:
    return FrozenRegistry(_load(path)["registries"].get(name, {}))


def freeze(assignment: str) -> bytes:
    """The frozen public cases of an assignment, as the bytes of its `.cases` file."""
    from .registry import right_answers
    from .runner import CheckSession

    session = CheckSession(assignment, parts=("public",))
    tests: dict[str, Any] = {}
    used: dict[str, Any] = {}
    for task in session.tasks:
        for test, recorded in session.record(task, right_answers(task)).items():
            tests[test] = [_frozen_case(case, questions, used) for case, questions in recorded]
    registries = {
        name: {m.id: (m.sentence, m.section) for m in find("misconceptions", name)}
        for name in _registry_names(session.tasks) | used.keys()
    }
    encoder = wire.Encoder()
    tree = encoder.encode({"tests": tests, "registries": registries})
    return zlib.compress(wire.pack({"frozen": tree}, encoder.payload), 9)


def _registry_names(tasks: list[str]) -> set[str]:
    from .registry import registries_of

    return {name for task in tasks for name in registries_of(task)}


def _frozen_case(case: Any, questions: list[tuple[Expected, Any]], used: dict[str, Any]) -> dict[str, Any]:
    answers = []
    for expected, registry in questions:
        wrong = {}
        if isinstance(registry, Misconceptions):
            for id, function, _ in registry.answers():
                try:
                    wrong[id] = as_data(expected.distorted(id, function))
                except Exception as error:  # a wrong turn that cannot cope with the case has no output to freeze
                    wrong[id] = f"raises {type(error).__name__}"
        answers.append({
            "name": expected.function.__name__, "value": as_data(expected.value), "wrong": wrong,
            "text": expected.describe(),
        })
    return {"case": dict(case) if case is not None else None, "answers": answers}
