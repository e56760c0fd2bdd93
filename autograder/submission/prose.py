"""Student's Markdown in which nothing can run or load in a reader's browser, with what else they wrote as it was.

A tag is broken by a blank behind its ``<``, which reads well in text, code and formulas alike; plain formatting tags
without attributes stay, and so do links in angle brackets. A link leads to a page, to mail, to a place in the notebook
or to one of its pictures, or it is no link. An entity stands for a sign of punctuation or a letter beyond ASCII, or it
is shown as it was written. Pictures are checked, and kept as the cell's attachments however they were pasted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from autograder.checks.formulas import without_active_tex
from autograder.language import sentences_of
from autograder.submission.pictures import checked

_ = sentences_of(__package__)

MIMES = ("image/png", "image/jpeg")
NO_PICTURE = _("[A picture that is not shown here: neither PNG nor JPEG, damaged, or too large.]")
LONGEST_DESTINATION = 2_000

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_HARMLESS_TAG = re.compile(
    r"</?(?:b|i|u|s|em|strong|sub|sup|br|hr|p|ul|ol|li|table|thead|tbody|tr|td|th|code|pre|kbd|blockquote|del|ins|mark"
    r"|small|details|summary|dl|dt|dd|h[1-6])\s*/?>"
    r"|<https?://[^\s<>\"'`\\]+>|<(?:mailto:)?[\w.+-]+@[\w.-]+>",
    re.I,
)
# Where a link's address may begin: inline, or where a reference is defined.
_LINK = re.compile(r"\](?=[(:])")
_OPENING = re.compile(r"[(:]\s*(<?)\s*")
_BLANK = re.compile(r"\s")
_SCHEME = re.compile(r"[^/?#]*?:")
_SCHEMES = ("http:", "https:", "mailto:")
_OWN = "attachment:"
_ENTITY = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]*;?)")
_DATA = re.compile(r"data:(image/(?:png|jpe?g));base64,([A-Za-z0-9+/=]+)", re.I)
_IMG = re.compile(r"<img\b[^<>]*?\bsrc\s*=\s*[\"']?(attachment:[\w.-]+)[^<>]*>", re.I)
_LOST = re.compile(r"!\[[^\]\n]*\]\(\s*<?attachment:(?!picture-\d+\.(?:png|jpg)\s*\))[^\n)]*\)")


@dataclass
class Prose:
    """A Markdown cell: its source, and its pictures as a notebook keeps them, by name and type."""

    source: str
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


class Pictures:
    """The pictures of one notebook, which get names of their own, so that cells can be joined."""

    def __init__(self, characters: int = 16 << 20) -> None:
        self._left = characters
        self._count = 0

    def taken(self, prose: Prose, mime: str, data: object) -> str | None:
        """Puts a picture among those of a cell, and returns its name there; None where it is none, or too much."""
        mime = mime.lower().replace("jpg", "jpeg")
        shown = checked(mime, data) if isinstance(data, str) else None
        if shown is None or len(shown) > self._left:
            return None
        self._left -= len(shown)
        self._count += 1
        name = f"picture-{self._count}.{'png' if mime == MIMES[0] else 'jpg'}"
        prose.attachments[name] = {mime: shown}
        return name


def with_pictures(source: str, attachments: object, pictures: Pictures) -> Prose:
    """A cell whose pictures, attached or written into its text as data, are attachments; what is none is said so."""
    prose = Prose(source)
    for name, mime, data in sorted(_attached(attachments), key=lambda one: -len(one[0])):
        written = [f"{_OWN}{form}" for form in dict.fromkeys((name, quote(name), quote(name, safe="!'()*;/?:@&=+$,#")))]
        if any(form in prose.source for form in written):
            new = pictures.taken(prose, mime, data)
            for form in written if new else ():
                prose.source = prose.source.replace(f"<{form}>", f"{_OWN}{new}").replace(form, f"{_OWN}{new}")

    def pasted(match: re.Match[str]) -> str:
        new = pictures.taken(prose, match[1], match[2])
        return f"{_OWN}{new}" if new else match[0]

    prose.source = _IMG.sub(r"![](\1)", _DATA.sub(pasted, prose.source))
    return prose


def _attached(attachments: object) -> Iterator[tuple[str, str, object]]:
    """Name, type and data of a cell's attachments, as the file has them."""
    if not isinstance(attachments, Mapping):
        return
    for name, bundle in attachments.items():
        mime = next((mime for mime in MIMES if mime in bundle), None) if isinstance(bundle, Mapping) else None
        if isinstance(name, str) and name and mime:
            data = bundle[mime]
            yield name, mime, "".join(map(str, data)) if isinstance(data, list) else data


def safe_markdown(source: str) -> str:
    """Student's Markdown in which no tag, link or entity can run anything in a reader's browser; see the module."""
    source = _LOST.sub(NO_PICTURE, source)
    source = _TAG.sub(lambda m: m.group() if _HARMLESS_TAG.match(source, m.start()) else "< ", source)
    source = _ENTITY.sub(_harmless_entity, source)
    source = without_active_tex(source)
    return _LINK.sub(lambda m: m.group() if _leads_somewhere(source, m.end()) else "]\\", source)


def _harmless_entity(match: re.Match[str]) -> str:
    """An entity, unless it is for what has a meaning to Markdown's links or to a formula, letters included."""
    meant = html.unescape(match[0])
    harmless = all(ord(sign) > 0x9F or (sign.isprintable() and not (sign.isalnum() or sign in "\\$:()[]{}`"))
                   for sign in meant)  # fmt: skip
    return match[0] if harmless or meant == match[0] else f"& {match[0][1:]}"


def _leads_somewhere(source: str, at: int) -> bool:
    """Whether the address that begins at this bracket or colon is one that a page may have, or none that a browser
    would follow. Blanks end an address, but for one in angle brackets."""
    opening = _OPENING.match(source, at)
    assert opening is not None, "that is where it was found"
    written = source[opening.end() : opening.end() + LONGEST_DESTINATION]
    written = written.partition(">")[0] if opening[1] else _BLANK.split(written, maxsplit=1)[0]
    address = unquote(html.unescape(written).replace("\\", ""))
    address = "".join(sign for sign in address if sign > " " and sign.isprintable()).lower()
    scheme = _SCHEME.match(address)
    return scheme is None or scheme[0] in _SCHEMES or address.startswith(f"{_OWN}picture-")
