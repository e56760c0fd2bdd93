"""Who gets in: an ASGI layer around the desk, through which every request goes.

On this machine the address has a token once; what follows is let in by a cookie. Where graders have passwords, the form
at ``sign-in`` gives the cookie. Nothing is answered for another host's name (DNS rebinding), nothing is changed for
another site's page (cross-site requests), and what is answered may load and run nothing but the desk's own files.

Cookies are shared by the ports of a host: a page that a student serves on another port of this machine would be sent
the desk's. So the desk lies below a path that nobody can guess, and its cookie goes nowhere else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.desk import graders
from autograder.gradebook.acting import acting_as, who
from autograder.language import language, sentences_of

_ = sentences_of(__package__)

COOKIE = "autograder-desk"
TOKEN = "token"
GRADER = "autograder.grader"  # of a request's scope: who makes it, None for whoever is yet to sign in
STATIC, SIGN_IN, SIGN_OUT = "/static/", "/sign-in", "/sign-out"
FOR_LOOKING = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LET_IN = (
    f'<!doctype html><html lang="{language().replace("_", "-")}"><meta charset="utf-8">'
    '<meta http-equiv="refresh" content="0; url={0}">'
    f'<title>{_("The desk")}</title><p><a href="{{0}}">{_("To the desk")}</a></p></html>'
)
NOT_LET_IN = _("Open the desk by the whole address that `autograder desk` printed where it was started.")
OTHER_HOST = _("The desk is asked for by another name than its own; open it by the address that it printed.")
OTHER_SITE = _("The desk changes nothing that another page asks for.")


@dataclass(frozen=True)
class Door:
    """What opens the desk: a token, or, with ``passwords`` (hashes by name), the sign-in form.

    ``hosts`` are the names with ports that it answers to; every name where it is empty, for a desk behind a proxy,
    which nobody gets into without a password. ``below`` is the path that it lies under, without a slash at its end."""

    hosts: frozenset[str] = frozenset()
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    below: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(12)}", repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    _sessions: dict[str, str] = field(default_factory=dict, repr=False)  # who sits there, by the cookie's value

    @property
    def by_password(self) -> bool:
        """Whether one signs in with a password."""
        return bool(self.passwords)

    def sign_in(self, name: str, password: str) -> str | None:
        """A new cookie's value for whoever knows the password; None for whoever does not. Takes a while."""
        return self._new_session(name) if graders.is_right(self.passwords, name, password) else None

    def sign_out(self, request: Request) -> None:
        """Ends the session that the request is part of."""
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)

    def give_cookie(self, response: Response, value: str, *, secure: bool = False) -> None:
        """Has the browser keep a session."""
        response.set_cookie(COOKIE, value, path=self.below or "/", httponly=True, samesite="strict", secure=secure)

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application behind this door."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await (app(scope, receive, send) if scope["type"] == "lifespan" else _close(send))
                return
            static = scope["path"].startswith(f"{self.below}{STATIC}")
            send = _with_headers(send, store=static)
            refusal = self._refuse(scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            scope[GRADER] = self._who(scope)
            with acting_as(scope[GRADER]):
                await app(scope, receive, send)

        return guarded

    def _refuse(self, scope: Scope) -> Response | None:
        """What is answered to a request that is not let in; None for one that is."""
        headers, path = Headers(scope=scope), scope["path"]
        if self.hosts and headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse(OTHER_HOST, 421)
        if scope["method"] not in FOR_LOOKING and not _from_here(headers):
            return PlainTextResponse(OTHER_SITE, 403)
        if self._who(scope) is not None or path.startswith(f"{self.below}{STATIC}"):
            return None
        if self.by_password:
            if path == f"{self.below}{SIGN_IN}":
                return None
            is_page = scope["method"] in FOR_LOOKING and "hx-request" not in headers
            return RedirectResponse(f"{self.below}{SIGN_IN}", 303) if is_page else PlainTextResponse(_("Sign in."), 401)
        given = parse_qs(scope["query_string"].decode("latin-1")).get(TOKEN, [""])[0]
        if path == f"{self.below}/" and hmac.compare_digest(given.encode(), self.token.encode()):
            # No redirection: a browser that was sent here by another program would not take the cookie along.
            response = Response(LET_IN.format(f"{self.below}/"), media_type="text/html")
            self.give_cookie(response, self._new_session(who()))
            return response
        return PlainTextResponse(NOT_LET_IN, 403)

    def _who(self, scope: Scope) -> str | None:
        """Who makes a request; None for somebody whom nobody has let in."""
        return self._sessions.get(Request(scope).cookies.get(COOKIE, ""))

    def _new_session(self, name: str) -> str:
        value = secrets.token_urlsafe(32)
        self._sessions[value] = name
        return value


def _from_here(headers: Headers) -> bool:
    """Whether a request that changes something comes from one of the desk's own pages."""
    origin = urlsplit(headers.get("origin", ""))
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and bool(origin.netloc) and origin.netloc.lower() == headers.get("host", "").lower()


def _with_headers(send: Send, *, store: bool) -> Send:
    """Adds to every answer what it may load and run, and, but for the desk's own files, that nobody keeps it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**HEADERS, "Cache-Control": "no-cache" if store else "no-store"})
        await send(message)

    return sending


async def _close(send: Send) -> None:
    """The desk has no other protocol than HTTP."""
    await send({"type": "websocket.close", "code": 1008})
