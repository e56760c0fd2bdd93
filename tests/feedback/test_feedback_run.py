"""Pages on disk: where nbgrader looks for them, with what people graded by hand, and back through the exchange."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import default as exchange
from traitlets.config import Config

from autograder.course import Course, CourseError
from autograder.feedback.feedback_run import rubrics_of, write_feedback
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.manual import manual_grades
from autograder.release.release import release
from autograder.submission.results import write_results
from tests.small.nbgrader_course import NAME, make_course, read

SENTENCE = "The number was added to itself once too often."


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_course(tmp_path_factory.mktemp("course"))
    release(course=Course(root))
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "course")


def document(student: str) -> dict[str, Any]:
    test = {"name": "test_hidden_name", "description": "Twice two is four.", "hidden": True, "points": 4.0,
            "passed": False, "message": SENTENCE, "diagnosis": "thrice", "counterexample": "x 2"}
    common = {"reason": None, "message": ""}
    return {
        "schema": 1, "assignment": NAME, "student": student, "status": "needs_manual_grade", "reason": None,
        "score": 2.0, "max_score": 6.0,
        "tasks": [
            {"task": "why", "kind": "text", "score": None, "max_score": 5.0, "status": "needs_manual_grade",
             "tests": [], **common},
            {"task": "double", "kind": "code", "score": 0.0, "max_score": 4.0, "status": "failed", "tests": [test],
             **common},
            {"task": "tiny-sum", "kind": "answer", "score": 2.0, "max_score": 2.0, "status": "passed", "tests": [],
             **common},
        ],
        "provenance": {"checks": "c", "environment": "e", "seed": 1, "isolation": [],
                       "graded_at": "2026-01-02T03:04:05Z", "seconds": 0.1},
    }


def grade(root: Path, *students: str) -> None:
    """What `autograder grade` leaves behind, with the model answers for submissions."""
    for student in students:
        folder = root / "autograded" / student / NAME
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "solutions" / NAME / f"{NAME}.ipynb", folder)
        write_results(folder, document(student))
    with GradebookWriter(root, course=Course(root)) as writer:
        writer.commit_many(Commit(NAME, student, document(student)) for student in students)


def by_hand(root: Path, student: str, points: float, comment: str) -> None:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn") as gradebook:
        found = gradebook.find_grade("why", NAME, NAME, student)
        found.manual_score, found.needs_manual_grade = points, False
        gradebook.find_comment("why", NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def test_a_page_lies_where_nbgrader_has_it(root: Path) -> None:
    grade(root, "ada", "blaise")
    written = write_feedback(root, NAME, course=Course(root))
    page = root / "feedback" / "ada" / NAME / f"{NAME}.html"
    assert written.pages["ada"] == page.resolve() and SENTENCE in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert written.report == (root / "reports" / f"{NAME}.html").resolve()
    assert "thrice" in written.report.read_text() and "blaise" in written.text


def test_nothing_hidden_is_on_the_page(root: Path) -> None:
    grade(root, "ada")
    page = write_feedback(root, NAME, course=Course(root)).pages["ada"].read_text()
    assert "test_hidden_name" not in page and "hidden=True" not in page


def test_grades_and_comments_by_hand_are_on_the_page(root: Path) -> None:
    grade(root, "ada", "blaise")
    by_hand(root, "ada", 3.5, "Well said; **one** reason is missing.")
    pages = write_feedback(root, NAME, course=Course(root)).pages
    assert "Well said; <strong>one</strong> reason is missing." in pages["ada"].read_text()
    assert "3.5 of 5" in pages["ada"].read_text() and "names the reason (3 points)" in pages["ada"].read_text()
    assert "Well said" not in pages["blaise"].read_text() and "names the reason" not in pages["blaise"].read_text()


def test_reading_the_gradebook_changes_nothing(root: Path) -> None:
    grade(root, "ada")
    before = (root / "gradebook.db").read_bytes()
    manual_grades(root, NAME, Course(root))
    assert (root / "gradebook.db").read_bytes() == before


def test_without_a_gradebook_there_are_no_grades_by_hand(tmp_path: Path, template: Path) -> None:
    assert manual_grades(tmp_path, NAME, Course(template)) == {}
    assert not list(tmp_path.iterdir())


def test_writing_twice_gives_the_same_page(root: Path) -> None:
    grade(root, "ada")
    first = write_feedback(root, NAME, course=Course(root)).pages["ada"].read_bytes()
    assert write_feedback(root, NAME, course=Course(root)).pages["ada"].read_bytes() == first


def test_one_student_can_be_chosen(root: Path) -> None:
    grade(root, "ada", "blaise")
    assert list(write_feedback(root, NAME, ["blaise"], course=Course(root)).pages) == ["blaise"]
    assert not (root / "feedback" / "ada").exists()


@pytest.mark.parametrize("student", ["nobody", "../ada"])
def test_an_unknown_student_is_said_so(root: Path, student: str) -> None:
    grade(root, "ada")
    with pytest.raises(CourseError, match=f"no result of '{student}'"):
        write_feedback(root, NAME, [student], course=Course(root))


def test_nothing_graded_is_said_so(root: Path) -> None:
    with pytest.raises(CourseError, match="grade it first"):
        write_feedback(root, NAME, course=Course(root))


def test_a_damaged_result_is_said_so(root: Path) -> None:
    grade(root, "ada")
    (root / "autograded" / "ada" / NAME / "results.json").write_text("{")
    with pytest.raises(CourseError, match="'ada' is damaged"):
        write_feedback(root, NAME, course=Course(root))


def test_a_link_in_place_of_the_secret_is_not_followed(root: Path) -> None:
    grade(root, "ada")
    submitted = root / "submitted" / "ada" / NAME
    submitted.mkdir(parents=True)
    (root / "private").write_text("private")
    (submitted / "submission_secret.txt").symlink_to(root / "private")
    (submitted / "timestamp.txt").write_text("x" * 10_000)
    write_feedback(root, NAME, course=Course(root))
    assert [path.name for path in (root / "feedback" / "ada" / NAME).iterdir()] == [f"{NAME}.html"]


def test_rubrics_are_read_from_the_source_notebook(template: Path) -> None:
    assert rubrics_of(Course(template).assignment(NAME)) == {
        "why": "* names the reason (3 points)\n* gives an example of it (2 points)"
    }


@pytest.fixture
def nbgrader(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a step of nbgrader's exchange as instructor and student in one."""
    home = tmp_path / "student"
    home.mkdir()
    config: Config = nbgrader_setup.load(root, Course(root))
    config.Exchange.root = str(tmp_path / "exchange")
    config.Exchange.cache = str(tmp_path / "cache")
    config.Exchange.assignment_dir = str(home)
    (tmp_path / "exchange").mkdir()
    os.chmod(tmp_path / "exchange", 0o777)
    monkeypatch.chdir(home)

    def step(name: str) -> None:
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = NAME
        getattr(exchange, name)(coursedir=coursedir, authenticator=Authenticator(config=config), config=config).start()

    yield step


