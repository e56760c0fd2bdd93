"""The machine's wheel, packed from the package as it is installed here: in place or from a wheel itself.

A wheel is a ZIP file with a list of its files (PEP 427), so that it takes no build tool, no copy of the repository and
no network to make one. It holds the machine alone: a course is never in it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from importlib import metadata
from pathlib import Path

from autograder.course import CourseError

PACKAGE = Path(__file__).resolve().parents[1]
DISTRIBUTION = "coursework-autograder"
_WHEEL = "Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows: the same files give the same wheel


def machine_wheel() -> tuple[str, bytes]:
    """The wheel's file name and its bytes. Raises ``CourseError`` where the machine was not installed by pip."""
    try:
        about = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise CourseError(
            "The machine is not installed here, so nobody knows what it depends on; install it by `pip install -e .`."
        ) from None
    folder = f"{DISTRIBUTION.replace('-', '_')}-{about.version}"
    info = f"{folder}.dist-info"
    parts = {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in _package_files()}
    told = about.read_text("METADATA") or about.read_text("PKG-INFO")  # the latter where a build left its own in place
    for name, text in (("METADATA", told), ("entry_points.txt", about.read_text("entry_points.txt"))):
        if text:
            parts[f"{info}/{name}"] = text.encode()
    parts[f"{info}/WHEEL"] = _WHEEL.encode()
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in parts.items())
    parts[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return f"{folder}-py3-none-any.whl", zipped(parts)


def zipped(parts: dict[str, bytes], modes: dict[str, int] | None = None) -> bytes:
    """A ZIP file of these files, with these modes (0o644 where none is given); the same for the same files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # modes are Unix's
            entry.external_attr = (0o100000 | (modes or {}).get(name, 0o644)) << 16
            archive.writestr(entry, data)
    return held.getvalue()


def _package_files() -> list[Path]:
    found = (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
