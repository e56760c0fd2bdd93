"""Markdown from students and instructors as HTML without a way to run or load anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mistune
from markupsafe import Markup, escape

from ..language import sentences_of
from .clean import cut

_ = sentences_of(__package__)

CHARACTERS = 20_000
LINES = 600
ATTACHMENT = "attachment:"


class _Renderer(mistune.HTMLRenderer):
    """Raw HTML comes out as text, links lead to http and https only, pictures that are not at hand become their
    description, and formulas stay the LaTeX that they are, untouched by Markdown's stars and underscores.

    pictures: addresses with data, by the name of an attachment."""

    def __init__(self, pictures: Mapping[str, str]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False)
        self._pictures = pictures

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not url.lower().startswith(("http://", "https://")):
            return text
        return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        description = escape(Markup(text).striptags())
        data = self._pictures.get(url.removeprefix(ATTACHMENT)) if url.startswith(ATTACHMENT) else None
        if data is not None:
            return f'<img src="{escape(data)}" alt="{description or _("Picture without a description")}">'
        return f"<em>{_('[picture: {description}]').format(description=description or _('without a description'))}</em>"

    def inline_math(self, text: str) -> str:
        return f'<code class="math">${escape(text)}$</code>'

    def block_math(self, text: str) -> str:
        return f'<pre class="math"><code>$${escape(text)}$$</code></pre>\n'

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<p><strong>{text}</strong></p>\n"  # the page's own headings keep their order


def _table_cell(renderer: Any, text: str, align: str | None = None, head: bool = False) -> str:
    tag = "th" if head else "td"
    return f"<{tag}>{text}</{tag}>\n"


def _renderer(pictures: Mapping[str, str]) -> Any:
    render = mistune.create_markdown(renderer=_Renderer(pictures), plugins=["strikethrough", "table", "math"])
    assert isinstance(render.renderer, _Renderer)
    render.renderer.register("table_cell", _table_cell)
    return render


def as_html(text: str, pictures: Mapping[str, str] | None = None) -> Markup:
    """Markdown as safe HTML, cleaned and cut at a cap that the text then names. pictures: checked ones, as addresses
    with their data, by the name of the attachment."""
    shown = cut(text, CHARACTERS, LINES)
    html = str(_renderer(pictures or {})(shown.text))
    if shown.left_out:
        said = _("{count:,} more characters are not shown.").format(count=shown.left_out)
        html += f"<p><em>{said}</em></p>"
    return Markup(html)
