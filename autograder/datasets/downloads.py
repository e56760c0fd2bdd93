"""Pretrained networks that are too large for a course's repository: found, verified, read.

The course's ``weights/NAME.json`` says under `"download"` where such a file comes from, and its size and sha256. It is
looked for in the folder `CNN_COURSE_DATA` (``weights/``), in the course's cache, and where PyTorch keeps its own
downloads. A file of PyTorch is read as numbers alone: as a pickle it could run anything.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..language import sentences_of
from .places import DataError, cache, course_data, offline

_ = sentences_of(__package__)

SECONDS = 30.0  # until a server that says nothing is given up


@dataclass(frozen=True)
class Remote:
    """A file of weights: its name, its address, its size in bytes and its sha256."""

    file: str
    url: str
    bytes: int
    sha256: str

    @property
    def size(self) -> str:
        """Its size for the reader."""
        return f"{self.bytes / 1e6:.0f} MB"


def places() -> list[tuple[str, Path]]:
    """The folders to look in, each with its name for the reader."""
    data = course_data()
    torch_home = Path(os.environ.get("TORCH_HOME") or Path.home() / ".cache" / "torch").expanduser()
    named = [("CNN_COURSE_DATA", data / "weights")] if data else []
    return [
        *named,
        (_("the cache"), cache() / "weights"),
        (_("PyTorch's cache"), torch_home / "hub" / "checkpoints"),
    ]


def load(name: str, remote: Remote, *, download: bool) -> dict[str, np.ndarray]:
    """The arrays of a network's file, by the names of its variables.

    download: fetch the file where it is in none of the places. Raises `DataError` where it cannot be had, or is not the
    right one; the text says what was tried.
    """
    damaged = []
    for place, folder in places():
        if (folder / remote.file).is_file():
            try:
                return _read(folder / remote.file, remote)
            except DataError as error:
                damaged.append(
                    _("{place} has another file of that name, or a damaged one ({error})").format(
                        place=place, error=error
                    )
                )
    said = "; ".join(
        [
            _("The weights of {name} ({file}, {size}) were not found here").format(
                name=name, file=remote.file, size=remote.size
            ),
            *damaged,
        ]
    )
    if not download:
        raise DataError(f"{said}.")
    if offline():
        raise DataError(_("{said}, and CNN_COURSE_OFFLINE forbids a download.").format(said=said))
    return _read(_fetched(said, remote), remote)


def _read(path: Path, remote: Remote) -> dict[str, np.ndarray]:
    """The arrays of a file, if its bytes are the right ones."""
    import torch

    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != remote.bytes:
                raise DataError(_("its size is not that of the weights"))
            if hashlib.file_digest(file, "sha256").hexdigest() != remote.sha256:
                raise DataError(_("its sha256 is not that of the weights"))
            file.seek(0)
            state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise DataError(_("it cannot be read: {strerror}").format(strerror=error.strerror)) from error
    return {variable: tensor.numpy() for variable, tensor in state.items()}


def _fetched(said: str, remote: Remote) -> Path:
    """Where the file lies in the cache after its download; pooch checks its sum before it gets its name."""
    import pooch
    import requests

    try:
        found = pooch.retrieve(
            remote.url, f"sha256:{remote.sha256}", fname=remote.file, path=cache() / "weights",
            downloader=pooch.HTTPDownloader(timeout=SECONDS),
        )
    except ValueError as error:
        raise DataError(
            _("{said}, and what {url} sent is not the right file.").format(said=said, url=remote.url)
        ) from error
    except (requests.RequestException, OSError) as error:
        raise DataError(
            _("{said}, and could not be downloaded ({kind}).").format(said=said, kind=type(error).__name__)
        ) from error
    return Path(found)
