"""Who is forgotten is gone from every file of the course folder, and nobody else is touched."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autograder.classroom.collect import collect
from autograder.cli import app
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person
from autograder.gradebook.scores import final_scores
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import small_class

NAME = "00-small"
STUDENT = "s002"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A class in which s002 has left a trace wherever one can be."""
    root = tmp_path / "course"
    small_class(root, 4)
    grade(root)
    grade(root, corrected=True)
    grade(root, corrected=False, preview=True)
    with GradebookWriter(root, course=Course(root)) as writer:
        writer.know([Person(STUDENT, "Suzanne", "Unmistakable", "suzanne@example.org")])
    archive = tmp_path / "new.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for student in (STUDENT, "s003"):
            file.writestr(f"{student}/{NAME}/{NAME}.ipynb", f'{{"cells": [], "by": "{student}"}}')
    collect(archive, root, NAME, course=Course(root))
    run(root, "request", STUDENT, NAME, "double", "--says", "Please look again.")
    run(root, "extend", STUDENT, NAME, "--by", "1d")
    run(root, "feedback", NAME)
    return root


def run(root: Path, *words: object, said: str | None = None) -> Result:
    with at_home(root):
        return CliRunner().invoke(app, [*map(str, words), "--course", str(root)], input=said)


def files_with(root: Path, text: str) -> list[str]:
    return [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and text.encode() in p.read_bytes()]


def test_it_says_what_there_is_asks_and_removes_it(root: Path) -> None:
    before = {one.person.id: one.score for one in final_scores(root, [NAME], Course(root))}
    assert files_with(root, STUDENT)
    result = run(root, "forget", STUDENT, said="n\n")
    assert result.exit_code == 2 and "Nothing was removed" in result.stderr
    for said in ("submitted/s002", "autograded/s002", "feedback/s002", "reports/00-small.html", "the gradebook's"):
        assert said in result.output, result.output
    assert files_with(root, STUDENT)
    result = run(root, "forget", STUDENT, said="y\n")
    assert result.exit_code == 0 and "All of it is removed." in result.output, result.output
    assert files_with(root, STUDENT) == [] and files_with(root, "Unmistakable") == []
    assert not [path for path in root.rglob("*") if STUDENT in path.name]
    del before[STUDENT]
    assert {one.person.id: one.score for one in final_scores(root, [NAME], Course(root))} == before
    run(root, "feedback", NAME)
    assert (root / "reports" / f"{NAME}.html").exists()
    assert run(root, "history", "s003", NAME).exit_code == 0


def test_what_was_collected_of_others_can_still_be_undone(root: Path) -> None:
    assert run(root, "forget", STUDENT, "--yes").exit_code == 0
    result = run(root, "collect", "--undo", "--assignment", NAME)
    assert "1 earlier submissions are back" in result.output, result.output


def test_nobody_and_nothing(root: Path) -> None:
    for student in ("zoe", "..", "a/b", ""):
        result = run(root, "forget", student, "--yes")
        assert result.exit_code == 2, result.output
    assert run(root, "forget", STUDENT, "--json").exit_code == 2  # another program is never asked
    removed = json.loads(run(root, "forget", STUDENT, "--json", "--yes").output)["removed"]
    assert any("submitted" in one for one in removed)
    assert run(root, "forget", STUDENT, "--yes").exit_code == 2  # there is nothing any more


def test_a_link_is_removed_and_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept.txt").write_text("kept")
    (root / "submitted" / "zoe").symlink_to(tmp_path / "elsewhere")
    assert run(root, "forget", "zoe", "--yes").exit_code == 0
    assert (tmp_path / "elsewhere" / "kept.txt").exists() and not (root / "submitted" / "zoe").is_symlink()
