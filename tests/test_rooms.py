"""The arrows between the rooms of `autograder/`, as docs/architecture.md draws them, read from every import."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "autograder"

# For each room, the rooms or modules it may import from. A room that is missing here fails the test.
MAY_IMPORT = {
    "sandbox": set(),
    "datasets": set(),
    "weights": set(),
    "course": set(),
    "startup": set(),
    "bridge": {"sandbox.wire", "sandbox.agent"},
    "checks": {"bridge", "course", "datasets", "sandbox.wire", "sandbox.agent", "weights"},
    "feedback": {"course"},
    "grading": {"bridge", "checks", "course", "datasets", "feedback", "sandbox", "startup", "weights"},
    "cli": {"bridge", "checks", "course", "datasets", "feedback", "grading", "sandbox", "startup"},
    "__main__": {"cli"},
    "__init__": {"checks", "datasets", "sandbox", "weights"},
}


def module_of(path: Path) -> list[str]:
    """The parts of a file's module name; a package's own part is `__init__`."""
    return ["autograder", *path.relative_to(PACKAGE).with_suffix("").parts]


def imports_of(source: str, module: list[str]) -> set[str]:
    """Every module, and every name that may be one, that the source imports, at whatever depth, in full."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = module[: len(module) - node.level] if node.level else []
            base = [*base, *(node.module or "").split(".")] if node.module else base
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_its_arrows_allow(path: Path) -> None:
    module = module_of(path)
    room = module[1]
    assert room in MAY_IMPORT, f"{room} has no arrows yet: add it here and to docs/architecture.md"
    allowed = {room, *MAY_IMPORT[room]}
    for name in imports_of(path.read_text(encoding="utf-8"), module):
        if within(name, "autograder") and name != "autograder":
            inside = name.removeprefix("autograder.")
            assert any(within(inside, target) for target in allowed), f"{room} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_grading_touches_the_gradebook(path: Path) -> None:
    module = module_of(path)
    if module[1] != "grading":
        touched = {n for n in imports_of(path.read_text(encoding="utf-8"), module) if within(n, "nbgrader.api")}
        assert not touched


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("def f():\n    from ..sandbox import wire", "autograder.bridge.student", "autograder.sandbox.wire"),
        ("from . import x", "autograder.checks.__init__", "autograder.checks.x"),
        ("from .cli import main", "autograder.__init__", "autograder.cli.main"),
        ("import autograder.grading.ledger as l", "autograder.checks.api", "autograder.grading.ledger"),
    ],
)
def test_every_form_of_import_is_seen(source: str, module: str, expected: str) -> None:
    assert imports_of(source, module.split(".")) == {expected}
