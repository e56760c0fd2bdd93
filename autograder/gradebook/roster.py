"""`autograder roster FILE`: who takes the course, from the lists that Canvas, Moodle, Blackboard and nbgrader give.

A list is a CSV file with a heading row. Columns are known by their headings; where the id's is not among them, the user
names it. Nothing is guessed: a row without an id, or with one that no folder can have, is named and left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder import files
from autograder.course import Course, UsageError
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person

LARGEST = 20_000_000
# Headings in small letters, the surest first: an id that the system itself uses comes before one that people type.
ID = (
    "id number", "sis login id", "sis user id", "username", "user name",
    "student id", "student_id", "login", "sid", "id",
)
FIRST = ("first name", "first_name", "firstname", "given name", "vorname")
LAST = ("last name", "last_name", "lastname", "surname", "family name", "nachname")
WHOLE = ("student", "name", "full name", "student name")
SECTION = ("section", "group", "groups", "class", "gruppe")
LMS = ("identifier", "id", "lms_user_id", "github_username")  # a platform's own number, where it is not the id
LAST_MODIFIED = ("last modified (submission)",)
_MOODLE_TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%d/%m/%y, %H:%M", "%Y-%m-%d %H:%M:%S")
EMAIL = ("email address", "email", "e-mail", "mail", "e-mail address")
POINTS_ROW = "points possible"  # Canvas has a row of points between its headings and its students
UNUSABLE = re.compile(r"[/\\\0]|^\.|^$")


@dataclass(frozen=True)
class Roster:
    """Who was found in a list, and a sentence for each row that was left out.

    ``times`` has, by a platform's number, when Moodle's grading worksheet says that something was handed in, in the
    zone of whoever downloaded it. ``sections`` has students' sections, by id, where the list has them."""

    people: tuple[Person, ...]
    left_out: tuple[str, ...]
    times: Mapping[str, datetime] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Columns:
    """The headings that a user names, where a list has none that are known."""

    id: str | None = None
    first: str | None = None
    last: str | None = None
    name: str | None = None
    email: str | None = None
    section: str | None = None


def read_roster(path: Path, columns: Columns = Columns()) -> Roster:
    """Reads a list. columns: headings that the user names; the others are known ones.

    Raises ``UsageError`` for what is no such list: no file, no headings, no column of ids, no column that was named.
    """
    data = files.read_whole(path, LARGEST)
    if data is None:
        raise UsageError(f"{path} is no file that can be read, or it is larger than {LARGEST // 1_000_000} MB.")
    rows = _rows(data, path)
    try:
        return _read(rows, path, columns)
    except csv.Error as error:
        raise UsageError(f"{path}, line {rows.line_num + 1}: it is no CSV file ({error}).") from error


def _read(rows: csv.DictReader[str], path: Path, columns: Columns) -> Roster:
    headings = {heading.strip().casefold(): heading for heading in rows.fieldnames or ()}
    said = ", ".join(repr(one) for one in headings.values()) or "nothing"

    def known(given: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
        if given is not None and given.strip().casefold() not in headings:
            raise UsageError(f"{path} has no column {given!r}. It has: {said}.")
        return (given.strip().casefold(),) if given is not None else usual

    id_heading = _known(headings, known(columns.id, ID))
    if id_heading is None:
        raise UsageError(
            f"{path} has no column of ids that is known; name it with --id COLUMN (and others with --first, --last, "
            f"--name, --email, --section). It has: {said}."
        )
    name_columns = [known(columns.first, FIRST), known(columns.last, LAST), known(columns.name, WHOLE)]
    email, section = known(columns.email, EMAIL), known(columns.section, SECTION)
    sections: dict[str, str] = {}
    people: dict[str, Person] = {}
    left_out = []
    times: dict[str, datetime] = {}
    platform = _known(headings, tuple(one for one in LMS if headings.get(one) != id_heading))
    for row in rows:
        id = (row.get(id_heading) or "").strip()
        if POINTS_ROW in " ".join(str(value) for value in row.values() if value).casefold():
            continue
        if UNUSABLE.search(id):
            what = f"the id {id!r}, which no folder can have" if id else "no id"
            left_out.append(f"{path.name}, line {rows.line_num}: it has {what}.")
        elif id in people:
            left_out.append(f"{path.name}, line {rows.line_num}: {id} stands there twice.")
        else:
            first, last = _names(row, headings, *name_columns)
            number = (row.get(platform) or "").strip().removeprefix("Participant ") if platform else ""
            people[id] = Person(id, first, last, _value(row, headings, email), number)
            if part := _value(row, headings, section):
                sections[id] = part
            if number and (moment := _moment(_value(row, headings, LAST_MODIFIED))):
                times[number] = moment
    return Roster(tuple(people.values()), tuple(left_out), times, sections)


def write_roster(course_dir: Path, roster: Roster, course: Course | None = None) -> tuple[int, int]:
    """Makes the gradebook know the people of a list; who is there already gets the names and the address of the list.

    Returns (how many were new, how many there were). Nobody is removed: results may hang on them.
    """
    with GradebookWriter(course_dir, course=course or Course.here()) as writer:
        return writer.know(roster.people)


def _rows(data: bytes, path: Path) -> csv.DictReader[str]:
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            continue
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UsageError(f"{path} is in an encoding that is not known; save it as UTF-8.")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="more")


def _known(headings: Mapping[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((headings[name] for name in wanted if name in headings), None)


def _value(row: Mapping[str, str | None], headings: Mapping[str, str], wanted: tuple[str, ...]) -> str:
    heading = _known(headings, wanted)
    return (row.get(heading) or "").strip() if heading else ""


def _moment(text: str) -> datetime | None:
    """A time as Moodle writes it in English or in figures; None for "-" and for what is not understood."""
    for form in _MOODLE_TIMES:
        with suppress(ValueError):
            return datetime.strptime(text, form)
    return None


def _names(
    row: Mapping[str, str | None], headings: Mapping[str, str], firsts: tuple[str, ...], lasts: tuple[str, ...],
    wholes: tuple[str, ...],
) -> tuple[str, str]:  # fmt: skip
    """First and last name: from columns of their own, or from "Last, First"."""
    first, last = _value(row, headings, firsts), _value(row, headings, lasts)
    if not (first or last):
        last, comma, first = (part.strip() for part in _value(row, headings, wholes).partition(","))
        if not comma:
            first, _, last = last.rpartition(" ")
    return first, last
