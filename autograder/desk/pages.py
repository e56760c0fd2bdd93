"""Templates to answers: what every page of the desk has, and what is read of a request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from autograder.desk.desk import Desk
from autograder.desk.door import GRADER
from autograder.desk.spoken import for_scripts
from autograder.feedback.render import TEMPLATES, environment
from autograder.language import sentences_of

_ = sentences_of(__package__)

HERE = Path(__file__).parent
MOST_BYTES = 2_000_000  # of a form; a comment is shorter


def desk_of(request: Request) -> Desk:
    """The desk that answers."""
    desk: Desk = request.app.state.desk
    return desk


def path_to(request: Request, name: str, query: Mapping[str, Any] | None = None, **parameters: Any) -> str:
    """The address of a page by its route's name, as a path; parts that are None are left out of the query."""
    asked = {key: value for key, value in (query or {}).items() if value is not None}
    path = quote(str(request.app.url_path_for(name, **parameters)))
    return f"{path}?{urlencode(asked, doseq=True)}" if asked else path


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The page from ``templates/<template>``. Missing values are errors; ``request``, ``desk``, ``navigation`` and
    ``grader`` are there, and ``path_to(name, query, **parameters)``."""
    known = {
        "request": request, "desk": desk_of(request), "grader": request.scope[GRADER], "here": request.url.path,
        "navigation": request.app.state.navigation, "can_sign_out": request.app.state.door.by_password,
    }  # fmt: skip
    text = _environment().get_template(template).render(**known, **values)
    return HTMLResponse(text.encode("utf-8", "replace").decode("utf-8"), status)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form; of one that was sent several times, the last. Raises ``HTTPException`` for one that is too
    large."""
    return dict(await fields_of(request))


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """As ``form_of``, every field in its order."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, _("What was sent is too large."))
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


@jinja2.pass_context
def _path_to(context: jinja2.runtime.Context, name: str, query: Any = None, /, **parameters: Any) -> str:
    return path_to(context["request"], name, query, **parameters)


@cache
def _environment() -> jinja2.Environment:
    made = environment(HERE / "templates", TEMPLATES)
    made.globals.update(path_to=_path_to, for_scripts=for_scripts())
    return made
