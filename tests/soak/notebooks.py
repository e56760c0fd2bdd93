"""The reader of submitted notebooks under files that were notebooks once: trees changed at random, and their bytes.

Whatever comes is a notebook that is safe to run, to store and to show, or is said in a sentence not to be one.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import nbformat
from nbconvert.filters import markdown2html

from autograder.course import Course
from autograder.submission.notebook import NotGradable, Template, grade_id_of, sanitise

SLOWEST_S = 10.0  # of CPU time, for one file
ODD: list[Any] = [
    None, True, 0, -1, 4, 5, 1e308, float("nan"), 2**70, "", "x", "\ud800", "\0", "code", "markdown", "raw", "<script>",
    [], {}, [[]], [None], {"": None}, {"nbgrader": {}}, {"nbgrader": None}, {"grade_id": []}, [["a"]] * 3, "a" * 5000,
]  # fmt: skip
KEYS = ["cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "outputs", "nbformat", "id", "attachments"]
ADDED = ["<script>", "[x](javascript:y)", "$\\href{a}{b}$", "\r", "\ud83d", "&bsol;"]
ACTIVE = {"script", "img", "svg", "iframe", "object", "embed", "form", "style", "link", "meta", "base", "math"}


class Shown(HTMLParser):
    """What of a page is more than text: elements that act or load, links that run script, formulas that lead away."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element, and looks at where it leads."""
        self._code += tag in ("pre", "code")
        picture = tag == "img" and (dict(attrs).get("src") or "").startswith("data:image/")  # as data it was looked at
        self.found += [tag] if tag in ACTIVE and not picture else []
        for name, value in attrs:
            led = re.sub(r"[\0-\x20]", "", value or "").lower()
            self.found += [name] if name.startswith("on") or led.startswith(("javascript:", "data:text")) else []

    def handle_endtag(self, tag: str) -> None:
        """In code nothing is typeset."""
        self._code -= tag in ("pre", "code")

    def handle_data(self, data: str) -> None:
        """Notes a formula's link."""
        self.found += ["href"] if not self._code and re.search(r"\\href(?![A-Za-z])", data) else []


def changed(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The tree with something odd in some of its places, parts left out, twice or elsewhere."""
    if chance.random() < 0.002 or depth > 40:
        return chance.choice(ODD)
    if isinstance(value, dict):
        items = [(key, changed(part, chance, depth + 1)) for key, part in value.items() if chance.random() > 0.004]
        if chance.random() < 0.1:
            items.append((chance.choice(KEYS), chance.choice(ODD)))
        return dict(items)
    if isinstance(value, list):
        parts = [changed(part, chance, depth + 1) for part in value if chance.random() > 0.05]
        if parts and chance.random() < 0.2:
            parts.insert(chance.randrange(len(parts) + 1), chance.choice(parts))
        return parts
    if isinstance(value, str) and chance.random() < 0.1:
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice(ADDED) + value[at:]
    return value


def bent(data: bytes, chance: random.Random) -> bytes:
    """The bytes with pieces cut out, doubled, or other bytes in their place."""
    for _ in range(chance.choice((0, 0, 0, 0, 0, 0, 1, 3))):
        start, length = chance.randrange(len(data) + 1), chance.choice((1, 2, 50, 5000))
        piece = chance.choice((b"", data[start : start + length] * 2, chance.randbytes(3), b"[" * 2000, b"\xff\xfe"))
        data = data[:start] + piece + data[start + length :]
    return data


def look_at(notebook: Any, template: Template) -> None:
    """Raises AssertionError where a restored notebook is not what may be run, stored and shown."""
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode("utf-8")
    assert notebook.metadata == template.notebook.metadata
    known = {grade_id_of(cell): cell for cell in notebook.cells}
    assert set(template.cells) <= set(known)
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        assert not cell.get("outputs") and "attachments" not in cell
        if grade_id is not None and not template.is_answer(grade_id):
            assert cell.source == template.source(grade_id)
        elif cell.cell_type == "markdown" and cell.source != getattr(template.cells.get(grade_id), "source", None):
            page = Shown()
            page.feed(markdown2html(cell.source))
            assert not page.found, (page.found, cell.source)


def run(minutes: int, seed: int = 0) -> str:
    """Reads as many files as there is time for; says how they ended."""
    chance, ended = random.Random(seed), Counter[str]()
    templates = [Template.load(assignment) for assignment in Course.here()]
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        template = chance.choice(templates)
        tree = changed(json.loads(nbformat.writes(template.notebook)), chance)
        data = bent(json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass"), chance)
        started = time.process_time()
        try:
            notebook = sanitise(data, template)
        except NotGradable as error:
            said = str(error)
            assert error.reason == "malformed" and said.endswith(".") and "\n" not in said
            assert "could not be read as a notebook" not in said, said  # an exception that nobody thought of
            ended["not gradable"] += 1
        else:
            look_at(notebook, template)
            ended["restored"] += 1
        assert time.process_time() - started < SLOWEST_S, "a file took too long to read"
    return f"{sum(ended.values())} files, {dict(ended)}: each a whole notebook, or a sentence"
