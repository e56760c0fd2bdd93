"""`autograder new course|assignment|task NAME`: writes the parts, each with what is still to be filled in.

A part says so where it stands, in the words that `audit` lists: ``FILL IN: the sentence for a student ...``. The files
come from `skeleton/`, whose names end in ``.txt`` so that no tool takes them for code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder import files
from autograder.course import CHECK_SUFFIX, RUBRIC_SUFFIX, Course, CourseError, Kind, UsageError, words_of
from autograder.language import sentences_of
from autograder.sandbox.policy import RUNTIMES

_ = sentences_of(__package__)

SKELETON = Path(__file__).with_name("skeleton")
MARK = "FILL IN:"
FIRST = "01-first"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ASSIGNMENT_NAME = re.compile(r"[0-9]+-[a-z][a-z0-9]*(-[a-z0-9]+)*")

CODE = '''def $name(x):
    """FILL IN: what is asked, with shapes, units and errors."""
    ### BEGIN SOLUTION
    raise NotImplementedError
    ### END SOLUTION
'''
ANSWER = '''# $name = {"first": ...}
### BEGIN SOLUTION
$name = {"first": None}  # FILL IN: the right answer
### END SOLUTION
'''
CHECK = '''check("$task")
### BEGIN HIDDEN TESTS
check("$task", hidden=True)
### END HIDDEN TESTS
'''
TEACH = """## $heading

FILL IN: what a student has to know for $task, shown before it is asked.
"""
MODEL = """### BEGIN SOLUTION
FILL IN: the model answer.
### END SOLUTION
"""
RUBRIC = """### BEGIN MARK SCHEME
| criterion | points |
|---|---|
| FILL IN: what earns the points | $points |
### END MARK SCHEME
"""


def new_course(folder: Path, *, id: str | None = None, title: str | None = None) -> list[Path]:
    """Makes a course in `folder`: its settings, and one assignment with one task of each kind. Returns what it wrote.

    Raises `UsageError` where the folder is not empty, or its name is none for a course.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(_("{folder} is not empty; name a new folder for the course.").format(folder=folder))
    id = id or folder.name
    if not NAME.fullmatch(id):
        raise UsageError(
            _("{id!r} is no id for a course: small letters and digits, words joined by a hyphen.").format(id=id)
        )
    given = {"id": id, "package": f"{words_of(id)}_course", "title": title or id}
    written = [_write(folder / _target(path), path, given) for path in sorted((SKELETON / "course").rglob("*.txt"))]
    written.append(_empty(folder / given["package"] / "__init__.py"))
    course = Course(folder)
    written += new_assignment(FIRST, course=course, title=_("A first assignment"))
    for task, kind, points in (("double", "code", 4.0), ("halves", "answer", 2.0), ("why", "text", 2.0)):
        written += new_task(task, FIRST, course=course, kind=kind, points=points)  # type: ignore[arg-type]
    return list(dict.fromkeys(written))


def new_assignment(
    name: str, *, course: Course | None = None, title: str | None = None, runtime: str = "numpy"
) -> list[Path]:
    """Writes an assignment without tasks: its notebook and its folder. Returns what it wrote.

    name: a number and words, "02-shifts". Raises `UsageError` where it is none, is taken, or the runtime is unknown.
    """
    course = course or Course.here()
    if not ASSIGNMENT_NAME.fullmatch(name):
        raise UsageError(
            _("{name!r} is no name for an assignment: a number and words, joined as in 02-shifts.").format(name=name)
        )
    if runtime not in RUNTIMES:
        raise UsageError(
            _("There is no runtime {runtime!r}; there are: {runtimes}.").format(
                runtime=runtime, runtimes=", ".join(RUNTIMES)
            )
        )
    taken = {words_of(other): other for other in course.names}
    if words_of(name) in taken:
        raise UsageError(
            _("{taken} has the folder {name} already; take other words.").format(
                taken=taken[words_of(name)], name=words_of(name)
            )
        )
    heading = title or words_of(name).replace("_", " ").capitalize()
    cells = [
        new_markdown_cell(f"# {heading}\n\nFILL IN: what it is about, and how long it takes.", id="title"),
        new_code_cell('STUDENT_ID = ""', id="student-id"),
        new_code_cell("import numpy as np\n\nfrom autograder import check, variant", id="imports"),
    ]
    notebook = new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
            "autograder": {"runtime": runtime},
        },
    )
    path = course.root / "solutions" / name / f"{name}.ipynb"
    return [_save(notebook, path), _empty(course.folder / words_of(name) / "__init__.py")]


