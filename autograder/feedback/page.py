"""The student's page: one self-contained HTML file from a submission's results, notebook and manual grades."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ..gradebook.by_hand import Manual
from ..language import sentences_of
from .cells import Cell, Work, headings, own_work, sources
from .clean import cut
from .figures import Sketch, sketch
from .markdown import as_html
from .model import conditions, measured
from .render import render

_ = sentences_of(__package__)

STATUS_WORDS = {
    "passed": _("complete"),
    "partial": _("partly right"),
    "failed": _("not right yet"),
    "not_attempted": _("not attempted"),
    "stopped": _("stopped"),
    "needs_manual_grade": _("waits for a person"),
}
FIRST_THINGS = 3
MESSAGE_CHARACTERS, MESSAGE_LINES = 1_500, 40
EXAMPLE_CHARACTERS, EXAMPLE_LINES = 3_000, 60


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, with every check that it made fail. Holds nothing that a hidden test keeps to itself.

    example: what came out of the same answer on public numbers.
    """

    message: str
    section: str | None
    case: str | None
    sketch: Sketch | None
    checks: tuple[str, ...]
    points: float
    example: str = ""


@dataclass(frozen=True)
class TaskView:
    """One task as the page shows it. score is None while a person has yet to grade it."""

    id: str
    section: str
    kind: str
    status: str
    score: float | None
    max_score: float
    by_hand: bool
    message: str
    findings: tuple[Finding, ...]
    passed: tuple[str, ...]
    checks: int
    comment: Markup | None
    rubric: Markup | None
    measured: str
    cells: tuple[Cell, ...]

    @property
    def word(self) -> str:
        return (
            _("graded by hand") if self.by_hand and self.kind == "text" else STATUS_WORDS.get(self.status, self.status)
        )

    @property
    def share(self) -> float:
        """The part of the points earned, from 0 to 1."""
        return min(max((self.score or 0.0) / self.max_score, 0.0), 1.0) if self.max_score else 0.0


@dataclass(frozen=True)
class Totals:
    """Points over all tasks; waiting: points of tasks that a person has yet to grade, outside of `possible`. answers:
    what the answers earned, before anything is taken off for being late."""

    earned: float
    possible: float
    waiting: float
    late: float
    answers: float


@dataclass(frozen=True)
class Views:
    """A submission task by task, with what else the student wrote."""

    tasks: tuple[TaskView, ...]
    totals: Totals
    work: Work


def views_of(
    results: Mapping[str, Any], notebook: Mapping[str, Any] | None, *, manual: Manual | None = None,
    rubrics: Mapping[str, str] | None = None, release: Mapping[str, Any] | None = None,
) -> Views:  # fmt: skip
    """What a page shows of a submission; see ``student_page``."""
    manual = manual or Manual()
    ids = [task["task"] for task in results["tasks"]]
    work = own_work(notebook, ids, sources(release))
    sections = headings(release or notebook, ids)
    views = tuple(
        _task(task, sections.get(task["task"], ""), manual, (rubrics or {}).get(task["task"], ""),
              work.by_task.get(task["task"], ()))
        for task in results["tasks"]
    )  # fmt: skip
    return Views(views, _totals(views, manual), work)


def student_page(
    results: Mapping[str, Any], notebook: Mapping[str, Any] | None, *, title: str = "",
    manual: Manual | None = None, rubrics: Mapping[str, str] | None = None,
    release: Mapping[str, Any] | None = None, scores_only: bool = False, part: bool = False,
) -> str:
    """The page as HTML text.

    results: the document of `results.json`. notebook: the executed notebook, None where there is none.
    title: the assignment's. rubrics: by task id, Markdown; shown once the task is graded by hand.
    release: the student version of the notebook, to tell the student's own cells from the course's.
    scores_only: nothing but the points of each task. part: to be laid into the page of another website.
    """
    shown = views_of(results, notebook, manual=manual, rubrics=rubrics, release=release)
    provenance, views = results.get("provenance") or {}, list(shown.tasks)
    return render(
        "student.html.j2", frame="part.html.j2" if part else "base.html.j2",
        assignment=results["assignment"], title=title or results["assignment"],
        student=results["student"], status=results["status"], notes=[_short(n) for n in results.get("notes") or ()],
        tasks=views, totals=shown.totals,
        first=_first(views), complete=[view for view in views if view.share == 1],
        partly=[view for view in views if view.passed and view.share < 1],
        elsewhere=shown.work.elsewhere, cells_left_out=shown.work.cells_left_out, graded_at=provenance.get("graded_at"),
        checks=(provenance.get("checks") or "")[:12], conditions=conditions([results]), scores_only=scores_only,
    )


