"""The kit: what students, Colab and Binder get.

Notebooks, the environment, and a copy of the package without anything that knows an answer. The public
checks come with their cases frozen into data files, because the references that computed them stay with the
course."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder import files
from autograder.checks import frozen
from autograder.checks.places import CASES
from autograder.checks.registry import gives_away
from autograder.course import Assignment, Course, CourseError, UsageError, words_of
from autograder.gradebook.leaks import Secrets, file_problems, hidden_test_names
from autograder.gradebook.student_version import read_source
from autograder.homework import manifest
from autograder.language import sentences_of
from autograder.release import kit_language, kit_pages
from autograder.sandbox.policy import RUNTIMES

_ = sentences_of(__package__)

PACKAGE = Path(__file__).resolve().parents[1]
# Rooms and modules of the machine that only staff needs.
STAFF_ONLY = ("release", "classroom", "submission", "gradebook", "feedback", "desk", "grading", "doctor.py")
STUDENTS_EXTRAS = ("torch", "tensorflow")
# What students get of a course: named, so that what is new stays with the staff until somebody decides.
STUDENTS_MODULES = frozenset(
    ("__init__.py", "figures.py", "style.py", "costs.py", "shared.py", "variants.py", "training.py", "public.py",
     "hints.py")
)
STUDENTS_DATA = ("thresholds.json", "weights")
LEFT_OUT = (".pyc", ".pot", ".po")
WORKFLOWS = {
    "github.yml": ".github/workflows/hand-in.yml", "gitlab.yml": ".gitlab-ci.yml", "gitignore": ".gitignore",
}  # fmt: skip
ENVIRONMENT = ("constraints.txt", "LICENSE")
CONDA = """# For conda and Binder. The versions stand in constraints.txt.
name: {id}
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pip
  - pip:
      - -c constraints.txt
      - -e .[{extras}]
"""
PROJECT = """[build-system]
requires = {build}
build-backend = {backend}

# Versions stand in constraints.txt. The frameworks are extras, because they are large and few notebooks need them.
[project]
name = {name}
version = {version}
description = {title}
requires-python = {python}
dependencies = {dependencies}

[project.optional-dependencies]
{extras}

[project.scripts]
autograder = "autograder.cli:main"

[project.entry-points."autograder.course"]
{id} = {package}

[tool.autograder]
course = {package}
id = {quoted_id}
title = {title}
language = {language}

[tool.autograder.forbidden]
{forbidden}

[tool.setuptools]
package-dir = {{"" = "."}}

[tool.setuptools.packages.find]
include = ["autograder", "autograder.*", {package}, {package_within}]

[tool.setuptools.package-data]
autograder = ["**/*.html", "**/*.j2", "**/*.css", "**/*.json", "**/*.mo", "locale/language"]
{bare_package} = ["**/*.json", "**/*.cases", "**/*.safetensors", "**/*.md", "**/*.mo"]
"""
def write(folder: Path, course: Course, assignments: Sequence[Assignment]) -> None:
    """Writes the kit for ``assignments`` to ``folder``, in place of an earlier kit there.

    Raises ``UsageError`` if the folder has files that no kit wrote, ``CourseError`` if the kit would show
    what it must not."""
    folder = folder.resolve()
    if course.root.is_relative_to(folder):
        raise UsageError(_("{folder} holds the course itself; name a new folder for the kit.").format(folder=folder))
    if folder.exists() and not _is_kit(folder, course) and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(_("{folder} is not empty and holds no kit; name a new folder for it.").format(folder=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(aside, course, assignments)
        problems = _problems(aside, course)
        if problems:
            raise CourseError(
                _("The kit is not fit to be handed out: {problems}.").format(problems="; ".join(problems))
            )
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_kit(folder: Path, course: Course) -> bool:
    """Whether a kit lies there: its page for students begins as the course's does."""
    first = kit_pages.readme(course).partition("\n")[0]
    start = files.read_start(folder / "README.md", len(first.encode()) + 1) or b""
    return start.decode("utf-8", "replace").strip() == first.strip()


def _fill(kit: Path, course: Course, assignments: Sequence[Assignment]) -> None:
    for assignment in assignments:
        shutil.copytree(assignment.release_path.parent, kit / assignment.name)
    shutil.copytree(PACKAGE, kit / "autograder", ignore=_staff_only)
    _copy_students_part(course, kit / course.package)
    for assignment in assignments:
        _freeze_public_cases(assignment, kit / course.package)
    kit_language.write(course, kit)
    for name in ENVIRONMENT:
        if (PACKAGE.parent / name).is_file():
            shutil.copy(PACKAGE.parent / name, kit / name)
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    _write_text(kit / "pyproject.toml", student_project(project, course))
    _write_text(kit / "environment.yml", CONDA.format(id=course.id, extras=",".join(STUDENTS_EXTRAS)))
    table = kit_pages.table(course, assignments)
    _write_text(kit / "README.md", kit_pages.readme(course).replace("{notebooks}", table))
    if course.kit_guide is not None:
        shutil.copy(course.kit_guide, kit / course.kit_guide.name)
    for assignment in assignments:
        kit_pages.open_elsewhere(course, kit / assignment.name / f"{assignment.name}.ipynb")
    _write_workflows(kit, assignments)
    manifest.write(kit, manifest.list_kit(kit, course.id))


