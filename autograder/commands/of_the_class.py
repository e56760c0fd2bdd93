"""`report`, `similar`: what the class knows, and whose answers are alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder import files
from autograder.commands.common import AsJson, CourseDir, course_folder, one_sentence, say
from autograder.course import Course
from autograder.language import sentences_of

_ = sentences_of(__package__)


def report(
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    before: Annotated[Path | None, typer.Option(metavar="DIR", help=_("The course folder of another term."))] = None,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help=_("Show no id, and link to no answer."))] = False,
    section: Annotated[str | None, typer.Option(metavar="NAME", help=_("Only of this section."))] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Also write tasks and checks as CSV."))] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the class report: final scores, tasks, checks, misconceptions, who may need help."""
    with one_sentence():
        from autograder.classroom.sections import students_of
        from autograder.classroom.seeds import pseudonym_of
        from autograder.feedback.feedback_run import write_report
        from autograder.feedback.report_text import text_of

        place = course_folder(course)
        call = pseudonym_of(place) if pseudonyms else None
        only = students_of(place, section) if section is not None else None
        summary, path = write_report(place, assignment, before=before, pseudonym=call, only=only, part=section or "")
        if csv is not None:
            files.write(csv.resolve(), summary.as_csv().encode("utf-8-sig"))
    if as_json:
        print(json.dumps({**summary.as_json(), "page": str(path)}))
    else:
        say(text_of(summary))
        say(_("The class report is {path}.").format(path=path))


def similar(
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    before: Annotated[list[Path] | None, typer.Option(metavar="DIR", help=_("Another term; may be repeated."))] = None,
    public: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help=_("Code that everybody could read."))
    ] = None,
    least: Annotated[int, typer.Option("--from", min=1, max=100, metavar="PERCENT", help=_("What is listed."))] = 80,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """List answers that are more alike than a class's are by themselves, side by side on a page."""
    with one_sentence():
        from autograder.classroom import similar as command

        place = course_folder(course)
        found = command.similar(place, assignment, before=before or (), public=public or (), least=least / 100)
        path = command.write_page(found, place, Course.here().assignment(assignment).title)
    if as_json:
        print(json.dumps({**found.as_json(), "page": str(path)}))
        return
    for same in found.same_files:
        say(_("The same notebook: {whose}.").format(whose=", ".join(same.whose)))
    for one in found.numbers:
        say(f"{one.task}, {one.whose}: {', '.join(one.numbers)} {one.how} {', '.join(one.others)}.")
    for (left, right), tasks in found.by_students().items():
        shares = ", ".join(f"{task} {share:.0%}" for task, share in tasks.items())
        say(_("{left} and {right}: {shares}.").format(left=left, right=right, shares=shares))
    say(
        _("{compared} submissions compared; the answers are side by side in {path}.").format(
            compared=found.compared, path=path
        )
    )
