"""Which file of a submitted folder is graded, and what is said where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.submission.handed_in import find_notebook

NAME = "01-small"


def lay_out(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return folder


def test_the_notebook_of_the_assignment_s_name_is_graded_whatever_lies_beside(tmp_path: Path) -> None:
    found = find_notebook(lay_out(tmp_path, f"{NAME}.ipynb", "draft.ipynb", "data.csv"), NAME)
    assert (found.path, found.note, found.missing) == (tmp_path / f"{NAME}.ipynb", "", "")


@pytest.mark.parametrize("name", ["final version (2).ipynb", "01_SMALL.IPYNB"])
def test_the_only_notebook_is_graded_under_any_name_and_that_is_said(tmp_path: Path, name: str) -> None:
    found = find_notebook(lay_out(tmp_path, name, "data.csv", ".ipynb_checkpoints/01-small-checkpoint.ipynb"), NAME)
    assert found.path == tmp_path / name
    assert name in found.note and f"graded as {NAME}.ipynb" in found.note and name in found.remark


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a.ipynb", "b.ipynb"], "of a.ipynb, b.ipynb, hand in one, and call it 01-small.ipynb"),
        (["homework/01-small/01-small.ipynb"], "but homework/01-small/01-small.ipynb: hand in the file itself"),
        (["01-small.ipynb.txt"], "but 01-small.ipynb.txt: take .txt off its name"),
        (["01-small.ipynb.json", "x.csv"], "take .json off its name"),
        (["answers.docx"], "it has answers.docx"),
        (["a", "b", "c", "d", "e"], "it has a, b, c and 2 more"),
        ([".ipynb_checkpoints/01-small-checkpoint.ipynb", "__MACOSX/._01-small.ipynb"], "it is empty"),
    ],
)
def test_where_there_is_none_one_sentence_says_what_there_is(tmp_path: Path, names: list[str], said: str) -> None:
    found = find_notebook(lay_out(tmp_path, *names), NAME)
    assert found.path is None
    assert found.missing.startswith("The submission has no file 01-small.ipynb") and said in found.missing
    assert found.missing.count(". ") == 0 and found.missing.endswith(".")


def test_links_are_not_followed(tmp_path: Path) -> None:
    secret = lay_out(tmp_path / "elsewhere", "theirs.ipynb") / "theirs.ipynb"
    folder = lay_out(tmp_path / "ada", "x.txt")
    (folder / "mine.ipynb").symlink_to(secret)
    (folder / "more").symlink_to(secret.parent)
    assert "it has x.txt" in find_notebook(folder, NAME).missing