def _write_workflows(kit: Path, assignments: Sequence[Assignment]) -> None:
    """What runs the public checks and packs what is handed in, where a student's kit is a repository on GitHub or
    GitLab."""
    needs = sorted({need for one in assignments for need in kit_pages.NEEDS[one.runtime].split(",") if need})
    kit_needs = f".[{','.join(needs)}]" if needs else "."
    for source, name in WORKFLOWS.items():
        text = (PACKAGE / "release" / "workflows" / f"{source}.txt").read_text(encoding="utf-8")
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        _write_text(kit / name, text.replace("@KIT@", kit_needs))


def _copy_students_part(course: Course, package: Path) -> None:
    """Copies what students get of a course's package: see `STUDENTS_MODULES` and `STUDENTS_DATA`."""
    for path in sorted(course.folder.rglob("*.py")):
        relative = path.relative_to(course.folder)
        if path.name in STUDENTS_MODULES and relative.parts[0] not in STUDENTS_DATA:
            (package / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, package / relative)
    for name in STUDENTS_DATA:
        source = course.folder / name
        if source.is_dir():
            shutil.copytree(source, package / name, ignore=shutil.ignore_patterns("__pycache__", "*.py", "*.pyc"))
        elif source.is_file():
            shutil.copy(source, package / name)


def _freeze_public_cases(assignment: Assignment, package: Path) -> None:
    """Puts the frozen public cases of an assignment's tasks into the kit's copy of the course."""
    from autograder.checks.freezing import freeze  # collects the checks and imports the references

    for task, cases in freeze(assignment.name).items():
        (package / words_of(assignment.name) / words_of(task) / CASES).write_bytes(cases)


def answers_given_away(assignment: Assignment, package: Path) -> list[str]:
    """Tasks answered with numbers of which a student could read a right one in the frozen cases, with the test's name.

    A public check of such a task may ask what kind of values there are, and whether they agree, and what is right on
    other numbers; not what is right on some student's own."""
    cases = sorted((package / words_of(assignment.name)).glob(f"*/{CASES}"))
    given = [(test, value) for path in cases for test, _, value in frozen.frozen_values(path)]
    tasks = [task.id for task in assignment.tasks if task.kind == "answer"]
    found = [
        _("{test} gives away the answer of {task}").format(test=test, task=task)
        for test, value in given if isinstance(value, dict)
        for task in tasks if gives_away(task, value)
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def _staff_only(folder: str, names: list[str]) -> set[str]:
    """For `shutil.copytree`: what of a package folder stays with the staff."""
    here = Path(folder).resolve().relative_to(PACKAGE).as_posix()
    prefix = "" if here == "." else here + "/"
    return {name for name in names if prefix + name in STAFF_ONLY or name == "__pycache__" or name.endswith(LEFT_OUT)}


def student_project(machine: Mapping[str, Any], course: Course) -> str:
    """``pyproject.toml`` for students: the course, and of the machine's dependencies the base and `STUDENTS_EXTRAS`.

    machine: the machine's own pyproject.toml, read."""
    project, build = machine["project"], machine["build-system"]
    extras = {name: project["optional-dependencies"][name] for name in STUDENTS_EXTRAS}
    return PROJECT.format(
        build=_toml(build["requires"]),
        backend=_toml(build["build-backend"]),
        name=_toml(f"{course.id}-coursework"),
        version=_toml(project["version"]),
        title=_toml(course.title),
        language=_toml(course.language),
        python=_toml(project["requires-python"]),
        dependencies=_toml(project["dependencies"]),
        extras="\n".join(f"{name} = {_toml(needs)}" for name, needs in extras.items()),
        forbidden="\n".join(f"{_toml(name)} = {_toml(list(course.forbidden(name)))}" for name in RUNTIMES),
        id=course.id,
        quoted_id=_toml(course.id),
        package=_toml(course.package),
        package_within=_toml(f"{course.package}.*"),
        bare_package=course.package,
    )


def _toml(value: str | list[str]) -> str:
    """A text or a list of texts as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def _problems(kit: Path, course: Course) -> list[str]:
    names = hidden_test_names(course.folder)
    found: list[str] = []
    for assignment in course:
        found += file_problems(kit, Secrets.of(read_source(assignment.solution_path)), names)
        found += answers_given_away(assignment, kit / course.package)
    found += [_("{part} is in it").format(part=part) for part in STAFF_ONLY if (kit / "autograder" / part).exists()]
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
