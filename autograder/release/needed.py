"""Which files of a course one assignment needs: its own, what all share, and what of other assignments those import."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.course import Assignment


def needed(assignment: Assignment, deciding: Iterable[Path]) -> list[Path]:
    """Of the files that decide about a course's results, those of one assignment, sorted."""
    package = assignment.folder.parent
    known = set(deciding)
    others = {path.parent for path in package.glob("*/__init__.py")} - {assignment.folder}
    found: set[Path] = set()
    waiting = [path for path in known if not any(path.is_relative_to(other) for other in others)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            waiting += [one for one in _imported(path, package) if one in known]
    return sorted(found)


def _imported(path: Path, package: Path) -> Iterator[Path]:
    """The modules of a package that one of them imports, each with the packages around it, which run first."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            start = path.relative_to(package.parent).parent.parts
            parts = list(start[: len(start) - node.level + 1]) if node.level else []
            parts += (node.module or "").split(".") if node.module else []
            names = [".".join([*parts, alias.name]) for alias in node.names]
        for name in names:
            place = package.parent
            for part in name.split("."):  # the last may be a name in a module
                yield place / f"{part}.py"
                place /= part
                yield place / "__init__.py"
