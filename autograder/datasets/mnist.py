"""MNIST: in the folder `CNN_COURSE_DATA`, in the user's cache, or from its mirrors.

Its four files are recognised by the sha256 of their decompressed bytes, wherever they come from and however they
were packed. A download is checked before anything is written.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..language import sentences_of
from .images import ImageSet
from .places import DataError, cache, course_data, keep, offline

_ = sentences_of(__package__)

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
FILE_SECONDS = 300.0


@dataclass(frozen=True)
class IdxFile:
    """A file's name, and the size and sha256 of its decompressed bytes."""

    name: str
    size: int
    sha256: str


FILES = {
    "train_images": IdxFile(
        "train-images-idx3-ubyte",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train_labels": IdxFile(
        "train-labels-idx1-ubyte",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "test_images": IdxFile(
        "t10k-images-idx3-ubyte",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "test_labels": IdxFile(
        "t10k-labels-idx1-ubyte",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

# What the mirrors answered last: a notebook that asks again without a network need not wait again.
_refused: dict[tuple[str, ...], str] = {}


def load_mnist(*, retry: bool = True) -> ImageSet:
    """MNIST from the first place that has it whole.

    Args:
        retry: ask the mirrors even if they failed earlier in this process.

    Raises:
        DataError: no place has it; the text says what was tried.
    """
    damaged: list[str] = []
    for place, folder in places():
        if has_files(folder):
            try:
                files = {part: _read(folder, file) for part, file in FILES.items()}
                return _image_set(files, "; ".join([_("from {place}").format(place=place), *damaged]))
            except DataError as error:
                damaged.append(_("{place} was passed over: {error}").format(place=place, error=error))
    try:
        files, hosts = _download(retry)
    except DataError as error:
        raise DataError("; ".join([f"MNIST {error}", *damaged]) + ".") from error
    return _image_set(files, "; ".join([_("downloaded from {hosts}").format(hosts=hosts), *damaged]))


def places() -> list[tuple[str, Path]]:
    """The folders to look in, each with its name for the reader."""
    data = course_data()
    named = [("CNN_COURSE_DATA", data / "mnist")] if data else []
    return [*named, (_("the cache"), cache() / "mnist")]


def has_files(folder: Path) -> bool:
    """Whether all four files are there, packed or not; their content is not looked at."""
    return all((folder / f.name).is_file() or (folder / f"{f.name}.gz").is_file() for f in FILES.values())


def _image_set(files: dict[str, bytes], source: str) -> ImageSet:
    arrays = {part: _parse(data) for part, data in files.items()}
    for part in ("train_labels", "test_labels"):
        arrays[part] = arrays[part].astype(np.int64)
    return ImageSet("mnist", **arrays, classes=tuple("0123456789"), source=source)


def _parse(data: bytes) -> np.ndarray:
    """IDX: two zero bytes, a type (8: uint8), the number of axes, their lengths (big-endian uint32), the values."""
    axes = data[3]
    shape = np.frombuffer(data, ">u4", count=axes, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()


def _read(folder: Path, file: IdxFile) -> bytes:
    plain = folder / file.name
    try:
        return _verified((plain if plain.is_file() else folder / f"{file.name}.gz").read_bytes(), file)
    except OSError as error:
        raise DataError(
            _("{name} cannot be read ({strerror})").format(name=file.name, strerror=error.strerror)
        ) from error


def _verified(data: bytes, file: IdxFile) -> bytes:
    """The decompressed bytes, if they are the right ones. Some mirrors and browsers unpack on the way."""
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                # Never much more than the file should have: what unpacks to more may be endless.
                data = stream.read(file.size + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(_("{name} is damaged or cut short").format(name=file.name)) from error
    if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
        raise DataError(_("{name} is damaged or cut short").format(name=file.name))
    return data


class _Body(io.BytesIO):
    """Takes what a mirror sends, up to a size and a moment: it may send without end, or hardly anything."""

    def __init__(self, size: int, seconds: float) -> None:
        super().__init__()
        self.room, self.deadline = size, time.monotonic() + seconds

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.room -= len(data)
        if self.room < 0:
            raise DataError(_("sent more than the file has"))
        if time.monotonic() > self.deadline:
            raise DataError(_("was too slow"))
        return super().write(data)


def _download(retry: bool) -> tuple[dict[str, bytes], str]:
    """Every file from the first mirror that has it whole, kept in the cache; and the mirrors' hosts."""
    if offline():
        raise DataError(_("was not found here, and CNN_COURSE_OFFLINE forbids a download"))
    if not retry and MIRRORS in _refused:
        raise DataError(_refused[MIRRORS])
    files, hosts = {}, []
    for part, file in FILES.items():
        try:
            files[part], host = _from_mirrors(file)
        except DataError as error:
            _refused[MIRRORS] = str(error)
            raise
        hosts.append(host)
        keep(cache() / "mnist" / file.name, files[part])
    return files, " and ".join(dict.fromkeys(hosts))


def _from_mirrors(file: IdxFile) -> tuple[bytes, str]:
    import requests
    from pooch import HTTPDownloader

    fetch = HTTPDownloader(chunk_size=1 << 16, timeout=(CONNECT_SECONDS, READ_SECONDS))
    trouble = {}
    for mirror in MIRRORS:
        host = mirror.split("/")[2]
        try:
            # Packed, a file is never larger than plain, but for gzip's few bytes of its own.
            body = _Body(file.size + 1024, FILE_SECONDS)
            fetch(f"{mirror}{file.name}.gz", body, None)
            return _verified(body.getvalue(), file), host
        except DataError as error:
            trouble[host] = str(error)
        except requests.HTTPError as error:
            trouble[host] = _("answered {status_code}").format(
                status_code=error.response.status_code if error.response is not None else _("nothing")
            )
        except (requests.ConnectionError, requests.Timeout):
            trouble[host] = _("cannot be reached")
        except requests.RequestException:
            trouble[host] = _("broke off")
    if set(trouble.values()) == {_("cannot be reached")}:
        raise DataError(_("was not found here, and no mirror can be reached"))
    said = "; ".join(f"{host}: {text}" for host, text in trouble.items())
    raise DataError(_("was not found here, and could not be downloaded ({said})").format(said=said))
