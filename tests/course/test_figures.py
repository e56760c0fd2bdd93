"""Students read the course and not Matplotlib, and every picture is described for those who do not see it."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot
from matplotlib.figure import Figure
from nbconvert import HTMLExporter

from autograder.course import Course
from course import style

COURSE = Course.here()

of_every_assignment = pytest.mark.parametrize(
    "assignment", [pytest.param(name, id=name[:2]) for name in COURSE.names]
)


class Cell:
    """A code cell: its source, whether it was provided, and whether its code is there for students to read."""

    def __init__(self, cell: dict):
        self.source = "".join(cell["source"])
        nbgrader = cell["metadata"].get("nbgrader", {})
        self.provided = not nbgrader.get("solution") and not nbgrader.get("grade")
        self.to_be_read = "given" in cell["metadata"].get("tags", ())
        self.tree = ast.parse(self.source)


def code_cells(assignment: str) -> list[Cell]:
    """The code cells of the source notebook."""
    cells = json.loads(COURSE.assignment(assignment).solution_path.read_text(encoding="utf-8"))["cells"]
    return [Cell(cell) for cell in cells if cell["cell_type"] == "code"]


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code: no blank ones, no comments."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        line for token in tokens if token.type not in skipped for line in range(token.start[0], token.end[0] + 1)
    }


def is_one_call(statement: ast.stmt) -> bool:
    """Whether this only asks `figures` for a picture."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith("figures.")


def lines_not_to_be_read(cell: Cell) -> int:
    """How many lines of a provided cell students scroll past: neither an import nor a call of `figures`."""
    if not cell.provided or cell.to_be_read:
        return 0
    seen = code_lines(cell.source)
    for statement in cell.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom) or is_one_call(statement):
            seen -= set(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return len(seen)


def drawn_by(assignment: str) -> ast.Module:
    return ast.parse((COURSE.assignment(assignment).folder / "figures.py").read_text(encoding="utf-8"))


def test_lines_are_counted():
    source = "# a comment\nimport numpy\n\nfigures.windows(\n    size=7)\n"
    source += 'x = """a\n\nb"""\nfor i in x:\n    print(i)  # i\n'
    cell = Cell({"source": [source], "metadata": {}})
    assert lines_not_to_be_read(cell) == 5
    assert lines_not_to_be_read(Cell({"source": [source], "metadata": {"tags": ["given"]}})) == 0
    assert lines_not_to_be_read(Cell({"source": [source], "metadata": {"nbgrader": {"solution": True}}})) == 0


@of_every_assignment
def test_students_read_the_course_and_not_its_drawings(assignment):
    """What the course provides and nobody needs to read is less than a tenth of the notebook's code.

    Cells whose code students should read, such as a given network, have the tag `given`.
    """
    cells = code_cells(assignment)
    scrolled_past = sum(lines_not_to_be_read(cell) for cell in cells)
    assert scrolled_past < 0.1 * sum(len(code_lines(cell.source)) for cell in cells)


@of_every_assignment
def test_no_cell_draws_by_itself(assignment):
    """A picture of a cell's own would have no description, and not the look of the others."""
    for cell in code_cells(assignment):
        names = {node.id for node in ast.walk(cell.tree) if isinstance(node, ast.Name)}
        assert not (cell.provided and names & {"plt", "pyplot", "matplotlib"}), cell.source


@of_every_assignment
def test_the_notebook_shows_every_figure_of_its_module(assignment):
    nodes = [node for cell in code_cells(assignment) for node in ast.walk(cell.tree)]
    shown = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "figures"}
    functions = [node for node in drawn_by(assignment).body if isinstance(node, ast.FunctionDef)]
    public = {function.name for function in functions if not function.name.startswith("_")}
    assert shown == public
    assert not [function.name for function in functions if not ast.get_docstring(function)]


@of_every_assignment
def test_every_figure_is_shown_with_a_description(assignment):
    """Only `described` shows a picture: `display(figure)` or `plt.show()` would leave it without words in the page."""
    calls = [node for node in ast.walk(drawn_by(assignment)) if isinstance(node, ast.Call)]
    called = {ast.unparse(call.func).rpartition(".")[2] for call in calls}
    assert "described" in called and not called & {"display", "savefig", "subplots"}
    assert not [call for call in calls if ast.unparse(call.func) in ("plt.show", "pyplot.show")]


