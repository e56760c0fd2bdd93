"""The command ``grade``: checks what it was asked for, runs the class, and says what came of it."""

from __future__ import annotations

import os
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.classroom import changes
from autograder.classroom.folder import CourseFolder
from autograder.classroom.options import Options
from autograder.classroom.pool import local_pool
from autograder.classroom.worker import WorkerSpec
from autograder.course import Assignment, Course, CourseError, UsageError
from autograder.language import marked, plurals_of, sentences_of
from autograder.sandbox import mechanisms
from autograder.submission.text import one_line

if TYPE_CHECKING:
    from autograder.classroom.run import Graded, MakeExecutor, Progress, Summary

_, ngettext = sentences_of(__package__), plurals_of(__package__)

# Why something was stopped, as results have it.
REASONS = (
    marked("timeout"), marked("memory"), marked("processes"), marked("disk"), marked("output"), marked("network"),
    marked("forbidden"), marked("malformed"), marked("died"),
)  # fmt: skip

MEMORY_PER_JOB = {"numpy": 1.0e9, "torch": 2.0e9, "tensorflow": 2.5e9, "torch+tensorflow": 3.0e9}
ROWS = 40
STUDENT_AND_SCORE = 50  # columns of a terminal


def grade_class(
    name: str,
    *,
    folder: Path | None,
    options: Options,
    console: Console,
    course: Course | None = None,
    make_executor: MakeExecutor = local_pool,
    preview: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Grades the submissions of an assignment in a course folder (the repository by default); with ``preview`` it only
    says who would change, and the run that follows books that without running anything again. ``progress`` is told how
    it goes on, in place of a bar on the console.

    Raises ``UsageError`` for what does not exist, ``CourseError`` if nothing can be graded,
    ``IsolationMissing``, and ``Interrupted`` on Ctrl-C."""
    course = course or Course.here()
    assignment = course.assignment(name)
    place = CourseFolder((folder or course.root).resolve())
    options = _checked(place, assignment, options)
    if make_executor is not local_pool:
        options = replace(options, device="cuda" if assignment.gpu and options.per_gpu else "cpu")
    elif options.isolation == "required":
        mechanisms.require()  # before anything is written
    with ExitStack() as stack:
        make_executor = _started_early(course, assignment, place, options, make_executor, stack)
        from autograder.classroom.whole_run import run_class  # takes a while, in which the workers start

        return run_class(
            course, assignment, place, options, make_executor, console=console, preview=preview, progress=progress
        )


def _started_early(
    course: Course, assignment: Assignment, place: CourseFolder, options: Options, make_executor: MakeExecutor,
    stack: ExitStack,
) -> MakeExecutor:
    """Starts the workers of this machine where it is plain that they will be needed, so that they import what they need
    while this process does. What loads images, or waits for a GPU, is planned first."""
    asked = options.students or place.students(assignment.name)
    new = [student for student in asked if options.force or not place.has_result(student, assignment.name)]
    released = assignment.release_path.is_file()
    if make_executor is not local_pool or not new or assignment.images or assignment.gpu or not released:
        return make_executor
    spec = WorkerSpec(course.root, assignment.name, options.isolation, per_gpu=options.per_gpu)
    workers = stack.enter_context(local_pool(spec, min(options.jobs, len(new)), assignment.total_s))
    return lambda *_: nullcontext(workers)


def default_jobs(assignment: Assignment) -> int:
    """One worker per core that this process may use, and no more than memory has room for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    room = int(psutil.virtual_memory().available // MEMORY_PER_JOB[assignment.runtime])
    return max(1, min(cores, room))


def _checked(place: CourseFolder, assignment: Assignment, options: Options) -> Options:
    if not place.root.is_dir():
        raise UsageError(_("There is no course folder {root}.").format(root=place.root))
    found = place.students(assignment.name)
    for student in options.students:
        if student not in found:
            raise UsageError(
                _("{student!r} has no submission of {name} in {root}.").format(
                    student=student, name=assignment.name, root=place.root / "submitted"
                )
            )
    if not found:
        raise CourseError(
            _("There are no submissions of {name} in {root}.").format(
                name=assignment.name, root=place.root / "submitted"
            )
        )
    return replace(options, jobs=options.jobs or default_jobs(assignment))


def report(summary: Summary, place: Path, console: Console) -> None:
    """Prints what a run did, submission by submission if there are not too many."""
    rows = [*summary.graded.values(), *summary.kept.values()]
    if 0 < len(rows) <= ROWS:
        console.print(_table(rows, console.width))
    for student, reason in summary.failed.items():
        last = reason.strip().splitlines()[-1]
        console.print(
            _("{student} could not be graded: {last}").format(student=one_line(student, 60), last=one_line(last)),
            style="red",
            markup=False,
        )
    for student, remark in summary.remarks.items():
        console.print(f"{one_line(student, 60)}: {one_line(remark)}.", style="yellow", markup=False)
    for student, tests in summary.broken.items():
        console.print(
            _("{student} broke a check: {tests}").format(student=one_line(student, 60), tests=one_line(tests[0])),
            style="yellow",
            markup=False,
        )
    waiting = sum(row.status == "needs_manual_grade" for row in rows)
    dates = (
        _(" ({other_dates} judged by other dates: see `autograder late`)").format(other_dates=len(summary.other_dates))
        if summary.other_dates
        else ""
    )
    parts = [
        _("{count} graded").format(count=len(summary.graded)),
        _("{count} unchanged").format(count=len(summary.unchanged)) + dates,
    ]
    parts += [_("{count} failed").format(count=len(summary.failed))] if summary.failed else []
    by_hand = ngettext("{count} waits for a manual grade", "{count} wait for a manual grade", waiting)
    parts += [by_hand.format(count=waiting)] if waiting else []
    console.print(
        _("{assignment}: {parts}, in {seconds:.1f} s.").format(
            assignment=summary.assignment, parts=", ".join(parts), seconds=summary.seconds
        )
    )
    console.print(_("Results are in {place}.").format(place=place / "autograded"), markup=False)


def report_preview(summary: Summary, console: Console) -> None:
    """Prints who would change, by how much, in which checks, with the old and the new sentence."""
    for student, change in sorted(summary.changes.items()):
        was = _("no result") if change.before is None else f"{change.before:g}"
        console.print(
            _("{student}: {was} to {now:g} points").format(student=one_line(student, 60), was=was, now=change.now),
            style="bold",
            markup=False,
        )
        lines = [] if change.before is None else changes.in_words(change)
        for line in lines:
            console.print(f"    {line}", markup=False)
    for student, reason in summary.failed.items():
        console.print(
            _("{student} could not be graded: {reason}").format(
                student=one_line(student, 60), reason=one_line(reason)
            ),
            style="red",
            markup=False,
        )
    moved = [change.by for change in summary.changes.values() if change.before is not None and change.by]
    same = len(summary.graded) + len(summary.unchanged) - len(summary.changes)
    console.print(
        _(
            "{assignment}: {changes} would change, {more} of them to more points and {fewer} to fewer; {same} would "
            "not."
        ).format(
            assignment=summary.assignment,
            changes=len(summary.changes),
            more=sum(by > 0 for by in moved),
            fewer=sum(by < 0 for by in moved),
            same=same,
        )
    )
    console.print(
        _(
            "Nothing is booked. `autograder grade {assignment}` books it, and runs nothing again; points that a "
            "person gave stay."
        ).format(assignment=summary.assignment),
        markup=False,
    )


def as_json(summary: Summary) -> dict[str, Any]:
    """What a run did, for another program."""
    return {
        "schema": 1,
        "assignment": summary.assignment,
        "graded": [asdict(row) for row in summary.graded.values()],
        "unchanged": [asdict(row) for row in summary.kept.values()],
        "other_dates": summary.other_dates,
        "remarks": summary.remarks,
        "failed": {student: reason.strip().splitlines()[-1] for student, reason in summary.failed.items()},
        "broken_checks": {student: list(tests) for student, tests in summary.broken.items()},
        "changes": [change.as_json() for change in summary.changes.values()],
        "seconds": round(summary.seconds, 3),
    }  # fmt: skip


def _table(rows: list[Graded], width: int) -> Table:
    """A row for each submission, with the points of its tasks where the terminal has room for them."""
    table = Table(box=None, pad_edge=False)
    table.add_column(_("student"))
    tasks = list(rows[0].tasks) if width >= STUDENT_AND_SCORE + sum(len(task) + 1 for task in rows[0].tasks) else []
    for task in tasks:
        table.add_column(task, justify="right")
    table.add_column(_("score"), justify="right", style="bold")
    table.add_column(_("remark"))
    for row in sorted(rows, key=lambda row: row.student):
        points = ["–" if row.tasks[task] is None else f"{row.tasks[task]:g}" for task in tasks]
        waits = _("manual grade") if row.status == "needs_manual_grade" else ""
        remark = _(row.reason) if row.reason else waits
        table.add_row(escape(one_line(row.student, 40)), *points, f"{row.score:g}/{row.max_score:g}", remark)
    return table
