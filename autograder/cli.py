"""The commands. Each is parsed here or in ``commands``, done in its room, and printed there; nothing else is here.

Rooms are imported when their command runs, so that ``autograder --help`` answers at once.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from autograder import files
from autograder.commands import arriving, bundling, desk, looking_back, of_the_class, student, times, watching
from autograder.commands.common import (
    DONE,
    INTERRUPTED,
    NOT_ISOLATED,
    NOTHING_GRADED,
    STOPPED,
    AsJson,
    CourseDir,
    Isolation,
    one_sentence,
    progress_bar,
    terminal,
)
from autograder.commands.stopping import stop_on_signals
from autograder.course import Course, UsageError
from autograder.faults import NO_MEMORY
from autograder.language import plurals_of, sentences_of
from autograder.startup import without_iri_grammar

_, ngettext = sentences_of(__package__), plurals_of(__package__)
help_of_commands = sentences_of(arriving.__package__)


class Commands(TyperGroup):
    """The commands, each of which says in a sentence that it was stopped, also before its own first line."""

    def make_context(self, *words: Any, **more: Any) -> Any:
        with one_sentence():
            return super().make_context(*words, **more)

    def invoke(self, ctx: Any) -> Any:
        with one_sentence():
            return super().invoke(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, whose docstring is what a user reads of it, in the language of this process."""
        found = super().get_command(ctx, cmd_name)
        if found is not None and found.help:
            found.help = help_of_commands(_(found.help))
        return found


