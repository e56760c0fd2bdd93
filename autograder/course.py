"""What the course is: assignments, tasks, points and budgets, read from the solution notebooks.

A task is what nbgrader's cell metadata says it is: the answer cell has the task's id as its ``grade_id``, and the
check cell ``<task>-check`` carries the points. What nbgrader has no field for stands under the key ``autograder`` in
the notebook's and the check cell's metadata::

    notebook  {"autograder": {"runtime": "numpy", "forbidden": ["torch"], "limits": {"wall_s": 120}, "total_s": 900,
                              "gpu": true, "images": [["cifar10", "digits"]]}}
    cell      {"autograder": {"kind": "answer", "variant": true, "limits": {"wall_s": 60}, "gpu": true}}

Only the standard library is imported here, because every command reads the course first.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

Kind = Literal["code", "answer", "text"]

CHECK_SUFFIX = "-check"
RUBRIC_SUFFIX = "-rubric"
RUNTIMES = ("numpy", "torch", "tensorflow", "torch+tensorflow")
TOTAL_S = 900.0
LIMIT_NAMES = (
    "wall_s",
    "cpu_s",
    "memory_bytes",
    "processes",
    "disk_bytes",
    "output_bytes",
    "display_updates",
    "bridge_bytes",
    "threads",
    "files",
)

FRAMEWORKS = ("torch", "tensorflow", "keras")
SHORTCUTS = ("scipy", "sklearn", "cv2", "skimage", "jax", "numba")
FORBIDDEN_BY_RUNTIME: Mapping[str, tuple[str, ...]] = {
    "numpy": FRAMEWORKS + SHORTCUTS,
    # scikit-learn has the digits with their labels, those that are tested on too
    "torch": ("tensorflow", "keras", "sklearn"),
    "tensorflow": ("torch", "sklearn"),
    "torch+tensorflow": ("sklearn",),
}


# What may stand between the brackets of a call of load_images: nothing, a name, a name and another to fall back on.
_LOADED = re.compile(r"""\s*(?:["']([\w-]+)["']\s*(?:,\s*otherwise\s*=\s*["']([\w-]+)["']\s*)?,?\s*)?\)""")


class CourseError(Exception):
    """Something about the course is not as a command needs it; the text is one sentence for the user."""


class UsageError(CourseError):
    """A command was asked for something that does not exist; the text is one sentence for the user."""


@dataclass(frozen=True)
class Task:
    """One task of an assignment.

    ``limits`` holds what this task's cells may use where that differs from the assignment (see ``LIMIT_NAMES``;
    seconds and bytes). ``names`` are the notebook's names that the answer cell has to define. ``gpu`` says that it
    computes on a GPU where there is one.
    """

    id: str
    kind: Kind
    points: float
    names: tuple[str, ...] = ()
    variant: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    gpu: bool = False

    @property
    def answer_id(self) -> str:
        """The ``grade_id`` of the answer cell."""
        return self.id

    @property
    def check_id(self) -> str | None:
        """The ``grade_id`` of the check cell; a text task has none."""
        return None if self.kind == "text" else self.id + CHECK_SUFFIX


@dataclass(frozen=True)
class Assignment:
    """One assignment: its tasks in the order of the notebook, and what its notebook may use.

    ``limits`` are for each cell or kernel, ``total_s`` is the wall time of one whole submission (seconds). ``images``
    has an entry for each way in which the notebook calls ``load_images``, and for what its metadata says that its
    checks train on besides: ``()`` for the data set by default, ``("cifar10", "digits")`` for the first at hand.
    """

    name: str
    title: str
    tasks: tuple[Task, ...]
    runtime: str
    forbidden: tuple[str, ...]
    limits: Mapping[str, float]
    root: Path
    total_s: float = TOTAL_S
    images: tuple[tuple[str, ...], ...] = ()

    @property
    def solution_path(self) -> Path:
        """The source notebook, with answers."""
        return self.root / "solutions" / self.name / f"{self.name}.ipynb"

    @property
    def release_path(self) -> Path:
        """The student version, generated from the source notebook."""
        return self.root / "assignments" / self.name / f"{self.name}.ipynb"

    @property
    def automatic(self) -> tuple[Task, ...]:
        """The tasks that are graded by running checks."""
        return tuple(task for task in self.tasks if task.kind != "text")

    @property
    def gpu(self) -> bool:
        """Whether any of its tasks computes on a GPU where there is one; the notebook's one kernel then gets one."""
        return any(task.gpu for task in self.tasks)

    @property
    def max_score(self) -> float:
        """The automatic points; text tasks are outside."""
        return sum(task.points for task in self.automatic)

    def task(self, task_id: str) -> Task:
        """The task with this id; ``KeyError`` if there is none."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(task_id)


@dataclass(frozen=True)
class Course:
    """The repository's course. ``names`` are its assignments, sorted; each is read when it is asked for."""

    root: Path

    @classmethod
    def here(cls) -> Course:
        """The course of the repository that this package lies in."""
        return cls(Path(__file__).resolve().parent.parent)

    @property
    def names(self) -> tuple[str, ...]:
        """Folders of ``solutions/`` that hold a notebook of their own name; others are no assignments."""
        solutions = self.root / "solutions"
        if not solutions.is_dir():
            return ()
        return tuple(sorted(f.name for f in solutions.iterdir() if (f / f"{f.name}.ipynb").is_file()))

    def assignment(self, name: str) -> Assignment:
        """The assignment with this name. Raises ``UsageError`` if it is unknown, ``CourseError`` if it is not valid."""
        if name not in self.names:
            known = ", ".join(self.names) or "none yet"
            raise UsageError(f"There is no assignment {name!r} in this course; it has: {known}.")
        path = self.root / "solutions" / name / f"{name}.ipynb"
        return _read(path, self.root, path.stat().st_mtime_ns)

    def __iter__(self) -> Iterator[Assignment]:
        return (self.assignment(name) for name in self.names)


@cache
def _read(path: Path, root: Path, modified_ns: int) -> Assignment:
    """Reads the solution notebook; ``modified_ns`` keys the cache, so an edited notebook is read again."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(f"The notebook of assignment {path.stem!r} is not valid JSON: {error}.") from error
    cells = notebook.get("cells", [])
    own = notebook.get("metadata", {}).get("autograder", {})
    runtime = own.get("runtime", "numpy")
    if runtime not in RUNTIMES:
        raise CourseError(
            f"Assignment {path.stem!r} asks for the runtime {runtime!r}; there are: {', '.join(RUNTIMES)}."
        )
    return Assignment(
        name=path.stem,
        title=_title(cells) or path.stem,
        tasks=tuple(_tasks(path.stem, cells, gpu=bool(own.get("gpu", False)))),
        runtime=runtime,
        forbidden=tuple(own.get("forbidden", FORBIDDEN_BY_RUNTIME.get(runtime, ()))),
        limits=_limits(path.stem, own.get("limits", {})),
        root=root,
        total_s=float(own.get("total_s", TOTAL_S)),
        images=_images(path.stem, cells, own.get("images", [])),
    )


def _tasks(assignment: str, cells: list[dict[str, Any]], *, gpu: bool) -> Iterator[Task]:
    """The tasks in the notebook's order; ``gpu`` is what the notebook says for all that its checks grade."""
    by_id = {_nbgrader(cell).get("grade_id"): cell for cell in cells}
    for cell in cells:
        meta = _nbgrader(cell)
        task_id = meta.get("grade_id", "")
        if not meta.get("solution"):
            continue
        if meta.get("grade"):
            yield Task(id=task_id, kind="text", points=float(meta["points"]))
            continue
        check = by_id.get(task_id + CHECK_SUFFIX)
        if check is None:  # an editable cell that is no task, such as student-id
            continue
        yield _checked_task(assignment, task_id, cell, check, gpu)


def _checked_task(assignment: str, task_id: str, answer: dict[str, Any], check: dict[str, Any], gpu: bool) -> Task:
    own = check["metadata"].get("autograder", {})
    kind = own.get("kind", "code")
    if kind not in ("code", "answer"):
        raise CourseError(
            f"Task {task_id!r} of {assignment!r} has the kind {kind!r}; a check cell's is code or answer."
        )
    names = own.get("names") or [task_id.replace("-", "_")]
    if kind == "code" and "names" not in own:
        names = _defined(assignment, task_id, _source(answer))
    return Task(
        id=task_id,
        kind=kind,
        points=float(_nbgrader(check)["points"]),
        names=tuple(names),
        variant=bool(own.get("variant", False)),
        limits=_limits(assignment, own.get("limits", {})),
        gpu=bool(own.get("gpu", gpu)),
    )


def _images(assignment: str, cells: list[dict[str, Any]], more: Any) -> tuple[tuple[str, ...], ...]:
    """The ways in which a notebook's cells call ``load_images``, read without running them, and ``more`` of them."""
    if not isinstance(more, list) or not all(isinstance(names, list) and len(names) <= 2 for names in more):
        raise CourseError(f"Assignment {assignment!r} has images in its metadata that are no lists of up to two names.")
    code = "\n".join(_source(cell) for cell in cells if cell.get("cell_type") == "code")
    calls = []
    for start in (match.end() for match in re.finditer(r"\bload_images\(", code)):
        match = _LOADED.match(code, start)
        if match is None:
            raise CourseError(
                f"Assignment {assignment!r} calls load_images with something else than names in quotes, "
                "so nobody knows which images to lay out for it."
            )
        calls.append(tuple(name for name in match.groups() if name))
    return tuple(dict.fromkeys([*calls, *map(tuple, more)]))


def _limits(assignment: str, limits: dict[str, Any]) -> dict[str, float]:
    unknown = sorted(set(limits) - set(LIMIT_NAMES))
    if unknown:
        raise CourseError(f"Assignment {assignment!r} sets the unknown limit {unknown[0]!r}.")
    return dict(limits)


def _defined(assignment: str, task_id: str, source: str) -> list[str]:
    """Public names that the model answer defines at its top level."""
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise CourseError(
            f"The model answer of {task_id!r} in {assignment!r} is not valid Python: {error}."
        ) from error
    names: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [name for name in dict.fromkeys(names) if not name.startswith("_")]


def _title(cells: list[dict[str, Any]]) -> str | None:
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            for line in _source(cell).splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    return cell.get("metadata", {}).get("nbgrader", {})
