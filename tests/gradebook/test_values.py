"""A gradebook with a value that nothing can be computed from is named before anything is read from it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from autograder.gradebook.address import Address
from autograder.gradebook.opening import WrongGradebook, cannot, create, refuse_other_course


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A gradebook with an assignment that is due, and a submission with an extension and a grade."""
    path = tmp_path / "gradebook.db"
    url = f"sqlite:///{path}"
    create(Address(url))
    with Gradebook(url, "cnn") as gradebook:
        gradebook.add_assignment("one", duedate="2026-05-04 12:00:00")
        gradebook.add_notebook("one", "one")
        gradebook.add_grade_cell("check", "one", "one", max_score=4, cell_type="code")
        gradebook.add_student("ada")
        gradebook.add_submission("one", "ada", timestamp="2026-05-04 12:30:00.250000")
        gradebook.grant_extension("one", "ada", minutes=90)
    return path


def test_a_gradebook_as_nbgrader_writes_it_is_used(path: Path):
    refuse_other_course(Address(f"sqlite:///{path}"), "cnn")


@pytest.mark.parametrize(("damage", "named"), [
    ("update submitted_assignment set extension = 'two days'", "'two days' in the column 'extension' of its table"),
    ("update submitted_assignment set timestamp = 'yesterday'", "'yesterday' in the column 'timestamp'"),
    ("update submitted_assignment set timestamp = 17", "'17' in the column 'timestamp'"),
    ("update assignment set duedate = '9999-12-31 00:00:00.000000'", "'9999-12-31 00:00:00.000000' in the column"),
    ("update grade set manual_score = 'abc'", "'abc' in the column 'manual_score' of its table 'grade'"),
    ("update grade set manual_score = 9e999", "'inf' in the column 'manual_score'"),
    ("update grade set auto_score = x'00ff'", "in the column 'auto_score'"),
    ("update grade_cells set cell_type = 'video'", "'video' in the column 'cell_type' of its table 'grade_cells'"),
])  # fmt: skip
def test_a_value_that_nothing_can_be_computed_from_is_named(path: Path, damage: str, named: str):
    with closing(sqlite3.connect(path)) as database:
        assert database.execute(damage).rowcount == 1
        database.commit()
    with pytest.raises(WrongGradebook) as refused:
        refuse_other_course(Address(f"sqlite:///{path}"), "cnn")
    assert named in str(refused.value) and "put it right there, or put back a copy" in str(refused.value)


def test_a_gradebook_that_is_moved_while_it_is_used_is_said_to_be(path: Path):
    address = Address(f"sqlite:///{path}")
    with closing(create_engine(address.url).connect()) as connection:
        connection.execute(text("select * from student"))
        path.rename(path.with_name("moved.db"))
        with pytest.raises(SQLAlchemyError) as refused:
            connection.execute(text("update student set email = 'ada@example.org'"))
            connection.commit()
    said = str(cannot(address, "written", refused.value))
    assert said.endswith("could not be written: its file was moved or removed meanwhile; put it back, and run the same "
                         "command again.")  # fmt: skip