app = typer.Typer(
    name="autograder",
    cls=Commands,
    help=_("A course of notebooks: release, grade, feedback."),
    invoke_without_command=True,
    callback=student.glance,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class ExecutorName(StrEnum):
    """Values of ``--executor``."""

    local = "local"
    dask = "dask"


class What(StrEnum):
    """What ``new`` writes."""

    course = "course"
    assignment = "assignment"
    task = "task"


class TaskKind(StrEnum):
    """Values of ``--kind``."""

    code = "code"
    answer = "answer"
    text = "text"


class ExportFormat(StrEnum):
    """Values of ``export --format``."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"
    blackboard = "blackboard"


class ExportLevel(StrEnum):
    """Values of ``export --by``."""

    assignment = "assignment"
    task = "task"
    check = "check"


@app.command()
def release(
    assignments: Annotated[list[str] | None, typer.Argument(help=_("All of the course by default."))] = None,
    kit: Annotated[Path | None, typer.Option(metavar="DIR", help=_("Also write there what students get."))] = None,
    course: CourseDir = None,
) -> None:
    """Write assignments/ from solutions/ through nbgrader, and register them in the gradebook."""
    with one_sentence():
        from autograder.release.release import release as write_release

        for folder in write_release(assignments or (), course_dir=course, kit=kit):
            print(_("Released {name} to {folder}.").format(name=folder.name, folder=folder))
        if kit is not None:
            print(_("The students' kit is in {kit}.").format(kit=kit))


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    student: Annotated[list[str] | None, typer.Option(metavar="ID", help=_("Only this one; may be repeated."))] = None,
    jobs: Annotated[int | None, typer.Option(min=1, metavar="N", help=_("Submissions at once."))] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Run unchanged submissions too."))] = False,
    preview: Annotated[bool, typer.Option("--preview", help=_("Say who would change, and book nothing."))] = False,
    executor: Annotated[ExecutorName, typer.Option(help=_("Where submissions run."))] = ExecutorName.local,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help=_("Dask's scheduler."))] = None,
    per_gpu: Annotated[int, typer.Option(min=0, metavar="N", help=_("Submissions at once on a GPU; 0: use none."))] = 1,
    isolation: Annotated[Isolation, typer.Option(help=_("off: no sandbox."))] = Isolation.required,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Grade submitted/<student>/ASSIGNMENT/ in the sandbox; write autograded/ and the gradebook."""
    with one_sentence():
        from autograder.classroom import grade as command
        from autograder.classroom.options import Options

        options = Options(tuple(student or ()), jobs or 0, force, isolation.value, per_gpu=per_gpu)
        make_executor = _executor(executor, scheduler)
        err = terminal(stderr=True)
        summary = command.grade_class(
            assignment, folder=course, options=options, console=err, make_executor=make_executor, preview=preview
        )
        if as_json:
            print(json.dumps(command.as_json(summary)))
        elif preview:
            command.report_preview(summary, terminal())
        else:
            command.report(summary, (course or Course.here().root).resolve(), terminal())
    if summary.failed or not (summary.graded or summary.unchanged):
        raise typer.Exit(NOTHING_GRADED)


@app.command()
def feedback(
    assignment: Annotated[str, typer.Argument(help=_("For example 01-functions."))],
    student: Annotated[list[str] | None, typer.Option(metavar="ID", help=_("Only this one; may be repeated."))] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a page per student to feedback/, and the class report."""
    with one_sentence():
        from autograder.feedback.feedback_run import write_feedback

        with progress_bar(_("Pages")) as progress:
            written = write_feedback(course or Course.here().root, assignment, student or (), progress=progress)
        if as_json:
            print(json.dumps(written.as_json()))
        else:
            print(written.text)
            count = len(written.pages)
            said = ngettext("Wrote {count} page, and the class report: {report}",
                            "Wrote {count} pages, and the class report: {report}", count)  # fmt: skip
            print(said.format(count=count, report=written.report))
        if written.unreleasable:
            print(
                _("The exchange cannot hand back the pages of: {unreleasable}.").format(
                    unreleasable=", ".join(written.unreleasable)
                ),
                file=sys.stderr,
            )


app.command()(arriving.roster)
app.command()(arriving.collect)
app.command()(desk.desk)
app.command()(looking_back.history)
app.command()(looking_back.request)
app.command()(looking_back.forget)
app.command()(of_the_class.report)
app.command()(of_the_class.similar)
app.command()(times.due)
app.command()(times.extend)
app.command()(times.late)
app.command()(watching.watch)
app.command()(bundling.bundle)
app.command()(student.hand_in)
app.command()(student.update)


@app.command()
def export(
    assignments: Annotated[list[str] | None, typer.Argument(help=_("All of the gradebook by default."))] = None,
    format: Annotated[ExportFormat, typer.Option(help=_("Whose import page reads it."))] = ExportFormat.csv,
    by: Annotated[ExportLevel, typer.Option(help=_("One row for each."))] = ExportLevel.assignment,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help=_("By default it is printed."))] = None,
    course: CourseDir = None,
) -> None:
    """Write final scores (automatic, manual, penalty) as CSV, or as Canvas, Moodle and Blackboard read them."""
    with one_sentence():
        from autograder.classroom.export import export as table

        where = (course or Course.here().root).resolve()
        text = table(where, assignments or (), format=format.value, by=by.value)
        if output is None:
            sys.stdout.write(text.replace("\r\n", "\n"))
        else:
            files.write(output.resolve(), text.encode("utf-8-sig"))
            print(_("Final scores are in {output}.").format(output=output))


@app.command()
def leaderboard(
    task: Annotated[str | None, typer.Option(metavar="ID", help=_("By default the course's challenge."))] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Also write it there as a page."))] = None,
    course: CourseDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the challenge's best results by pseudonym, of those who asked to be shown."""
    with one_sentence():
        from autograder.classroom import leaderboard as command

        found = command.make((course or Course.here().root).resolve(), task)
        if html is not None:
            command.write_page(found, html)
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        console = terminal()
        for board in command.tables(found):
            console.print(board)
        print(*found.sentences(), sep="\n")


@app.command()
def audit(
    assignments: Annotated[list[str] | None, typer.Argument(help=_("All of the course by default."))] = None,
    tasks: Annotated[
        list[str] | None, typer.Option("--task", metavar="ID", help=_("Only this task of the assignment; repeatable."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove the checks: solution, untouched, misconceptions, reruns, leaks, time; or say what is still empty."""
    with one_sentence():
        from autograder.release.audit_run import audit_assignment, prices, table

        found = []
        for name in assignments or Course.here().names:
            found.append(audit_assignment(name, tasks=tasks))
            if not as_json:
                terminal(width=160).print(table(found[-1]), "", prices(found[-1]))
                print(*found[-1].problems or (_("Everything holds."),), sep="\n")
                if found[-1].warnings:
                    print("", _("Still to be added:"), *found[-1].warnings, sep="\n")
        if as_json:
            # one assignment is an object of its own, as it has always been
            print(json.dumps(found[0].as_json() if len(found) == 1 else [one.as_json() for one in found]))
    if not all(one.holds for one in found):
        raise typer.Exit(NOTHING_GRADED)


@app.command()
def new(
    what: Annotated[What, typer.Argument(help=_("What to write."))],
    name: Annotated[str, typer.Argument(help=_("A course's folder; 02-shifts; a task's id such as shift-by-two."))],
    assignment: Annotated[str | None, typer.Option(metavar="NAME", help=_("Where a task belongs."))] = None,
    kind: Annotated[TaskKind, typer.Option(help=_("Of a task."))] = TaskKind.code,
    points: Annotated[float, typer.Option(metavar="N", help=_("Of a task."))] = 5.0,
    title: Annotated[str | None, typer.Option(help=_("Of a course or an assignment."))] = None,
    runtime: Annotated[str, typer.Option(metavar="NAME", help=_("Of an assignment: its libraries."))] = "numpy",
) -> None:
    """Write the parts of a course, an assignment or a task, and list what you have to fill in."""
    with one_sentence():
        from autograder.release import new as command

        written, missing = command.new(
            what.value, name, assignment=assignment, kind=kind.value, points=points, title=title, runtime=runtime
        )
    print(*(_("Wrote {path}.").format(path=path) for path in written), "", *missing, sep="\n")
    print(_("`autograder audit` says what is left."))


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help=_("A notebook of the course."))], as_json: AsJson = False
) -> None:
    """Run a notebook and its public checks here, without a sandbox: a student's own look at their work."""
    with one_sentence():
        from autograder.checks.terminal import check_notebook

        found = check_notebook(notebook)
    if as_json:
        print(json.dumps([{"task": task, "passed": passed, "text": text} for task, passed, text in found]))
    else:
        print("\n\n".join(text for _, _, text in found))
    if not all(passed for _, passed, _ in found):
        raise typer.Exit(NOTHING_GRADED)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, isolated and accelerated here, and where data was found."""
    with one_sentence():
        from autograder import doctor as command

        facts = command.facts()
    if as_json:
        print(json.dumps(command.as_json(facts)))
    else:
        for group in dict.fromkeys(fact.group for fact in facts):
            print(_(group))
            for fact in (fact for fact in facts if fact.group == group):
                print(f"  {'✓' if fact.ok else '✗'} {fact.name:<16} {fact.text}")
    if not command.isolated(facts):
        raise typer.Exit(NOT_ISOLATED)


def main() -> None:
    """The entry of the installed command."""
    without_iri_grammar()
    _have_outputs()
    try:
        stop_on_signals()
        app()
    except KeyboardInterrupt as stopped:  # outside of a command: while it is loaded
        print(f"autograder: {str(stopped) or STOPPED}", file=sys.stderr)
        _leave(INTERRUPTED)
    except MemoryError:  # outside of a command: while it is loaded
        print(f"autograder: {NO_MEMORY}", file=sys.stderr)
        _leave(NOTHING_GRADED)
    except OSError as error:
        if not _is_of_output(error):
            raise
        _no_reader()
        _leave(NOTHING_GRADED)
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else NOTHING_GRADED if end.code else DONE)


def _have_outputs() -> None:
    """Gives the command an output that leads nowhere in place of one that was closed before it was started; what a
    terminal has no characters for, such as a name on one of ASCII alone, is printed as its number."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _is_of_output(error: OSError) -> bool:
    """Whether printing failed: nobody reads any more, or the file that output goes to cannot grow."""
    return isinstance(error, BrokenPipeError) or (error.filename is None and error.errno == errno.ENOSPC)


def _no_reader() -> None:
    """Says that what was to be printed could not be, and lets nothing more be printed."""
    with suppress(OSError):
        print(_("autograder: The output could not be written; what was done is kept."), file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _leave(code: int) -> None:
    """Ends the process with an exit code, having printed what is still to be printed."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _no_reader()
        code = code or NOTHING_GRADED
    sys.exit(code)


def _executor(name: ExecutorName, scheduler: str | None) -> Any:
    if (name is ExecutorName.dask) != (scheduler is not None):
        raise UsageError(_("--executor dask and --scheduler ADDRESS belong together."))
    if scheduler is None:
        from autograder.classroom.pool import local_pool

        return local_pool
    from autograder.classroom.cluster import dask_pool

    return dask_pool(scheduler)


if __name__ == "__main__":
    main()
