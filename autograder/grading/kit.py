"""The kit: what students, Colab and Binder get.

Notebooks, the environment, and a copy of the package without anything that knows an answer. The public
checks come with their cases frozen into data files, because the references that computed them stay with the
course."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.course import Assignment, Course, CourseError, UsageError
from autograder.grading.leaks import Secrets, file_problems, hidden_test_names
from autograder.grading.student_version import read_source

PACKAGE = Path(__file__).resolve().parents[1]
STAFF_ONLY = ("grading", "checks/hidden", "checks/reference", "checks/misconceptions")
STAFF_DEPENDENCIES = ("alembic", "nbgrader", "psutil", "pyseccomp", "sqlalchemy")
ENVIRONMENT = ("environment.yml", "constraints.txt", "LICENSE")

TITLE = "# Course on convolutional networks: the notebooks"
README = (
    TITLE
    + """

    conda env create -f environment.yml && conda activate cnn

or, in a virtual environment of Python 3.11 to 3.13 (Windows, macOS or Linux):

    python -m pip install -c constraints.txt -e .

Then open a notebook in JupyterLab or VS Code and work from top to bottom. `check("...")` in the notebook
tells you how an answer is doing; `autograder check NOTEBOOK` does the same for a whole notebook in the
terminal. The checks here guide you. The ones that give the points run when you hand in.

{notebooks}
"""
)


def write(folder: Path, course: Course, assignments: Sequence[Assignment]) -> None:
    """Writes the kit for ``assignments`` to ``folder``, in place of an earlier kit there.

    Raises ``UsageError`` if the folder has files that no kit wrote, ``CourseError`` if the kit would show
    what it must not."""
    folder = folder.resolve()
    if course.root.is_relative_to(folder):
        raise UsageError(f"{folder} holds the course itself; name a new folder for the kit.")
    if folder.exists() and not _is_kit(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty and holds no kit; name a new folder for it.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(aside, course, assignments)
        problems = _problems(aside, course)
        if problems:
            raise CourseError(f"The kit is not fit to be handed out: {'; '.join(problems)}.")
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_kit(folder: Path) -> bool:
    readme = folder / "README.md"
    return readme.is_file() and readme.read_text(encoding="utf-8", errors="replace").startswith(TITLE)


def _fill(kit: Path, course: Course, assignments: Sequence[Assignment]) -> None:
    for assignment in assignments:
        shutil.copytree(assignment.release_path.parent, kit / assignment.name)
    shutil.copytree(PACKAGE, kit / "autograder", ignore=_staff_only)
    for assignment in assignments:
        _freeze_public_cases(assignment, kit / "autograder")
    for name in ENVIRONMENT:
        if (PACKAGE.parent / name).is_file():
            shutil.copy(PACKAGE.parent / name, kit / name)
    _write_text(
        kit / "pyproject.toml",
        student_project((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")),
    )
    links = "\n".join(f"* [{a.title}]({a.name}/{a.name}.ipynb)" for a in assignments)
    _write_text(kit / "README.md", README.format(notebooks=links))


def _freeze_public_cases(assignment: Assignment, package: Path) -> None:
    """Puts the frozen public cases of an assignment into the kit's copy of the package."""
    from autograder.checks.frozen import freeze, frozen_path  # imports the references; only a kit needs them

    module = _public_module(package, assignment)
    if module.is_file():
        frozen_path(module).write_bytes(freeze(assignment.name))


def _public_module(package: Path, assignment: Assignment) -> Path:
    return package / "checks" / "public" / f"test_{assignment.name.replace('-', '_')}.py"


def answers_given_away(assignment: Assignment, package: Path) -> list[str]:
    """Tasks answered with numbers whose right answer a student could read in the frozen cases, with the
    test's name.

    A public check of such a task may ask what kind of values there are, and whether they agree; not what is
    right."""
    from autograder.checks.frozen import frozen_path, frozen_values

    cases = frozen_path(_public_module(package, assignment))
    answers = {task.id.replace("-", "_"): task.id for task in assignment.tasks if task.kind == "answer"}
    if not cases.is_file():
        return []
    return [
        f"{test} gives away the answer of {answers[name]}" for test, name, _ in frozen_values(cases) if name in answers
    ]


def _staff_only(folder: str, names: list[str]) -> set[str]:
    """For `shutil.copytree`: what of a package folder stays with the staff."""
    here = Path(folder).resolve().relative_to(PACKAGE).as_posix()
    prefix = "" if here == "." else here + "/"
    return {name for name in names if prefix + name in STAFF_ONLY or name == "__pycache__" or name.endswith(".pyc")}


def student_project(project: str) -> str:
    """``pyproject.toml`` for students: without what only grading needs."""
    drop = "|".join(map(re.escape, STAFF_DEPENDENCIES))
    project = re.sub(rf'^ *"(?:{drop})(?:[;\[<>=~! ][^"]*)?",\n', "", project, flags=re.MULTILINE)
    return re.sub(r"^\[project\.entry-points\.[^\n]*\n(?:[^\[\n][^\n]*\n)*\n?", "", project, flags=re.MULTILINE)


def _problems(kit: Path, course: Course) -> list[str]:
    names = hidden_test_names(PACKAGE / "checks") | hidden_test_names(course.root / "autograder" / "checks")
    found: list[str] = []
    for assignment in course:
        found += file_problems(kit, Secrets.of(read_source(assignment.solution_path)), names)
        found += answers_given_away(assignment, kit / "autograder")
    found += [f"{part} is in it" for part in STAFF_ONLY if (kit / "autograder" / part).exists()]
    return sorted(set(found))


def _put_in_place(aside: Path, folder: Path) -> None:
    aside.chmod(0o755)
    before = aside.with_name(aside.name + "-before")
    if folder.exists():
        folder.rename(before)
    aside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
