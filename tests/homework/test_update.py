"""A newer kit over a folder with work: what is taught is new, what a student wrote stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import UsageError
from autograder.homework.update import FORMER, update

from .kits import by_id, load, path_of, released, save, task_cells, write_kit

ANSWER = "def doubled(x):\n    return x + x  # mine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_kit(tmp_path / "kit", released(), "numbers_course")


def newer(tmp_path: Path, cells: list, **options: str) -> Path:
    return write_kit(tmp_path / "newer", cells, "numbers_course", **options)


def work(folder: Path, **sources: str) -> None:
    """Changes cells by their ids."""
    notebook = load(folder)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    save(folder, notebook.cells)


def test_prose_figures_and_checks_are_new_and_answers_stay(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER, student='STUDENT_ID = "ada"', why="Because.")
    cells = released()
    cells[0].source = "# Numbers\n\nAbout numbers, better."
    cells[4].source = 'check("doubled")  # new'
    cells.insert(5, new_code_cell("figures.new()", id="figure"))
    done = update(folder, newer(tmp_path, cells))
    now = by_id(load(folder))
    assert now["title"].source.endswith("better.") and now["doubled-check"].source.endswith("# new")
    assert now["figure"].source == "figures.new()"
    assert now["doubled"].source == ANSWER and now["student"].source == 'STUDENT_ID = "ada"'
    assert now["why"].source == "Because." and now["why"].metadata.nbgrader.points == 2
    assert done.notebooks["01-numbers/01-numbers.ipynb"].kept == 3


def test_a_stub_that_nobody_touched_gives_way(folder: Path, tmp_path: Path) -> None:
    cells = released()
    cells[3].source = cells[3].source.replace("doubled(x)", "doubled(value)")
    update(folder, newer(tmp_path, cells))
    assert "doubled(value)" in by_id(load(folder))["doubled"].source


def test_what_was_added_keeps_its_place(folder: Path, tmp_path: Path) -> None:
    notebook = load(folder)
    notebook.cells.insert(4, new_code_cell("doubled(21)"))
    notebook.cells.insert(0, new_markdown_cell("My notes."))
    save(folder, notebook.cells)
    cells = released()
    cells.insert(3, new_markdown_cell("New words.", id="new"))
    update(folder, newer(tmp_path, cells))
    sources = [cell.source for cell in load(folder).cells]
    assert sources[0] == "My notes." and sources.index("doubled(21)") == sources.index(cells[4].source) + 1


def test_where_both_changed_a_cell_both_stand(folder: Path, tmp_path: Path) -> None:
    work(folder, words="Now my words.", **{"doubled-check": "my_own = 3"})
    cells = released()
    cells[5].source = "Now other words."
    done = update(folder, newer(tmp_path, cells))
    sources = [cell.source for cell in load(folder).cells]
    at = sources.index("Now other words.")
    assert FORMER in sources[at + 1] and sources[at + 1].endswith("Now my words.")
    assert 'check("doubled")' in sources and f"# {FORMER}\nmy_own = 3" in sources
    assert done.notebooks["01-numbers/01-numbers.ipynb"].doubled == 2


def test_a_task_that_is_gone_leaves_its_answer(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER)
    cells = [cell for cell in released() if not cell.id.startswith("doubled")]
    update(folder, newer(tmp_path, [*cells, *task_cells("halved", "def halved(x):\n    pass")]))
    (mine,) = [cell for cell in load(folder).cells if ANSWER in cell.source]
    assert "nbgrader" not in mine.metadata


def test_a_deleted_or_moved_cell_comes_back_with_its_words(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER)
    notebook = load(folder)
    cells = [cell for cell in notebook.cells if cell.id != "doubled-check"]
    save(folder, [cells[3], *cells[:3], *cells[4:]])
    update(folder, newer(tmp_path, released()))
    ids = [cell.id for cell in load(folder).cells]
    assert ids == [cell.id for cell in released()] and by_id(load(folder))["doubled"].source == ANSWER


def test_a_copy_of_the_old_lies_beside_and_own_files_stay(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER)
    (folder / "thoughts.txt").write_text("mine")
    (folder / "README.md").write_text("scribbled on")
    before = path_of(folder).read_bytes()
    done = update(folder, newer(tmp_path, released(), readme="The newer kit."))
    assert path_of(done.copy).read_bytes() == before and (done.copy / "README.md").read_text() == "scribbled on"
    assert done.copy.parent == folder.parent and done.replaced == ("README.md",)
    assert (folder / "thoughts.txt").read_text() == "mine" and (folder / "README.md").read_text() == "The newer kit."


def test_a_second_update_changes_nothing(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER)
    kit = newer(tmp_path, released())
    update(folder, kit)
    once = path_of(folder).read_bytes()
    update(folder, kit)
    assert path_of(folder).read_bytes() == once


def test_a_zip_file_is_a_kit_too(folder: Path, tmp_path: Path) -> None:
    cells = released()
    cells[0].source = "# Numbers, new"
    kit = newer(tmp_path, cells)
    archive = shutil.make_archive(str(tmp_path / "given"), "zip", kit.parent, kit.name)
    update(folder, Path(archive))
    assert by_id(load(folder))["title"].source == "# Numbers, new"


def test_a_notebook_whose_ids_a_tool_renewed_is_known_all_the_same(folder: Path, tmp_path: Path) -> None:
    work(folder, doubled=ANSWER, student='STUDENT_ID = "ada"', why="Because.", words="Now my words.")
    notebook = load(folder)
    notebook.cells.insert(5, new_code_cell("doubled(21)"))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"renewed-{number}"
    save(folder, notebook.cells)
    done = update(folder, newer(tmp_path, released()))
    now = load(folder)
    assert [cell.id for cell in now.cells if not cell.id.startswith("renewed")] == [cell.id for cell in released()]
    cells = by_id(now)
    assert cells["doubled"].source == ANSWER and cells["why"].source == "Because."
    assert cells["student"].source == 'STUDENT_ID = "ada"'
    sources = [cell.source for cell in now.cells]
    assert sources.count("doubled(21)") == sources.count("Now my words.") == 1 and len(sources) <= len(released()) + 2
    assert done.notebooks["01-numbers/01-numbers.ipynb"].kept >= 4


def test_in_place_of_a_deleted_cell_an_added_one_stays_an_added_one(folder: Path, tmp_path: Path) -> None:
    notebook = load(folder)
    notebook.cells[2] = new_code_cell("my_own = 3")
    save(folder, notebook.cells)
    update(folder, newer(tmp_path, released()))
    assert [cell.source for cell in load(folder).cells][2:4] in (
        ["my_own = 3", 'STUDENT_ID = ""'],
        ['STUDENT_ID = ""', "my_own = 3"],
    )


@pytest.mark.parametrize("wrong", ["no kit", "other course", "itself", "broken notebook"])
def test_what_cannot_be_done_changes_nothing(wrong: str, folder: Path, tmp_path: Path) -> None:
    kit = newer(tmp_path, released(), readme="The newer kit.")
    if wrong == "no kit":
        (kit / "kit.json").unlink()
    elif wrong == "other course":
        (kit / "kit.json").write_text((kit / "kit.json").read_text().replace('"numbers"', '"letters"', 1))
    elif wrong == "itself":
        kit = folder
    else:
        path_of(folder).write_text("{")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="Move it aside and run this again" if wrong == "broken notebook" else ""):
        update(folder, kit)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if "before" in path.name] == []
