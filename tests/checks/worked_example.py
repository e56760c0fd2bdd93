"""The task that docs/authoring.md makes, for tests: its files as the page has them, and a place to break them."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.checks import expected, registry, runner

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "authoring.md"
NAME = "08-crops"


def files() -> dict[str, str]:
    """The page's Python blocks by the path in their first line."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return dict(blocks)


def shown_output() -> list[str]:
    """The lines of the page's one text block."""
    return re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)[1].splitlines()


def write(root: Path, changes: dict[str, tuple[str, str]]) -> None:
    """Writes the files below `root`; changes: path to (old, new) text, which must stand there."""
    for name, text in files().items():
        old, new = changes.get(name, ("", ""))
        assert old in text, f"{name} has no {old!r}"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")


@contextmanager
def installed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within this, the checks room is the one below `root`: its modules are found and imported from there."""
    room = root / "autograder" / "checks"
    for module in (expected, registry, runner):
        monkeypatch.setattr(module, "HERE", room)
    packages = [importlib.import_module(f"autograder.checks.{name}") for name in ("reference", "misconceptions")]
    for package in packages:
        monkeypatch.setattr(package, "__path__", [str(room / package.__name__.rpartition(".")[2])])
    _forget()
    try:
        yield
    finally:
        monkeypatch.undo()
        _forget()


def _forget() -> None:
    for cached in (expected._places, runner.assignment_of, registry.registries_of):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.endswith((".crops", "test_08_crops"))]:
        del sys.modules[name]
    for package in ("reference", "misconceptions"):
        vars(importlib.import_module(f"autograder.checks.{package}")).pop("crops", None)
