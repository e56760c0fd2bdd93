"""What nbgrader shows of graded submissions: its feedback pages and its formgrader, served for real."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, GenerateFeedbackApp

from autograder.course import Course
from autograder.gradebook.nbgrader_html import clean_html
from autograder.release.release import release
from autograder.submission.results import read_results
from tests.gradebook.test_nbgrader_autograde import HALF, RIGHT, TIME, grade_ourselves
from tests.small.formgrader import Browse, formgrader
from tests.small.nbgrader_apps import run
from tests.small.nbgrader_course import NAME, make_course, submit

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")

SCRIPT = "Because.\n\n<script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3))"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Graded by both: ada and eve by nbgrader, bob and cyd by ourselves."""
    root = make_course(tmp_path_factory.mktemp("course"))
    release(course=Course(root))
    submit(root, "ada", RIGHT, TIME)
    submit(root, "eve", {**RIGHT, "why": SCRIPT, "student-id": "'<script>alert(4)</script>'"}, TIME)
    assert run(AutogradeApp, root, NAME) == 0
    submit(root, "bob", HALF, TIME)
    submit(root, "cyd", b"not a notebook", TIME)
    assert set(grade_ourselves(root).graded) == {"bob", "cyd"}
    return root


@pytest.fixture(scope="module")
def feedback(course: Path) -> dict[str, str]:
    """Every student's page of nbgrader's feedback."""
    assert run(GenerateFeedbackApp, course, NAME) == 0
    pages = (course / "feedback").glob(f"*/{NAME}/{NAME}.html")
    return {page.parents[1].name: page.read_text(encoding="utf-8") for page in pages}


def test_everyone_gets_a_page_whoever_graded(feedback: dict[str, str]):
    assert set(feedback) == {"ada", "bob", "cyd", "eve"}
    assert "(Score: 1.0 / 4.0)" in feedback["bob"] and "(Score: 4.0 / 4.0)" in feedback["ada"]
    assert "This submission could not be graded" in feedback["cyd"]


def test_the_page_shows_the_checks_table_with_descriptions(feedback: dict[str, str]):
    assert "A negative number doubles too." in feedback["bob"]
    assert "<caption" in feedback["bob"] and "&lt;caption" not in feedback["bob"]


def test_no_page_shows_a_hidden_tests_name_source_or_expected_value(feedback: dict[str, str]):
    for page in feedback.values():
        body = page[page.index("<body") :]
        for secret in (
            "test_double_of",
            "test_square_of",
            "test_the_sum",
            "expect_equal",
            "rng.integers",
            "BEGIN HIDDEN",
        ):
            assert secret not in body


def test_a_rubric_is_not_shown_before_a_person_graded_by_it(feedback: dict[str, str]):
    assert not [student for student, page in feedback.items() if "names the reason" in page or "MARK SCHEME" in page]


def test_only_pages_and_what_the_exchange_needs_reach_the_feedback_folder(course: Path, feedback: dict[str, str]):
    names = {path.name for path in (course / "feedback").rglob("*") if path.is_file()}
    assert names == {f"{NAME}.html", "timestamp.txt"}


@pytest.fixture(scope="module")
def browse(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browse]:
    """A Jupyter server with the formgrader, started in the course folder; a function that asks it."""
    with formgrader(course, tmp_path_factory.mktemp("home")) as ask:
        yield ask


def submissions(browse: Browse) -> dict[str, dict[str, Any]]:
    """The formgrader's list of submitted notebooks, by student, with the names that it hides."""
    return {row["student"]: row for row in browse(f"/formgrader/api/submissions/{NAME}").json()}


def notebook_id(course: Path, student: str) -> str:
    with Gradebook(f"sqlite:///{course}/gradebook.db", "cnn") as gradebook:
        return gradebook.find_submission_notebook(NAME, NAME, student).id


