"""Tasks and misconceptions: the class report with a way from each number to the answers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.course import Assignment
from autograder.desk.board import Board
from autograder.desk.chosen import assignment_of, board_of, boards_of, latest_of, not_ready
from autograder.desk.compare import compare, text_of
from autograder.desk.finding import Wanted, who
from autograder.desk.pages import desk_of, page, path_to
from autograder.desk.rows import Asked
from autograder.desk.work import cells_of, model_answer
from autograder.feedback.measures import EXPLAINED
from autograder.feedback.model import conditions
from autograder.feedback.report_page import in_seconds, percent, signed
from autograder.feedback.report_students import tasks_of
from autograder.language import sentences_of

_ = sentences_of(__package__)

NAMES_SHOWN = 12
ANSWERS_ON_A_PAGE = 20
STOPS_SHOWN = 200
NEEDS_SHOWN = 50


def tasks(request: Request) -> Response:
    """To the tasks of the assignment that was looked at last, or graded last."""
    return RedirectResponse(path_to(request, "of_tasks", assignment=latest_of(request)), 303)


def of_tasks(request: Request) -> Response:
    """The class report."""
    board, assignment = board_of(request), assignment_of(request)
    if board is None:
        return not_ready(request)
    ids = [task.id for task in assignment.tasks]

    def link(student: str, place: int) -> str:
        task = f"#task-{ids[place - 1]}" if 0 < place <= len(ids) else ""
        return path_to(request, "student", {"student": student}, assignment=assignment.name) + task

    summary = boards_of(request).report_of(board, link)
    if summary is None:
        return not_ready(request)
    return page(
        request, "tasks.html.j2", assignment=assignment, assignments=list(desk_of(request).course), summary=summary,
        explained=EXPLAINED, conditions=conditions(summary.results), percent=percent, signed=signed,
        seconds=in_seconds, names_shown=NAMES_SHOWN, stops=summary.stops[:STOPS_SHOWN],
        needs=summary.needs[:NEEDS_SHOWN],
    )  # fmt: skip


def answers(request: Request) -> Response:
    """The answers behind a number."""
    board, assignment = board_of(request), assignment_of(request)
    if board is None:
        return not_ready(request)
    wanted, asked = Wanted.of(request.query_params), Asked.of(request.query_params)
    if wanted.task:
        _require_task(assignment, wanted.task)
    found = who(board, wanted)
    pages = max(1, -(-len(found) // ANSWERS_ON_A_PAGE))
    at = min(asked.page, pages)
    shown = found[(at - 1) * ANSWERS_ON_A_PAGE : at * ANSWERS_ON_A_PAGE]
    cells = cells_of(desk_of(request), assignment, wanted.task, shown) if wanted.task else {}
    return page(
        request, "answers.html.j2", assignment=assignment, wanted=wanted, found=found, at=at, pages=pages,
        shown=[(board.students[id], _task_of(board, id, wanted.task), cells.get(id, ())) for id in shown],
    )  # fmt: skip


def comparison(request: Request) -> Response:
    """Two answers to a task side by side, or one beside the course's own."""
    board, assignment = board_of(request), assignment_of(request)
    if board is None:
        return not_ready(request)
    task = request.query_params.get("task", "")
    _require_task(assignment, task)
    chosen = [id for id in request.query_params.getlist("student") if id in board.students]
    if not chosen:
        raise HTTPException(404, _("Choose two answers to compare, or one to see beside the course's own."))
    two: Sequence[str] = list(dict.fromkeys(chosen))[:2]
    cells = cells_of(desk_of(request), assignment, task, two)
    texts = [text_of(cells.get(id, ())) for id in two]
    if len(two) == 1:
        texts = [*texts, model_answer(assignment, task)]
    prose = assignment.task(task).kind == "text"
    return page(
        request, "compare.html.j2", assignment=assignment, task=task, students=[board.students[id] for id in two],
        found=compare(*texts, prose=prose), what=_("sentences") if prose else _("lines"), percent=percent,
        facts=[_task_of(board, id, task) for id in two], more=len(set(chosen)) - len(two),
    )  # fmt: skip


def _task_of(board: Board, id: str, task: str) -> object:
    return tasks_of(board.results.get(id)).get(task)


def _require_task(assignment: Assignment, task: str) -> None:
    if all(one.id != task for one in assignment.tasks):
        raise HTTPException(404)


routes = [
    Route("/tasks", tasks, name="tasks"),
    Route("/tasks/{assignment}", of_tasks, name="of_tasks"),
    Route("/tasks/{assignment}/answers", answers, name="answers"),
    Route("/tasks/{assignment}/compare", comparison, name="compare"),
]
