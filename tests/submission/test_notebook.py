from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import Course, CourseError
from autograder.submission.notebook import (
    NotGradable,
    Template,
    grade_id_of,
    is_untouched,
    sanitise,
)
from autograder.submission.prose import safe_markdown
from tests.small.courses import make_course, nbgrader


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return Template.load(Course(make_course(tmp_path)).assignment("00-small"))


@pytest.fixture
def submitted(template: Template) -> dict[str, Any]:
    return json.loads(nbformat.writes(template.notebook))


def clean(document: Any, template: Template) -> nbformat.NotebookNode:
    return sanitise(json.dumps(document).encode(), template)


def cell_of(notebook: Any, grade_id: str) -> Any:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def ids(notebook: nbformat.NotebookNode) -> list[str | None]:
    return [grade_id_of(cell) for cell in notebook.cells]


RELEASE_IDS = [None, "student-id", "setup", "why", "double", "double-check", "square", "square-check", "tiny-sum",
               "tiny-sum-check"]  # fmt: skip


def test_a_notebook_as_released_comes_back_valid_and_whole(template: Template, submitted: dict[str, Any]):
    notebook = clean(submitted, template)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert ids(notebook) == RELEASE_IDS
    assert [c.source for c in notebook.cells] == [c.source for c in template.notebook.cells]


@pytest.mark.parametrize("minor", range(6))
def test_formats_without_cell_ids_are_read(template: Template, submitted: dict[str, Any], minor: int):
    submitted["nbformat_minor"] = minor
    for cell in submitted["cells"]:
        del cell["id"]
        cell["source"] = cell["source"].splitlines(keepends=True) if isinstance(cell["source"], str) else cell["source"]
    assert ids(clean(submitted, template)) == RELEASE_IDS


def test_what_editors_add_is_dropped(template: Template, submitted: dict[str, Any]):
    submitted["metadata"] = {
        "colab": {"provenance": []},
        "vscode": {"interpreter": {}},
        "widgets": {"x": "<script>"},
    }
    cell_of(submitted, "double")["metadata"]["id"] = "aBcD"
    cell_of(submitted, "double")["metadata"]["outputId"] = "x"
    cell_of(submitted, "double")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 10**6}]
    notebook = clean(submitted, template)
    assert notebook.metadata == template.notebook.metadata
    assert set(cell_of(notebook, "double").metadata) == {"nbgrader"}
    assert cell_of(notebook, "double").outputs == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_and_windows_line_endings_are_understood(template: Template, submitted: Any, encoding: str):
    cell_of(submitted, "double")["source"] = "def double(x):\r\n    return x + x\r\n"
    data = json.dumps(submitted, ensure_ascii=False, indent=1).replace("\n", "\r\n").encode(encoding)
    assert cell_of(sanitise(data, template), "double").source == "def double(x):\n    return x + x\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"cells": [', "not valid JSON"),
        (b"\xff\xfe\x00garbage\x80", "no letter of UTF-16"),
        ("{\"cells\": [\"größe\"]}".encode("cp1252"), "not written in UTF-8.* byte 15 "),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"nbformat": 4, "cells": [' + b"9" * 5000 + b"]}", "not valid JSON"),
        (b"[]", "does not say its format"),
        (b'{"nbformat": 3, "worksheets": []}', "notebook of format 3, .* save it"),
        (b'{"nbformat": 5, "cells": []}', "format 5"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"PK\x03\x04....", "ZIP archive"),
        (b'{"cells": [\n<<<<<<< HEAD\n1,\n=======\n2,\n>>>>>>> theirs\n]}', "line 2 is left over from a merge"),
        (b'{"nbformat": 4, "cells": {}}', "no cells"),
        (json.dumps({"nbformat": 4, "cells": [{"cell_type": "code"}] * 2001}).encode(), "2000 cells"),
        (json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "#" * 4_000_001}]}).encode(), "hold"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_said_in_a_sentence(template: Template, data: bytes, says: str):
    with pytest.raises(NotGradable, match=says) as caught:
        sanitise(data, template)
    assert caught.value.reason == "malformed"


def test_cells_that_are_no_cells_are_left_out(template: Template, submitted: dict[str, Any]):
    submitted["cells"] += [
        7,
        None,
        {"cell_type": "evil"},
        {"cell_type": "code", "source": {"a": 1}, "metadata": 3},
    ]
    submitted["cells"].append({"cell_type": "code", "source": "lone = '\ud800'", "metadata": {"nbgrader": ["x"]}})
    notebook = clean(submitted, template)
    assert [c.source for c in notebook.cells[len(RELEASE_IDS) :]] == ["", "lone = '?'"]
    nbformat.writes(notebook).encode("utf-8")


def test_locked_cells_points_and_metadata_are_the_release_versions(template: Template, submitted: dict[str, Any]):
    check = cell_of(submitted, "double-check")
    check["source"] = "100.0"
    check["metadata"]["nbgrader"].update(points=1000, locked=False, solution=True)
    cell_of(submitted, "double")["metadata"]["nbgrader"].update(grade=True, points=50)
    notebook = clean(submitted, template)
    assert cell_of(notebook, "double-check").source == 'check("double")'
    for grade_id in ("double", "double-check"):
        assert cell_of(notebook, grade_id).metadata == template.cells[grade_id].metadata


def test_a_cell_whose_type_was_changed_gets_its_own_back(template: Template, submitted: dict[str, Any]):
    cell_of(submitted, "double")["cell_type"] = "markdown"
    assert cell_of(clean(submitted, template), "double").cell_type == "code"


