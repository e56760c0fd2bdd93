"""What lies in ``submitted/``: one folder that nobody may look into, or that is none, concerns nobody else."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.folder import CourseFolder

NAME = "00-small"


@pytest.fixture
def folder(tmp_path: Path) -> CourseFolder:
    for student in ("ada", "bob"):
        place = tmp_path / "submitted" / student / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_text("{}")
        (place / "data.csv").write_text("1,2")
    return CourseFolder(tmp_path)


def forbid(monkeypatch: pytest.MonkeyPatch, forbidden: Path) -> None:
    """Has a folder that may not be looked into, as one of another account is; root may look into all."""
    stat, scandir = os.stat, os.scandir

    def refused_stat(path: Any, *words: Any, **named: Any) -> os.stat_result:
        if not isinstance(path, int) and forbidden in Path(os.fsdecode(path)).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, *words, **named)

    def refused_scandir(path: Any = ".") -> Any:
        if not isinstance(path, int) and Path(os.fsdecode(path)) == forbidden:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "stat", refused_stat)
    monkeypatch.setattr(os, "scandir", refused_scandir)


def test_a_student_whose_folder_may_not_be_looked_into_is_not_left_out(
    folder: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(monkeypatch, folder.root / "submitted" / "ada")
    assert folder.students(NAME) == ["ada", "bob"]


def test_a_folder_that_may_not_be_looked_into_is_no_empty_submission(
    folder: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder.root / "submitted" / "ada" / NAME
    forbid(monkeypatch, place)
    with pytest.raises(PermissionError):
        folder.submission("ada", NAME)
    assert folder.submission("bob", NAME).files == {"data.csv": b"1,2"}


def test_what_is_no_folder_is_passed_over(folder: CourseFolder) -> None:
    submitted = folder.root / "submitted"
    (submitted / "circle").symlink_to("circle")
    (submitted / "nowhere").symlink_to("not-there")
    (submitted / "notes.txt").write_text("x")
    assert folder.students(NAME) == ["ada", "bob"]


def test_a_graded_file_that_may_not_be_read_any_more_counts_as_lost(
    folder: CourseFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder.autograded("ada", NAME)
    place.mkdir(parents=True)
    for name in ("results.json", f"{NAME}.ipynb"):
        (place / name).write_text("{}")
    assert folder.written("ada", NAME).digest is not None
    opened = os.open

    def refused(path: Any, *words: Any, **named: Any) -> int:
        if Path(path).name == f"{NAME}.ipynb":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *words, **named)

    monkeypatch.setattr(os, "open", refused)
    assert folder.written("ada", NAME).digest is None
