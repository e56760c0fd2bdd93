"""`autograder check NOTEBOOK`: what the student reads, and the exit code."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner, Result

from autograder.cli import app

SIZE = """
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - kernel) // stride + 1
"""


def check(path: Path) -> Result:
    return CliRunner().invoke(app, ["check", str(path)])


def notebook(path: Path, answer: str) -> Path:
    cell = new_code_cell("check('output-size')", metadata={"nbgrader": {"grade_id": "output-size-check"}})
    nbformat.write(new_notebook(cells=[new_code_cell(answer), cell]), path)
    return path


def test_a_wrong_answer_is_shown_and_exits_with_1(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", SIZE))
    assert done.exit_code == 1
    assert done.stdout.startswith("output-size: ") and "✗" in done.stdout and "✓" in done.stdout
    assert "Traceback" not in done.stdout and done.stderr == ""


def test_a_cell_that_raises_leaves_the_rest_to_be_checked(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", SIZE + "\nraise KeyError('later')"))
    assert done.exit_code == 1 and "✓" in done.stdout


def test_an_untouched_notebook_is_not_attempted(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", "raise NotImplementedError()"))
    assert done.exit_code == 1 and "output-size: not attempted yet" in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "There is no file"), ("{", "is not a notebook that can be read"), ("# no", "is not a notebook")],
)
def test_what_is_no_notebook_gets_one_sentence(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "mine.ipynb"
    if content is not None:
        path.write_text(content)
    done = check(path)
    assert done.exit_code == 2
    assert done.stderr.startswith("autograder: ") and said in done.stderr and done.stderr.count("\n") == 1


def test_a_notebook_without_checks_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), path)
    done = check(path)
    assert done.exit_code == 2 and "has no check cells" in done.stderr
