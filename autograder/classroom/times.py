"""When things are due, who is late, who has not handed in: `due`, `extend` and `late`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.utils import parse_utc

from autograder.classroom import notes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.course import Course, UsageError
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person
from autograder.gradebook.scores import due_dates, final_scores, known_people
from autograder.gradebook.values import LAST_YEAR
from autograder.language import marked, plurals_of, sentences_of

_, ngettext = sentences_of(__package__), plurals_of(__package__)

_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_LENGTH = re.compile(r"(?:\d+(?:\.\d+)?\s*[wdhm]\s*)+|0")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhm])")
LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Standing:
    """Where a student stands with the time of an assignment.

    ``state`` is ``on time``, ``late``, ``missing`` (nothing came and it was due) or ``not yet`` (nothing came and
    there is time, or nobody said when it is due). ``penalty`` is what the last run took, None where none has
    graded it."""

    person: Person
    assignment: str
    state: str
    late: timedelta = timedelta()
    extension: timedelta = timedelta()
    why: str = ""
    penalty: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For another program; times in hours."""
        return {
            "student": self.person.id, "assignment": self.assignment, "state": self.state,
            "hours_late": round(self.late.total_seconds() / 3600, 2),
            "extension_hours": round(self.extension.total_seconds() / 3600, 2), "why": self.why,
            "penalty": self.penalty,
        }  # fmt: skip


def read_length(text: str) -> timedelta:
    """A length of time as people write it: 2d, 36h, 1w, 1d12h, 90m; 0 for none. Raises ``UsageError``."""
    short = text.strip().casefold()
    if not _LENGTH.fullmatch(short):
        raise UsageError(
            _("{text!r} is no length of time; write for example 2d, 36h or 1w, and 0 for none.").format(text=text)
        )
    found = sum(float(count) * _UNITS[unit].total_seconds() for count, unit in _PART.findall(short))
    if found > LONGEST.total_seconds():
        raise UsageError(_("{text!r} is longer than ten years.").format(text=text))
    return timedelta(seconds=found)


def read_moment(text: str) -> datetime | None:
    """A moment as UTC without a zone, from "2026-10-05 23:59", with a zone behind it (Europe/Berlin, UTC, +02:00) or in
    this machine's; None for "none". Raises ``UsageError``."""
    if text.strip().casefold() == "none":
        return None
    when, _blank, zone = text.strip().rpartition(" ")
    try:
        if when and not zone[0].isdigit() and zone[0] not in "+-":
            moment = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(zone))
        elif when and zone[0] in "+-":
            moment = datetime.fromisoformat(when + zone)
        else:
            moment = datetime.fromisoformat(text.strip())
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError) as error:
        raise UsageError(
            _(
                "{text!r} is no moment; write for example '2026-10-05 23:59' or '2026-10-05 23:59 Europe/Berlin'."
            ).format(text=text)
        ) from error
    if moment.year >= LAST_YEAR:
        raise UsageError(_("{text!r} is too far away; none takes a due date away.").format(text=text))
    return moment


def in_words(length: timedelta) -> str:
    """A length of time as people say it: 2 days 3 hours, 20 minutes."""
    minutes = round(length.total_seconds() / 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    parts = (
        (ngettext("{count} day", "{count} days", days), days),
        (ngettext("{count} hour", "{count} hours", hours), hours),
        (ngettext("{count} minute", "{count} minutes", minutes % 60), minutes % 60),
    )
    said = [unit.format(count=count) for unit, count in parts if count]
    return " ".join(said[:2]) or _("no time")


def state_said(state: str) -> str:
    """A standing's state in the language of this process."""
    return _(state)


def set_due(course_dir: Path, name: str, when: datetime | None, course: Course | None = None) -> None:
    """Sets when an assignment is due (UTC without a zone; None: at no time)."""
    course = course or Course.here()
    assignment = course.assignment(name)
    with GradebookWriter(course_dir, course=course) as writer:
        writer.due(assignment, when)


def give_time(
    course_dir: Path, student: str, name: str, by: timedelta, why: str = "", course: Course | None = None
) -> None:
    """Gives a student more time for an assignment, in place of what they had; none takes it away.

    Raises ``UsageError`` for an unknown assignment, and for a student whom neither the gradebook nor ``submitted/``
    knows.
    """
    course = course or Course.here()
    course.assignment(name)
    folder = CourseFolder(course_dir)
    require_student(folder, student, course)
    with GradebookWriter(course_dir, course=course) as writer, Ledger(folder.ledger) as ledger:
        notes.extend(ledger, name, student, by, why)
        writer.extend(name, student, by)


def require_student(folder: CourseFolder, student: str, course: Course) -> None:
    """Raises ``UsageError`` for a student whom neither the gradebook nor ``submitted/`` knows."""
    known = {person.id for person in known_people(folder.root, course)}
    if student in known or (student and "/" not in student and (folder.root / "submitted" / student).is_dir()):
        return
    near = [id for id in sorted(known) if student.casefold() in id.casefold() or id.casefold() in student.casefold()]
    hint = (
        _("; did you mean {near!r}?").format(near=near[0])
        if student and near
        else _("; `autograder roster FILE` makes students known.")
    )
    raise UsageError(_("Nobody with the id {student!r} is known{hint}").format(student=student, hint=hint))


def standings(
    course_dir: Path, names: Sequence[str] = (), course: Course | None = None, *, now: datetime | None = None
) -> list[Standing]:
    """Where everybody stands with the assignments' times, those that are handed in and not graded yet too.

    names: the assignments; all of the gradebook by default. Raises as ``final_scores`` does.
    """
    course = course or Course.here()
    now = now or datetime.now(UTC).replace(tzinfo=None)
    folder = CourseFolder(course_dir)
    dues = due_dates(course_dir, course)
    found = []
    with Ledger(folder.ledger) as ledger:
        given = {name: notes.extensions(ledger, name) for name in dues}
    scores = final_scores(course_dir, names, course)
    known = {(one.assignment, one.person.id) for one in scores}
    handed = {name: set(folder.students(name)) for name in names or dues}
    for one in scores:
        note = given[one.assignment].get(one.person.id)
        extension = one.extension or (note.by if note else timedelta())
        moment = None
        if one.person.id in handed[one.assignment]:
            moment = _moment(folder, one.person.id, one.assignment)
        penalty = one.penalty if one.handed_in else None
        found.append(
            _standing(
                one.person, one.assignment, one.handed_in or one.person.id in handed[one.assignment], moment,
                dues[one.assignment], extension, note.why if note else "", penalty, now,
            )
        )  # fmt: skip
    for name, students in handed.items():  # handed in, and unknown to the gradebook
        for student in sorted(students - {id for assignment, id in known if assignment == name}):
            note = given[name].get(student)
            moment, why = _moment(folder, student, name), note.why if note else ""
            extension = note.by if note else timedelta()
            found.append(_standing(Person(student), name, True, moment, dues[name], extension, why, None, now))
    return found


def _moment(folder: CourseFolder, student: str, name: str) -> datetime | None:
    said = folder.timestamp(student, name)
    return parse_utc(said) if said else None


def _standing(
    person: Person, name: str, came: bool, moment: datetime | None, due: datetime | None, extension: timedelta,
    why: str, penalty: float | None, now: datetime,
) -> Standing:  # fmt: skip
    until = due + extension if due else None
    if came:
        late = max(timedelta(), moment - until) if moment and until else timedelta()
        return Standing(person, name, "late" if late else marked("on time"), late, extension, why, penalty)
    state = "missing" if until and now > until else "not yet"
    return Standing(person, name, state, timedelta(), extension, why)