def _task(
    task: Mapping[str, Any], section: str, manual: Manual, rubric: str, cells: Sequence[Cell]
) -> TaskView:
    grade = manual.of(task["task"])
    score = grade.score if grade.score is not None else task["score"]
    if score is None and task["status"] != "needs_manual_grade":
        score = 0.0
    tests = task.get("tests") or []
    message = _short(task.get("message"))
    tried = task["status"] not in ("not_attempted", "needs_manual_grade")
    return TaskView(
        id=task["task"], section=section, kind=task["kind"], status=task["status"],
        score=None if score is None else score + grade.extra, max_score=task["max_score"] or 0.0,
        by_hand=grade.score is not None, message=message,
        findings=tuple(f for f in findings(tests) if f.message != message) if tried else (),
        passed=tuple(_unique(_short(test["description"]) for test in tests if test["passed"])), checks=len(tests),
        comment=as_html(grade.comment) if grade.comment.strip() else None,
        rubric=as_html(rubric) if rubric.strip() and grade.score is not None else None,
        measured=measured(tests), cells=tuple(cells),
    )


def findings(tests: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What is wrong in a task: failing tests with the same cause told once, the dearest cause first."""
    causes: dict[Any, list[Mapping[str, Any]]] = {}
    for test in tests:
        if not test["passed"]:
            cause = test.get("diagnosis") or _short(test.get("message"))
            causes.setdefault(cause, []).append(test)
    found = [_finding(group) for group in causes.values()]
    return sorted(found, key=lambda finding: -finding.points)


def _finding(group: Sequence[Mapping[str, Any]]) -> Finding:
    cases = sorted({_short(test.get("counterexample")) for test in group if test.get("counterexample")}, key=_weight)
    return Finding(
        message=_short(group[0].get("message")) or _("This does not work yet."),
        section=next((_short(test["section"]) for test in group if test.get("section")), None),
        case=cases[0] if cases else None, sketch=sketch(cases[0]) if cases else None,
        checks=tuple(_unique(_short(test["description"]) for test in group)),
        points=sum(test.get("points") or 0.0 for test in group),
        example=min(filter(None, (_long(test.get("example")) for test in group)), key=len, default=""),
    )


def _weight(case: str) -> tuple[int, str]:
    """For choosing the smallest case: its sizes and options, summed."""
    return sum(int(digits) for digits in re.findall(r"\d{1,9}", case)), case


def _first(views: Sequence[TaskView]) -> list[tuple[TaskView, str]]:
    """What to look at first: tasks with the most points still to earn, each with its dearest cause. None that a person
    grades: there the comment says it."""
    open_tasks = [
        view for view in views
        if view.score is not None and view.score < view.max_score and view.kind != "text" and not view.by_hand
    ]
    open_tasks.sort(key=lambda view: view.score - view.max_score if view.score is not None else 0.0)
    return [
        (view, view.findings[0].message if view.findings and view.status != "stopped" else view.message)
        for view in open_tasks[:FIRST_THINGS]
    ]


def _totals(views: Sequence[TaskView], manual: Manual) -> Totals:
    graded = [view for view in views if view.score is not None]
    answers = sum(view.score or 0.0 for view in graded)
    waiting = sum(view.max_score for view in views if view.score is None)
    earned = max(answers - manual.late_penalty, 0.0)
    return Totals(earned, sum(view.max_score for view in graded), waiting, manual.late_penalty, answers)


def _short(text: Any) -> str:
    """A line or a few of the grader's; what it repeats of a submission is cleaned as the submission's own text is."""
    return cut(text, MESSAGE_CHARACTERS, MESSAGE_LINES).text if isinstance(text, str) else ""


def _long(text: Any) -> str:
    """Some lines that repeat what a submission's own code gave, cleaned as its outputs are."""
    return cut(text, EXAMPLE_CHARACTERS, EXAMPLE_LINES).text if isinstance(text, str) else ""


def _unique(texts: Any) -> Collection[str]:
    return list(dict.fromkeys(text for text in texts if text))
