"""Where data may lie, and how a file gets into the cache: whole or not at all."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from platformdirs import user_cache_path

from ..files import write
from ..language import sentences_of

_ = sentences_of(__package__)


class DataError(RuntimeError):
    """A data set that is nowhere to be found; the text is one sentence for the reader."""


def course_data() -> Path | None:
    """The folder that `CNN_COURSE_DATA` names, whether or not it exists."""
    folder = os.environ.get("CNN_COURSE_DATA", "").strip()
    return Path(folder).expanduser() if folder else None


def cache() -> Path:
    """The user's cache of the course; it need not exist yet."""
    return user_cache_path("cnn-course", appauthor=False)


def offline() -> bool:
    """Whether `CNN_COURSE_OFFLINE` forbids downloads."""
    return os.environ.get("CNN_COURSE_OFFLINE", "").strip() not in ("", "0")


def keep(path: Path, data: bytes) -> None:
    """Writes a file of the cache by rename. A cache that cannot be written to costs a warning, not the data."""
    try:
        write(path, data)
    except OSError as error:
        said = _("{name} could not be kept in the cache: {reason}.")
        warnings.warn(said.format(name=path.name, reason=error.strerror), stacklevel=2)
