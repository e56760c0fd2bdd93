"""What the course is: where it lies, its assignments, tasks, points and budgets.

A course is a repository whose pyproject.toml says so::

    [tool.autograder]
    course = "course"                 # the package with a folder for each assignment, and in it one for each task
    id = "shifts"
    title = "Moving pictures"
    language = "en"                   # of all that students and staff read
    leaderboard = "digits-challenge"  # the task whose accuracies the leaderboard ranks, if any
    kit_readme = "docs/kit.md"        # what students read first
    kit_guide = "docs/guide.md"       # what they read next
    kit_repository = "https://..."    # where the kit is public, at a branch's top: Colab and Binder open it there
    [tool.autograder.forbidden]       # by runtime: libraries that are out of reach while grading
    numpy = ["torch", "scipy"]

Assignments and tasks are read from the solution notebooks. A task is what nbgrader's cell metadata says it is: the
answer cell has the task's id as its ``grade_id``, and the check cell ``<task>-check`` carries the points. What nbgrader
has no field for stands under the key ``autograder`` in the notebook's and the check cell's metadata::

    notebook  {"autograder": {"runtime": "numpy", "forbidden": ["torch"], "limits": {"wall_s": 120}, "total_s": 900,
                              "gpu": true, "images": [["cifar10", "digits"]]}}
    cell      {"autograder": {"kind": "answer", "variant": true, "limits": {"wall_s": 60}, "gpu": true}}

Nothing heavy is imported here, because every command reads the course first.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from .faults import of_os_error
from .language import ENGLISH, sentences_of
from .sandbox.limits import Limits
from .sandbox.policy import RUNTIMES

_ = sentences_of(__package__)

Kind = Literal["code", "answer", "text"]

CHECK_SUFFIX = "-check"
RUBRIC_SUFFIX = "-rubric"
TOTAL_S = 900.0
LIMIT_NAMES = tuple(limit.name for limit in fields(Limits))
ROOT_VARIABLE = "AUTOGRADER_COURSE"  # where a command hands its course on to the processes that it starts
ENTRY_POINTS = "autograder.course"
IN_PLACE = Path(__file__).resolve().parents[1]  # the repository, where this package is installed in place


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
    package: str = "course"

    @property
    def folder(self) -> Path:
        """The assignment's folder in the course's package: what is asked in it, a folder for each task."""
        return self.root / self.package / words_of(self.name)

    @property
    def trains(self) -> bool:
        """Whether one of its tasks trains a network from nothing, which is graded: its folder has a ``training.py``."""
        package = self.root / self.package
        return any(any(package.glob(f"*/{words_of(task.id)}/training.py")) for task in self.tasks)

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


def words_of(name: str) -> str:
    """An assignment's or a task's name as a folder of a package has it: "01-small-shifts" is `small_shifts`."""
    return re.sub(r"^\d+-", "", name).replace("-", "_")


@dataclass(frozen=True)
class Course:
    """The course in the folder `root`. ``names`` are its assignments, sorted; each is read when it is asked for."""

    root: Path

    @classmethod
    def here(cls) -> Course:
        """The course of the folder that this process was started in, of one above it, or the one that is installed.

        Raises ``CourseError`` where there is none.
        """
        handed_on = os.environ.get(ROOT_VARIABLE)
        if handed_on:
            return cls(Path(handed_on))
        here = Path.cwd()
        return cls(next((folder for folder in (here, *here.parents) if _settings(folder)), None) or _installed())

    @property
    def _config(self) -> Mapping[str, Any]:
        return _settings(self.root)

    @property
    def package(self) -> str:
        """The name of the package with the assignments' folders."""
        return str(self._config.get("course", "course"))

    @property
    def id(self) -> str:
        """nbgrader's ``course_id``."""
        return str(self._config.get("id", self.package))

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self._config.get("title", self.id))

    @property
    def language(self) -> str:
        """The language that it is taught in, as `de`: that of the sentences which students and staff read."""
        return str(self._config.get("language", ENGLISH))

    @property
    def leaderboard(self) -> str | None:
        """The task whose accuracies the leaderboard ranks; None where there is no such task."""
        return self._config.get("leaderboard")

    @property
    def kit_readme(self) -> Path | None:
        """The page that students find first in their kit; None where the course has none of its own."""
        name = self._config.get("kit_readme")
        return self.root / name if name else None

    @property
    def kit_guide(self) -> Path | None:
        """The guide that lies beside that page; None where the course has none."""
        name = self._config.get("kit_guide")
        return self.root / name if name else None

    @property
    def kit_repository(self) -> str | None:
        """The address of the kit's public repository on GitHub; None where there is none. Raises ``CourseError``."""
        address = self._config.get("kit_repository")
        if address is None:
            return None
        if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", str(address)):
            raise CourseError(
                _(
                    "kit_repository in {root} is {address!r}; it has the form "
                    "https://github.com/OWNER/NAME, which is what Colab and Binder open."
                ).format(root=self.root / "pyproject.toml", address=address)
            )
        return str(address)

    @property
    def folder(self) -> Path:
        """The package's folder."""
        return self.root / self.package

    @property
    def pictures(self) -> tuple[str, ...]:
        """The modules that draw for its notebooks, one for each assignment; graded notebooks do without."""
        return tuple(f"{self.package}.{words_of(name)}.figures" for name in self.names)

    def forbidden(self, runtime: str) -> tuple[str, ...]:
        """The libraries that are out of reach while notebooks of this runtime are graded."""
        return tuple(self._config.get("forbidden", {}).get(runtime, ()))

    def module(self, *parts: str) -> ModuleType:
        """A module of the course's package. Raises ``CourseError`` where this process has loaded another course."""
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        package = importlib.import_module(self.package)
        folders = [Path(folder).resolve() for folder in package.__path__]
        if self.folder.resolve() not in folders:
            raise CourseError(
                _("The package {package!r} of {root} cannot be loaded: one of that name lies in {folders}.").format(
                    package=self.package, root=self.root, folders=folders[0]
                )
            )
        return importlib.import_module(".".join([self.package, *parts]))

    def unload(self) -> None:
        """Forgets the package's modules, so that this process can load another course of the same package name."""
        for name in [name for name in sys.modules if name.partition(".")[0] == self.package]:
            del sys.modules[name]
        sys.path[:] = [folder for folder in sys.path if folder != str(self.root)]

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
            known = ", ".join(self.names) or _("none yet")
            raise UsageError(
                _("There is no assignment {name!r} in this course; it has: {known}.").format(name=name, known=known)
            )
        path = self.root / "solutions" / name / f"{name}.ipynb"
        return _read(path, self, self.package, path.stat().st_mtime_ns)

    def __iter__(self) -> Iterator[Assignment]:
        return (self.assignment(name) for name in self.names)


