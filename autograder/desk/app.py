"""The desk's pages put together: an ASGI application for one class, behind its door."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from autograder.course import CourseError
from autograder.desk import by_hand, of_the_class, rubric, signing_in, together
from autograder.desk.desk import Desk
from autograder.desk.door import Door
from autograder.desk.grading import Refused
from autograder.desk.pages import HERE, page, path_to
from autograder.faults import MachineFault, of_our_own
from autograder.feedback.render import STYLE
from autograder.language import sentences_of

_ = sentences_of(__package__)

# What the navigation has, in its order: a title and the name of a route. The first one is where the desk opens.
NAVIGATION = (
    (_("Class"), "classes"),
    (_("Tasks"), "tasks"),
    (_("By hand"), "by_hand"),
    (_("Decide"), "decisions"),
)
UNKNOWN = _("There is no such page; what it was about may be gone.")


def application(desk: Desk, door: Door) -> ASGIApp:
    """The desk of one class, as a server runs it."""
    inside = [
        Route("/", _home, name="home"),
        Route("/static/style.css", _style, name="style"),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
        *signing_in.routes,
        *of_the_class.routes,
        *by_hand.routes,
        *rubric.routes,
        *together.routes,
    ]
    app = Starlette(
        routes=[Mount(door.below, routes=inside)] if door.below else inside,
        exception_handlers={
            Refused: _conflict, CourseError: _cannot, MachineFault: _cannot, HTTPException: _refused, Exception: _ours,
        },
    )
    app.state.desk, app.state.door, app.state.navigation = desk, door, NAVIGATION
    return door.around(app)


async def _home(request: Request) -> Response:
    return RedirectResponse(path_to(request, NAVIGATION[0][1]), 303)


async def _style(request: Request) -> Response:
    """The stylesheet of the feedback pages, which the desk's own adds to."""
    return FileResponse(STYLE)


async def _cannot(request: Request, error: Exception) -> Response:
    """What the gradebook, the record or the disk refused: the sentence that a command would say."""
    return page(request, "trouble.html.j2", 503, title=_("That could not be done"), sentence=str(error))


async def _conflict(request: Request, error: Exception) -> Response:
    """What somebody else was faster with."""
    return page(request, "trouble.html.j2", 409, title=_("Nothing was changed"), sentence=str(error))


async def _ours(request: Request, error: Exception) -> Response:
    """An error of the desk's own, which the server's output tells in full."""
    return page(request, "trouble.html.j2", 500, title=_("That went wrong"), sentence=of_our_own(error))


async def _refused(request: Request, error: Exception) -> Response:
    """What there is not, or may not be asked for."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) and status != 404 else UNKNOWN
    return page(request, "trouble.html.j2", status, title=_("Not here"), sentence=said)