def test_the_formgrader_lists_what_was_graded(browse: Browse):
    rows = submissions(browse)
    assert {s: row["score"] for s, row in rows.items()} == {"ada": 6.0, "bob": 1.0, "cyd": 0.0, "eve": 6.0}
    assert {s for s, row in rows.items() if row["needs_manual_grade"]} == {"ada", "eve"}
    assert all(row["autograded"] for row in rows.values())
    [assignment] = browse("/formgrader/api/assignments").json()
    assert (assignment["name"], assignment["max_score"], assignment["num_submissions"]) == (NAME, 11.0, 4)


@pytest.mark.parametrize("student", ["ada", "bob", "cyd", "eve"])
def test_the_formgrader_opens_what_either_wrote(course: Path, browse: Browse, student: str):
    page = browse(f"/formgrader/submissions/{notebook_id(course, student)}/")
    assert page.status_code == 200
    shown = "This submission could not be graded" if student == "cyd" else "names the reason (3 points)"
    assert shown in page.text


def test_the_formgrader_runs_nothing_that_a_student_wrote(course: Path, browse: Browse, feedback: dict[str, str]):
    shown = browse(f"/formgrader/submissions/{notebook_id(course, 'eve')}/").text
    for page in (shown, feedback["eve"]):
        for number in (1, 2, 3, 4):
            assert not re.search(rf"<script>\s*alert\({number}\)|<img[^>]*onerror|href=.javascript", page)
        assert "Because." in page


def test_a_person_grades_in_the_formgrader_and_a_regrade_keeps_it(course: Path, browse: Browse):
    asked = browse("/formgrader/api/grades", params={"submission_id": notebook_id(course, "ada")}).json()
    why = next(grade for grade in asked if grade["name"] == "why")
    assert (why["auto_score"], why["needs_manual_grade"], why["max_score"]) == (None, True, 5.0)
    graded = browse(
        f"/formgrader/api/grade/{why['id']}", "PUT", data=json.dumps({"manual_score": 4, "extra_credit": 0.5})
    )
    assert graded.json()["needs_manual_grade"] is False
    comments = browse("/formgrader/api/comments", params={"submission_id": notebook_id(course, "ada")}).json()
    comment = next(comment for comment in comments if comment["name"] == "why")
    browse(f"/formgrader/api/comment/{comment['id']}", "PUT", data=json.dumps({"manual_comment": "Well said."}))
    assert submissions(browse)["ada"]["score"] == 10.5

    assert grade_ourselves(course, force=True, students=("ada",)).graded["ada"].score == 6.0
    assert submissions(browse)["ada"]["score"] == 10.5
    assert run(GenerateFeedbackApp, course, NAME, "--force", "--student=ada") == 0
    page = (course / "feedback" / "ada" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Well said." in page and "Score: 4.5 / 5.0" in page
    assert "How this was graded" in page and "names the reason (3 points)" in page and "MARK SCHEME" not in page


HOSTILE = [
    "<script>alert(1)</script>", "<img src='https://elsewhere/x.png'>", "<a href='javascript:x'>a</a>",
    "<svg onload=x>", "<iframe src=x></iframe>", "<p onclick=x>p</p>", "<form action=x>", "<style>*{}</style>",
    "<div style='background:url(x);position:fixed'>d</div>", "<img src='data:text/html;base64,x'>",
    "<a href=' data:text/html;base64,x'>a</a>", "<a href='java&#10;script:x'>a</a>",
    "<math><mi xlink:href=javascript:x>",
]  # fmt: skip


@pytest.mark.parametrize("markup", HOSTILE)
def test_markup_that_acts_or_loads_is_not_let_through(markup: str):
    found = re.findall(r"<[^>]*>", clean_html(markup))
    assert not re.search(r"script|https|javascript|onload|onclick|iframe|form|url\(|fixed|text/html", "".join(found))


def test_the_formgraders_own_button_grades_behind_the_boundary(course: Path, browse: Browse):
    submit(course, "fay", {}, TIME)
    said = browse(f"/formgrader/api/submission/{NAME}/fay/autograde", "POST").json()
    assert said["success"], said
    results = read_results(course / "autograded" / "fay" / NAME)
    assert (results.score, results.status) == (0.0, "graded") and results.provenance.isolation
    assert submissions(browse)["fay"]["autograded"]
