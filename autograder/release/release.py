"""Writes the student version of assignments, and registers them in the gradebook.

The notebooks come out of nbgrader's own `GenerateAssignment`. They are made in a folder aside, looked
through for what students must not see, and only then put in place; so a release that fails leaves the last
one as it was."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder import files
from autograder.checks.points import refuse_other_points
from autograder.checks.runner import CheckSession
from autograder.course import Assignment, Course, CourseError
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.leaks import Secrets, file_problems, hidden_test_names
from autograder.gradebook.student_version import read_source
from autograder.language import sentences_of
from autograder.release import kit as kit_writer

_ = sentences_of(__package__)

WORK_FOLDER = ".autograder"


def release(
    assignments: Sequence[str] = (),
    *,
    course: Course | None = None,
    course_dir: Path | str | None = None,
    kit: Path | str | None = None,
    register: bool = True,
) -> list[Path]:
    """Releases the named assignments, all of the course by default; returns their folders.

    ``course_dir`` is the folder with the gradebook (the repository by default), ``kit`` a folder for what
    students get. Raises ``CourseError``: an assignment is unknown, would show a solution, or its gradebook
    is another course's.
    """
    course = course or Course.here()
    chosen = [course.assignment(name) for name in assignments or course.names]
    if not chosen:
        raise CourseError(_("There is no assignment in {root} to release.").format(root=course.root / "solutions"))
    if course.root == Course.here().root:  # whose checks this process can load
        for assignment in chosen:
            refuse_other_points(assignment, CheckSession(assignment.name))
    folders = [_write(course, assignment) for assignment in chosen]
    if register:
        folder = Path(course_dir or course.root).resolve()
        with GradebookWriter(folder, course=course) as writer:
            for assignment in chosen:
                writer.register(assignment)
    if kit is not None:
        kit_writer.write(Path(kit), course, chosen)
    return folders


def _write(course: Course, assignment: Assignment) -> Path:
    """Generates one assignment and puts it in place of its last version, if it is fit to be handed out."""
    destination = assignment.release_path.parent
    with _folder_aside(course.root) as aside:
        _generate(course, assignment, aside)
        made = aside / assignment.name
        secrets = Secrets.of(read_source(assignment.solution_path))
        problems = file_problems(made, secrets, hidden_test_names(course.folder))
        if problems:
            raise CourseError(
                _("{name} is not fit to be released: {problems}.").format(
                    name=assignment.name, problems="; ".join(problems)
                )
            )
        replace_folder(made, destination)
    return destination


def _generate(course: Course, assignment: Assignment, aside: Path) -> None:
    """Runs nbgrader's `GenerateAssignment` on one assignment, without a gradebook, into ``aside``."""
    config = nbgrader_setup.load(course.root, course)
    config.CourseDirectory.release_directory = str(aside)
    config.CourseDirectory.assignment_id = assignment.name
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    with _messages(converter.log) as said:
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError(
                _("{name} could not be released: {said}").format(name=assignment.name, said=_cause(said) or error)
            ) from error


def replace_folder(source: Path, destination: Path) -> None:
    """Makes ``destination`` have the files of ``source`` and no others. A file that is the same is left
    alone; each other one is replaced by a rename."""
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for relative in sorted(wanted):
        target = destination / relative
        content = (source / relative).read_bytes()
        if target.is_file() and target.read_bytes() == content:
            continue
        files.write(target, content)
    for path in sorted(destination.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(destination) not in wanted:
            path.unlink()


@contextmanager
def _folder_aside(root: Path) -> Iterator[Path]:
    (root / WORK_FOLDER).mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="release-", dir=root / WORK_FOLDER))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _messages(log: logging.Logger) -> Iterator[list[str]]:
    """What nbgrader logs, instead of on the screen."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                said.append(record.getMessage())

    handlers, propagate = log.handlers[:], log.propagate
    log.handlers, log.propagate = [Keep()], False
    try:
        yield said
    finally:
        log.handlers, log.propagate = handlers, propagate


def _cause(said: list[str]) -> str | None:
    """The message of the exception whose traceback nbgrader logged."""
    for message in said:
        if message.startswith("Traceback"):
            last = message.strip().splitlines()[-1]
            return last.partition(": ")[2] or last
    return None
