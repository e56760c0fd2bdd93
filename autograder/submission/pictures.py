"""Pictures from submissions, checked as pictures: of a PNG or JPEG file what draws it, and nothing else.

The pixels are not decoded, which would be work for attackers; sizes are taken from the header and bounded for the
reader's browser. Where a picture was taken, and what else cameras and programs write into a file, is left out.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

BYTES = 2 << 20  # of one picture
SIDE = 8000
PIXELS = 24_000_000

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"IDAT", b"IEND")
_JPEG, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # baseline, extended, progressive
_TABLES = frozenset((0xC4, 0xDB, 0xDD))  # Huffman, quantisation, restart interval
_SCAN, _EXIF, _ADOBE = 0xDA, 0xE1, 0xEE  # Adobe's segment says how colours are coded
_ORIENTATION = 0x0112


def checked(mime: str, text: str) -> str | None:
    """A picture that is base64 text, as base64 of what draws it; None if it is not of this type, or not drawable."""
    if len(text) > BYTES * 3 // 2:
        return None
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) > BYTES or mime not in _KINDS:
        return None
    kept = _KINDS[mime](raw)
    return base64.b64encode(kept).decode("ascii") if kept else None


def _png(raw: bytes) -> bytes | None:
    if not raw.startswith(_PNG):
        return None
    kept, names, at = [_PNG], [], len(_PNG)
    while at + 12 <= len(raw):
        length, name = struct.unpack_from(">I4s", raw, at)
        end = at + 12 + length
        if end > len(raw) or zlib.crc32(raw[at + 4 : end - 4]) != struct.unpack_from(">I", raw, end - 4)[0]:
            return None
        if name in _PNG_CHUNKS:
            kept.append(raw[at:end])
            names.append(name)
        elif not name[0] & 0x20:  # a critical chunk that is not known
            return None
        if name == b"IEND":
            break
        at = end
    whole = names[:1] == [b"IHDR"] and names[-1:] == [b"IEND"] and b"IDAT" in names and names.count(b"IHDR") == 1
    return b"".join(kept) if whole and _bounded(*struct.unpack_from(">II", raw, len(_PNG) + 8)) else None


def _jpeg(raw: bytes) -> bytes | None:
    """Segment by segment: tables, the frame with its size, scans; of EXIF data the way up alone, of a photograph."""
    if not raw.startswith(_JPEG):
        return None
    kept, frames, scans, at = [_JPEG], 0, 0, len(_JPEG)
    while at + 4 <= len(raw):
        if raw[at] != 0xFF:
            return None
        marker = raw[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker == _JPEG_END[1]:
            break
        end = at + 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
        segment = raw[at:end]
        if end > len(raw) or end < at + 4:
            return None
        if marker in _FRAMES:
            if len(segment) < 9 or not _bounded(*struct.unpack_from(">HH", segment, 5)[::-1]):
                return None
            frames += 1
        elif marker == _SCAN:
            end = _end_of_scan(raw, end)
            segment = raw[at:end]
            scans += 1
        elif marker == _EXIF:
            segment = _way_up(segment)
        elif 0xC0 <= marker <= 0xCF and marker not in _TABLES:  # arithmetic coding, lossless, hierarchical
            return None
        elif marker not in _TABLES and not (marker == _ADOBE and segment[4:9] == b"Adobe" and len(segment) == 16):
            segment = b""
        kept.append(segment)
        at = end
    return b"".join([*kept, _JPEG_END]) if frames == 1 and scans else None


def _end_of_scan(raw: bytes, at: int) -> int:
    """Where the marker stands that ends a scan's data: 0xFF, and behind it neither 0 nor a restart."""
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        if raw[at + 1] != 0 and not 0xD0 <= raw[at + 1] <= 0xD7:
            return at
        at += 2
    return len(raw)


def _way_up(segment: bytes) -> bytes:
    """An EXIF segment that says which way up a photograph is, and nothing besides; empty where this one does not."""
    tiff = segment[10:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if segment[4:10] != b"Exif\0\0" or order is None or len(tiff) < 14:
        return b""
    at = struct.unpack_from(f"{order}I", tiff, 4)[0]
    count = struct.unpack_from(f"{order}H", tiff, at)[0] if at + 2 <= len(tiff) else 0
    for entry in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == _ORIENTATION and 1 <= value <= 8:
            body = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", 8 + len(body)) + b"Exif\0\0" + body
    return b""


def _bounded(width: int, height: int) -> bool:
    return 0 < width <= SIDE and 0 < height <= SIDE and width * height <= PIXELS


_KINDS = {"image/png": _png, "image/jpeg": _jpeg}
