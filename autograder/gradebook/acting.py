"""Who acts: on whose behalf this program runs."""

from __future__ import annotations

import getpass
import os


def who() -> str:
    """Who runs this program, as JupyterHub or the system knows them; a number where neither has a name."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return str(os.getuid())
