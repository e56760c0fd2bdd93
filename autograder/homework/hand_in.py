"""`hand-in NOTEBOOK`: the notebook runs as it will be graded, what is amiss is said, and the file is packed.

It runs from top to bottom in a fresh kernel, each cell within the grader's time, without the libraries that are out of
reach then; public checks run where they stand. What it cannot have here, a sandbox, it makes up for by watching: files
and addresses that the notebook's own code reaches for are named.
"""

from __future__ import annotations

import ast
import json
import os
import re
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from autograder import files
from autograder.checks.reading import nearly_right
from autograder.checks.terminal import HereClient
from autograder.course import CHECK_SUFFIX, TOTAL_S, Course, UsageError, words_of
from autograder.homework import manifest as kits
from autograder.homework import watching
from autograder.homework.manifest import Manifest, fingerprint, grade_id
from autograder.language import plurals_of, sentences_of
from autograder.sandbox.limits import Limits
from autograder.training.brought import too_much

_, ngettext = sentences_of(__package__), plurals_of(__package__)

FOLDER = "handed-in"


@dataclass
class HandedIn:
    """What was found and packed. file: what the student hands in. assignment: its name. checks: the first line of each
    task's check, and below it what did not pass. untouched: tasks without an answer, with their points. problems: what
    will be otherwise while it is graded, a sentence each."""

    file: Path
    assignment: str
    checks: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def hand_in(path: Path) -> HandedIn:
    """Runs the notebook at `path` and packs it. Raises `UsageError` for what is no notebook of this course."""
    course, notebook = Course.here(), kits.read_notebook(path)
    manifest = kits.read(course.root)
    if manifest is None:
        raise UsageError(
            _("{root} is no kit with a list of itself ({name}); start this in the kit's.").format(
                root=course.root, name=kits.NAME
            )
        )
    name = _assignment_of(notebook, manifest)
    if name is None:
        raise UsageError(_("{path} is no notebook of this course: none of its cells stands in one.").format(path=path))
    notebook = kits.with_released_ids(notebook, manifest.cells[name])
    packed = course.root / FOLDER / f"{Path(name).stem}.ipynb"
    found = HandedIn(packed, Path(name).stem)
    run = _run(notebook, path, course)
    _tell(found, run, notebook, manifest.cells[name])
    if _trains(course, manifest.cells[name]) and (sentence := too_much(_code(notebook))):
        found.problems.append(sentence)
    files.write(packed, _packed(notebook))
    return found


def _assignment_of(notebook: NotebookNode, manifest: Manifest) -> str | None:
    """The notebook of the kit that has most cells in common with this one, whatever the file is called."""
    ids = {cell.id for cell in notebook.cells} | {grade_id(cell) for cell in notebook.cells}  # some tools renew ids
    common = {name: len(ids & set(cells)) for name, cells in manifest.cells.items()}
    best = max(common, key=lambda name: common[name], default=None)
    return best if best is not None and common[best] else None


@dataclass
class _Run:
    """A notebook that ran: its code cells, each with the number that its student counts. dead_in: that of the cell
    which ended the kernel. said: what the cells of `watching` printed."""

    notebook: NotebookNode
    limits: Limits
    total_s: float
    seconds: float = 0.0
    dead_in: int | None = None
    said: list[list[Any]] = field(default_factory=list)


def _run(notebook: NotebookNode, path: Path, course: Course) -> _Run:
    own = notebook.metadata.get("autograder", {})
    limits = Limits(**_known(own.get("limits", {})))
    copy = nbformat.from_dict(notebook)
    run = _Run(copy, limits, float(own.get("total_s", TOTAL_S)))
    given = {
        "forbidden": own.get("forbidden", course.forbidden(own.get("runtime", "numpy"))),
        "allowed": _allowed(course),
        "machine": str(Path(watching.__file__).resolve().parents[1]),
    }
    for number, cell in enumerate(copy.cells, 1):
        cell.metadata["number"] = number
        cell.outputs = [] if cell.cell_type == "code" else cell.get("outputs")
        if cell.cell_type == "code" and grade_id(cell).endswith(CHECK_SUFFIX):
            cell.source = watching.CHECK.format(task=grade_id(cell).removesuffix(CHECK_SUFFIX))
    copy.cells = [
        nbformat.v4.new_code_cell(watching.PRELUDE.format(given=json.dumps(given))),
        *(cell for cell in copy.cells if cell.cell_type == "code"),
        nbformat.v4.new_code_cell(watching.REPORT),
    ]
    ran = [cell for cell in copy.cells if cell.source.strip()]
    client = HereClient(
        copy, path.resolve().parent, interrupt_on_timeout=True,
        timeout_func=lambda cell: int(_seconds(cell, limits)),
        error_on_timeout={"ename": "KeyboardInterrupt", "evalue": "", "traceback": []},
    )  # fmt: skip
    began = time.monotonic()
    try:
        client.run()
    except DeadKernelError:
        last = [cell for cell in ran if cell.get("execution_count") or cell.get("outputs")]
        run.dead_in = _number(last[-1]) if last else 0
    run.seconds = time.monotonic() - began
    run.said = list(_said(copy))
    return run


