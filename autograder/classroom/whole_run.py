"""A grading run from the record's opening to its end: what `grade` imports only once its workers are starting."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, nullcontext

from rich.console import Console

from autograder.classroom.folder import CourseFolder
from autograder.classroom.late_writer import LateWriter
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.preview import PreviewRun
from autograder.classroom.progress import Bar
from autograder.classroom.run import ClassRun, MakeExecutor, Progress, Summary
from autograder.course import Assignment, Course
from autograder.language import sentences_of

_ = sentences_of(__package__)


class Interrupted(KeyboardInterrupt):
    """The run was stopped by its user; the text says what is done, and how to go on."""


def run_class(
    course: Course, assignment: Assignment, place: CourseFolder, options: Options, make_executor: MakeExecutor, *,
    console: Console, preview: bool, progress: Progress | None,
) -> Summary:
    """Grades the submissions of an assignment; see ``grade.grade_class``, which has looked at what was asked for."""
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(place.ledger))
        if preview:
            run: ClassRun = PreviewRun(course, place, assignment, ledger, options)
        else:
            writer = stack.enter_context(LateWriter(place.root, course))
            run = ClassRun(course, place, assignment, writer, ledger, options)
        try:
            shown: AbstractContextManager[Progress] = (
                nullcontext(progress) if progress else Bar(assignment.name, console)
            )
            with shown as told:
                return run.run(told, make_executor)
        except KeyboardInterrupt as stopped:
            done = len(run.summary.graded) + len(run.summary.unchanged)
            kept = _("{done} of {total} submissions are done and kept").format(done=done, total=run.summary.total)
            raise Interrupted(
                f"{stopped} {kept}."
                if str(stopped)
                else _("Stopped. {kept}; run the same command to go on.").format(kept=kept)
            ) from None
