"""`history`, `request`, `forget`: what happened to a submission, what a student says against it, no trace of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.common import AsJson, CourseDir, counted, course_folder, one_sentence, say
from autograder.course import UsageError

if TYPE_CHECKING:
    from autograder.gradebook.by_hand import Given

_ELSEWHERE = "What lies elsewhere (exports, backups, the learning platform, nbgrader's exchange) is yours to remove."


def history(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    assignment: Annotated[str | None, typer.Argument(help="By default all.")] = None,
    back_to: Annotated[int | None, typer.Option(metavar="N", help="Have the result with this number count.")] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Show every result of a student: when, by what, which score, what changed; or go back to an earlier one."""
    with one_sentence():
        from autograder.classroom import changes
        from autograder.classroom import history as command

        place = course_folder(course)
        if back_to is not None:
            if assignment is None:
                raise UsageError("Going back needs the assignment: autograder history STUDENT ASSIGNMENT --back-to N.")
            change = command.go_back(place, student, assignment, back_to)
            if as_json:
                print(json.dumps(change.as_json()))
            else:
                say(f"Result {back_to} counts: {change.before:g} points before, {change.now:g} now.")
                say(*changes.in_words(change))
            return
        stories = command.history(place, student, assignment)
        if as_json:
            print(json.dumps([story.as_json() for story in stories]))
            return
        for story in stories:
            say(f"{story.assignment}")
            for past, change in story.results:
                about = past.results["provenance"]
                counts = ", counts" if past.counts else ""
                by = f" by {past.by}" if past.by else ""
                say(
                    f"  {past.number}. {about['graded_at'][:16].replace('T', ' ')}{by}: {past.results['score']:g} of "
                    f"{past.results['max_score']:g} points{counts} (checks {about['checks'][:8]}, environment "
                    f"{about['environment'][:8]}{', without isolation' if not about['isolation'] else ''})"
                )
                if change.because:
                    say(f"     Graded again: {', '.join(change.because)} changed.")
                    say(*(f"     {line}" for line in changes.in_words(change)))
            for task, grade in story.manual.grades.items():
                given = "" if grade.score is None else f" {counted(grade.score, 'point')} by hand"
                extra = f" {grade.extra:+g} extra" if grade.extra else ""
                by = f", by {grade.by}" if grade.by else ""
                say(f"  {task}:{given}{extra}{f' “{grade.comment}”' if grade.comment else ''}{by}")
                say(*(f"     {_as_given(one)}" for one in story.manual.given if one.task == task))
            if story.manual.late_penalty:
                say(f"  {counted(story.manual.late_penalty, 'point')} taken for handing it in late.")
            if story.extension:
                hours = story.extension.by.total_seconds() / 3600
                why = f": {story.extension.why}" if story.extension.why else ""
                say(f"  {hours:g} hours more, given by {story.extension.granted_by}{why}")
            for one in story.requests:
                say(f"  Request {one.id} ({one.task}): {one.says} — {one.outcome or 'open'}")


def _as_given(one: Given) -> str:
    """One change that a person made, as a line."""
    when = f"{one.at[:16].replace('T', ' ')} by {one.by}"
    if one.what == "comment":
        return f"{when}: {f'“{one.comment}”' if one.comment else 'no comment any more'}"
    points = "no points by hand any more" if one.score is None else counted(one.score, "point")
    return f"{when}: {points}{f', {one.extra:+g} extra' if one.extra else ''}"


def request(
    student: Annotated[str | None, typer.Argument(help="Whose; without it, all are listed.")] = None,
    assignment: Annotated[str | None, typer.Argument(help="For example 01-functions.")] = None,
    task: Annotated[str | None, typer.Argument(help="The task that it is about.")] = None,
    says: Annotated[str | None, typer.Option(metavar="TEXT", help="Note a request: what the student says.")] = None,
    close: Annotated[int | None, typer.Option(metavar="N", help="Note what came of request N.")] = None,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help="What came of it.")] = None,
    reopen: Annotated[int | None, typer.Option(metavar="N", help="Have request N open again.")] = None,
    drop: Annotated[int | None, typer.Option(metavar="N", help="Remove request N, noted by mistake.")] = None,
    open: Annotated[bool, typer.Option("--open", help="List only what is open.")] = False,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Keep the list of what students say against their grades, and what came of it."""
    with one_sentence():
        from autograder.classroom import requests as command

        place = course_folder(course)
        if sum(one is not None for one in (says, close, reopen, drop)) > 1 or (close is None) != (outcome is None):
            raise UsageError("One at a time: --says TEXT, --close N with --outcome TEXT, --reopen N or --drop N.")
        if says is not None:
            if student is None or assignment is None or task is None:
                raise UsageError("A request is noted with STUDENT ASSIGNMENT TASK --says TEXT.")
            command.note(place, student, assignment, task, says)
        elif close is not None:
            command.close(place, close, outcome)
        elif reopen is not None:
            command.close(place, reopen, None)
        elif drop is not None:
            command.drop(place, drop)
        found = [one for one in command.listed(place, student, assignment) if not (open and one.outcome is not None)]
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        say(f"{one.id}. {one.student}, {one.assignment}, {one.task}, {one.at[:10]}: {one.says}")
        say(f"   {one.outcome} ({one.closed_by}, {(one.closed_at or '')[:10]})" if one.outcome else "   open")
    say(f"{counted(len(found), 'request')}, {sum(one.outcome is None for one in found)} open.")


def forget(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove a student from submissions, results, pages, the record and the gradebook, for good; asks first."""
    with one_sentence():
        from autograder.classroom import forget as command

        place = course_folder(course)
        found = command.traces(place, student)
        if not as_json:
            say(f"Of {student} there is:", *(f"  {sentence}" for sentence in found.sentences()))
        if not yes and (as_json or not typer.confirm("Remove all of it, for good?")):
            raise UsageError("Nothing was removed; --yes removes it without asking.")
        command.forget(place, found)
    if as_json:
        print(json.dumps({"student": student, "removed": found.sentences()}))
        return
    say(f"All of it is removed. {_ELSEWHERE}")
    if found.reports:
        say("Reports that named the student are written again by `autograder feedback` and `autograder report`.")
