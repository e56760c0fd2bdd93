"""What asks a student's folder, which may lie on a network: one that does not answer is waited for a while.

A file server that is gone has whoever asks for a file wait until it is back, and lets no signal through to them. So a
thread asks, and where the time is up it is left to wait alone; it ends with the process.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

PATIENCE_S = 30.0  # a large notebook comes over a slow line in that time
Answer = TypeVar("Answer")

_waiting: dict[Path, threading.Thread] = {}  # who waits still for a folder that did not answer


def ask(folder: Path, question: Callable[[], Answer]) -> Answer:
    """What ``question``, which looks into the folder, returns or raises.

    Raises ``TimeoutError`` with the folder's name where there is no answer in time, and at once while an earlier
    question to that folder has none."""
    if (earlier := _waiting.get(folder)) is not None:
        if earlier.is_alive():
            raise _no_answer(folder)
        _waiting.pop(folder, None)
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            answers.append(question())
        except BaseException as error:  # raised again where it was asked
            errors.append(error)

    asks = threading.Thread(target=wait, daemon=True)
    try:
        asks.start()
    except RuntimeError:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(folder)) from None
    asks.join(PATIENCE_S)
    if asks.is_alive():
        _waiting[folder] = asks
        raise _no_answer(folder)
    if errors:
        raise errors[0]
    return answers[0]


def ask_each(around: Path, folders: Sequence[Path], question: Callable[[Path], Answer]) -> dict[Path, Answer]:
    """The answers of those folders, all within ``around``, that do answer: all are asked at once, which is quicker, and
    one by one while there is one that does not."""
    try:
        return ask(around, lambda: {folder: question(folder) for folder in folders})
    except TimeoutError:
        answers = {}
        for folder in folders:
            with suppress(TimeoutError):
                answers[folder] = ask(folder, partial(question, folder))
        return answers


def _no_answer(folder: Path) -> TimeoutError:
    return TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT), str(folder))
