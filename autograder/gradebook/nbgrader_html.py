"""HTML that nbgrader shows of a notebook: in the formgrader, where an instructor is logged in, and as
feedback.

What a student wrote has been made harmless before it was stored; this is the second lock. nbconvert's own
version of it would also take apart the tables that `check` shows."""

from __future__ import annotations

from functools import cache

import bleach
from bleach.css_sanitizer import ALLOWED_CSS_PROPERTIES, CSSSanitizer

TAGS = frozenset(bleach.ALLOWED_TAGS) | {
    "br", "caption", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "p", "pre",
    "s", "span", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
}  # fmt: skip
# Nothing that could load or cover something: no url(), no position.
STYLES = frozenset(ALLOWED_CSS_PROPERTIES) | {
    "border-top", "margin", "margin-top", "max-width", "padding",
}  # fmt: skip


def clean_html(element: str | bytes) -> str:
    """``element`` without scripts, event handlers, forms, frames and links to anything but pages and mail."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    return _cleaner().clean(text)


@cache
def _cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=TAGS, attributes=_allowed, css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES), strip=False
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if name in ("class", "id", "style", "title", "aria-label", "alt"):
        return True
    if tag == "a":
        return name == "href"
    # A picture is part of the page; one from elsewhere would tell its owner who opened the page, and when.
    return (
        tag == "img" and name == "src" and value.startswith(("data:image/png;", "data:image/jpeg;", "data:image/gif;"))
    )