@cache
def _settings_of(path: Path, modified_ns: int) -> Mapping[str, Any]:
    """What the pyproject.toml at `path` says of a course, nothing if it is another's; `modified_ns` keys the cache."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if "tool.autograder" not in text:
        return {}
    try:
        settings: Mapping[str, Any] = tomllib.loads(text).get("tool", {}).get("autograder", {})
        return settings
    except tomllib.TOMLDecodeError as error:
        raise CourseError(_("{path} is not valid TOML: {error}.").format(path=path, error=error)) from error


def _settings(folder: Path) -> Mapping[str, Any]:
    path = folder / "pyproject.toml"
    try:
        return _settings_of(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CourseError(str(of_os_error(error, path))) from error


def _installed() -> Path:
    """Where the course lies that is installed beside this package, or in whose repository this package lies."""
    names = sorted({entry.value for entry in entry_points(group=ENTRY_POINTS)})
    if len(names) > 1:
        raise CourseError(
            _("Several courses are installed ({names}): start this in the folder of one.").format(
                names=", ".join(names)
            )
        )
    spec = find_spec(names[0]) if names else None
    if spec is not None and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).parent
    if _settings(IN_PLACE):
        return IN_PLACE
    raise CourseError(
        _(
            "There is no course here: no pyproject.toml in this folder or above has a section [tool.autograder], "
            "and none is installed."
        )
    )


@cache
def _read(path: Path, course: Course, package: str, modified_ns: int) -> Assignment:
    """Reads the solution notebook; ``modified_ns`` keys the cache, so an edited notebook is read again."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(
            _("The notebook of assignment {stem!r} is not valid JSON: {error}.").format(stem=path.stem, error=error)
        ) from error
    try:
        return _assignment(path, notebook, course, package)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(
            _(
                "The notebook of assignment {stem!r} is not one that Jupyter wrote ({kind}: "
                "{error}); put back a copy of it."
            ).format(stem=path.stem, kind=type(error).__name__, error=error)
        ) from error


def _assignment(path: Path, notebook: dict[str, Any], course: Course, package: str) -> Assignment:
    cells = notebook.get("cells", [])
    own = notebook.get("metadata", {}).get("autograder", {})
    runtime = own.get("runtime", "numpy")
    if runtime not in RUNTIMES:
        raise CourseError(
            _("Assignment {stem!r} asks for the runtime {runtime!r}; there are: {runtimes}.").format(
                stem=path.stem, runtime=runtime, runtimes=", ".join(RUNTIMES)
            )
        )
    return Assignment(
        name=path.stem,
        title=_title(cells) or path.stem,
        tasks=tuple(_tasks(path.stem, cells, gpu=bool(own.get("gpu", False)))),
        runtime=runtime,
        forbidden=tuple(own.get("forbidden", course.forbidden(runtime))),
        limits=_limits(path.stem, own.get("limits", {})),
        root=course.root,
        total_s=float(own.get("total_s", TOTAL_S)),
        images=_images(path.stem, cells, own.get("images", [])),
        package=package,
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
            _("Task {task_id!r} of {assignment!r} has the kind {kind!r}; a check cell's is code or answer.").format(
                task_id=task_id, assignment=assignment, kind=kind
            )
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
        raise CourseError(
            _("Assignment {assignment!r} has images in its metadata that are no lists of up to two names.").format(
                assignment=assignment
            )
        )
    code = "\n".join(_source(cell) for cell in cells if cell.get("cell_type") == "code")
    calls = []
    for start in (match.end() for match in re.finditer(r"\bload_images\(", code)):
        match = _LOADED.match(code, start)
        if match is None:
            raise CourseError(
                _(
                    "Assignment {assignment!r} calls load_images with something else than names in quotes, "
                    "so nobody knows which images to lay out for it."
                ).format(assignment=assignment)
            )
        calls.append(tuple(name for name in match.groups() if name))
    return tuple(dict.fromkeys([*calls, *map(tuple, more)]))


def _limits(assignment: str, limits: dict[str, Any]) -> dict[str, float]:
    unknown = sorted(set(limits) - set(LIMIT_NAMES))
    if unknown:
        raise CourseError(
            _("Assignment {assignment!r} sets the unknown limit {unknown!r}.").format(
                assignment=assignment, unknown=unknown[0]
            )
        )
    return dict(limits)


def _defined(assignment: str, task_id: str, source: str) -> list[str]:
    """Public names that the model answer defines at its top level."""
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise CourseError(
            _("The model answer of {task_id!r} in {assignment!r} is not valid Python: {error}.").format(
                task_id=task_id, assignment=assignment, error=error
            )
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
    meta: dict[str, Any] = cell.get("metadata", {}).get("nbgrader", {})
    return meta
