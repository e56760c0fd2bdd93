"""Several users of one machine, in one test: what one of them does runs in a process of theirs.

The interpreter may lie where only root can read, so such a process is a fork, in which everything is imported already.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def beginning_as(user: int, act: Callable[[], object], group: int, **environment: str) -> Callable[[], str]:
    """Begins it in a process of that user and group. Returns what waits for its end and says what went wrong, or
    nothing."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.umask(0o022)
            os.environ.update({"JUPYTERHUB_USER": f"user{user}", **environment})
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            act()
        except BaseException:
            said = traceback.format_exc()
        os.write(write, said.encode()[-60_000:])
        os._exit(0)
    os.close(write)

    def ended() -> str:
        with open(read, encoding="utf-8") as answer:
            said = answer.read()
        os.waitpid(child, 0)
        return said

    return ended


def as_user(user: int, act: Callable[[], object], group: int, **environment: str) -> str:
    """Does it in a process of that user and group; what went wrong, or nothing."""
    return beginning_as(user, act, group, **environment)()
