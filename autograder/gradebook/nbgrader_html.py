"""HTML that nbgrader shows of a notebook: in the formgrader, where an instructor is logged in, and as
feedback.

What a student wrote has been made harmless before it was stored; this is the second lock. nbconvert's own
version of it would also take apart the tables that `check` shows."""

from __future__ import annotations

import re

import nh3

from autograder.checks.formulas import without_active_tex

TAGS = {
    "a", "abbr", "acronym", "b", "blockquote", "br", "caption", "code", "dd", "details", "div", "dl", "dt", "em", "h1",
    "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
# Nothing that could load or cover something: no url(), no position.
STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-top", "clear", "color", "direction", "display", "float", "font", "font-family", "font-size", "font-style",
    "font-variant", "font-weight", "height", "letter-spacing", "line-height", "margin", "margin-top", "max-width",
    "overflow", "padding", "text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "width",
}  # fmt: skip
ATTRIBUTES = {"*": {"class", "id", "style", "title", "aria-label", "alt"}, "a": {"href"}, "img": {"src"}}
_CODE = re.compile(r"(<pre\b.*?</pre>|<code\b.*?</code>)", re.DOTALL)  # MathJax leaves it alone
PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;")


def clean_html(element: str | bytes) -> str:
    """``element`` without scripts, event handlers, forms, frames and links to anything but pages and mail, in its
    formulas too."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    cleaned = nh3.clean(
        text, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_allowed, filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "data"}, link_rel="noopener noreferrer",
    )
    return "".join(part if _CODE.match(part) else without_active_tex(part) for part in _CODE.split(cleaned))


def _allowed(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return None if value.strip().lower().startswith("data:") else value
    # A picture is part of the page; one from elsewhere would tell its owner who opened the page, and when.
    if name == "src":
        return value if value.startswith(PICTURES) else None
    return None if name == "style" and "url(" in value.lower() else value
