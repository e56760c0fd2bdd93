"""`history`: every result of a submission, what changed from one to the next, what people decided; and going back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from autograder.classroom import notes
from autograder.classroom.changes import SUBMISSION, Change, compare
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger, Past
from autograder.classroom.notes import Extension, Request
from autograder.classroom.times import require_student
from autograder.course import Course, UsageError
from autograder.gradebook.by_hand import Manual
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.manual import manual_grades
from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Story:
    """What happened to a student's assignment: the results, the oldest first, each with what changed against the one
    before; what people gave; more time; what the student said."""

    student: str
    assignment: str
    results: Sequence[tuple[Past, Change]]
    manual: Manual
    extension: Extension | None
    requests: Sequence[Request]

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "student": self.student, "assignment": self.assignment,
            "results": [
                {
                    "number": past.number, "counts": past.counts, "can_go_back": past.whole, "by": past.by,
                    "score": past.results["score"], "max_score": past.results["max_score"],
                    "provenance": past.results["provenance"], "change": change.as_json(),
                }
                for past, change in self.results
            ],
            "manual": {task: asdict(grade) for task, grade in self.manual.grades.items()},
            "given": [asdict(one) for one in self.manual.given],
            "late_penalty": self.manual.late_penalty,
            "extension": _extension(self.extension),
            "requests": [asdict(one) for one in self.requests],
        }  # fmt: skip


def _extension(extension: Extension | None) -> Mapping[str, Any] | None:
    if extension is None:
        return None
    return {**asdict(extension), "by": extension.by.total_seconds()}


def history(course_dir: Path, student: str, name: str | None = None, course: Course | None = None) -> list[Story]:
    """The stories of a student's assignments, or of one. Raises ``UsageError`` for an unknown student or assignment,
    and where nothing has happened yet."""
    course = course or Course.here()
    folder = CourseFolder(course_dir)
    names = [course.assignment(name).name] if name else list(course.names)
    require_student(folder, student, course)
    found = []
    with Ledger(folder.ledger) as ledger:
        for one in names:
            manual = manual_grades(course_dir, one, course, student).get(student, Manual())
            told = story(ledger, student, one, manual)
            if told.results or told.extension or told.requests or manual.grades:
                found.append(told)
    if not found:
        raise UsageError(
            _("Nothing is on record of {student!r}{name} yet.").format(
                student=student, name=_(" for {name}").format(name=name) if name else ""
            )
        )
    return found


def story(ledger: Ledger, student: str, name: str, manual: Manual) -> Story:
    """What happened to a student's assignment, beside what people gave; for a student who is known."""
    results = _with_changes(ledger.past(name, student))
    extension = notes.extensions(ledger, name).get(student)
    return Story(student, name, results, manual, extension, notes.requests(ledger, student=student, assignment=name))


def _with_changes(past: Sequence[Past]) -> list[tuple[Past, Change]]:
    found: list[tuple[Past, Change]] = []
    for one in past:
        before = found[-1][0] if found else None
        change = compare(before.results if before else None, one.results)
        answered_anew = before and before.answers and one.answers and before.answers != one.answers
        if answered_anew and SUBMISSION not in change.because:
            change = replace(change, because=(*change.because, SUBMISSION))
        found.append((one, change))
    return found


def go_back(course_dir: Path, student: str, name: str, number: int, course: Course | None = None) -> Change:
    """Has an earlier result of a submission count again, in the gradebook and in ``autograded/``; what changed by that.

    It counts until the submission, the checks or the environment change: then the next run grades anew. Raises
    ``UsageError`` where there is no such result.
    """
    course = course or Course.here()
    course.assignment(name)
    folder = CourseFolder(course_dir)
    require_student(folder, student, course)
    with GradebookWriter(course_dir, course=course) as writer, Ledger(folder.ledger) as ledger:
        past = ledger.past(name, student)
        chosen = next((one for one in past if one.number == number), None)
        if chosen is None or chosen.counts or not chosen.whole:
            raise UsageError(_why_not(student, name, number, past))
        ledger.go_back(name, student, number)
        results, notebook = ledger.files(name, student)
        submission = folder.submission(student, name)
        folder.write(submission, name, results, notebook)
        ledger.mark_written(name, student, folder.written(student, name).digest or "")
        entry, more = ledger.entry(name, student), notes.granted(ledger, name).get(student)
        writer.commit_many([Commit(name, student, results, submission.timestamp, entry.changed, more)])
    return compare(past[-1].results, results)


def _why_not(student: str, name: str, number: int, past: Sequence[Past]) -> str:
    can = [str(one.number) for one in past if one.whole and not one.counts]
    if any(one.number == number and one.counts for one in past):
        return _("Result {number} of {student!r} for {name} is the one that counts.").format(
            number=number, student=student, name=name
        )
    if any(one.number == number for one in past):
        return _(
            "Of result {number} of {student!r} for {name} only the scores were kept, by an earlier version."
        ).format(number=number, student=student, name=name)
    return _("There is no result {number} of {student!r} for {name}; one can go back to: {can}.").format(
        number=number, student=student, name=name, can=", ".join(can) or "none"
    )
