"""`autograder export`: final scores as the systems read them in which a course is kept.

csv: every number, one row for each student and assignment, task or check. canvas, moodle, blackboard: one row a student
and one column an assignment, under the headings that their import pages know:

- Canvas, "Import Grades": Student, ID, SIS User ID, SIS Login ID, Section, then the assignments; the second row has the
  points possible. Students are found by their SIS ids; ``ID``, which only Canvas knows, is filled where the roster had
  it.
- Moodle, "CSV file" import: ID number and Email address to match by, then the assignments.
- Blackboard, "Upload Grades": Last Name, First Name, Username, then ``NAME [Total Pts: 85 Score]``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import Course, UsageError
from autograder.gradebook.people import Person
from autograder.gradebook.scores import FinalScore, final_scores
from autograder.language import sentences_of

_ = sentences_of(__package__)

FORMATS = ("csv", "canvas", "moodle", "blackboard")
LEVELS = ("assignment", "task", "check")
# A spreadsheet takes what begins like this for a formula; a quotation mark before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WHO = ("student", "last_name", "first_name", "email", "assignment")


def export(
    course_dir: Path, names: Sequence[str] = (), *, format: str = "csv", by: str = "assignment",
    course: Course | None = None,
) -> str:
    """The final scores as a table in that format (text of a CSV file, lines ended by CR LF).

    Raises ``UsageError`` for an unknown format or level, and where they do not go together; ``CourseError`` as
    ``final_scores`` does.
    """
    if format not in FORMATS or by not in LEVELS:
        raise UsageError(
            _("Formats are {formats}; levels are {levels}.").format(
                formats=", ".join(FORMATS), levels=", ".join(LEVELS)
            )
        )
    if format != "csv" and by != "assignment":
        raise UsageError(
            _("A gradebook of {format} has a column for each assignment; --by {by} goes with --format csv.").format(
                format=format, by=by
            )
        )
    scores = final_scores(course_dir, names, course)
    if format != "csv":
        return _text({"canvas": _canvas, "moodle": _moodle, "blackboard": _blackboard}[format](scores))
    if by == "assignment":
        return _text(_by_assignment(scores))
    if by == "task":
        return _text(_by_task(scores))
    with Ledger(CourseFolder(course_dir).ledger) as ledger:
        return _text(list(_by_check(scores, ledger)))


Row = list[object]


def _by_assignment(scores: Iterable[FinalScore]) -> Iterator[Row]:
    yield [*_WHO, "automatic", "manual", "penalty", "score", "max_score", "state", "hours_late", "extension_hours"]
    for one in scores:
        hours = (round(one.late.total_seconds() / 3600, 2), round(one.extension.total_seconds() / 3600, 2))
        numbers = (one.automatic, one.manual, one.penalty, one.score) if one.handed_in else ("",) * 4
        yield [*_who(one), *numbers, one.max_score, one.state, *hours]


def _by_task(scores: Iterable[FinalScore]) -> Iterator[Row]:
    yield [*_WHO, "task", "automatic", "manual", "extra", "score", "max_score", "waits_for_a_person", "graded_by"]
    for one in scores:
        for task in one.tasks:
            numbers = ["" if value is None else value for value in (task.automatic, task.manual)]
            waits = "yes" if task.waits else ""
            yield [*_who(one), task.task, *numbers, task.extra, task.score, task.max_score, waits, task.given_by]


def _by_check(scores: Iterable[FinalScore], ledger: Ledger) -> Iterator[Row]:
    yield [*_WHO, "task", "check", "points", "passed", "diagnosis", "message"]
    for one in scores:
        try:
            results, _ = ledger.files(one.assignment, one.person.id)
        except KeyError:  # nothing was graded, or by nbgrader alone
            continue
        for task in results["tasks"]:
            for test in task["tests"]:
                passed = "yes" if test["passed"] else "no"
                yield [
                    *_who(one), task["task"], test["description"], test["points"], passed, test["diagnosis"] or "",
                    test["message"],
                ]  # fmt: skip


def _canvas(scores: list[FinalScore]) -> Iterator[Row]:
    names, table = _columns(scores)
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names]
    yield ["    Points Possible", "", "", "", "", *names.values()]
    for person, points in table:
        who = ", ".join(part for part in (person.last_name, person.first_name) if part) or person.id
        yield [who, person.lms_id if person.lms_id.isdecimal() else "", person.id, person.id, "", *points]


def _moodle(scores: list[FinalScore]) -> Iterator[Row]:
    names, table = _columns(scores)
    yield ["ID number", "First name", "Surname", "Email address", *names]
    for person, points in table:
        yield [person.id, person.first_name, person.last_name, person.email, *points]


def _blackboard(scores: list[FinalScore]) -> Iterator[Row]:
    names, table = _columns(scores)
    yield ["Last Name", "First Name", "Username", *(f"{n} [Total Pts: {most:g} Score]" for n, most in names.items())]
    for person, points in table:
        yield [person.last_name, person.first_name, person.id, *points]


def _columns(scores: list[FinalScore]) -> tuple[dict[str, float], list[tuple[Person, Row]]]:
    """The assignments with their points, and each person with a score for each; nothing where nothing was handed in."""
    names = {one.assignment: one.max_score for one in scores}
    people = {one.person.id: one.person for one in scores}
    known = {(one.person.id, one.assignment): one.score if one.handed_in else "" for one in scores}
    return names, [(person, [known.get((id, name), "") for name in names]) for id, person in sorted(people.items())]


def _who(one: FinalScore) -> Row:
    return [one.person.id, one.person.last_name, one.person.first_name, one.person.email, one.assignment]


def _text(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_safe(value) for value in row])
    return out.getvalue()


def _safe(value: object) -> object:
    """A number as short as it can be, and a text that no spreadsheet takes for a formula."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
