"""`autograder bundle gradescope`: everything that grades one assignment elsewhere, in one archive.

The bundle is the instructor's, and no student's: it has hidden checks, the solution and the course's secret. What lies
in it, and nothing else of the course:

    setup.sh  run_autograder         what Gradescope runs; see `docs/gradescope.md`
    coursework_autograder-*.whl      the machine
    constraints.txt                  the versions that setup.sh installs
    bundle.json                      which assignment, how it isolates, what students see and when, who has which id
    secret                           from which hidden inputs are drawn, so that scores are those of a run at home
    repository/                      the course: this assignment's notebooks, and what decides about its results
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Literal

from autograder import files
from autograder.course import Assignment, Course, CourseError
from autograder.language import sentences_of
from autograder.release.needed import needed
from autograder.release.wheel import machine_wheel, zipped
from autograder.sandbox.policy import Isolation

_ = sentences_of(__package__)

SCRIPTS = Path(__file__).with_name("gradescope")
CONSTRAINTS = "constraints.txt"
EXTRAS = {"numpy": (), "torch": ("torch",), "tensorflow": ("tensorflow",), "torch+tensorflow": ("torch", "tensorflow")}
Visibility = Literal["visible", "after_due_date", "after_published"]
PROJECT = """# The part of the course that grades {name}.
[tool.autograder]
course = {package}
id = {id}
title = {title}

[tool.autograder.forbidden]
{forbidden}
"""


@dataclass(frozen=True)
class Terms:
    """How a bundle grades: with isolation or, as its maker chose, without; when hidden checks and the page show, in
    Gradescope's words; whose id belongs to which e-mail address; from which index pip may take packages besides."""

    isolation: Isolation = "required"
    show: Visibility = "after_published"
    people: Mapping[str, str] = field(default_factory=dict)
    index: str = ""


def gradescope(
    course: Course, assignment: Assignment, output: Path, *, deciding: Iterable[Path], checks: str, secret: bytes,
    terms: Terms,
) -> None:
    """Writes the archive. deciding: the files of the course that decide about results; checks: their fingerprint.

    Raises ``CourseError`` where the assignment is not released, or no versions are known."""
    if not assignment.release_path.is_file():
        raise CourseError(
            _("{name} is not released yet; `autograder release {name}` does that.").format(name=assignment.name)
        )
    wheel, machine = machine_wheel()
    parts = {
        "setup.sh": _setup(assignment, terms.index),
        "run_autograder": (SCRIPTS / "run_autograder.txt").read_bytes(),
        wheel: machine,
        CONSTRAINTS: _constraints(course),
        "bundle.json": _json(
            {
                "assignment": assignment.name, "isolation": terms.isolation, "show": terms.show, "checks": checks,
                "people": dict(terms.people),
            }
        ),
        "secret": secret,
        "repository/pyproject.toml": _project(course, assignment),
    }  # fmt: skip
    released = _whole(assignment.release_path.parent)
    for path in (assignment.solution_path, *released, *needed(assignment, deciding)):
        parts[f"repository/{path.relative_to(course.root).as_posix()}"] = path.read_bytes()
    modes = dict.fromkeys(parts, 0o600) | {"setup.sh": 0o700, "run_autograder": 0o700}
    files.write(output.resolve(), zipped(parts, modes), mode=0o600)


def _setup(assignment: Assignment, index: str) -> bytes:
    text = (SCRIPTS / "setup.sh.txt").read_text(encoding="utf-8")
    extras = ",".join(("grading", *EXTRAS[assignment.runtime]))
    option = f"--extra-index-url {shlex.quote(index)} " if index else ""
    return text.replace("@EXTRAS@", extras).replace("@INDEX@", option).encode()


def _constraints(course: Course) -> bytes:
    """The versions: the course's own list, the machine's where it lies in its repository, or what is installed here."""
    for folder in (course.root, Path(__file__).resolve().parents[2]):
        if (folder / CONSTRAINTS).is_file():
            return (folder / CONSTRAINTS).read_bytes()
    installed = {one.metadata["Name"]: one.version.partition("+")[0] for one in metadata.distributions()}
    return "".join(f"{name}=={version}\n" for name, version in sorted(installed.items()) if name).encode()


def _project(course: Course, assignment: Assignment) -> bytes:
    forbidden = f"{json.dumps(assignment.runtime)} = {json.dumps(list(course.forbidden(assignment.runtime)))}"
    words = {"package": course.package, "id": course.id, "title": course.title}
    quoted = {name: json.dumps(word, ensure_ascii=False) for name, word in words.items()}
    return PROJECT.format(name=assignment.name, forbidden=forbidden, **quoted).encode()


def _whole(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _json(values: Mapping[str, object]) -> bytes:
    return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()
