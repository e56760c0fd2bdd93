"""Text answers that stand somewhere else than in their cell, and what was pasted into them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from PIL import Image

from autograder.course import Course
from autograder.gradebook.nbgrader_html import clean_html
from autograder.submission.notebook import NotGradable, Template, is_untouched, sanitise
from autograder.submission.pictures import checked
from autograder.submission.prose import NO_PICTURE, safe_markdown
from tests.small.courses import code_task, editable, locked, make_course, text_task
from tests.submission.test_notebook import cell_of, ids

ANSWER = "Weights are shared between the positions."
MARKDOWN: dict[str, Any] = {"cell_type": "markdown", "metadata": {}}


def question(text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text)


@pytest.fixture
def template(tmp_path: Path) -> Template:
    rubric = locked("why-rubric", "")
    rubric.cell_type = "markdown"
    del rubric["execution_count"], rubric["outputs"]
    cells = [
        question("# A small assignment"),
        nbformat.v4.new_code_cell("import math\nfrom fractions import Fraction"),
        editable("student-id", 'STUDENT_ID = "me"'),
        *code_task("double", "def double(x):\n    return 2 * x", 4),
        question("## Why\n\nWhy does a convolution need few weights? (5 points)"),
        *text_task("why", "YOUR ANSWER HERE", 5),
        rubric,
        question("## Squares\n\nWrite `square`."),
        *code_task("square", "def square(x):\n    return x * x", 6),
    ]
    return Template.load(Course(make_course(tmp_path, cells=cells)).assignment("00-small"))


@pytest.fixture
def submitted(template: Template) -> dict[str, Any]:
    return json.loads(nbformat.writes(template.notebook))


def at(submitted: dict[str, Any], grade_id: str) -> int:
    return submitted["cells"].index(cell_of(submitted, grade_id))


def why(submitted: dict[str, Any], template: Template) -> Any:
    notebook = sanitise(json.dumps(submitted).encode(), template)
    nbformat.validate(notebook)
    return cell_of(notebook, "why")


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_an_answer_in_a_new_cell_near_its_own_is_read(template: Template, submitted: dict[str, Any], offset: int):
    submitted["cells"].insert(at(submitted, "why") + offset, {**MARKDOWN, "source": ANSWER})
    cell = why(submitted, template)
    assert ANSWER in cell.source and not is_untouched(cell, template)
    assert "YOUR ANSWER HERE" not in cell.source


def test_what_is_written_elsewhere_is_no_answer(template: Template, submitted: dict[str, Any]):
    submitted["cells"].insert(2, {**MARKDOWN, "source": "My notes on these imports."})
    submitted["cells"].insert(at(submitted, "square"), {**MARKDOWN, "source": "Squares are easy."})
    submitted["cells"].append({**MARKDOWN, "source": "The end, at last."})
    cell_of(submitted, "why")["source"] = ANSWER
    assert why(submitted, template).source == ANSWER


@pytest.mark.parametrize(
    ("first", "second"), [("", ANSWER), ("Weights are shared", "between the positions."), ("YOUR ANSWER HERE", ANSWER)]
)
@pytest.mark.parametrize("with_id", [True, False])
def test_both_halves_of_a_split_cell_are_read(
    template: Template, submitted: dict[str, Any], first: str, second: str, with_id: bool
):
    own = cell_of(submitted, "why")
    half = json.loads(json.dumps({**own, "source": second}))
    if not with_id:
        half["metadata"] = {}
    own["source"] = first
    submitted["cells"].insert(at(submitted, "why") + 1, half)
    source = why(submitted, template).source
    assert second in source and (first == "YOUR ANSWER HERE" or first in source)
    assert source.index(second) > source.find(first) - 1


def test_an_answer_without_metadata_is_read(template: Template, submitted: dict[str, Any]):
    cell_of(submitted, "why").update(source=ANSWER, metadata={})
    assert ANSWER in why(submitted, template).source


def test_a_notebook_that_lost_all_metadata_keeps_its_order_and_its_answers(template: Template, submitted: Any):
    cell_of(submitted, "why")["source"] = ANSWER
    cell_of(submitted, "double")["source"] = "def double(x):\n    return x + x"
    order = ids(nbformat.from_dict(submitted))
    for cell in submitted["cells"]:
        cell["metadata"] = {}
    notebook = sanitise(json.dumps(submitted).encode(), template)
    assert [one for one in ids(notebook) if one] == [one for one in order if one]
    assert ANSWER in cell_of(notebook, "why").source
    sources = [cell.source for cell in notebook.cells]
    assert sources.index("def double(x):\n    return x + x") < sources.index('check("double")')


@pytest.mark.parametrize("emptied", [True, False])
def test_an_answer_typed_into_a_locked_cell_is_read(template: Template, submitted: dict[str, Any], emptied: bool):
    rubric = cell_of(submitted, "why-rubric")
    rubric["source"] = ANSWER if emptied else f"{rubric['source']}\n\n{ANSWER}"
    notebook = sanitise(json.dumps(submitted).encode(), template)
    assert "in the locked cell below" in cell_of(notebook, "why").source
    assert ANSWER in cell_of(notebook, "why").source
    assert cell_of(notebook, "why-rubric").source == template.source("why-rubric")


@pytest.mark.parametrize("between", ["\n\n", " "])
def test_an_answer_typed_into_the_question_is_read_without_it(template: Template, submitted: Any, between: str):
    asked = submitted["cells"][at(submitted, "why") - 1]
    asked["source"] = "".join(asked["source"]) + between + ANSWER
    source = why(submitted, template).source
    assert ANSWER in source and "few weights?" not in source


def test_a_corrected_letter_in_the_course_text_is_no_answer(template: Template, submitted: dict[str, Any]):
    asked = submitted["cells"][at(submitted, "why") - 1]
    asked["source"] = "".join(asked["source"]).replace("convolution", "Convolution")
    assert is_untouched(why(submitted, template), template)


def test_sentences_in_a_code_cell_are_read_and_code_is_not(template: Template, submitted: dict[str, Any]):
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    submitted["cells"].insert(at(submitted, "why") + 1, {**code, "source": "for i in range(3):\n    print(i)"})
    assert is_untouched(why(submitted, template), template)
    submitted["cells"][at(submitted, "why") + 1]["source"] = f"# {ANSWER}"
    assert ANSWER in why(submitted, template).source


def test_code_typed_into_a_check_cell_runs_before_it(template: Template, submitted: dict[str, Any]):
    check = cell_of(submitted, "double-check")
    check["source"] = 'def double(x):\n    return x + x\n\ncheck("double")'
    notebook = sanitise(json.dumps(submitted).encode(), template)
    place = ids(notebook).index("double-check")
    assert notebook.cells[place].source == 'check("double")'
    assert notebook.cells[place - 1].source == "def double(x):\n    return x + x"
    assert cell_of(notebook, "double").source == ""


def test_imports_come_back_before_what_a_student_made_of_them(template: Template, submitted: dict[str, Any]):
    changed = "from google.colab import drive\nimport math"
    submitted["cells"][1]["source"] = changed
    cells = sanitise(json.dumps(submitted).encode(), template).cells
    assert [cell.source for cell in cells[1:3]] == [template.notebook.cells[1].source, changed]
    del submitted["cells"][1]
    cells = sanitise(json.dumps(submitted).encode(), template).cells
    assert [c.source for c in cells].count(template.notebook.cells[1].source) == 1
    submitted["cells"].insert(0, json.loads(json.dumps(template.notebook.cells[1])))
    cells = sanitise(json.dumps(submitted).encode(), template).cells
    assert [c.source for c in cells].count(template.notebook.cells[1].source) == 1


def test_another_assignments_notebook_is_named(template: Template, submitted: dict[str, Any]):
    root = template.assignment.root
    make_course(root, name="01-other", cells=code_task("triple", "def triple(x):\n    return 3 * x", 4))
    other = (root / "assignments/01-other/01-other.ipynb").read_bytes()
    with pytest.raises(NotGradable, match=r"that of 01-other: hand in 00-small\.ipynb"):
        sanitise(other, template)
    assert sanitise(json.dumps(submitted).encode(), template)


def picture(kind: str, **own: Any) -> str:
    file = io.BytesIO()
    Image.effect_noise((40, 20), 30).convert("RGB").save(file, kind, **own)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@pytest.mark.parametrize("way", ["attached", "encoded", "tag", "data", "data tag"])
def test_a_picture_stays_however_it_was_pasted(template: Template, submitted: dict[str, Any], kind: str, way: str):
    data, cell = picture(kind), cell_of(submitted, "why")
    name = f"my sketch (1).{kind}"
    cell["source"] = {
        "attached": f"See ![it](<attachment:{name}>) here.",
        "encoded": f"See ![it](attachment:my%20sketch%20(1).{kind}) here.",
        "tag": f'See <img src="attachment:plain.{kind}" width="300"/> here.',
        "data": f"See ![it](data:image/{kind};base64,{data}) here.",
        "data tag": f"See <img width=3 src='data:image/{kind};base64,{data}'> here.",
    }[way]
    if "data" not in way:
        name = f"plain.{kind}" if way == "tag" else name
        cell["attachments"] = {name: {f"image/{kind}": data}, "unused.png": {"image/png": data}}
    notebook = sanitise(json.dumps(submitted).encode(), template)
    nbformat.validate(notebook)
    restored = cell_of(notebook, "why")
    assert len(restored.attachments) == 1
    page = BeautifulSoup(clean_html(HTMLExporter().from_notebook_node(notebook)[0]), "html.parser")
    (shown,) = page.find_all("img")
    mime, _, shown_data = shown["src"].removeprefix("data:").partition(";base64,")
    assert mime == f"image/{kind}"
    with Image.open(io.BytesIO(base64.b64decode(shown_data))) as image:
        image.load()
        assert image.size == (40, 20)


def test_what_is_no_picture_is_said_in_its_place(template: Template, submitted: dict[str, Any]):
    cell = cell_of(submitted, "why")
    cell["source"] = "Look: ![a](attachment:a.png) and ![b](attachment:b.png)."
    svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
    cell["attachments"] = {"a.png": {"image/png": svg}, "b.png": {"image/svg+xml": svg}}
    restored = why(submitted, template)
    assert restored.source == f"Look: {NO_PICTURE} and {NO_PICTURE}." and "attachments" not in restored


def test_pictures_do_not_count_as_text(template: Template, submitted: dict[str, Any]):
    file = io.BytesIO()
    Image.effect_noise((1100, 1100), 90).save(file, "png")
    data = base64.b64encode(file.getvalue()).decode()
    pasted = [{**MARKDOWN, "source": f"![x](data:image/png;base64,{data})"} for _ in range(4)]
    assert sum(len(cell["source"]) for cell in pasted) > 4_000_000
    submitted["cells"] += pasted
    assert len(sanitise(json.dumps(submitted).encode(), template).cells[-1].attachments) == 1


def test_of_a_photograph_stays_what_draws_it_and_its_way_up():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker of cameras"
    kept = base64.b64decode(checked("image/jpeg", picture("jpeg", exif=exif, comment=b"where I live")) or "")
    assert b"Maker" not in kept and b"where I live" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.getexif()[0x0112] == 6
    progressive = base64.b64decode(checked("image/jpeg", picture("jpeg", progressive=True)) or "")
    with Image.open(io.BytesIO(progressive + b"")) as image:
        image.load()
    assert checked("image/jpeg", base64.b64encode(kept + b"<script>").decode()) == base64.b64encode(kept).decode()


@pytest.mark.parametrize("cut", [2, 4, 21, 100, 300])
def test_a_file_that_breaks_off_or_lies_is_no_jpeg(cut: int):
    raw = base64.b64decode(picture("jpeg"))
    assert checked("image/png", base64.b64encode(raw).decode()) is None
    assert checked("image/jpeg", base64.b64encode(raw[:cut]).decode()) is None
    assert checked("image/jpeg", base64.b64encode(raw[:cut] + b"\xff\xda\x00\x00" + raw[cut:]).decode()) is None


@pytest.mark.parametrize(
    "text",
    [
        "The input data: 28x28 images; javascript: a language.",
        "See <https://example.org/a?b=c&d=e> or <me@example.org>.",
        "AT&T, &lt;kernel&gt;, 3&nbsp;px, &auml;, &#228; and &#xe4; &mdash; &copy",
        "As in [1]: the result (note: larger) is [here](https://example.org/a_(b)).",
        "[a place](#why) and [a file](figures/one.png) and [mail](mailto:me@example.org)",
        "<details><summary>More</summary>text</details>",
    ],
)
def test_what_is_harmless_stays_as_it_was_written(text: str):
    assert safe_markdown(text).replace("\\", "") == text


@pytest.mark.parametrize(
    "text",
    [
        "&#36;&#92;href{javascript:alert(1)}{x}&#36;",
        "$\\h&#114;ef{javascript:alert(1)}{x}$",
        "[x](<java\nscript:alert(1)>)",
        "[x](java&Tab;script:alert(1))",
        "[x](&#x6A&#x61vascript:alert(1))",
        "[x](%6Aavascript:alert(1))",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[x][y]\n\n[y]:\n  <javascript:alert(1)>",
        "![x](data:image/svg+xml;base64,PHN2Zy8+)",
        "[![x](https://example.org/a.png)](vbscript:x)",
        "[x](\x01javascript:alert(1))",
        "[x](file:///etc/passwd)",
        "<https://example.org/\"onmouseover=\"alert(1)>",
    ],
)
def test_what_would_run_leads_nowhere(text: str):
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    page = BeautifulSoup(markdown2html_mistune(safe_markdown(text)), "html.parser")
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        for name in ("href", "src"):
            assert str(tag.get(name, "https:")).startswith(("https:", "mailto:", "#"))
    assert "\\href" not in page.get_text()
