"""`history`, `request`, `forget`: what happened to a submission, what a student says against it, no trace of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.common import AsJson, CourseDir, course_folder, one_sentence, points_of, say
from autograder.course import UsageError
from autograder.language import plurals_of, sentences_of

if TYPE_CHECKING:
    from autograder.gradebook.by_hand import Given

_, ngettext = sentences_of(__package__), plurals_of(__package__)

_ELSEWHERE = _("What lies elsewhere (exports, backups, the learning platform, nbgrader's exchange) is yours to remove.")


def history(
    student: Annotated[str, typer.Argument(help=_("The student's id."))],
    assignment: Annotated[str | None, typer.Argument(help=_("By default all."))] = None,
    back_to: Annotated[int | None, typer.Option(metavar="N", help=_("Have the result with this number count."))] = None,
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
                raise UsageError(
                    _("Going back needs the assignment: autograder history STUDENT ASSIGNMENT --back-to N.")
                )
            change = command.go_back(place, student, assignment, back_to)
            if as_json:
                print(json.dumps(change.as_json()))
            else:
                say(
                    _("Result {back_to} counts: {before:g} points before, {now:g} now.").format(
                        back_to=back_to, before=change.before, now=change.now
                    )
                )
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
                counts = _(", counts") if past.counts else ""
                by = _(" by {by}").format(by=past.by) if past.by else ""
                say(
                    _(
                        "  {number}. {at}{by}: {score:g} of {most:g} points{counts} (checks {checks}, environment "
                        "{environment}{isolation})"
                    ).format(
                        number=past.number,
                        at=about["graded_at"][:16].replace("T", " "),
                        by=by,
                        score=past.results["score"],
                        most=past.results["max_score"],
                        counts=counts,
                        checks=about["checks"][:8],
                        environment=about["environment"][:8],
                        isolation="" if about["isolation"] else _(", without isolation"),
                    )
                )
                if change.because:
                    say(_("     Graded again: {because} changed.").format(because=", ".join(change.because)))
                    say(*(f"     {line}" for line in changes.in_words(change)))
            for task, grade in story.manual.grades.items():
                by_hand = _(" {points} by hand")
                given = "" if grade.score is None else by_hand.format(points=points_of(grade.score))
                extra = _(" {points:+g} extra").format(points=grade.extra) if grade.extra else ""
                by = _(", by {by}").format(by=grade.by) if grade.by else ""
                say(f"  {task}:{given}{extra}{f' “{grade.comment}”' if grade.comment else ''}{by}")
                say(*(f"     {_as_given(one)}" for one in story.manual.given if one.task == task))
            if story.manual.late_penalty:
                say(
                    _("  {points} taken for handing it in late.").format(points=points_of(story.manual.late_penalty))
                )
            if story.extension:
                hours = story.extension.by.total_seconds() / 3600
                why = f": {story.extension.why}" if story.extension.why else ""
                say(
                    _("  {hours:g} hours more, given by {granted_by}{why}").format(
                        hours=hours, granted_by=story.extension.granted_by, why=why
                    )
                )
            for one in story.requests:
                say(
                    _("  Request {id} ({task}): {says} — {outcome}").format(
                        id=one.id, task=one.task, says=one.says, outcome=one.outcome or _("open")
                    )
                )


def _as_given(one: Given) -> str:
    """One change that a person made, as a line."""
    when = _("{at} by {by}").format(at=one.at[:16].replace("T", " "), by=one.by)
    if one.what == "comment":
        return f"{when}: {f'“{one.comment}”' if one.comment else _('no comment any more')}"
    points = _("no points by hand any more") if one.score is None else points_of(one.score)
    extra = _(", {points:+g} extra").format(points=one.extra) if one.extra else ""
    return f"{when}: {points}{extra}"


def request(
    student: Annotated[str | None, typer.Argument(help=_("Whose; without it, all are listed."))] = None,
    assignment: Annotated[str | None, typer.Argument(help=_("For example 01-functions."))] = None,
    task: Annotated[str | None, typer.Argument(help=_("The task that it is about."))] = None,
    says: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Note a request: what the student says."))] = None,
    close: Annotated[int | None, typer.Option(metavar="N", help=_("Note what came of request N."))] = None,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What came of it."))] = None,
    reopen: Annotated[int | None, typer.Option(metavar="N", help=_("Have request N open again."))] = None,
    drop: Annotated[int | None, typer.Option(metavar="N", help=_("Remove request N, noted by mistake."))] = None,
    open: Annotated[bool, typer.Option("--open", help=_("List only what is open."))] = False,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Keep the list of what students say against their grades, and what came of it."""
    with one_sentence():
        from autograder.classroom import requests as command

        place = course_folder(course)
        if sum(one is not None for one in (says, close, reopen, drop)) > 1 or (close is None) != (outcome is None):
            raise UsageError(_("One at a time: --says TEXT, --close N with --outcome TEXT, --reopen N or --drop N."))
        if says is not None:
            if student is None or assignment is None or task is None:
                raise UsageError(_("A request is noted with STUDENT ASSIGNMENT TASK --says TEXT."))
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
        say(f"   {one.outcome} ({one.closed_by}, {(one.closed_at or '')[:10]})" if one.outcome else _("   open"))
    said = ngettext("{count} request, {open} open.", "{count} requests, {open} open.", len(found))
    say(said.format(count=len(found), open=sum(one.outcome is None for one in found)))


def forget(
    student: Annotated[str, typer.Argument(help=_("The student's id."))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove a student from submissions, results, pages, the record and the gradebook, for good; asks first."""
    with one_sentence():
        from autograder.classroom import forget as command

        place = course_folder(course)
        found = command.traces(place, student)
        if not as_json:
            say(
                _("Of {student} there is:").format(student=student),
                *(f"  {sentence}" for sentence in found.sentences()),
            )
        if not yes and (as_json or not typer.confirm(_("Remove all of it, for good?"))):
            raise UsageError(_("Nothing was removed; --yes removes it without asking."))
        command.forget(place, found)
    if as_json:
        print(json.dumps({"student": student, "removed": found.sentences()}))
        return
    say(_("All of it is removed. {elsewhere}").format(elsewhere=_ELSEWHERE))
    if found.reports:
        say(_("Reports that named the student are written again by `autograder feedback` and `autograder report`."))