def new_task(
    task: str, assignment: str, *, course: Course | None = None, kind: Kind = "code", points: float = 5.0
) -> list[Path]:
    """Adds a task to an assignment: its folder, and its cells at the notebook's end. Returns what it wrote.

    Raises `UsageError` where the name is none for a task or taken, or the assignment is unknown.
    """
    course = course or Course.here()
    about = course.assignment(assignment)
    if not NAME.fullmatch(task):
        raise UsageError(
            _("{task!r} is no name for a task: small letters and digits, words joined by hyphens.").format(task=task)
        )
    elsewhere = sorted(course.folder.glob(f"*/{words_of(task)}"))
    if elsewhere:
        place = elsewhere[0].relative_to(course.root)
        raise UsageError(
            _("There is a task {task} already, in {place}; a task's name is unique in the course.").format(
                task=task, place=place
            )
        )
    if points <= 0:
        raise UsageError(_("A task has points above 0, not {points:g}.").format(points=points))
    folder = about.folder / words_of(task)
    given = {
        "task": task, "name": words_of(task), "registry": words_of(task).upper(), "points": f"{points:g}",
        "heading": words_of(task).replace("_", " ").capitalize(),
    }  # fmt: skip
    notebook = nbformat.read(about.solution_path, as_version=4)
    notebook.cells += _cells(kind, given)
    parts = sorted((SKELETON / kind).glob("*.txt"))
    written = [_empty(folder / "__init__.py"), *(_write(folder / _target(path), path, given) for path in parts)]
    return [*written, _save(notebook, about.solution_path)]


def unfilled(course: Course, assignment: str) -> list[str]:
    """What is still to be filled in of an assignment, in its folder and in its notebook: a sentence each."""
    about = course.assignment(assignment)
    found = [
        _("{path}, line {number}: fill in {what}").format(
            path=path.relative_to(course.root).as_posix(), number=number, what=what
        )
        for path in sorted(about.folder.rglob("*"))
        if path.suffix in (".py", ".md")
        for number, what in _marked(path.read_text(encoding="utf-8"))
    ]
    for cell in nbformat.read(about.solution_path, as_version=4).cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", _("without a name"))
        found += [
            _("The notebook's cell {name}: fill in {what}").format(name=name, what=what)
            for _number, what in _marked(cell.source)
        ]
    return found


def _marked(text: str) -> Iterator[tuple[int, str]]:
    """(line, what has to be filled in), as a sentence's end, for each mark in a text."""
    for number, line in enumerate(text.splitlines(), start=1):
        if MARK in line:
            what = line.partition(MARK)[2].partition(" |")[0].strip().removesuffix('"""').strip()
            yield number, f"{what.rstrip('.')}."


def _cells(kind: Kind, given: Mapping[str, str]) -> list[NotebookNode]:
    task, points = given["task"], float(given["points"])
    teach = new_markdown_cell(_filled(TEACH, given), id=f"{task}-teach")
    if kind == "text":
        rubric = new_markdown_cell(_filled(RUBRIC, given))
        model = new_markdown_cell(_filled(MODEL, given))
        return [
            teach,
            _nbgrader(rubric, task + RUBRIC_SUFFIX, grade=False, locked=True, solution=False),
            _nbgrader(model, task, grade=True, locked=False, solution=True, points=points),
        ]
    answer = new_code_cell(_filled(CODE if kind == "code" else ANSWER, given))
    check = new_code_cell(_filled(CHECK, given))
    check.metadata["autograder"] = {"kind": kind}
    return [
        teach,
        _nbgrader(answer, task, grade=False, locked=False, solution=True),
        _nbgrader(check, task + CHECK_SUFFIX, grade=True, locked=True, solution=False, points=points),
    ]


def _nbgrader(cell: NotebookNode, grade_id: str, **meta: Any) -> NotebookNode:
    cell.id = grade_id
    cell.metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, "task": False, **meta}
    return cell


def _target(skeleton: Path) -> Path:
    """Where a file of the skeleton goes, below the folder that it is for."""
    base = SKELETON / skeleton.relative_to(SKELETON).parts[0]
    target = skeleton.relative_to(base).with_suffix("")
    return target.with_name(".gitignore") if target.name == "gitignore" else target


def _write(target: Path, skeleton: Path, given: Mapping[str, str]) -> Path:
    files.write(target, _filled(skeleton.read_text(encoding="utf-8"), given).encode())
    return target


def _filled(text: str, given: Mapping[str, str]) -> str:
    return Template(text).safe_substitute(given)


def _empty(path: Path) -> Path:
    if not path.exists():
        files.write(path, b"")
    return path


def _save(notebook: NotebookNode, path: Path) -> Path:
    files.write(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode())
    return path


What = Literal["course", "assignment", "task"]


def new(
    what: What, name: str, *, assignment: str | None = None, kind: Kind = "code", points: float = 5.0,
    title: str | None = None, runtime: str = "numpy",
) -> tuple[list[Path], list[str]]:
    """What the command does: the files that were written, and what has to be filled in now.

    Raises `UsageError` for options that do not go together, `CourseError` where there is no course to add to.
    """
    if (what == "task") != (assignment is not None):
        raise UsageError(_("A task is added to an assignment, and only a task: --assignment NAME."))
    if what == "course":
        folder = Path(name).resolve()
        return new_course(folder, title=title), unfilled(Course(folder), FIRST)
    course = Course.here()
    if not course.folder.is_dir():
        raise CourseError(
            _("{root} has no folder {package}, where its tasks would stand.").format(
                root=course.root, package=course.package
            )
        )
    if what == "assignment":
        return new_assignment(name, course=course, title=title, runtime=runtime), unfilled(course, name)
    assert assignment is not None
    return new_task(name, assignment, course=course, kind=kind, points=points), unfilled(course, assignment)
