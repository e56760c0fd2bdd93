"""Markdown from students and instructors as HTML without a way to run or load anything."""

from __future__ import annotations

from typing import Any

import mistune
from markupsafe import Markup, escape

from .clean import cut

CHARACTERS = 20_000
LINES = 600


class _Renderer(mistune.HTMLRenderer):
    """Raw HTML comes out as text, links lead to http and https only, pictures become their description."""

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not url.lower().startswith(("http://", "https://")):
            return text
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>[picture: {escape(Markup(text).striptags()) or 'without a description'}]</em>"

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<p><strong>{text}</strong></p>\n"  # the page's own headings keep their order


def _table_cell(renderer: Any, text: str, align: str | None = None, head: bool = False) -> str:
    tag = "th" if head else "td"
    return f"<{tag}>{text}</{tag}>\n"


_render = mistune.create_markdown(renderer=_Renderer(), plugins=["strikethrough", "table"])
assert isinstance(_render.renderer, _Renderer)
_render.renderer.register("table_cell", _table_cell)


def as_html(text: str) -> Markup:
    """Markdown as safe HTML, cleaned and cut at a cap that the text then names."""
    shown = cut(text, CHARACTERS, LINES)
    html = str(_render(shown.text))
    if shown.left_out:
        html += f"<p><em>{shown.left_out:,} more characters are not shown.</em></p>"
    return Markup(html)

