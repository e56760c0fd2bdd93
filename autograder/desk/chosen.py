"""Which assignment somebody looks at, and its board: what the pages on the class have in common."""

from __future__ import annotations

from threading import Lock

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from autograder.classroom import following
from autograder.course import Assignment
from autograder.desk.board import Board, Boards
from autograder.desk.door import GRADER
from autograder.desk.pages import desk_of, page
from autograder.language import sentences_of

_ = sentences_of(__package__)

AGAIN_S = 1  # after which a page that is not ready yet asks again

_making = Lock()


def boards_of(request: Request) -> Boards:
    """The boards of the desk that answers."""
    state, desk = request.app.state, desk_of(request)
    with _making:
        if not hasattr(state, "boards"):
            state.boards, state.looked_at = Boards(desk.course, desk.folder.root), {}
    boards: Boards = state.boards
    return boards


def assignment_of(request: Request) -> Assignment:
    """The assignment that the address names, which the next page of its kind is about, too. Raises ``HTTPException``
    for one that there is not."""
    desk, name = desk_of(request), request.path_params["assignment"]
    if name not in desk.course.names:
        raise HTTPException(404)
    boards_of(request)
    request.app.state.looked_at[request.scope[GRADER]] = name
    return desk.course.assignment(name)


def latest_of(request: Request) -> str:
    """The assignment to begin with: the one that was looked at last, otherwise the one that was graded last."""
    desk = desk_of(request)
    boards_of(request)
    looked_at: str | None = request.app.state.looked_at.get(request.scope[GRADER])
    if looked_at in desk.course.names:
        return str(looked_at)
    with desk.open_ledger() as ledger:
        known = [name for name in following.latest(ledger) if name in desk.course.names]
    found = [*known, *desk.course.names]
    if not found:
        raise HTTPException(404, _("The course has no assignment yet."))
    return found[0]


def board_of(request: Request, *, at_once: bool = False) -> Board | None:
    """The board of the assignment that the address names; None where it is being read for the first time."""
    return boards_of(request).of(assignment_of(request).name, at_once=at_once)


def not_ready(request: Request) -> Response:
    """What is answered while a class is read for the first time; the browser asks again by itself."""
    answer = page(request, "not_ready.html.j2", assignment=assignment_of(request))
    answer.headers["Refresh"] = str(AGAIN_S)
    return answer


def student_of(request: Request, board: Board) -> str:
    """The student whom the address names. Raises ``HTTPException`` for somebody whom nobody knows."""
    student = request.query_params.get("student", "")
    if student not in board.students:
        raise HTTPException(404)
    return student
