"""The gradebook's writer that is made beside the first submissions: what it does when it is needed, or not at all."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.classroom.late_writer import LateWriter
from autograder.course import Assignment, Course, CourseError
from tests.small.small_class import small_course

LATER = ("nbgrader", "nbformat", "numpy", "sqlalchemy", "pytest")
PATIENCE_S = 60


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return small_course(tmp_path)


def late(root: Path) -> LateWriter:
    return LateWriter(root, Course(root))


@pytest.mark.parametrize("module", ["autograder.classroom.grade", "autograder.sandbox.warm_pool"])
def test_what_starts_workers_and_their_server_imports_nothing_that_takes_long(module: str):
    asked = f"import sys, {module}\nprint([name for name in {LATER + ('jupyter_client',)} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_an_assignment_is_registered_also_where_nothing_was_committed(tmp_path: Path, assignment: Assignment):
    with late(tmp_path) as writer:
        writer.register(assignment)
        assert not (tmp_path / "gradebook.db").exists()
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "00") as gradebook:
        assert [one.name for one in gradebook.assignments] == ["00-small"]


def test_a_run_that_fails_makes_no_gradebook(tmp_path: Path, assignment: Assignment):
    with pytest.raises(CourseError, match="no worker"), late(tmp_path) as writer:
        writer.register(assignment)
        raise CourseError("no worker")
    assert not (tmp_path / "gradebook.db").exists()


def test_the_writer_is_made_while_submissions_run(tmp_path: Path, assignment: Assignment):
    with late(tmp_path) as writer:
        writer.register(assignment)
        until = time.monotonic() + PATIENCE_S
        while not (tmp_path / "gradebook.db").exists() and time.monotonic() < until:
            writer.prepare()
        assert (tmp_path / "gradebook.db").exists()


def test_what_is_no_gradebook_is_refused_while_submissions_run(tmp_path: Path, assignment: Assignment):
    (tmp_path / "gradebook.db").write_bytes(b"no database at all" * 100)
    with late(tmp_path) as writer, pytest.raises(CourseError):
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            writer.prepare()


def test_a_time_that_nbgrader_wrote_is_read_without_nbgrader(tmp_path: Path):
    place = tmp_path / "submitted" / "ada" / "00-small"
    place.mkdir(parents=True)
    (place / "00-small.ipynb").write_text("{}")
    (place / "timestamp.txt").write_text("2026-01-01 10:00:00.123456 UTC\n")
    asked = (
        "import sys\nfrom pathlib import Path\nfrom autograder.classroom.folder import CourseFolder\n"
        "found = CourseFolder(Path(sys.argv[1])).submission('ada', '00-small')\n"
        "print(found.timestamp, 'nbgrader' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", asked, tmp_path], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "2026-01-01 10:00:00.123456 UTC False"
