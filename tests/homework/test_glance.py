"""The course at a glance, as `autograder` alone shows it in a kit."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_output
from typer.testing import CliRunner

from autograder.cli import app
from autograder.homework.glance import look

from .kits import load, released, save, write_kit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_kit(tmp_path / "kit", released(), "numbers_course"))
    monkeypatch.delenv("AUTOGRADER_COURSE", raising=False)
    return tmp_path / "kit"


def saved(folder: Path, said: str, counts: tuple[int, int] = (1, 2), source: str = "def doubled(x): ...") -> None:
    """As a notebook is saved after its check was run."""
    notebook = load(folder)
    answer, check = notebook.cells[3:5]
    answer.source = source
    answer.execution_count, check.execution_count = counts
    text = new_output("execute_result", {"text/plain": f"doubled: {said}"}, execution_count=counts[1])
    check.outputs = [text]
    save(folder, notebook.cells)


@pytest.mark.parametrize(
    ("said", "counts", "state"),
    [
        ("all 3 public checks passed", (1, 2), "passed"),
        ("1 of 3 public checks passed", (1, 2), "open"),
        ("2 of 2 public checks passed. They look at the form; ...", (1, 2), "passed"),
        ("its public check passed. It looks at the form; ...", (1, 2), "passed"),
        ("its public check did not pass", (1, 2), "open"),
        ("all 3 public checks passed", (5, 2), "unchecked"),
        ("not attempted yet. Write your answer ...", (1, 2), "unchecked"),
    ],
)
def test_a_task_is_what_its_check_said_last(said: str, counts: tuple[int, int], state: str, folder: Path) -> None:
    saved(folder, said, counts)
    (assignment,) = look(folder)
    assert [task.state for task in assignment.tasks] == [state, "untouched"]
    assert assignment.open == (2 if state == "passed" else 6) and assignment.points == 6


def test_alone_the_command_shows_where_to_go_on(folder: Path) -> None:
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 0, done.output
    assert "01-numbers   0 of  2 tasks done, 6 of 6 points open" in done.stdout
    assert done.stdout.rstrip().endswith("Next: doubled in 01-numbers/01-numbers.ipynb.")
    saved(folder, "its public check passed")
    assert CliRunner().invoke(app, []).stdout.rstrip().endswith("Next: why in 01-numbers/01-numbers.ipynb.")


def test_where_there_is_no_kit_the_commands_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Usage" in CliRunner().invoke(app, []).stdout


def test_a_broken_notebook_is_said_so(folder: Path) -> None:
    (folder / "01-numbers" / "01-numbers.ipynb").write_text("{")
    assert "is not a notebook: it is not valid JSON" in CliRunner().invoke(app, []).stdout
