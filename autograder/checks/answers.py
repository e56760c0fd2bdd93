"""What a notebook's answer cells define, without running the rest of the notebook."""

from __future__ import annotations

import ast
import gc
import io
import linecache
import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from itertools import count
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

_numbers = count()
SLOW_S = 1.0


def defined(
    notebook: Mapping[str, Any], tasks: Collection[str], *, student: str, careful: bool = True
) -> dict[str, Any]:
    """The names after the answer cells of `tasks` and the cells that these need, run in this process.

    notebook: a notebook as JSON, of the course's own making. student: whose variants they are.
    careful: raise what a cell raises; otherwise such a cell is passed over, as in a notebook nobody worked on.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    with _as_student(student), redirect_stdout(io.StringIO()):
        for source in _needed(list(_sources(notebook, tasks))):
            try:
                run(source, names)
            except Exception:
                if careful:
                    raise
    return names


@contextmanager
def freed_afterwards() -> Iterator[None]:
    """Frees what a slow block built in this process: networks of Keras are rings of references, of up to 100 MB each,
    and too few objects for Python to look for rings by itself."""
    began = time.monotonic()
    try:
        yield
    finally:
        if time.monotonic() - began > SLOW_S:
            gc.collect()


def run(source: str, names: dict[str, Any]) -> None:
    """Runs a cell's code on `names`; its lines are known to tracebacks."""
    filename = f"<cell {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    exec(compile(source, filename, "exec"), names)


def _sources(notebook: Mapping[str, Any], tasks: Collection[str]) -> Iterator[tuple[str, bool]]:
    """(Python source, whether it answers a task) of the code cells that no check stands in."""
    manager: Any = TransformerManager  # IPython has no types for it
    transform = manager().transform_cell
    for cell in notebook["cells"]:
        meta = cell.get("metadata", {}).get("nbgrader", {})
        if cell["cell_type"] == "code" and not meta.get("grade"):
            yield transform("".join(cell["source"])), meta.get("grade_id") in tasks


def _needed(cells: list[tuple[str, bool]]) -> list[str]:
    """The answers, and of the other cells those that bind a name which a needed cell below uses."""
    kept: list[str] = []
    wanted: set[str] = set()
    for source, is_answer in reversed(cells):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        bound, used = _names(tree)
        if is_answer or bound & wanted:
            kept.append(source)
            wanted |= used
    return kept[::-1]


def _names(tree: ast.AST) -> tuple[set[str], set[str]]:
    """The names that a cell binds (or changes a part of), and those that it uses."""
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            bound |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return bound, used


@contextmanager
def _as_student(student: str) -> Iterator[None]:
    """The numbers of `variant` are this student's, and figures are drawn without a window."""
    before = {name: os.environ.get(name) for name in ("CNN_STUDENT", "MPLBACKEND")}
    os.environ.update({"CNN_STUDENT": student, "MPLBACKEND": "agg"})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
