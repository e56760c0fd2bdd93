"""Whatever a submission holds, its page is inert: looked at as a browser parses it."""

from __future__ import annotations

import base64
import re
import struct
import time
import zlib

import html5lib
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.feedback.clean import clean, cut, picture
from autograder.feedback.markdown import as_html
from autograder.feedback.page import student_page
from autograder.feedback.report_page import class_report
from autograder.feedback.report_text import class_text
from autograder.gradebook.by_hand import Manual, ManualGrade
from tests.feedback import sample

ATTACKS = [
    "<script>document.title='owned'</script>",
    "</code></pre><script>document.title='owned'</script>",
    "</style></title><img src=x onerror=\"document.title='owned'\">",
    "<svg onload=\"document.title='owned'\"><script>document.title='owned'</script></svg>",
    "<a href=\"javascript:document.title='owned'\">look</a>",
    "[look](javascript:document.title='owned')",
    "[look](  JaVaScRiPt:document.title='owned')",
    "[look](&#106;avascript:document.title='owned')",
    "[look](java\nscript:alert(1))",
    "[look](data:text/html;base64,PHNjcmlwdD4=)",
    "[look](vbscript:x)",
    '[look](https://example.org/"onmouseover="document.title=1)',
    '[look](https://example.org "x\\" onmouseover=\\"document.title=1")',
    "![x](https://example.org/track.png)",
    '![x" onerror="document.title=1](https://example.org/track.png)',
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<form action=https://example.org><button>press</button></form>",
    "<style>*{display:none}</style>",
    "<math><mtext></p><style><img src=x onerror=document.title=1></style></mtext></math>",
    "<!--><script>document.title='owned'</script>-->",
    "{{ ''.__class__ }}{% raw %}",
    "$$\\href{javascript:alert(1)}{x}$$",
    "```<script>\n</code></pre><script>document.title='owned'</script>\n```",
    "<https://example.org/><javascript:alert(1)>",
    "| a |\n|:-:|\n| <img src=x onerror=document.title=1> |",
    "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07\x1b[31mred\x1b[0m\x07\x00\x08",
    "\u202egnp.exe\u2066\u200f",
    "\ud800 lone surrogate",
]
ALLOWED_ELEMENTS = set(
    """html head meta title style body a header p h1 main section h2 table thead tr th tbody td svg rect div h3 span ol
    li ul br pre code samp em strong img figure figcaption footer bdi del blockquote hr dl
    dt dd details summary""".split()
)
ALLOWED_ATTRIBUTES = {
    "lang", "charset", "content", "name", "http-equiv", "class", "href", "id", "aria-labelledby", "aria-label", "scope",
    "viewbox", "preserveaspectratio", "role", "width", "height", "x", "y", "tabindex", "src", "alt", "rel", "start",
    "title", "aria-hidden", "fill", "stroke", "stroke-width",
}


def hostile_page(attack: str) -> str:
    """A page in which the attack stands wherever a submission or a person can put text."""
    notebook = sample.notebook()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = attack
            if cell.cell_type == "code":
                cell.outputs = outputs(attack)
    notebook.cells.append(new_code_cell(attack, outputs=outputs(attack)))
    results = sample.results(attack)
    for task in results["tasks"]:
        task["message"] = attack
        for test in task["tests"]:
            test.update(message=attack, counterexample=attack, section=attack, details=attack, description=attack,
                        diagnosis=attack)
    manual = Manual({"why-convolution": ManualGrade(3.0, 0.0, attack), "conv2d": ManualGrade(None, 0.0, attack)})
    return student_page(results, notebook, title=attack, manual=manual, rubrics={"why-convolution": attack})


def outputs(attack: str) -> list:
    shown = {"text/html": attack, "text/markdown": attack, "image/svg+xml": attack, "application/javascript": attack}
    return [
        new_output("stream", text=attack), new_output("display_data", {**shown, "text/plain": attack}),
        new_output("display_data", shown), new_output("error", ename=attack, evalue=attack, traceback=[attack]),
        new_output("display_data", {"image/png": base64.b64encode(attack.encode("utf-8", "replace")).decode()}),
        new_output("display_data", {"image/png": attack}),
    ]