def test_missing_cells_return_to_their_place_and_a_missing_answer_returns_empty(template: Template, submitted: Any):
    gone = ("setup", "double", "double-check", "square-check")
    kept = [c for c in submitted["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in gone]
    notebook = clean({**submitted, "cells": kept}, template)
    assert ids(notebook) == RELEASE_IDS
    assert cell_of(notebook, "double").source == ""
    assert cell_of(notebook, "double-check").source == 'check("double")'


def test_a_notebook_without_any_known_cell_gets_them_all(template: Template):
    cells = [{"cell_type": "code", "source": "x = 1", "metadata": {}}]
    notebook = clean({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": cells}, template)
    assert set(RELEASE_IDS) == set(ids(notebook))


def test_of_duplicated_answers_the_first_changed_one_is_the_answer(template: Template, submitted: dict[str, Any]):
    position = submitted["cells"].index(cell_of(submitted, "double"))
    for offset, source in enumerate(["def double(x): return 1", "def double(x): return 2"]):
        copy = json.loads(json.dumps(cell_of(submitted, "double")))
        submitted["cells"].insert(position + 1 + offset, {**copy, "source": source})
    notebook = clean(submitted, template)
    assert ids(notebook).count("double") == 1
    assert cell_of(notebook, "double").source == "def double(x): return 1"
    assert [c.source for c in notebook.cells if grade_id_of(c) is None][1:] == [
        template.cells["double"].source, "def double(x): return 2"
    ]  # fmt: skip


def test_a_second_check_cell_is_left_out(template: Template, submitted: dict[str, Any]):
    submitted["cells"].insert(0, json.loads(json.dumps(cell_of(submitted, "double-check"))))
    assert ids(clean(submitted, template)).count("double-check") == 1


def test_a_forged_id_makes_no_graded_cell(template: Template, submitted: dict[str, Any]):
    forged = {"cell_type": "code", "source": "5", "outputs": [], "execution_count": None, "id": "f",
              "metadata": {"nbgrader": nbgrader("bonus-check", grade=True, points=99)}}  # fmt: skip
    submitted["cells"].append(forged)
    assert clean(submitted, template).cells[-1].metadata == {}


def test_a_stub_does_not_undo_an_answer_written_in_another_cell(template: Template, submitted: dict[str, Any]):
    submitted["cells"].insert(1, {"cell_type": "code", "source": "def double(x):\n    return x + x", "metadata": {}})
    notebook = clean(submitted, template)
    assert cell_of(notebook, "double").source == ""
    assert cell_of(notebook, "square").source != ""


def test_a_rubric_is_restored_for_the_marker(tmp_path: Path):
    from tests.small.courses import locked, small_cells, write_notebook

    rubric = locked("why-rubric", "2 points: sparse connections")
    make_course(tmp_path, cells=[*small_cells(), locked("why-rubric", "")])
    write_notebook(tmp_path / "solutions/00-small/00-small.ipynb", [*small_cells(), rubric])
    template = Template.load(Course(tmp_path).assignment("00-small"))
    notebook = sanitise(nbformat.writes(template.notebook).encode(), template)
    assert cell_of(notebook, "why-rubric").source == rubric.source


def test_untouched_means_as_released_or_empty(template: Template, submitted: dict[str, Any]):
    assert is_untouched(cell_of(clean(submitted, template), "why"), template)
    cell_of(submitted, "why")["source"] = "Weights are shared."
    assert not is_untouched(cell_of(clean(submitted, template), "why"), template)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "<b onclick=alert(1)>x</b>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](javascript&NewLine;:alert(1))",
        "&lsqb;x&rsqb;&lpar;javascript:alert(1)&rpar; &lbrack;x](javascript&Tab;:alert(1))",
        "[x](javascript\\:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        '<iframe src="https://example.org">',
        "<a href='&#x6a;avascript:alert(1)'>x</a>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "$<img src=x onerror=alert(1)>$",
    ],
)
def test_markdown_renders_to_no_active_html(source: str):
    from bs4 import BeautifulSoup
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    page = BeautifulSoup(markdown2html_mistune(safe_markdown(source)), "html.parser")
    assert not page.find_all(["script", "img", "svg", "iframe", "object", "embed", "style", "form"])
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.lower().startswith("on")]
        assert "script:" not in str(tag.get("href", "")).lower()


@pytest.mark.parametrize("macro", ["href{javascript:x}{y}", "style{position:fixed}{y}", "class{a}{y}", "cssId{a}{y}"])
def test_formulas_make_no_links_and_styles(macro: str):
    name = macro.partition("{")[0]
    assert "\\" + name not in safe_markdown(f"$\\{macro}$ and $$\\let\\a=\\{macro}$$")
    for written in (f"&dollar;&bsol;{macro}&dollar;", f"&#36;&#x5c;{macro}&#36;", f"&bsol;&#104;{macro}"):
        assert f"\\{name}" not in unescape(safe_markdown(written))


def test_plain_markdown_stays_as_written():
    text = (
        "It&rsquo;s &eacute;t&eacute; &mdash; 3 &lt; 5 &amp; 4 &times; 2: "
        "A **window** of 3 < 5 rows; `a<b` and x<sub>1</sub>: $\\sum_i w_i$ & more, see [paper](https://example.org/a)."
    )
    assert safe_markdown(text) == text.replace("a<b", "a< b")


def test_an_unreleased_assignment_is_said_so(tmp_path: Path):
    make_course(tmp_path)
    (tmp_path / "assignments/00-small/00-small.ipynb").unlink()
    with pytest.raises(CourseError, match="not released yet"):
        Template.load(Course(tmp_path).assignment("00-small"))
