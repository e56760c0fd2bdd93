"""`autograder audit`: the checks' own audit, and what students would get looked through for what they must not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from typing import Any

from rich.table import Table

from autograder.checks.audit import Audit, audit
from autograder.course import Assignment, Course, CourseError
from autograder.feedback.page import student_page
from autograder.gradebook.leaks import Secrets, hidden_test_names
from autograder.gradebook.student_version import generate, read_source
from autograder.language import sentences_of
from autograder.release.new import unfilled

_ = sentences_of(__package__)


def audit_assignment(name: str, course: Course | None = None, tasks: Collection[str] | None = None) -> Audit:
    """Audits one assignment, or of it the tasks of these ids. Raises `CourseError` if the assignment or a task is
    unknown, or its notebook cannot be read."""
    course = course or Course.here()
    about = course.assignment(name)
    automatic = [task.id for task in about.automatic]
    for task in tasks or ():
        if task not in automatic:
            raise CourseError(
                _("{name} has no task {task!r} that is graded by checks. It has: {automatic}.").format(
                    name=name, task=task, automatic=", ".join(automatic)
                )
            )
    missing = unfilled(course, name)
    if missing:
        return Audit(name, (), tuple(missing))
    source = read_source(about.solution_path)
    secrets = Secrets.of(source)
    try:
        student_version = generate(source)
    except CourseError as error:
        return Audit(name, (), (str(error),))
    found = audit(about, source, student_version, tasks)
    names = hidden_test_names(course.folder)
    leaks = [*_in_student_version(student_version, names), *_in_feedback(about, student_version, found, secrets, names)]
    return replace(found, problems=(*found.problems, *leaks))


def table(found: Audit) -> Table:
    """The audit as a table, one row per task."""
    out = Table(title=found.assignment, title_justify="left", box=None, pad_edge=False)
    out.add_column(_("task"))
    for heading in (
        _("points"),
        _("solution"),
        _("untouched"),
        _("tests"),
        _("wrong turns"),
        _("caught"),
        _("named"),
        _("named wrongly"),
        _("pairs told apart"),
        _("right"),
        _("no name"),
        _("kernel says"),
        _("check s"),
        _("hidden s"),
    ):
        out.add_column(heading, justify="right")
    for one in found.tasks:
        out.add_row(
            one.task,
            f"{one.points:g}",
            f"{one.solution:g}",
            f"{one.untouched:g}",
            str(one.tests),
            str(one.misconceptions),
            str(one.caught),
            str(one.named),
            str(one.named_wrongly),
            _("{told_apart} of {pairs}").format(told_apart=one.told_apart, pairs=one.pairs),
            _("{passed} of {right}").format(passed=one.passed, right=one.right),
            _("{unregistered_caught} of {unregistered}").format(
                unregistered_caught=one.unregistered_caught, unregistered=one.unregistered
            ),
            f"{sum(one.believed.values()):g}",
            f"{one.seconds['public']:.2f}",
            f"{one.seconds['hidden']:.2f}",
        )
    return out


def prices(found: Audit) -> Table:
    """What each misconception costs, the dearest of each task first; and the tests that believe the kernel."""
    out = Table(box=None, pad_edge=False)
    out.add_column(_("task"))
    out.add_column(_("share of the points"), justify="right")
    out.add_column(_("wrong turn, or test that believes the kernel"))
    for one in found.tasks:
        for id, share in sorted(one.prices.items(), key=lambda price: -price[1]):
            out.add_row(one.task, f"{share:.0%}", id)
        for name, points in one.believed.items():
            out.add_row(one.task, f"{points / one.points:.0%}", _("{name} (the kernel says)").format(name=name))
    return out


def _in_student_version(notebook: Any, names: set[str]) -> Iterator[str]:
    text = json.dumps(notebook)
    for name in sorted(names):
        if name in text:
            yield _("The student version names the hidden test {name}.").format(name=name)


def _in_feedback(about: Assignment, notebook: Any, found: Audit, secrets: Secrets, names: set[str]) -> Iterator[str]:
    """What a page would betray on which every wrong answer of the audit failed at once."""
    tasks: list[dict[str, Any]] = [
        {"task": task.id, "kind": task.kind, "score": 0.0, "max_score": task.points, "status": "failed",
         "reason": None, "message": "", "tests": [asdict(test) for test in found.failures.get(task.id, ())]}
        for task in about.automatic
    ]
    results = {"assignment": about.name, "student": "audit", "status": "graded", "tasks": tasks}
    page = student_page(results, notebook, title=about.title, release=notebook)
    text = html.unescape(re.sub(r"<[^>]*>", "\n", page))
    for name in sorted(names):
        if name in text:
            yield _("The feedback page names the hidden test {name}.").format(name=name)
    for line in dict.fromkeys(secrets.in_lines(text)):
        yield _("The feedback page shows a line of a solution: {line!r}.").format(line=line)
    for task in tasks:
        for test in task["tests"]:
            if test["details"]:
                yield _("{task}: the hidden test {name} keeps values that belong to public tests alone.").format(
                    task=task["task"], name=test["name"]
                )
