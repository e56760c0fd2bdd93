"""Public cases as data, in the students' kit: inputs, right outputs and misconceptions' outputs, no reference.

`freezing.py` writes them at release, one file for each task, beside its public checks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..language import sentences_of
from ..sandbox import wire
from .diagnosis import Misconception, Misconceptions
from .expected import Expected
from .places import CASES, TaskFolder
from .trial import current

_ = sentences_of(__package__)


class FrozenExpected(Expected):
    """A right answer that was computed at release, with what each misconception gives on the same case."""

    def __init__(self, name: str, record: Mapping[str, Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        super().__init__(lambda *a, **k: record["value"], args, kwargs)
        self._record = record
        self.function.__name__ = name

    @property
    def value(self) -> Any:
        """The right answer."""
        return self._record["value"]

    def distorted(self, id: str, wrong: Any) -> Any:
        return self._record["wrong"][id]

    def describe(self) -> str:
        found: str = self._record["text"]
        return found


class FrozenRegistry:
    """The kit's stand-in for a registry: names and sentences, no functions."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.answer = bool(record.get("answer"))
        self._known = {
            id: Misconception(id, sentence, section, raises=tuple(raises))
            for id, (sentence, section, raises) in record.get("known", {}).items()
        }

    def __getitem__(self, id: str) -> Misconception:
        return self._known[id]

    def __iter__(self) -> Iterator[Misconception]:
        return iter(self._known.values())

    def frozen_answers(self) -> Iterator[tuple[str, None, str]]:
        for one in self:
            yield one.id, None, one.sentence


def frozen_answer(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> FrozenExpected:
    """The next frozen answer of the trial under way."""
    trial = current()
    record = trial.frozen[trial.case]["answers"][trial.asked]
    trial.asked += 1
    if record["name"] != name:
        raise LookupError(
            _("the frozen cases of {test} are of another release than its checks").format(test=trial.test)
        )
    return FrozenExpected(name, record, args, kwargs)


def frozen_cases(folder: TaskFolder, test: str) -> list[dict[str, Any]] | None:
    """The frozen cases of one public test of a task, in the kit; None where references are at hand."""
    return load(folder.path / CASES)["tests"][test] if folder.is_frozen else None


@cache
def frozen_registry(folder: TaskFolder, name: str) -> FrozenRegistry:
    """What is left in the kit of a registry of misconceptions."""
    return FrozenRegistry(load(folder.path / CASES)["registries"].get(name, {}))


def registries_here(folder: TaskFolder) -> list[Any]:
    """The registries of a task's misconceptions, or in the kit what is left of them."""
    if folder.is_frozen:
        return [FrozenRegistry(record) for record in load(folder.path / CASES)["registries"].values()]
    if not folder.has("misconceptions"):
        return []
    return [one for one in vars(folder.part("misconceptions")).values() if isinstance(one, Misconceptions)]


@cache
def load(path: Path) -> dict[str, Any]:
    """What a file of frozen cases holds: `tests`, and `registries`."""
    data = zlib.decompress(path.read_bytes())
    json_length, _ = wire.unpack_prefix(data[: wire.HEADER.size], wire.Caps(json_bytes=1 << 30))
    start = wire.HEADER.size
    header = wire.parse_header(data[start : start + json_length])
    caps = wire.Caps(nodes=10_000_000, json_bytes=1 << 30, odd_keys=10_000_000)
    decoder = wire.Decoder(data[start + json_length :], lambda reference: reference, caps)
    found: dict[str, Any] = decoder.decode(header["frozen"])
    return found


def frozen_values(path: Path) -> Iterator[tuple[str, str, Any]]:
    """What a file of frozen cases tells a student: (test, reference function, right answer) of each question."""
    for test, cases in load(path)["tests"].items():
        for case in cases:
            for answer in case["answers"]:
                yield test, answer["name"], answer["value"]