def is_drawn(function: str, functions: dict[str, ast.FunctionDef]) -> bool:
    """Whether a function of a figures module shows a picture, itself or by another one there."""
    calls = [node for node in ast.walk(functions[function]) if isinstance(node, ast.Call)]
    called = {ast.unparse(call.func).rpartition(".")[2] for call in calls} - {function}
    return "described" in called or any(is_drawn(name, functions) for name in called & functions.keys())


@of_every_assignment
def test_every_picture_has_a_caption_that_says_what_to_see(assignment):
    """It stands right below, in italics."""
    functions = {node.name: node for node in drawn_by(assignment).body if isinstance(node, ast.FunctionDef)}
    cells = json.loads(COURSE.assignment(assignment).solution_path.read_text(encoding="utf-8"))["cells"]
    bare = []
    for cell, below in zip(cells, [*cells[1:], {"cell_type": "none", "source": ""}], strict=True):
        shown = re.findall(r"^figures\.(\w+)\(", "".join(cell["source"]), re.MULTILINE)
        caption = below["cell_type"] == "markdown" and re.match(r"\*[^*]{40,}", "".join(below["source"]))
        if cell["cell_type"] == "code" and any(is_drawn(name, functions) for name in shown) and not caption:
            bare.append(shown)
    assert not bare