def _number(cell: NotebookNode) -> int:
    """The place of a cell in the student's notebook, from 1; 0 for one that is not the student's."""
    return int(cell.metadata.get("number", 0))


def _known(limits: Mapping[str, float]) -> dict[str, Any]:
    return {name: value for name, value in limits.items() if name in Limits.__dataclass_fields__}


def _seconds(cell: NotebookNode, limits: Limits) -> float:
    """How long a cell may run, in seconds: a task's own limit stands in its check cell's metadata."""
    own = _known(cell.metadata.get("autograder", {}).get("limits", {}))
    return float(own.get("wall_s", limits.wall_s))


def _allowed(course: Course) -> list[str]:
    """Folders whose files are there while graded, or whose absence the course's own functions know how to bear."""
    given = [course.folder, Path(watching.__file__).resolve().parents[1]]
    data = os.environ.get("CNN_COURSE_DATA")
    return [str(one) for one in given] + ([data] if data else [])


def _said(notebook: NotebookNode) -> Iterator[list[Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for line in str(output.get("text", "")).splitlines():
                if line.startswith(watching.MARK):
                    yield json.loads(line.removeprefix(watching.MARK))


def _tell(found: HandedIn, run: _Run, notebook: NotebookNode, released: Mapping[str, str]) -> None:
    tasks = [entry[1:] for entry in run.said if entry[0] == "task"]
    found.checks += ["\n".join([first, *failed]) for _, attempted, first, _, failed in tasks if attempted]
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    empty = {id for id, cell in cells.items() if not cell.source.strip() or fingerprint(cell) == released.get(cell.id)}
    open_tasks = [task for task, attempted, *_ in tasks if not attempted and task in empty]
    open_tasks += [id for id, cell in cells.items() if _is_text_task(cell) and id in empty]
    found.untouched += [f"{task} ({_points(cells, task)})" for task in open_tasks]
    found.problems += [_misnamed(*one[:4]) for one in tasks if not one[1] and one[0] not in empty]
    found.problems += list(_missing_cells(notebook, released))
    told = {missing for _, attempted, _, missing, _ in tasks if not attempted}
    found.problems += list(_failed_cells(run, told))
    report = next((entry[1:] for entry in run.said if entry[0] == "report"), None)
    if run.dead_in is not None:
        found.problems.append(
            _("Cell {dead_in} ended the kernel, as os._exit does; what is below it was not run.").format(
                dead_in=run.dead_in
            )
        )
    elif report is not None:
        found.problems += list(_reached(run, *report))
    if run.seconds > run.total_s:
        found.problems.append(
            _("The whole notebook took {seconds:.0f} seconds; it has {total_s:g} while it is graded.").format(
                seconds=run.seconds, total_s=run.total_s
            )
        )


def _missing_cells(notebook: NotebookNode, released: Mapping[str, str]) -> Iterator[str]:
    """The answer and check cells of the kit that this notebook lacks, or has twice."""
    here = Counter(grade_id(cell) for cell in notebook.cells)
    back = _("`autograder update KIT`, with the kit as you got it, puts it back")
    for task in (id.removesuffix(CHECK_SUFFIX) for id in released if id.endswith(CHECK_SUFFIX)):
        for kind, id in (("answer", task), ("check", task + CHECK_SUFFIX)):
            if id in released and not here[id]:
                yield _("{task}: its {kind} cell is missing, or no longer marked as one; {back}.").format(
                    task=task, kind=kind, back=back
                )
            elif here[id] > 1:
                yield _("{task}: its {kind} cell is there {here} times; delete the copies.").format(
                    task=task, kind=kind, here=here[id]
                )


def _trains(course: Course, released: Mapping[str, str]) -> bool:
    """Whether a task of the notebook is a network that is trained where it is graded."""
    tasks = (words_of(id.removesuffix(CHECK_SUFFIX)) for id in released if id.endswith(CHECK_SUFFIX))
    return any(any(course.folder.glob(f"*/{task}/training.py")) for task in tasks)


def _code(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def _is_text_task(cell: NotebookNode) -> bool:
    own = cell.metadata.get("nbgrader", {})
    return bool(own.get("solution") and own.get("grade"))


def _points(cells: Mapping[str, NotebookNode], task: str) -> str:
    cell = cells.get(task + CHECK_SUFFIX, cells.get(task))
    points = cell.metadata.get("nbgrader", {}).get("points", 0) if cell is not None else 0
    return ngettext("{count:g} point", "{count:g} points", points).format(count=points)


def _misnamed(task: str, attempted: bool, first: str, missing: str) -> str:
    """A task whose cell has an answer, although the name that is asked for is not there; with one that is like it."""
    near = nearly_right(first)
    if near:
        return f"{task}: {near}"
    return _("{task}: nothing is called `{missing}` where its check stands.").format(task=task, missing=missing)


def _failed_cells(run: _Run, told: Collection[str]) -> Iterator[str]:
    """What went wrong in cells, other than what is not answered yet. told: missing names that were told of already."""
    defined = _definitions(run.notebook)
    unknown: dict[str, list[int]] = {}
    for cell in run.notebook.cells:
        number = _number(cell)
        for output in cell.get("outputs", []):
            if output.output_type != "error" or not number or output.ename == "NotImplementedError":
                continue
            if output.ename == "KeyboardInterrupt":  # nobody else interrupts it
                seconds = _seconds(cell, run.limits)
                yield _(
                    "Cell {number} was stopped after {seconds:g} s, which is what it has while it is graded."
                ).format(number=number, seconds=seconds)
                continue
            if output.ename == "StdinNotImplementedError":
                yield _("Cell {number} asks for input, and nobody is there to answer while it is graded.").format(
                    number=number
                )
                continue
            missing = re.match(r"name '(\w+)' is not defined", output.evalue)
            if output.ename == "NameError" and missing:
                unknown.setdefault(missing[1], []).append(number)
            else:
                first = (output.evalue.splitlines() or [""])[0][:200].rstrip(".")
                first = re.sub(r" \(\d+\.py, line (\d+)\)$", r" in line \1", first)  # of a syntax error
                yield _("Cell {number} raises {ename}{first}.").format(
                    number=number, ename=output.ename, first=": " + first if first else ""
                )
    yield from (_unknown_name(name, numbers, defined) for name, numbers in unknown.items() if name not in told)


def _unknown_name(name: str, numbers: list[int], defined: Mapping[str, int]) -> str:
    who = (
        _("Cell {numbers} uses").format(numbers=numbers[0])
        if len(numbers) == 1
        else _("Cells {numbers} use").format(numbers=", ".join(map(str, numbers)))
    )
    if name not in defined:
        return _(
            "{who} `{name}`, which no cell defines: it was defined in a cell that you have since deleted or changed, "
            "or is misspelled."
        ).format(who=who, name=name)
    if defined[name] > numbers[0]:
        return _("{who} `{name}`, which is defined only below, in cell {defined}.").format(
            who=who, name=name, defined=defined[name]
        )
    return _("{who} `{name}`, which cell {defined} should have defined before; it failed.").format(
        who=who, name=name, defined=defined[name]
    )


def _definitions(notebook: NotebookNode) -> dict[str, int]:
    """The first cell in which each name is defined at the top level."""
    found: dict[str, int] = {}
    for cell in notebook.cells:
        try:
            tree = ast.parse(re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.M))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                names = [node.name]
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names = [node.id]
            elif isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            for name in names:
                found.setdefault(name, _number(cell))
    return found


def _reached(run: _Run, noted: list[list[Any]], peak: int | None, student: Any) -> Iterator[str]:
    sources = {cell.source.strip(): _number(cell) for cell in reversed(run.notebook.cells)}
    for source, what, name in noted:
        number = sources.get(source.strip(), 0)
        if what == "file":
            yield _(
                "Cell {number} reads {name}: only the notebook is handed in, and no other file is there while it is "
                "graded."
            ).format(number=number, name=name)
        else:
            yield _("Cell {number} connects to {name}: there is no network while it is graded.").format(
                number=number, name=name
            )
    if peak is not None and peak > run.limits.memory_bytes:
        yield _(
            "The notebook took {peak:.1f} GB of memory at its peak; it has {memory_bytes:.1f} GB while it is graded."
        ).format(peak=peak / 1e9, memory_bytes=run.limits.memory_bytes / 1e9)
    if isinstance(student, str) and not student.strip():
        yield _("STUDENT_ID is empty: some tasks have numbers of your own, which are drawn from it.")


def _packed(notebook: NotebookNode) -> bytes:
    """The notebook as it is handed in: without outputs, which are made anew when it is graded."""
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    text: str = nbformat.writes(copy)
    return text.encode("utf-8", "replace") + b"\n"