def test_the_page_comes_back_through_the_exchange(root: Path, tmp_path: Path, nbgrader: Any) -> None:
    me = getpass.getuser()
    for step in ("ExchangeReleaseAssignment", "ExchangeFetchAssignment", "ExchangeSubmit", "ExchangeCollect"):
        nbgrader(step)
    grade(root, me)
    written = write_feedback(root, NAME, course=Course(root))
    assert written.unreleasable == ()
    nbgrader("ExchangeReleaseFeedback")
    nbgrader("ExchangeFetchFeedback")
    fetched = list((tmp_path / "student").rglob(f"feedback/*/{NAME}.html"))
    assert [path.read_bytes() for path in fetched] == [written.pages[me].read_bytes()]


def test_who_did_not_submit_through_the_exchange_is_named(root: Path) -> None:
    grade(root, "ada", "blaise")
    submitted = root / "submitted" / "ada" / NAME
    submitted.mkdir(parents=True)
    for name in ("submission_secret.txt", "timestamp.txt"):
        (submitted / name).write_text("2026-01-02 03:04:05 UTC")
    assert write_feedback(root, NAME, course=Course(root)).unreleasable == ("blaise",)


def test_the_executed_notebook_stays_as_it_was(root: Path) -> None:
    grade(root, "ada")
    path = root / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    before = nbformat.writes(read(path))
    write_feedback(root, NAME, course=Course(root))
    assert nbformat.writes(read(path)) == before
    assert json.loads((path.parent / "results.json").read_text()) == document("ada")
