"""Pictures in class folders, and CIFAR-10 in that form."""

from __future__ import annotations

import io
import lzma
import os
import re
import shutil
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

import numpy as np

from ..language import sentences_of
from .images import ImageSet, split
from .places import DataError, cache, course_data, keep

_ = sentences_of(__package__)

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp")

PARTS = ("train_images", "train_labels", "test_images", "test_labels")

CIFAR10 = "cifar10-jpeg.tar.xz"
CIFAR10_MEMBER = re.compile(r"(train|test)/[a-z]{1,20}/[0-9]{4}\.jpg")
CIFAR10_COUNT = 60_000
CIFAR10_MEMBER_BYTES = 1 << 16


def load_folder(folder: str | Path, *, size: tuple[int, int] | None = None) -> ImageSet:
    """The pictures of a folder with one subfolder per class, as RGB.

    Where the folder has `train/` and `test/`, the class folders are in those; otherwise every fifth picture of a
    class, by name, is a test picture. A file that is no readable picture is left out, with a warning that names it.

    Args:
        size: `(height, width)` to resize all pictures to; needed when they differ in size.

    Raises:
        DataError: no pictures there, or pictures of different sizes and no `size`.
    """
    folder = Path(folder)
    parts = [folder / "train", folder / "test"]
    if all(part.is_dir() for part in parts):
        classes = _class_names(parts[0])
        (train, train_labels), (test, test_labels) = (_read_classes(part, classes, size) for part in parts)
        return ImageSet(folder.name, train, train_labels, test, test_labels, classes, _("from class folders"))
    classes = _class_names(folder)
    return split(folder.name, *_read_classes(folder, classes, size), classes, _("from class folders"))


def load_cifar10() -> ImageSet:
    """The CIFAR-10 pictures. JPEG changed them a little, and so every accuracy on them."""
    arrays = _decoded() or _decode()
    classes = tuple(arrays.pop("classes").tolist())
    return ImageSet("cifar10", **arrays, classes=classes, source=_("as JPEG pictures"))


def _decoded() -> dict[str, np.ndarray] | None:
    """What `_decode` kept, if it is there and whole (a zip file has sums of its own)."""
    try:
        with np.load(cache() / "cifar10.npz", allow_pickle=False) as kept:
            return {name: kept[name] for name in (*PARTS, "classes")}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _decode() -> dict[str, np.ndarray]:
    """All pictures decoded (about 6 s), and kept for the next time (0.1 s)."""
    images = load_folder(cifar10_folder())
    arrays = {part: getattr(images, part) for part in PARTS} | {"classes": np.array(images.classes)}
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    keep(cache() / "cifar10.npz", packed.getvalue())
    return arrays


def cifar10_folder() -> Path:
    """The folder with `train/<class>/` and `test/<class>/`, unpacked into the cache the first time (about 7 s)."""
    folder = cache() / "cifar10"
    if folder.is_dir():
        return folder
    archive = cifar10_archive()
    if archive is None:
        raise DataError(
            _("CIFAR-10 was not found: CNN_COURSE_DATA names no folder with photos/{cifar10}.").format(cifar10=CIFAR10)
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".cifar10."))
    try:
        _unpack(archive, beside)
        os.replace(beside, folder)
    except OSError:
        # Somebody else's copy was there first, and is as good.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def cifar10_archive() -> Path | None:
    """The archive in `CNN_COURSE_DATA`, if it is there."""
    data = course_data()
    path = data / "photos" / CIFAR10 if data else None
    return path if path and path.is_file() else None


def _unpack(archive: Path, into: Path) -> None:
    """Writes the pictures, and nothing else an archive may hold: no links, no other paths, no large files."""
    count = 0
    try:
        with tarfile.open(archive, "r|xz") as tar:
            for member in tar:
                if not CIFAR10_MEMBER.fullmatch(member.name) or member.size > CIFAR10_MEMBER_BYTES:
                    continue
                if member.isfile() and (content := tar.extractfile(member)) is not None:
                    path = into / member.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content.read())
                    count += 1
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise DataError(_("{name} is damaged or cut short.").format(name=archive.name)) from error
    if count != CIFAR10_COUNT:
        raise DataError(
            _("{name} is damaged or cut short: {count:,} of {cifar10_count:,} pictures are there.").format(
                name=archive.name, count=count, cifar10_count=CIFAR10_COUNT
            )
        )


def _class_names(folder: Path) -> tuple[str, ...]:
    try:
        names = sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    except OSError as error:
        raise DataError(
            _("{name}: the folder cannot be read ({strerror}).").format(name=folder.name, strerror=error.strerror)
        ) from error
    if not names:
        raise DataError(_("{name}: no subfolders were found there, one per class.").format(name=folder.name))
    return tuple(names)


def _read_classes(
    folder: Path, classes: tuple[str, ...], size: tuple[int, int] | None
) -> tuple[np.ndarray, np.ndarray]:
    images, labels = [], []
    for label, name in enumerate(classes):
        for path in sorted((folder / name).glob("*")):
            if path.suffix.lower() in SUFFIXES and (image := _read_picture(path, size)) is not None:
                images.append(image)
                labels.append(label)
    if not images:
        raise DataError(_("{name}: there are no readable pictures in its class folders.").format(name=folder.name))
    if len({image.shape for image in images}) > 1:
        raise DataError(
            _("{name}: its pictures differ in size, so give a size to resize them to.").format(name=folder.name)
        )
    return np.stack(images), np.array(labels, np.int64)


def _read_picture(path: Path, size: tuple[int, int] | None) -> np.ndarray | None:
    from PIL import Image

    try:
        with Image.open(path) as file:
            picture = file.convert("RGB")
        return np.asarray(picture if size is None else picture.resize(size[::-1]))
    # Pillow raises SyntaxError for some broken PNG and TIFF files.
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        name = f"{path.parent.name}/{path.name}"
        warnings.warn(_("{name} is no readable picture and was left out.").format(name=name), stacklevel=2)
        return None