@of_every_assignment
def test_a_notebook_says_how_long_it_takes_and_ends_with_what_was_built_what_it_cost_and_where_it_goes_on(assignment):
    cells = json.loads(COURSE.assignment(assignment).solution_path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert re.search(r"^Plan (one|two|three|four) afternoons? for it", texts[0], re.MULTILINE)
    end = "\n".join(texts[-2:])
    assert "## What you can do now" in end and "Where it goes on" in end and "cost" in end


@of_every_assignment
def test_every_text_question_says_how_its_points_are_shared_out_and_how_long_a_good_answer_is(assignment):
    cells = json.loads(COURSE.assignment(assignment).solution_path.read_text(encoding="utf-8"))["cells"]
    for task in (task for task in COURSE.assignment(assignment).tasks if task.kind == "text"):
        (place,) = (n for n, cell in enumerate(cells)
                    if cell["metadata"].get("nbgrader", {}).get("grade_id") == task.id)
        question = "".join(cells[place - 1]["source"]).partition(f"### Task: {task.id}")[2]
        words = question.partition("\n")[2]
        assert re.search(r"\bpoints?\b", words), task.id
        assert re.search(r"\bsentences?\b", words), task.id


# the style -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """What has been displayed: one dict of MIME types for each picture."""
    data = []
    monkeypatch.setattr(style, "display", lambda bundle, raw: data.append(bundle))
    return data


def test_the_description_is_the_alternative_text_of_the_page(shown):
    """And the picture is there without HTML, too."""
    words = 'A line from 1 to 2, "rising" & <straight>.'
    fig, axis = style.figure()
    axis.plot([1, 2])
    style.described(fig, words)
    (data,) = shown
    assert data["text/plain"] == words and data["image/png"].startswith("iVBOR")

    output = nbformat.v4.new_output("display_data", data=data)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("described(...)", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert [image["alt"] for image in BeautifulSoup(page, "html.parser").find_all("img")] == [words]


def test_a_figure_is_shown_once(shown):
    """Pyplot would show what it holds a second time, after the cell, and without words."""
    pyplot.close("all")  # what tests before this one left open
    for fig in (style.figure()[0], pyplot.figure(), Figure()):
        fig.add_subplot()
        style.described(fig, "words")
    assert len(shown) == 3 and not pyplot.get_fignums()


def test_axes_come_as_from_pyplot():
    assert style.figure()[1].axison
    fig, axes = style.figure(3, height=2)
    assert axes.shape == (3,) and tuple(fig.get_size_inches()) == pytest.approx((10.2, 2))
    fig, axes = style.figure(2, 2, width=5, bare=True)
    assert axes.shape == (2, 2) and fig.get_size_inches()[0] == 5 and not any(axis.axison for axis in axes.flat)


def test_images_have_the_limits_of_their_kind():
    _, axis = style.figure()
    style.show(axis, [[[0.2], [0.4]]], "narrow")
    style.show(axis, bytes_ := style.np.full((2, 2), 7, "uint8"), cmap="gray_r")
    style.show(axis, bytes_, vmin=-1, vmax=9)
    style.show(axis, [[[1.5, -0.5, 0.5]]])
    grey, dark, own, coloured = axis.images
    assert grey.get_clim() == (0, 1) and grey.get_array().shape == (1, 2) and grey.get_cmap().name == "gray"
    assert dark.get_clim() == (0, 255) and dark.get_cmap().name == "gray_r" and own.get_clim() == (-1, 9)
    assert coloured.get_array().tolist() == [[[1, 0, 0.5]]] and not axis.axison


def test_cells_hold_their_numbers():
    _, axis = style.figure()
    style.cells(axis, [[1, 2, "x"]], [[style.BLUE, "white", style.PALE]])
    assert [(text.get_text(), text.get_color()) for text in axis.texts] == [
        ("1", "white"), ("2", style.INK), ("x", style.INK),
    ]  # fmt: skip
    assert axis.yaxis_inverted() and len(axis.patches) == 3


def test_a_table_is_one_with_headers_and_a_text(shown):
    style.table("Costs <of> layers", ("layer", "size", "parameters"), [("C1", "28x28", 1156), ("F6", "84", 7)])
    (data,) = shown
    assert data["text/plain"].splitlines() == [
        "Costs <of> layers", "layer   size  parameters", "C1     28x28       1,156", "F6        84           7",
    ]  # fmt: skip
    page = BeautifulSoup(data["text/html"], "html.parser")
    assert page.caption and page.caption.text == "Costs <of> layers"
    assert [head["scope"] for head in page.find_all("th")] == ["col"] * 3 + ["row"] * 2
    assert [cell.text for cell in page.find_all("td")] == ["28x28", "1,156", "84", "7"]


@style.needs("conv2d", "im2col")
def demonstration(answer):
    print(answer() if callable(answer) else answer)


def test_a_demonstration_says_what_is_missing(monkeypatch, capsys):
    def unanswered():
        raise NotImplementedError

    def wrong():
        raise KeyError("secret")

    monkeypatch.delenv("CNN_STRICT", raising=False)
    missing = "This cell shows something as soon as you have answered conv2d and im2col.\n"
    for answer in (None, ..., unanswered):
        demonstration(answer)
        assert capsys.readouterr().out == missing
    demonstration(wrong)
    said = "Your answer to conv2d and im2col does not work here yet (KeyError): its check says more.\n"
    assert capsys.readouterr().out == said
    demonstration(7)
    assert capsys.readouterr().out == "7\n"

    monkeypatch.setenv("CNN_STRICT", "1")
    with pytest.raises(NotImplementedError):
        demonstration(unanswered)
    with pytest.raises(KeyError, match="secret"):
        demonstration(wrong)


def test_a_picture_of_an_answer_that_was_not_run_says_so(monkeypatch, capsys):
    monkeypatch.delenv("CNN_STRICT", raising=False)
    shell = InteractiveShell()
    style.say_what_is_missing(shell)
    shell.user_ns["figures"] = SimpleNamespace(shown=print)
    shell.run_cell("figures.shown(Conv2D)")
    out = capsys.readouterr().out
    assert out == "This cell shows something as soon as `Conv2D` is there: run the cell above that defines it.\n"
    for other in ("Conv2D(3)", "def f():\n    return size\nfigures.shown(f())"):
        shell.run_cell(other)
        assert "NameError" in capsys.readouterr().out
    shell.run_cell("Conv2D = 7\nfigures.shown(Conv2D)")
    assert capsys.readouterr().out == "7\n"


def test_sliders_start_at_the_defaults(monkeypatch, capsys):
    calls = []
    monkeypatch.setattr(style, "interact", lambda draw, **ranges: calls.append((draw, ranges)))
    style.sliders(demonstration, size=(1, 14))
    assert calls == [(demonstration, {"size": (1, 14)})]
    monkeypatch.setattr(style, "interact", None)
    style.sliders(demonstration, size=(1, 14))
    assert "ipywidgets" in capsys.readouterr().out
