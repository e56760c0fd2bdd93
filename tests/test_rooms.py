"""The arrows between the rooms: the contracts of pyproject.toml, and what import-linter cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import autograder

ROOT = Path(__file__).parents[1]
TREES = ("autograder", "course")
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path for t in TREES for path in (ROOT / t).rglob("*.py")
}

# The one list of imports inside functions: what would make a command, a worker or a server start later.
FOR_START_UP = {
    "autograder.__init__": {"importlib"},
    "autograder.classroom.cluster": {"distributed"},
    "autograder.classroom.folder": {"nbgrader.utils"},
    "autograder.classroom.grade": {"autograder.classroom.whole_run"},
    "autograder.classroom.late_writer": {"autograder.gradebook.gradebook"},
    "autograder.classroom.worker": {
        "autograder.checks", "autograder.sandbox.warm_pool", "autograder.submission", "autograder.training.laid_out",
    },
    "autograder.cli": {
        "autograder.checks.terminal", "autograder.classroom", "autograder.doctor", "autograder.feedback",
        "autograder.release",
    },
    "autograder.commands.desk": {"autograder.desk"},
    "autograder.commands.common": {"autograder.feedback.clean", "rich"},
    "autograder.commands.arriving": {"autograder.classroom", "autograder.gradebook"},
    "autograder.commands.bundling": {"autograder.classroom", "autograder.gradebook", "autograder.release"},
    "autograder.commands.looking_back": {"autograder.classroom"},
    "autograder.commands.of_the_class": {"autograder.classroom", "autograder.feedback"},
    "autograder.commands.student": {"autograder.homework"},
    "autograder.commands.times": {"autograder.classroom", "autograder.gradebook"},
    "autograder.commands.watching": {"autograder.classroom"},
    "autograder.datasets.downloads": {"pooch", "requests", "torch"},
    "autograder.datasets.mnist": {"pooch", "requests"},
    "autograder.datasets.pictures": {"PIL"},
    "autograder.datasets.weights": {"safetensors"},
    "autograder.gradebook.opening": {"alembic"},
    "autograder.release.kit": {"autograder.checks.freezing"},
    "autograder.sandbox.client": {"autograder.sandbox.zmtp"},
    "autograder.sandbox.facade": {"safetensors"},
    "autograder.sandbox.server": {"autograder.sandbox"},  # found only once the server has said where
    "autograder.submission.job": {"nbformat"},
}  # fmt: skip

# What a kernel's own `autograder` has.
IN_A_KERNEL = {"autograder", *(f"autograder.{name}" for name in autograder.__all__)}

# Private names that have no public way: each in one small module, which says for which versions.
PRIVATE = {"autograder.sandbox.sharing": {"_multiprocessing", "_posixshmem"}}


def names_in(node: ast.stmt, module: str) -> set[str]:
    """Every module, and every name that may be one, that an import statement asks for, in full."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        parts = module.split(".")
        base = parts[: len(parts) - node.level] if node.level else []
        base = [*base, *(node.module or "").split(".")] if node.module else base
        return {".".join([*base, alias.name]) for alias in node.names}
    return set()


def imports_of(source: str, module: str) -> set[str]:
    """All that the source imports, at whatever depth."""
    return {name for node in ast.walk(ast.parse(source)) for name in names_in(node, module)}


def imports_in_functions(source: str, module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                yield from names_in(inner, module)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def file_of(name: str) -> str | None:
    """The module of the tree that an import of `name` reads, which may be a name in it."""
    for candidate in (name, f"{name}.__init__", *(name.rpartition(".")[0] + end for end in ("", ".__init__"))):
        if candidate in FILES:
            return candidate
    return None


def runs_in_the_kernel(module: str) -> bool:
    """Whether a module has functions whose source is sent to the kernel, where they import what they need."""
    return module.startswith("course.") or module.endswith(".probes")


def source_of(module: str) -> str:
    return FILES[module].read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [name for name in FILES if name.endswith(".variants") and within(name, "course")])
def test_a_students_own_numbers_need_nothing_of_the_course(module: str) -> None:
    """The file is laid into the kernel, where there is no course."""
    assert {name.partition(".")[0] for name in imports_of(source_of(module), module)} <= sys.stdlib_module_names


def test_the_contracts_are_kept() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_no_file_is_in_a_circle() -> None:
    graph = {
        module: {target for name in imports_of(source_of(module), module) if (target := file_of(name))} - {module}
        for module in FILES
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these files import one another: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("module", FILES)
def test_no_import_hides_in_a_function_but_for_start_up(module: str) -> None:
    allowed = FOR_START_UP.get(module, set())
    for name in imports_in_functions(source_of(module), module):
        if runs_in_the_kernel(module) and (name in IN_A_KERNEL or name.split(".")[0] not in TREES):
            continue
        assert any(within(name, target) for target in allowed), f"{module} imports {name} inside a function"


def test_the_list_has_nothing_that_is_gone() -> None:
    for module, targets in FOR_START_UP.items():
        found = set(imports_in_functions(source_of(module), module))
        assert not {target for target in targets if not any(within(name, target) for name in found)}, module


@pytest.mark.parametrize("module", FILES)
def test_only_the_gradebook_touches_the_gradebook(module: str) -> None:
    if not within(module, "autograder.gradebook"):
        assert not {name for name in imports_of(source_of(module), module) if within(name, "nbgrader.api")}


@pytest.mark.parametrize("module", FILES)
def test_no_private_name_of_a_library_is_imported(module: str) -> None:
    allowed = PRIVATE.get(module, set())
    for name in imports_of(source_of(module), module):
        parts = name.split(".")
        if parts[0] in (*TREES, "__future__") or parts[0] in allowed:
            continue
        assert "internal" not in parts and not any(part.startswith("_") for part in parts), f"{module}: {name}"


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("def f():\n    from ..sandbox import wire", "autograder.bridge.student", "autograder.sandbox.wire"),
        ("from . import x", "autograder.checks.__init__", "autograder.checks.x"),
        ("from .cli import main", "autograder.__init__", "autograder.cli.main"),
        ("import autograder.classroom.ledger as l", "autograder.checks.api", "autograder.classroom.ledger"),
    ],
)
def test_every_form_of_import_is_seen(source: str, module: str, expected: str) -> None:
    assert imports_of(source, module) == {expected}
