"""`report`: what the class knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from autograder import files
from autograder.commands.common import AsJson, CourseDir, course_folder, one_sentence


def report(
    assignment: Annotated[str, typer.Argument(help="For example 01-functions.")],
    before: Annotated[Path | None, typer.Option(metavar="DIR", help="The course folder of another term.")] = None,
    pseudonyms: Annotated[bool, typer.Option("--pseudonyms", help="Show no id, and link to no answer.")] = False,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write tasks and checks as CSV.")] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the class report: final scores, tasks, checks, misconceptions, who may need help."""
    with one_sentence():
        from autograder.classroom.seeds import pseudonym_of
        from autograder.feedback.feedback_run import write_report
        from autograder.feedback.report import text_of

        place = course_folder(course)
        call = pseudonym_of(place) if pseudonyms else None
        summary, path = write_report(place, assignment, before=before, pseudonym=call)
        if csv is not None:
            files.write(csv.resolve(), summary.as_csv().encode("utf-8-sig"))
    if as_json:
        print(json.dumps({**summary.as_json(), "page": str(path)}))
    else:
        print(text_of(summary))
        print(f"The class report is {path}.")
