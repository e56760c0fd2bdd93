"""Templates to pages: autoescape on, one stylesheet inside, and a policy that lets a page load and run nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from ..language import language, plurals_of, sentences_of
from .clean import clean

TEMPLATES = Path(__file__).parent / "templates"
STYLE = TEMPLATES / "style.css"
_WHOLE_PAGE = re.compile(r"^(?: *)(?::root|html|body) (\{)", re.MULTILINE)


def render(template: str, **values: Any) -> str:
    """The page from `templates/<template>`. Missing values are errors, never silence."""
    style, digest = _style()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    styles = {"style": Markup(style), "scoped": Markup(_scoped(style))}
    page = environment(TEMPLATES).get_template(template).render(**styles, policy=policy, **values)
    return page.encode("utf-8", "replace").decode("utf-8")


def number(value: float | None) -> str:
    """Points as people write them: 3, 2.5, 0.33."""
    return "–" if value is None else f"{round(value, 2):g}"


def _cleaned(value: Any) -> Any:
    """What every expression of a template goes through before it is escaped, so that no place can be forgotten."""
    return clean(value) if type(value) is str else value


def with_code(text: str) -> Markup:
    """A sentence in which `code` between backticks looks like code; everything is escaped."""
    parts = clean(text).split("`")
    if len(parts) % 2 == 0:  # a backtick without a partner
        return escape(clean(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


@cache
def _style() -> tuple[str, str]:
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return style, digest


def _scoped(style: str) -> str:
    """The stylesheet for a part of another website's page, which it leaves as it is."""
    within = _WHOLE_PAGE.sub(r":scope \1", style)
    return f"@scope (.autograder-page) {{\n{within}\n}}"


@cache
def environment(*folders: Path) -> jinja2.Environment:
    """What makes pages of the templates in ``folders``, the first one's before the others': everything is escaped, and
    cleaned of what escaping leaves in place."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_cleaned,
    )
    made.filters.update(number=number, with_code=with_code)
    say, say_counted = _said_on_pages([f"{__package__.partition('.')[0]}.{folder.parent.name}" for folder in folders])
    made.filters.update(said=say, begin=lambda text: text[:1].upper() + text[1:])
    made.globals.update(_=say, ngettext=say_counted, language=language().replace("_", "-"))
    return made


def _said_on_pages(rooms: Sequence[str]) -> tuple[Callable[..., Markup], Callable[..., Markup]]:
    """What says sentences in templates, out of the catalogue of the first room that has them: `{{ _("of {most}",
    most=8) }}`, and `{{ ngettext("{count} page", "{count} pages", number) }}`, where `count` is the number.

    A sentence may hold tags, as it does in the template; what is laid into it is cleaned and escaped."""
    known = [(sentences_of(room), plurals_of(room)) for room in rooms]

    def laid_in(sentence: str, values: Mapping[str, Any]) -> Markup:
        return Markup(sentence).format(**{name: _cleaned(value) for name, value in values.items()})

    def say(sentence: str, **values: Any) -> Markup:
        return laid_in(next((said for one, _ in known if (said := one(sentence)) != sentence), sentence), values)

    def say_counted(one: str, many: str, count: float, **values: Any) -> Markup:
        english = one if count == 1 else many
        said = next((said for _, of in known if (said := of(one, many, count)) != english), english)
        return laid_in(said, {"count": count if isinstance(count, int) else number(count), **values})

    return say, say_counted
