"""`watch`: grades what arrives."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.common import CourseDir, Isolation, one_sentence
from autograder.language import sentences_of

_ = sentences_of(__package__)


class Shown(StrEnum):
    """Values of ``--show``."""

    nothing = "nothing"
    scores = "scores"
    all = "all"


def watch(
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    show: Annotated[Shown, typer.Option(help=_("What of a result the student's page shows at once."))] = Shown.nothing,
    per_day: Annotated[int, typer.Option(min=0, metavar="N", help=_("Results shown to a student a day; 0: all."))] = 0,
    jobs: Annotated[int | None, typer.Option(min=1, metavar="N", help=_("Submissions at once."))] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write lines there, in files that rotate."))
    ] = None,
    isolation: Annotated[Isolation, typer.Option(help=_("off: no sandbox."))] = Isolation.required,
    course: CourseDir = None,
) -> None:
    """Grade submissions as they arrive, until you end it."""
    with one_sentence():
        from autograder.classroom.options import Options
        from autograder.classroom.watch import watch as command

        options = Options(jobs=jobs or 0, isolation=isolation.value)
        command(assignment, folder=course, options=options, show=show.value, per_day=per_day, log=log)
