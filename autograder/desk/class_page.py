"""The class, live: students by tasks, renewed while another process grades."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.desk.chosen import board_of, latest_of, not_ready
from autograder.desk.pages import desk_of, page, path_to
from autograder.desk.rows import STATES, Asked, page_of

LIVE_S = 2  # between two looks of a page that is open


def classes(request: Request) -> Response:
    """To the class of the assignment that was looked at last, or graded last."""
    return RedirectResponse(path_to(request, "class", assignment=latest_of(request)), 303)


def of_the_class(request: Request) -> Response:
    """The table. Asked for by htmx it is the part that changes alone; where that is the version which the browser
    shows already (``v``), nothing."""
    board = board_of(request)
    if board is None:
        return not_ready(request)
    part = request.headers.get("hx-request") == "true"
    if part and request.query_params.get("v") == board.version:
        return Response(status_code=204)
    asked = Asked.of(request.query_params)
    return page(
        request, "class_table.html.j2" if part else "class.html.j2", board=board, asked=asked,
        shown=page_of(board, asked), live=request.query_params.get("live") != "0", every=LIVE_S, states=STATES,
        assignments=list(desk_of(request).course), moment=moment, graded=len(board.results),
        sections=sorted(set(board.sections.values())), now=datetime.now(UTC).strftime("%H:%M:%S"),
    )  # fmt: skip


def moment(iso: str) -> str:
    """A time of a result as people read it: 2026-01-02 14:05 UTC; empty where it is none."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return ""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


routes = [
    Route("/class", classes, name="classes"),
    Route("/class/{assignment}", of_the_class, name="class"),
]
