"""`forget`: a person goes from submissions, results, pages, the record and the gradebook."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import files
from autograder.classroom.collect import COLLECTED, JOURNAL
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.previewed import FILE as PREVIEW
from autograder.course import Course, UsageError
from autograder.faults import of_os_error
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.scores import known_people
from autograder.language import sentences_of

_ = sentences_of(__package__)

PLACES = ("submitted", "autograded", "feedback")
REPORT_BYTES = 50_000_000


@dataclass(frozen=True)
class Traces:
    """What a course folder has of a student: folders, reports that name them, set-aside submissions, rows of the record
    by table, and whether the gradebook knows them."""

    student: str
    folders: tuple[Path, ...]
    reports: tuple[Path, ...]
    set_aside: tuple[Path, ...]
    rows: dict[str, int]
    in_gradebook: bool

    def sentences(self) -> list[str]:
        """What there is, a line each."""
        found = [_("the folder {path}").format(path=path) for path in (*self.folders, *self.set_aside)]
        found += [_("the report {path}, which names them").format(path=path) for path in self.reports]
        found += [
            _("{table} in the record: {count}").format(table=table, count=count)
            for table, count in self.rows.items()
            if count
        ]
        return found + ([_("the gradebook's student, with every submission and grade")] if self.in_gradebook else [])


def traces(course_dir: Path, student: str, course: Course | None = None) -> Traces:
    """What there is of a student. Raises ``UsageError`` where there is nothing."""
    course = course or Course.here()
    if not student or student in (".", "..") or "/" in student or "\0" in student:
        raise UsageError(_("{student!r} is no student's id.").format(student=student))
    folder = CourseFolder(course_dir)
    folders = [folder.root / place / student for place in PLACES if os.path.lexists(folder.root / place / student)]
    rows: dict[str, int] = {}
    for name in (folder.ledger, folder.state / PREVIEW):
        if name.exists():
            with Ledger(name) as ledger:
                for table, count in ledger.count_of(student).items():
                    rows[table] = rows.get(table, 0) + count
    known = any(person.id == student for person in known_people(folder.root, course))
    found = Traces(
        student, tuple(folders), tuple(_reports(folder, student)),
        tuple(path for _, path in _set_aside(folder, student) if path is not None), rows, known,
    )  # fmt: skip
    if not found.sentences():
        raise UsageError(
            _("There is nothing of {student!r} in {course_dir}.").format(student=student, course_dir=course_dir)
        )
    return found


def forget(course_dir: Path, found: Traces, course: Course | None = None) -> None:
    """Removes all of it. What was removed cannot come back; a run that is interrupted is finished by another."""
    course = course or Course.here()
    folder = CourseFolder(course_dir)
    student = found.student
    try:
        for journal, aside in list(_set_aside(folder, student)):
            _forget_in_journal(journal, aside, student)
        for path in (*found.folders, *found.reports):
            _remove(path)
    except OSError as error:
        raise of_os_error(error) from error
    for name in (folder.ledger, folder.state / PREVIEW):
        if name.exists():
            with Ledger(name) as ledger:
                ledger.forget(student)
    if found.in_gradebook:
        with GradebookWriter(course_dir, course=course) as writer:
            writer.forget(student)


def _reports(folder: CourseFolder, student: str) -> Iterator[Path]:
    """The reports in which the id stands; they are written again by `feedback` and `report`."""
    for path in sorted((folder.root / "reports").glob("*.html")):
        data = files.read_whole(path, REPORT_BYTES)
        if data is not None and student.encode() in data:
            yield path


def _set_aside(folder: CourseFolder, student: str) -> Iterator[tuple[Path, Path | None]]:
    """The journals of collections that name a student, each with the submission that was set aside for it."""
    for journal in sorted((folder.state / COLLECTED).glob(f"*/{JOURNAL}")):
        about = json.loads(journal.read_bytes())
        if student in about["students"]:
            aside = about["students"][student]
            yield journal, journal.parent / str(aside) if aside is not None else None


def _forget_in_journal(journal: Path, aside: Path | None, student: str) -> None:
    if aside is not None and aside.exists():
        shutil.rmtree(aside)
    about = json.loads(journal.read_bytes())
    del about["students"][student]
    if about["students"]:
        files.write(journal, json.dumps(about).encode(), 0o600)
    else:
        shutil.rmtree(journal.parent)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
