"""`hand-in`: one run of a messy notebook, and what is said of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from typer.testing import CliRunner

from autograder.cli import app
from autograder.homework.manifest import read_notebook
from autograder.training.brought import MOST

from .kits import load, path_of, released, save, write_kit


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = f"numbers_{abs(hash(tmp_path)) % 10**8}"
    monkeypatch.chdir(write_kit(tmp_path / "kit", released(), package))
    monkeypatch.delenv("AUTOGRADER_COURSE", raising=False)
    return tmp_path / "kit"


def test_a_messy_notebook_is_told_what_will_be_missing_and_is_packed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(folder.parent / "scratch"))  # what lies there is nobody's
    (folder.parent / "scratch").mkdir()
    notes = folder.parent / "notes.csv"
    notes.write_text("1")
    notebook = load(folder)
    cells = notebook.cells
    cells[3].source = "def doubled(x):\n    return 2 * x"
    cells[3:3] = [
        new_code_cell("from_a_deleted_cell + 1"),
        new_code_cell("later + 1"),
        new_code_cell(f"a = open({str(notes)!r}).read()\nopen('made.txt', 'w').write(a)\nopen('made.txt').read()"),
        new_code_cell("import scipy"),
        new_code_cell("while True:\n    pass", metadata={"autograder": {"limits": {"wall_s": 1}}}),
        new_code_cell("quit()"),
        new_code_cell("import socket\ntry:\n    socket.getaddrinfo('example.org', 80)\nexcept OSError:\n    pass"),
    ]
    cells.append(new_code_cell("later = 1"))
    nbformat.write(notebook, path_of(folder))
    renamed = path_of(folder).rename(folder / "final (2).ipynb")

    done = CliRunner().invoke(app, ["hand-in", str(renamed), "--json"])
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert told["assignment"] == "01-numbers" and told["checks"] == ["doubled: its public check passed"]
    assert told["untouched"] == ["why (2 points)"]
    said = "\n".join(told["problems"])
    for part in (
        "Cell 4 uses `from_a_deleted_cell`, which no cell defines",
        "Cell 5 uses `later`, which is defined only below, in cell 15",
        f"Cell 6 reads {notes}",
        "Cell 7 raises ModuleNotFoundError: scipy is forbidden",
        "Cell 8 was stopped after 1 s",
        "Cell 9 raises RuntimeError: quit()",
        "Cell 10 connects to example.org",
        "STUDENT_ID is empty",
    ):
        assert part in said, said
    assert "made.txt" not in said
    packed = nbformat.read(told["file"], as_version=4)
    assert Path(told["file"]) == folder / "handed-in" / "01-numbers.ipynb"
    assert [cell.source for cell in packed.cells] == [cell.source for cell in nbformat.read(renamed, 4).cells]
    assert not any(cell.outputs for cell in packed.cells if cell.cell_type == "code")


def test_a_check_that_fails_says_which_part_of_it_and_why(folder: Path) -> None:
    notebook = load(folder)
    notebook.cells[3].source = "def doubled(x):\n    return x + 1"
    save(folder, notebook.cells)
    done = CliRunner().invoke(app, ["hand-in", str(path_of(folder))])
    first, row, *why = done.stdout.splitlines()[:5]
    assert first == "doubled: its public check did not pass"
    assert "Twice three is six." in row and "4" in "".join(why) and "6" in "".join(why)


def test_begun_packs_what_has_an_answer_and_nothing_else(folder: Path) -> None:
    done = CliRunner().invoke(app, ["hand-in", "--begun"])
    assert (done.exit_code, done.stdout) == (0, "No notebook has an answer yet.\n")
    notebook = load(folder)
    notebook.cells[2].source = 'STUDENT_ID = "ada"'
    notebook.cells[3].source = "def doubled(x):\n    return 3 * x"
    save(folder, notebook.cells)
    done = CliRunner().invoke(app, ["hand-in", "--begun"])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("01-numbers:\ndoubled: ") and "Packed: " in done.stdout
    assert (folder / "handed-in" / "01-numbers.ipynb").is_file()
    path_of(folder).write_text("{")
    assert CliRunner().invoke(app, ["hand-in", "--begun"]).exit_code == 2


@pytest.mark.parametrize("options", [[], ["x.ipynb", "--begun"], ["--begun", "--json"]])
def test_either_a_notebook_or_all_that_are_begun(options: list[str], folder: Path) -> None:
    done = CliRunner().invoke(app, ["hand-in", *options])
    assert done.exit_code == 2 and "Name a notebook, or write --begun alone" in done.stderr


def test_cells_that_are_missing_are_told(folder: Path) -> None:
    save(folder, [cell for cell in released() if cell.id not in ("doubled-check", "why")])
    told = json.loads(CliRunner().invoke(app, ["hand-in", str(path_of(folder)), "--json"]).stdout)
    assert told["problems"][0].startswith("doubled: its check cell is missing, or no longer marked as one; `autograder")
    cells = [*released(), new_code_cell("1 +"), new_code_cell("input()")]
    cells += [nbformat.from_dict({**cells[3], "id": "copy"})]
    save(folder, [nbformat.from_dict({**cell, "id": f"renewed-{number}"}) for number, cell in enumerate(cells)])
    told = json.loads(CliRunner().invoke(app, ["hand-in", str(path_of(folder)), "--json"]).stdout)
    said = "\n".join(told["problems"])
    assert "doubled: its answer cell is there 2 times; delete the copies." in said
    assert "Cell 8 raises SyntaxError: invalid syntax in line 1." in said and "Cell 9 asks for input" in said


@pytest.mark.parametrize("trains", [True, False])
def test_more_code_than_a_training_may_bring_is_told(trains: bool, folder: Path) -> None:
    task = next(folder.glob("numbers_*/numbers/doubled"))
    if trains:
        (task / "training.py").touch()
    stored = new_code_cell(f"network = {random.Random(0).randbytes(MOST).hex()!r}")
    save(folder, [*released(), stored])
    problems = json.loads(CliRunner().invoke(app, ["hand-in", str(path_of(folder)), "--json"]).stdout)["problems"]
    assert any(f"and {MOST:,} are allowed where a training is graded" in one for one in problems) == trains, problems


def test_a_notebook_without_ids_is_known_by_its_tasks_and_by_what_colab_keeps(folder: Path) -> None:
    document = json.loads(path_of(folder).read_text())
    document["nbformat_minor"] = 0
    for cell in document["cells"]:
        cell["metadata"]["id"] = cell.pop("id") if "nbgrader" not in cell["metadata"] else cell.pop("id") * 0
    path_of(folder).write_text(json.dumps(document))
    assert [cell["id"] for cell in read_notebook(path_of(folder)).cells] == [cell.id for cell in released()]


def test_a_misspelled_name_and_an_answer_without_a_name_are_told(folder: Path) -> None:
    notebook = load(folder)
    notebook.cells[2].source = 'STUDENT_ID = "ada"'
    notebook.cells[3].source = "def doubeld(x):\n    return 2 * x"
    save(folder, notebook.cells)
    done = CliRunner().invoke(app, ["hand-in", str(path_of(folder))])
    assert done.exit_code == 1 and "doubled: There is no `doubled` here, but a `doubeld`." in done.stdout


@pytest.mark.parametrize(("content", "said"), [("{", "is not a notebook"), (None, "There is no file")])
def test_what_is_no_notebook_gets_one_sentence(content: str | None, said: str, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.ipynb"
    if content is not None:
        path.write_text(content)
    done = CliRunner().invoke(app, ["hand-in", str(path)])
    assert done.exit_code == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_a_notebook_of_another_course_is_refused(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[new_code_cell("1 + 1")]), path)
    done = CliRunner().invoke(app, ["hand-in", str(path)])
    assert done.exit_code == 2 and "no notebook of this course" in done.stderr
