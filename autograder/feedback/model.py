"""The plain data that pages are made from, beside `results.json` itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..datasets.titles import TITLES
from ..language import marked, sentences_of

_ = sentences_of(__package__)


# States of students and tasks, which are words of their own in results.json and in addresses.
STATES = (
    marked("passed"), marked("partial"), marked("failed"), marked("not attempted"), marked("stopped"),
    marked("needs manual grade"), marked("not gradable"), marked("waits for a person"), marked("late"),
    marked("missing"), marked("graded"),
    # and why something was stopped
    marked("timeout"), marked("memory"), marked("processes"), marked("disk"), marked("output"), marked("network"),
    marked("forbidden"), marked("malformed"), marked("died"),
)  # fmt: skip


def in_words(state: str) -> str:
    """A state in the language of this process."""
    return _(state.replace("_", " "))


def conditions(results: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What accuracies and times depend on, as sentences: the images and the device that these results came from."""
    datasets: dict[str, None] = {}
    devices: set[str] = set()
    for result in results:
        provenance = result.get("provenance") or {}
        datasets |= dict.fromkeys(provenance.get("datasets") or ())
        devices.add(provenance.get("device") or "cpu")
    said = []
    if datasets:
        names = [TITLES.get(name, name) for name in datasets]
        said.append(
            _("The images were {names}.").format(
                names=_(" and ").join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
            )
        )
    if "cuda" in devices:
        said.append(
            _("It ran on a GPU.") if devices == {"cuda"} else _("Some of it ran on a GPU, the rest on the CPU.")
        )
    return tuple(said)


def measured(tests: Iterable[Mapping[str, Any]]) -> str:
    """What the grader measured of a task, as a sentence; empty if it measured no accuracy."""
    found = [test["measured"] for test in tests if "accuracy" in (test.get("measured") or {})]
    if not found:
        return ""
    best = max(found, key=lambda one: one["accuracy"])
    after = (
        _(", after {train_seconds:.1f} s of training").format(train_seconds=best["train_seconds"])
        if "train_seconds" in best
        else ""
    )
    return _("Measured on images that the answer had not seen: {accuracy:.2f} % right{after}.").format(
        accuracy=100 * best["accuracy"], after=after
    )
