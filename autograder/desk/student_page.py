"""One student's assignment: the answers, what the checks said of them, and how all that came to be."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.classroom import changes
from autograder.classroom.history import go_back, story
from autograder.classroom.ledger import Damaged
from autograder.course import UsageError
from autograder.desk.chosen import assignment_of, board_of, boards_of, not_ready, student_of
from autograder.desk.class_page import moment
from autograder.desk.pages import desk_of, page, path_to
from autograder.desk.rows import Asked, name_of, neighbours, row_of
from autograder.desk.work import Answered, answered
from autograder.gradebook.by_hand import Manual
from autograder.gradebook.manual import manual_grades
from autograder.language import sentences_of

_ = sentences_of(__package__)


def student(request: Request) -> Response:
    """The page of the student whom ``student`` names, with those before and after among the rows that were asked
    for."""
    board = board_of(request)
    if board is None:
        return not_ready(request)
    return _page(request, student_of(request, board))


def _page(request: Request, id: str, problem: str = "", status: int = 200) -> Response:
    desk, assignment, asked = desk_of(request), assignment_of(request), Asked.of(request.query_params)
    board = boards_of(request).of(assignment.name)
    assert board is not None  # whoever asks has had it
    manual = manual_grades(desk.folder.root, assignment.name, desk.course, id).get(id, Manual())
    found: Answered | None = None
    with desk.open_ledger() as ledger:
        try:
            found = answered(ledger, assignment, id, manual)
        except Damaged as error:
            problem = problem or str(error)
        told = story(ledger, id, assignment.name, manual)
    before, after = neighbours(board, asked, id)
    return page(
        request, "student.html.j2", status, board=board, asked=asked, one=board.students[id],
        name=name_of(board.students[id]), row=row_of(board, id, board.states(id)), found=found, manual=manual,
        story=told, before=before, after=after, moment=moment, in_words=changes.in_words,
        extension=board.extensions.get(id), problem=problem,
    )  # fmt: skip


def back(request: Request) -> Response:
    """Has an earlier result of the student count again, as ``autograder history --back-to`` does."""
    board = board_of(request)
    if board is None:
        return not_ready(request)
    desk, assignment, id = desk_of(request), assignment_of(request), student_of(request, board)
    number = request.query_params.get("number", "")
    try:
        if not number.isdecimal():
            raise UsageError(_("Say by its number which result is to count."))
        go_back(desk.folder.root, id, assignment.name, int(number), desk.course)
    except UsageError as error:
        return _page(request, id, str(error), 422)
    board_of(request, at_once=True)
    query = Asked.of(request.query_params).query(student=id)
    return RedirectResponse(path_to(request, "student", query, assignment=assignment.name) + "#history", 303)


routes = [
    Route("/class/{assignment}/student", student, name="student"),
    Route("/class/{assignment}/back", back, name="back", methods=["POST"]),
]
