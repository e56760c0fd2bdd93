"""`roster`, `collect`: who takes the course, and what they handed in elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from autograder.commands.common import NOTHING_GRADED, AsJson, CourseDir, course_folder, one_sentence, say
from autograder.course import UsageError
from autograder.language import sentences_of

_ = sentences_of(__package__)

Column = Annotated[str | None, typer.Option(metavar="COLUMN", help=_("Its heading, where it is not known."))]


def roster(
    file: Annotated[Path, typer.Argument(help=_("A CSV file of Canvas, Moodle, Blackboard, Gradescope or nbgrader."))],
    id: Column = None,
    first: Column = None,
    last: Column = None,
    name: Column = None,
    email: Column = None,
    section: Column = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Make the gradebook know who takes the course: id, name, e-mail address; and the record, in which section."""
    with one_sentence():
        from autograder.classroom import notes
        from autograder.classroom.folder import CourseFolder
        from autograder.classroom.ledger import Ledger
        from autograder.gradebook import roster as command

        place = course_folder(course)
        found = command.read_roster(file, command.Columns(id, first, last, name, email, section))
        new, count = command.write_roster(place, found)
        if found.sections:
            with Ledger(CourseFolder(place).ledger) as ledger:
                notes.put_sections(ledger, found.sections)
    if as_json:
        print(json.dumps({"new": new, "people": count, "left_out": list(found.left_out)}))
    else:
        people = _("one person") if count == 1 else _("{count} people").format(count=count)
        say(*found.left_out, _("The gradebook knows {people} of this list; new: {new}.").format(people=people, new=new))
    if found.left_out:
        raise typer.Exit(NOTHING_GRADED)


def collect(
    archive: Annotated[Path | None, typer.Argument(help=_("A ZIP or tar file, or a folder of clones."))] = None,
    assignment: Annotated[str, typer.Option(metavar="NAME", help=_("For example 01-functions."))] = "",
    roster: Annotated[Path | None, typer.Option(metavar="FILE", help=_("A list with more people or numbers."))] = None,
    zone: Annotated[str | None, typer.Option(metavar="NAME", help=_("Of times without one; by default ours."))] = None,
    preview: Annotated[bool, typer.Option("--preview", help=_("Say what would be taken, and take nothing."))] = False,
    undo: Annotated[bool, typer.Option("--undo", help=_("Undo the last collection of the assignment."))] = False,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Take what Moodle, Canvas, Blackboard, Gradescope or nbgrader packed into submitted/."""
    with one_sentence():
        from autograder.classroom import collect as command

        if not assignment or (archive is None) != undo:
            raise UsageError(_("Give an archive and --assignment NAME, or --undo and --assignment NAME."))
        place = course_folder(course)
        if archive is None:
            name, back, gone = command.undo(place, assignment)
            if as_json:
                print(json.dumps({"undone": name, "back": back, "gone": gone}))
            else:
                say(
                    _("{name} is undone: {back} earlier submissions are back, {gone} are gone again.").format(
                        name=name, back=len(back), gone=len(gone)
                    )
                )
            return
        found = command.collect(archive, place, assignment, roster=roster, zone=_zone(zone), preview=preview)
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        for one in found.taken:
            when = f", {one.when:%Y-%m-%d %H:%M} UTC" if one.when else ""
            say(f"{one.student}: {one.state}{when}, {one.notebook}{f' ({one.remark})' if one.remark else ''}.")
        say(*(_("Not taken: {sentence}").format(sentence=sentence) for sentence in found.left_out))
        if found.missing:
            say(_("Nothing came from: {missing}.").format(missing=", ".join(found.missing)))
        changed = sum(one.state in ("new", "replaced") for one in found.taken)
        said = _("would be taken") if preview else _("taken")
        say(
            _("{layout}: {changed} of {taken} submissions {said}.").format(
                layout=found.layout or _("No layout that is known"), changed=changed, taken=len(found.taken), said=said
            )
        )
    if found.left_out or not found.taken:
        raise typer.Exit(NOTHING_GRADED)


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError) as error:
        raise UsageError(_("There is no zone {name!r}; write for example Europe/Berlin.").format(name=name)) from error