def assert_inert(text: str) -> None:
    document = html5lib.parse(text, namespaceHTMLElements=False)
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rpartition("}")[2]
        assert tag in ALLOWED_ELEMENTS, tag
        for attribute, value in element.attrib.items():
            assert attribute.lower() in ALLOWED_ATTRIBUTES, attribute
            if attribute == "href":
                assert value.startswith(("#", "http://", "https://")), value
            if attribute == "src":
                assert value.startswith("data:image/png;base64,"), value
            if attribute in ("fill", "stroke"):
                assert re.fullmatch("none|currentColor|#[0-9a-f]{6}", value), value
        if tag == "style":
            assert element.text == document.find(".//style").text
    assert len(document.findall(".//style")) == 1
    assert len(document.findall(".//meta[@http-equiv]")) == 1
    assert not any(ord(c) < 32 and c != "\n" and c != "\t" for c in text)
    assert not any(c in text for c in "\x1b\x9b\u202e\u2066\u200f\ufeff")


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_is_inert_wherever_it_stands(attack: str) -> None:
    assert_inert(hostile_page(attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_class_report_is_inert(attack: str) -> None:
    documents = sample.class_results()
    for document in documents:
        document["student"] = attack
        for task in document["tasks"]:
            task["message"] = attack
            for test in task["tests"]:
                test.update(message=attack)
    assert_inert(class_report(documents, title=attack))
    text = class_text(documents)
    assert not any(ord(c) < 32 and c != "\n" for c in text) and "\u202e" not in text


def test_ten_megabytes_of_output_are_cut_quickly_and_it_says_so() -> None:
    flood = new_output("stream", text="\x1b[1m" + "x" * 10_000_000)
    lines = new_output("stream", text="line\n" * 2_000_000)
    cell = sample.answer("output-size", "print('x')" + "# y" * 3_000_000, *[flood] * 9, *[lines] * 9)
    start = time.process_time()
    page = student_page(sample.results(), new_notebook(cells=[cell]))
    assert time.process_time() - start < 5
    assert len(page) < 200_000
    assert "more characters are not shown" in page and "10 more outputs of this cell are not shown" in page


def test_a_thousand_cells_are_cut_and_it_says_so() -> None:
    cells = [new_code_cell(f"mine = {n}") for n in range(1000)]
    page = student_page(sample.results(), new_notebook(cells=cells))
    assert "940 more cells of your notebook are not shown" in page


def test_progress_bars_leave_their_last_state() -> None:
    assert clean("a 10%\ra 50%\ra 100%\nnext\r\nend\r") == "a 100%\nnext\nend"


def test_letters_of_every_language_stay() -> None:
    for text in ("Grüße, 你好, नमस्ते, שלום, مرحبا", "👩‍👩‍👧 é e\u0301", "x² ≤ 3·π — “ok”"):
        assert clean(text) == text


def test_turned_directions_are_made_visible() -> None:
    assert clean("if user\u202e # nimda") == "if user[U+202E] # nimda"


def test_towers_of_accents_are_cut_down() -> None:
    assert len(clean("a" + "\u0301" * 5000)) == 5


def test_escape_sequences_go_whole() -> None:
    assert clean("\x1b[1;31mred\x1b[0m \x1b]0;title\x07 \x1bPq#0\x1b\\ \x1b(B \x9b2Jend") == "red    end"


def test_a_cut_counts_what_it_leaves_out() -> None:
    assert cut("abcdef", 4, 10).left_out == 2
    assert cut("a\nb\nc", 100, 2).text == "a\nb"


def png_with(*chunks: tuple[bytes, bytes]) -> str:
    raw = base64.b64decode(sample.png())
    extra = b"".join(struct.pack(">I4s", len(d), n) + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return base64.b64encode(raw[:-12] + extra + raw[-12:]).decode()


def test_a_picture_keeps_its_pixels_and_loses_everything_else() -> None:
    kept = base64.b64decode(picture(png_with((b"tEXt", b"secret\0<script>"), (b"eXIf", b"MM"))) or "")
    assert kept == base64.b64decode(sample.png())
    assert base64.b64decode(picture(base64.b64encode(kept + b"trailing").decode()) or "") == kept


@pytest.mark.parametrize("data", ["", "AAAA", "%%%", None, 4, ["A", 3], sample.png()[:-8],
                                  base64.b64encode(b"\xff\xd8\xff\xe0 jpeg").decode(),
                                  base64.b64encode(b"GIF89a").decode()])
def test_what_is_no_whole_png_is_no_picture(data: object) -> None:
    assert picture(data) is None


def test_a_picture_that_would_unfold_to_gigabytes_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    raw = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I4s", len(d), n) + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks
    )
    assert picture(base64.b64encode(raw).decode()) is None


@pytest.mark.parametrize("text", ["[" * 20_000, "![" * 10_000, ">" * 20_000, "**a" * 6_000, "- " * 9_000, "`" * 20_000,
                                  "[a](" * 5_000, "<!--" * 5_000])
def test_deeply_nested_markdown_takes_no_more_than_seconds_of_cpu(text: str) -> None:
    start = time.process_time()
    as_html(text)
    assert time.process_time() - start < 3
