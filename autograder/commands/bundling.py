"""`bundle`: what grades an assignment on a platform of its own."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.common import CourseDir, Isolation, course_folder, one_sentence, points_of
from autograder.course import Assignment, Course
from autograder.language import plurals_of, sentences_of

_, ngettext = sentences_of(__package__), plurals_of(__package__)


class Platform(StrEnum):
    """For whom ``bundle`` packs."""

    gradescope = "gradescope"


class Show(StrEnum):
    """Values of ``--show``, in Gradescope's words."""

    visible = "visible"
    after_due_date = "after_due_date"
    after_published = "after_published"


def bundle(
    platform: Annotated[Platform, typer.Argument(help=_("Whose autograder it is."))],
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    output: Annotated[Path, typer.Option(metavar="FILE", help=_("The archive."))] = Path("autograder.zip"),
    show: Annotated[Show, typer.Option(help=_("When hidden checks and the page show."))] = Show.after_published,
    isolation: Annotated[Isolation, typer.Option(help=_("off: grade where nothing isolates."))] = Isolation.required,
    index: Annotated[
        str, typer.Option(metavar="URL", help=_("A package index besides, for PyTorch's CPU build."))
    ] = "",
    course: CourseDir = None,
) -> None:
    """Pack what grades an assignment on Gradescope: the instructor's, with hidden checks and the secret."""
    with one_sentence():
        from autograder.classroom.fingerprints import checks_fingerprint, deciding
        from autograder.classroom.folder import CourseFolder
        from autograder.classroom.ledger import Ledger
        from autograder.classroom.seeds import Secret
        from autograder.gradebook.scores import known_people
        from autograder.release.bundle import Terms, gradescope

        here = Course.here()
        about = here.assignment(assignment)
        place = CourseFolder(course_folder(course))
        people = {one.email.lower(): one.id for one in known_people(place.root, here) if one.email}
        with Ledger(place.ledger) as ledger:
            secret = Secret.of_course(place.state, ledger).key
        terms = Terms(isolation.value, show.value, people, index)
        checks = checks_fingerprint(about)
        gradescope(here, about, output, deciding=deciding(about), checks=checks, secret=secret, terms=terms)
    print(_("{output} grades {assignment} on Gradescope.").format(output=output, assignment=assignment))
    print(_("It holds hidden checks, the solution and the course's secret: give it to nobody else."))
    print(*_settings(about, len(people)), sep="\n")


def _settings(about: Assignment, people: int) -> list[str]:
    """What to enter on Gradescope's pages."""
    by_hand = [task for task in about.tasks if task.kind == "text"]
    said = [
        _(
            "On Gradescope: a Programming Assignment, base image Ubuntu 24.04, "
            "Autograder points {max_score:g}, and a timeout of {total_s} minutes or the "
            "longest there is."
        ).format(max_score=about.max_score, total_s=-(-int(about.total_s + 120) // 60)),
        ngettext(
            "Ids of {count} student are in it, by e-mail address.",
            "Ids of {count} students are in it, by e-mail address.",
            people,
        ).format(count=people)
        if people
        else _(
            "The gradebook knows no e-mail addresses, so ids are what stands before the @; `autograder roster FILE` "
            "makes them known."
        ),
    ]
    if by_hand:
        listed = ", ".join(f"{task.id} ({points_of(task.points)})" for task in by_hand)
        said.append(_("Switch Manual Grading on, with a question for each of: {listed}.").format(listed=listed))
    return said
