"""Pages handed back through nbgrader's exchange: those that can be, and a sentence on the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.course import Course, CourseError
from autograder.gradebook.releasing import release_feedback
from tests.small.courses import at_home
from tests.small.small_class import small_course

NAME = "00-small"
CONFIG = """from pathlib import Path
from autograder.gradebook.nbgrader_setup import configure
c = get_config()
configure(c, root=Path(__file__).parent)
c.Exchange.root = {exchange!r}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small_course(tmp_path / "course")
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    os.chmod(exchange, 0o777)
    (tmp_path / "course" / "nbgrader_config.py").write_text(CONFIG.format(exchange=str(exchange)))
    return tmp_path / "course"


def write(root: Path, student: str, *, through_the_exchange: bool = True) -> None:
    folder = root / "feedback" / student / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.html").write_text(f"<p>{student}</p>")
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    if through_the_exchange:
        (folder / "submission_secret.txt").write_text(f"secret of {student}")


def release(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with at_home(root):
        found = release_feedback(root, NAME, Course(root))
    return found.students, found.left_out


def test_those_who_submitted_through_the_exchange_get_their_page(root: Path) -> None:
    write(root, "ada", through_the_exchange=False)  # nbgrader's own command would stop here
    write(root, "bob")
    write(root, "eve")
    assert release(root) == (("bob", "eve"), ("ada",))
    pages = sorted((root.parent / "exchange").rglob("*.html"))
    assert sorted(page.read_text() for page in pages) == ["<p>bob</p>", "<p>eve</p>"]


def test_without_pages_it_is_said_what_comes_first(root: Path) -> None:
    with pytest.raises(CourseError, match="write the feedback pages first"):
        release(root)


def test_where_nobody_submitted_through_the_exchange_it_is_said(root: Path) -> None:
    write(root, "ada", through_the_exchange=False)
    with pytest.raises(CourseError, match="nobody submitted through nbgrader's exchange"):
        release(root)


def test_an_exchange_that_is_not_there_is_said_with_the_remedy(root: Path) -> None:
    write(root, "ada")
    (root.parent / "exchange").rmdir()
    with pytest.raises(CourseError, match=r"could not be used .*c\.Exchange\.root"):
        release(root)
