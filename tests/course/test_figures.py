"""Figures of the notebooks are described for those who do not see them."""

from __future__ import annotations

import ast
import json
from html import escape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure
from nbconvert import HTMLExporter

from autograder.course import Course
from tests.checks.helpers import namespace

SOLUTIONS = [Course.here().assignment(name).solution_path for name in Course.here().names]


def code_of(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def definition_of_show(path: Path) -> str | None:
    """The notebook's function that shows a figure with its description."""
    for source in code_of(path):
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == "show":
                return ast.unparse(node)
    return None


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_every_figure_is_shown_with_a_description(path):
    """`plt.show()` would leave a picture without words in the page."""
    sources = code_of(path)
    if not any("matplotlib.pyplot" in source for source in sources):
        return
    calls = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert not [call for call in calls if ast.unparse(call.func) == "plt.show"]
    assert [call for call in calls if ast.unparse(call.func) == "show" and len(call.args) == 1]
    check_alternative_text(definition_of_show(path))


def check_alternative_text(source):
    """The description is the alternative text of the rendered page, and the picture is there without HTML, too."""
    words, shown = 'A line from 1 to 2, "rising" & <straight>.', []
    figure = Figure()
    figure.gca().plot([1, 2])
    names = {
        "display": lambda data, raw: shown.append(data), "escape": escape, "print_figure": print_figure,
        "plt": SimpleNamespace(gcf=lambda: figure, close=lambda: None),
    }
    namespace(source, names)["show"](words)
    (data,) = shown
    assert data["text/plain"] == words and data["image/png"].startswith("iVBOR")

    output = nbformat.v4.new_output("display_data", data=data)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show(...)", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert [image["alt"] for image in BeautifulSoup(page, "html.parser").find_all("img")] == [words]
