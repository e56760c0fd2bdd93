"""`autograder roster FILE`: who takes the course, from the lists that Canvas, Moodle, Blackboard and nbgrader give.

A list is a CSV file with a heading row. Columns are known by their headings; where the id's is not among them, the user
names it. Nothing is guessed: a row without an id, or with one that no folder can have, is named and left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder import files
from autograder.course import Course, UsageError
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.moments import moment
from autograder.gradebook.people import Person
from autograder.language import sentences_of

_ = sentences_of(__package__)

LARGEST = 20_000_000
# Headings in small letters, the surest first: an id that the system itself uses comes before one that people type.
# Moodle's are in the language of whoever downloaded the list; those in German, French, Spanish and Italian are here.
ID = (
    "id number", "id-nummer", "número de id", "sis login id", "sis user id", "username", "user name",
    "student id", "student_id", "login", "sid", "id",
)
FIRST = ("first name", "first_name", "firstname", "given name", "vorname", "prénom")
LAST = ("last name", "last_name", "lastname", "surname", "family name", "nachname")
WHOLE = ("student", "name", "full name", "student name", "vollständiger name", "nom complet", "nombre completo")
SECTION = ("section", "group", "groups", "class", "gruppe")
LMS = ("identifier", "id", "lms_user_id", "github_username")  # a platform's own number, where it is not the id
# Moodle's grading worksheet: the column by which it is known, and the one that has Moodle's number ("Participant 77").
LAST_MODIFIED = (
    "last modified (submission)", "zuletzt geändert (abgabe)", "dernière modification (travail remis)",
    "última modificación (entrega)", "ultima modifica (consegna)",
)
RECORD = ("identifier", "identifiant", "identificador", "id")
_RECORD = re.compile(r"\D*?(\d+)")  # the word before it is in Moodle's language, too, and may touch it
EMAIL = (
    "email address", "email", "e-mail", "mail", "e-mail address", "e-mail-adresse", "adresse de courriel",
    "dirección de correo",
)
POINTS_ROW = "points possible"  # Canvas has a row of points between its headings and its students
UNUSABLE = re.compile(r"[/\\\x00-\x1f\x7f]|^\.|^$")


@dataclass(frozen=True)
class Roster:
    """Who was found in a list, and a sentence for each row that was left out.

    ``times`` has, by a platform's number, when Moodle's grading worksheet says that something was handed in, in the
    zone of whoever downloaded it; ``unclear`` a sentence for each time that was not understood. ``sections`` has
    students' sections, by id, where the list has them."""

    people: tuple[Person, ...]
    left_out: tuple[str, ...]
    times: Mapping[str, datetime] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()


Whose = Callable[[str, str], Person | str]


@dataclass(frozen=True)
class Columns:
    """The headings that a user names, where a list has none that are known."""

    id: str | None = None
    first: str | None = None
    last: str | None = None
    name: str | None = None
    email: str | None = None
    section: str | None = None


def read_roster(path: Path, columns: Columns = Columns(), whose: Whose | None = None) -> Roster:
    """Reads a list. columns: headings that the user names; the others are known ones. whose: who is meant by a name
    and an e-mail address, or why that cannot be said, for a grading worksheet of Moodle's without ids.

    Raises ``UsageError`` for what is no such list: no file, no headings, no column of ids, no column that was named.
    """
    data = files.read_whole(path, LARGEST)
    if data is None:
        raise UsageError(
            _("{path} is no file that can be read, or it is larger than {largest} MB.").format(
                path=path, largest=LARGEST // 1_000_000
            )
        )
    rows = _rows(data, path)
    try:
        return _read(rows, path, columns, whose)
    except csv.Error as error:
        raise UsageError(
            _("{path}, line {line_num}: it is no CSV file ({error}).").format(
                path=path, line_num=rows.line_num + 1, error=error
            )
        ) from error


def _read(rows: csv.DictReader[str], path: Path, columns: Columns, whose: Whose | None) -> Roster:
    headings = {heading.strip().casefold(): heading for heading in rows.fieldnames or ()}
    said = ", ".join(repr(one) for one in headings.values()) or "nothing"

    def known(given: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
        if given is not None and given.strip().casefold() not in headings:
            raise UsageError(
                _("{path} has no column {given!r}. It has: {said}.").format(path=path, given=given, said=said)
            )
        return (given.strip().casefold(),) if given is not None else usual

    worksheet = _known(headings, LAST_MODIFIED) is not None
    record = _known(headings, RECORD) if worksheet else None
    ids = {name: heading for name, heading in headings.items() if heading != record}
    id_heading = _known(headings if columns.id is not None else ids, known(columns.id, ID))
    if id_heading is None and (whose is None or record is None):
        raise UsageError(
            _(
                "{path} has no column of ids that is known; name it with --id COLUMN (and others with --first, --last, "
                "--name, --email, --section). It has: {said}."
            ).format(path=path, said=said)
        )
    name_columns = [known(columns.first, FIRST), known(columns.last, LAST), known(columns.name, WHOLE)]
    email, section = known(columns.email, EMAIL), known(columns.section, SECTION)
    sections: dict[str, str] = {}
    people: dict[str, Person] = {}
    left_out = []
    times: dict[str, datetime] = {}
    unclear = []
    platform = record or _known(headings, tuple(one for one in LMS if headings.get(one) != id_heading))
    for row in rows:
        first, last = _names(row, headings, *name_columns)
        id = (row.get(id_heading) or "").strip() if id_heading else ""
        if whose is not None and id_heading is None:
            person = whose(f"{first} {last}".strip(), _value(row, headings, email))
            if isinstance(person, str):
                left_out.append(f"{path.name}, line {rows.line_num}: {person}.")
                continue
            id = person.id
        if POINTS_ROW in " ".join(str(value) for value in row.values() if value).casefold():
            continue
        if UNUSABLE.search(id):
            what = _("the id {id!r}, which no folder can have").format(id=id) if id else _("no id")
            left_out.append(
                _("{name}, line {line_num}: it has {what}.").format(name=path.name, line_num=rows.line_num, what=what)
            )
        elif id in people:
            left_out.append(
                _("{name}, line {line_num}: {id} stands there twice.").format(
                    name=path.name, line_num=rows.line_num, id=id
                )
            )
        else:
            number = (row.get(platform) or "").strip() if platform else ""
            if record and (match := _RECORD.fullmatch(number)):
                number = match[1]
            people[id] = Person(id, first, last, _value(row, headings, email), number)
            if part := _value(row, headings, section):
                sections[id] = part
            when = _value(row, headings, LAST_MODIFIED)
            if number and (found := moment(when)):
                times[number] = found
            elif when not in ("", "-"):
                unclear.append(
                    _("{name}, line {line_num}: the time {when!r} is not clear; it is left out.").format(
                        name=path.name, line_num=rows.line_num, when=when
                    )
                )
    if not people and not left_out:
        raise UsageError(_("{path} has headings, and nobody below them.").format(path=path))
    return Roster(tuple(people.values()), tuple(left_out), times, sections, tuple(unclear))


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
        raise UsageError(_("{path} is in an encoding that is not known; save it as UTF-8.").format(path=path))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="more")


def _known(headings: Mapping[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((headings[name] for name in wanted if name in headings), None)


def _value(row: Mapping[str, str | None], headings: Mapping[str, str], wanted: tuple[str, ...]) -> str:
    heading = _known(headings, wanted)
    return (row.get(heading) or "").strip() if heading else ""


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
