"""``make demo``: releases the course, grades the sample class in the sandbox, writes gradebook and feedback."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.classroom import grade
from autograder.classroom.options import Options
from autograder.course import Assignment, Course
from autograder.feedback.feedback_run import write_feedback
from autograder.gradebook.opening import WrongGradebook
from autograder.release.release import release
from autograder.submission.results import Results, read_results
from tests.sample_class.members import ASSIGNMENT, Member, members

SHOWN = 4


def hand_in(folder: Path, class_members: list[Member]) -> None:
    """Lays the submissions where nbgrader collects them."""
    for member in class_members:
        place = folder / "submitted" / member.student / ASSIGNMENT
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{ASSIGNMENT}.ipynb").write_bytes(member.notebook)
        (place / "timestamp.txt").write_text("2026-01-15 12:00:00 UTC\n")


def problems(member: Member, results: Results, assignment: Assignment) -> list[str]:
    """In what a member's results are not the expected ones."""
    found = []
    expected = member.expected(assignment)
    tasks = {task.task: task for task in results.tasks}
    for name, score in expected.items():
        if tasks[name].score != score:
            found.append(f"{name}: {tasks[name].score} points, expected {score}")
    for name, reason in member.reasons.items():
        if tasks[name].reason != reason:
            found.append(f"{name}: the reason is {tasks[name].reason}, expected {reason}")
    for name, diagnosis in member.diagnoses.items():
        if diagnosis not in {test.diagnosis for test in tasks[name].tests}:
            found.append(f"{name}: no test found {diagnosis}")
    if results.status != member.status:
        found.append(f"the status is {results.status}, expected {member.status}")
    return found


def main(folder: Path = Path("demo")) -> int:
    """Runs the demonstration in ``folder``; returns 1 if a score is not the expected one."""
    console = Console(width=None if sys.stdout.isatty() else 130)
    course = Course.here()
    folder = folder.resolve()
    folder.mkdir(exist_ok=True)
    try:
        release(course_dir=folder)
    except WrongGradebook:  # of a demonstration with the course as it was before its tasks changed
        shutil.rmtree(folder)
        folder.mkdir()
        release(course_dir=folder)
    console.print(f"Released {', '.join(course.names)} to {course.root / 'assignments'}.", soft_wrap=True)
    assignment = course.assignment(ASSIGNMENT)
    class_members = list(members(assignment))
    hand_in(folder, class_members)
    summary = grade.grade_class(ASSIGNMENT, folder=folder, options=Options(), console=console)
    written = write_feedback(folder, ASSIGNMENT)
    found = {m.student: read_results(folder / "autograded" / m.student / ASSIGNMENT) for m in class_members}
    wrong = {m.student: problems(m, found[m.student], assignment) for m in class_members}
    console.print(_table(class_members, found, wrong, assignment))
    isolation = next((", ".join(r.provenance.isolation) for r in found.values() if r.provenance.isolation), "none")
    console.print(f"{len(summary.graded)} graded, {len(summary.unchanged)} unchanged, {summary.seconds:.0f} s.")
    console.print(f"Isolation: {isolation}.")
    page = written.pages[class_members[2].student]
    for label, place in (
        ("a student's page", page),
        ("the class report", written.report),
        ("results and executed notebooks", folder / "autograded"),
        ("the gradebook", folder / "gradebook.db"),
    ):
        console.print(f"  {label}: {place}", soft_wrap=True)
    for student, sentences in wrong.items():
        for sentence in sentences:
            console.print(f"NOT AS EXPECTED: {student}: {sentence}", style="red", soft_wrap=True)
    return 1 if any(wrong.values()) else 0


def _table(
    class_members: list[Member], found: dict[str, Results], wrong: dict[str, list[str]], assignment: Assignment
) -> Table:
    table = Table(title=assignment.title, title_justify="left", box=None, pad_edge=False)
    table.add_column("student")
    table.add_column("handed in a notebook that")
    table.add_column("score", justify="right", style="bold")
    table.add_column("tasks without all their points")
    table.add_column("as expected")
    for member in class_members:
        results = found[member.student]
        score = f"{results.score:g} of {results.max_score:g}"
        mark = "no" if wrong[member.student] else "yes"
        table.add_row(member.student, member.about, score, _lost(results), mark)
    return table


def _lost(results: Results) -> str:
    """The tasks that lost points, with the reason if they were stopped."""
    short = [task for task in results.tasks if task.score is not None and task.score < task.max_score]
    if results.reason or len(short) > SHOWN:
        return results.reason or f"{len(short)} tasks"
    return ", ".join(f"{t.task} {t.score:g} of {t.max_score:g}{f' ({t.reason})' if t.reason else ''}" for t in short)


if __name__ == "__main__":
    sys.exit(main())
