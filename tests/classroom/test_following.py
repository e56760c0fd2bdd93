"""Following the record: what another process adds is found without reading the rest, and what it removes is noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.following import changed, documents, every, mark
from autograder.classroom.ledger import Ledger

NAME = "00-small"


def put(path: Path, student: str, score: float, name: str = NAME) -> None:
    """As a run in another process does."""
    with Ledger(path) as ledger:
        ledger.record(name, student, f"f{score}", document(student, score), b"{}")


def document(student: str, score: float) -> dict[str, Any]:
    return {"student": student, "score": score}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for student in ("ada", "bob", "eve"):
        put(tmp_path / "ledger.db", student, 1.0)
    return tmp_path / "ledger.db"


def test_what_is_new_and_what_was_graded_again_is_found_alone(path: Path) -> None:
    with Ledger(path) as ledger:
        at = mark(ledger, NAME)
        assert changed(ledger, NAME, None, at) is None and every(ledger, NAME) == ["ada", "bob", "eve"]
        assert changed(ledger, NAME, at, mark(ledger, NAME)) == []
        put(path, "zoe", 2.0)
        put(path, "bob", 3.0)
        put(path, "ada", 4.0, "01-other")
        now = mark(ledger, NAME)
        assert changed(ledger, NAME, at, now) == ["bob", "zoe"]
        assert dict(documents(ledger, NAME, ["bob", "zoe"])) == {
            "bob": document("bob", 3.0), "zoe": document("zoe", 2.0),
        }  # fmt: skip
        assert changed(ledger, NAME, now, mark(ledger, NAME)) == []


def test_going_back_is_found_too(path: Path) -> None:
    put(path, "bob", 3.0)
    with Ledger(path) as ledger:
        at = mark(ledger, NAME)
        with Ledger(path) as other:
            other.go_back(NAME, "bob", 1)
        assert changed(ledger, NAME, at, mark(ledger, NAME)) == ["bob"]
        assert dict(documents(ledger, NAME))["bob"]["score"] == 1.0


def test_a_student_who_is_forgotten_has_everybody_read_again(path: Path) -> None:
    with Ledger(path) as ledger:
        at = mark(ledger, NAME)
        with Ledger(path) as other:
            other.forget("ada")
        put(path, "zoe", 2.0)  # as many as before, and rows are counted anew
        assert changed(ledger, NAME, at, mark(ledger, NAME)) is None
        assert every(ledger, NAME) == ["bob", "eve", "zoe"]


def test_a_damaged_row_is_left_out(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.change("update graded set results = ? where student = 'bob'", (b"no JSON",))
        assert [student for student, _ in documents(ledger, NAME)] == ["ada", "eve"]
