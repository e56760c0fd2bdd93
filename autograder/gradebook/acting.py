"""Who acts: on whose behalf this program runs."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SIGNED_IN: ContextVar[str | None] = ContextVar("signed_in", default=None)


def who() -> str:
    """Who runs this program, as JupyterHub or the system knows them; a number where neither has a name. While a desk
    answers somebody who has signed in, they."""
    try:
        return _SIGNED_IN.get() or os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return str(os.getuid())


@contextmanager
def acting_as(name: str | None) -> Iterator[None]:
    """Has what is done in the block done by somebody who has signed in; by whoever runs the program with None."""
    before = _SIGNED_IN.set(name)
    try:
        yield
    finally:
        _SIGNED_IN.reset(before)
