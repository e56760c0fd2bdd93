"""What students must not get, and whether it is in what they would get."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from autograder.course import CHECK_SUFFIX
from autograder.language import sentences_of

_ = sentences_of(__package__)

REGIONS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
MARKERS = tuple(f"{side} {region}" for region in REGIONS for side in ("BEGIN", "END"))
SHORTEST = 8  # characters; a shorter line, such as "else:", betrays nothing
RUN = 3  # secret lines in a row, in a file where a single one may stand by chance


def lines_of(text: str) -> list[str]:
    """Lines that say something, without indentation."""
    return [line.strip() for line in text.splitlines() if len(line.strip()) >= SHORTEST]


@dataclass(frozen=True)
class Secrets:
    """Lines that stand only in solutions, hidden tests and mark schemes of a source notebook, in their
    order."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, source: NotebookNode) -> Secrets:
        hidden: list[str] = []
        shown: set[str] = set()
        ids = grade_ids(source)
        for cell in source.cells:
            inside, outside = _split(cell, ids)
            hidden += lines_of(inside)
            shown.update(lines_of(outside))
        return cls(tuple(line for line in hidden if line not in shown))

    def in_lines(self, text: str) -> list[str]:
        """Secret lines that ``text`` has."""
        own = set(self.lines)
        return [line for line in lines_of(text) if line in own]

    def in_runs(self, text: str) -> list[str]:
        """The first line of each stretch of `RUN` secret lines in a row that ``text`` has."""
        runs = set(_windows(self.lines))
        return [window[0] for window in _windows(lines_of(text)) if window in runs]


def _windows(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    lines = list(lines)
    return (tuple(lines[i : i + RUN]) for i in range(len(lines) - RUN + 1))


def grade_ids(notebook: NotebookNode) -> set[str]:
    """The ids of the notebook's nbgrader cells."""
    return {cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells}


def is_answer(cell: NotebookNode, ids: set[str]) -> bool:
    """Whether a cell answers a task. An editable cell without points and check cell, such as
    ``student-id``, does not: students get it as its author wrote it."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("solution") and (meta.get("grade") or meta["grade_id"] + CHECK_SUFFIX in ids))


def _split(cell: NotebookNode, ids: set[str]) -> tuple[str, str]:
    """What a cell hides and what it shows. An answer cell without a region is hidden as a whole."""
    if is_answer(cell, ids) and "BEGIN SOLUTION" not in cell.source:
        return cell.source, ""
    inside: list[str] = []
    outside: list[str] = []
    depth = 0
    for line in cell.source.split("\n"):
        if any(f"BEGIN {region}" in line for region in REGIONS):
            depth += 1
        elif any(f"END {region}" in line for region in REGIONS):
            depth -= 1
        else:
            (inside if depth > 0 else outside).append(line)
    return "\n".join(inside), "\n".join(outside)


def student_version_problems(notebook: NotebookNode, secrets: Secrets) -> list[str]:
    """What is wrong with a student version, one phrase each; none if it may be handed out."""
    problems: list[str] = []
    for index, cell in enumerate(notebook.cells):
        where = _("cell {cell}").format(cell=cell.metadata.get("nbgrader", {}).get("grade_id") or index + 1)
        problems += [
            _("{where} still has {marker!r}").format(where=where, marker=marker)
            for marker in MARKERS
            if marker in cell.source
        ]
        problems += [
            _("{where} shows a line of a solution, hidden test or rubric").format(where=where)
            for _line in secrets.in_lines(cell.source)[:1]
        ]
        if cell.get("attachments") and secrets.in_lines(str(cell.attachments)):
            problems.append(_("{where} has an attachment with a solution").format(where=where))
        if cell.cell_type != "code":
            continue
        if "hidden=True" in cell.source:
            problems.append(_("{where} calls a hidden check").format(where=where))
        if cell.get("outputs") or cell.get("execution_count"):
            problems.append(_("{where} has outputs").format(where=where))
        if not _is_python(cell.source):
            problems.append(_("{where} is not valid Python once its solution is taken out").format(where=where))
    return problems


def _is_python(source: str) -> bool:
    try:
        python = TransformerManager().transform_cell(source)
        compile(python, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def hidden_test_names(package: Path) -> set[str]:
    """Names of the hidden tests of a course's package, none of which may reach a student; a public test
    may have the same name as a hidden one, which then is no secret."""
    return _test_names(package, "hidden") - _test_names(package, "public")


def _test_names(package: Path, part: str) -> set[str]:
    found: set[str] = set()
    for module in sorted(package.glob(f"*/*/{part}.py")):
        found.update(re.findall(r"^def (test_\w+)", module.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return found


def file_problems(folder: Path, secrets: Secrets, names: Collection[str]) -> list[str]:
    """Files under ``folder`` that show a hidden test's name or a stretch of a solution, hidden test or
    rubric."""
    problems: list[str] = []
    named = re.compile(rf"\b({'|'.join(sorted(map(re.escape, names)))})\b" if names else r"(?!)")
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        text = path.read_bytes().decode("utf-8", errors="replace")
        where = path.relative_to(folder).as_posix()
        problems += [
            _("{where} names the hidden test {name}").format(where=where, name=name)
            for name in sorted(set(named.findall(text)))
        ]
        if path.suffix != ".ipynb" and secrets.in_runs(text):
            problems.append(_("{where} has lines of a solution, hidden test or rubric").format(where=where))
    return problems
