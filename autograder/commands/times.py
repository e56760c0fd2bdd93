"""`due`, `extend`, `late`: when work is due, who has more time, who is late or missing."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from autograder.commands.common import AsJson, CourseDir, course_folder, one_sentence, points_of, say
from autograder.course import UsageError
from autograder.language import sentences_of

_ = sentences_of(__package__)


def due(
    assignment: Annotated[str | None, typer.Argument(help=_("By default all are listed."))] = None,
    when: Annotated[str | None, typer.Argument(help=_("'2026-10-05 23:59 Europe/Berlin'; none: at no time."))] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Say when assignments are due, or set it; without a zone, the moment is in this machine's."""
    with one_sentence():
        from autograder.classroom import times as command
        from autograder.gradebook.scores import due_dates

        place = course_folder(course)
        if assignment is not None and when is not None:
            command.set_due(place, assignment, command.read_moment(when))
        found = due_dates(place)
        if assignment is not None and assignment not in found:
            raise UsageError(
                _("The gradebook has no assignment {assignment!r}; it has: {found}.").format(
                    assignment=assignment, found=", ".join(found) or "none"
                )
            )
        chosen = {name: at for name, at in found.items() if assignment in (None, name)}
    if as_json:
        print(json.dumps({name: at and at.isoformat() + "Z" for name, at in chosen.items()}))
        return
    for name, at in chosen.items():
        say(
            _("{name}: due {at:%Y-%m-%d %H:%M} UTC.").format(name=name, at=at)
            if at
            else _("{name}: nobody has said when it is due.").format(name=name)
        )
    if when is not None:
        say(_("Penalties follow with the next `autograder grade`, which runs nothing again for it."))


def extend(
    student: Annotated[str, typer.Argument(help=_("The student's id."))],
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    by: Annotated[
        str, typer.Option(metavar="TIME", help=_("2d, 36h, 1w; in place of an earlier one; 0 takes it away."))
    ],
    why: Annotated[str, typer.Option(metavar="TEXT", help=_("Kept with it, for the staff."))] = "",
    course: CourseDir = None,
) -> None:
    """Give a student more time for an assignment, before or after it was handed in."""
    with one_sentence():
        from autograder.classroom import times as command

        length = command.read_length(by)
        command.give_time(course_folder(course), student, assignment, length, why)
    more = (
        _("has {length} more for {assignment}").format(length=command.in_words(length), assignment=assignment)
        if length
        else _("has no extension of {assignment}").format(assignment=assignment)
    )
    say(
        _(
            "{student} {more}. A penalty follows with the next `autograder grade`, which runs nothing again for it."
        ).format(student=student, more=more)
    )


def late(
    assignments: Annotated[list[str] | None, typer.Argument(help=_("All of the gradebook by default."))] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """List who is late, who has handed in nothing, and who has more time."""
    with one_sentence():
        from autograder.classroom import times as command

        found = command.standings(course_folder(course), assignments or ())
        told = [one for one in found if one.state in ("late", "missing") or one.extension]
    if as_json:
        print(json.dumps([one.as_json() for one in told]))
        return
    for one in told:
        late = command.in_words(one.late)
        parts = [_("{time} late").format(time=late) if one.late else command.state_said(one.state)]
        why = f" ({one.why})" if one.why else ""
        parts += [_("{time} more").format(time=command.in_words(one.extension)) + why] if one.extension else []
        parts += [_("{points} taken").format(points=points_of(one.penalty))] if one.penalty else []
        say(f"{one.assignment}, {one.person.id}: {', '.join(parts)}.")
    count = {state: sum(one.state == state for one in found) for state in ("late", "missing", "not yet")}
    say(
        _("{late} late, {missing} missing; {not_yet} have not handed in and still may.").format(
            late=count["late"], missing=count["missing"], not_yet=count["not yet"]
        )
    )
