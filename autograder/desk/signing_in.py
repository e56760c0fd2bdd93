"""The form at which a grader signs in, where the desk can be reached by others."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.desk.door import COOKIE, SIGN_IN, SIGN_OUT, Door
from autograder.desk.pages import form_of, page, path_to
from autograder.language import sentences_of

_ = sentences_of(__package__)

NOT_RIGHT = _("That is not the password of that name. Whoever runs the desk can set a new one.")


async def sign_in(request: Request) -> Response:
    """The form, and what it sends."""
    door: Door = request.app.state.door
    if request.method != "POST":
        return page(request, "sign_in.html.j2", problem="", name="")
    form = await form_of(request)
    name = form.get("name", "").strip()
    session = await run_in_threadpool(door.sign_in, name, form.get("password", ""))
    if session is None:
        return page(request, "sign_in.html.j2", 403, problem=NOT_RIGHT, name=name)
    response = RedirectResponse(path_to(request, "home"), 303)
    door.give_cookie(response, session, secure=request.url.scheme == "https")
    return response


async def sign_out(request: Request) -> Response:
    """Ends the session, here and in the browser."""
    door: Door = request.app.state.door
    door.sign_out(request)
    response = RedirectResponse(path_to(request, "sign_in"), 303)
    response.delete_cookie(COOKIE, path=door.below or "/")
    return response


routes = [
    Route(SIGN_IN, sign_in, name="sign_in", methods=["GET", "POST"]),
    Route(SIGN_OUT, sign_out, name="sign_out", methods=["POST"]),
]
