"""The class, live, and a student's page, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.classroom.ledger import Ledger
from autograder.course import Course
from autograder.submission.notebook import Template
from tests.desk.classes import NAME
from tests.desk.conftest import Open, nothing_is_amiss
from tests.desk.serving import Served
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, submit

pytestmark = pytest.mark.browser


def hand_in(root: Path, student: str, **answers: str) -> None:
    submit(root, student, answered(Template.load(Course(root).assignment(NAME)), {**RIGHT, **answers}))


def test_the_table_fills_while_another_process_grades(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/class/{NAME}"))
    assert page.get_by_role("status").inner_text() == "10 of 10 have a result."
    for student in ("yan", "zoe"):
        hand_in(desk.root, student, square="def square(x):\n    while True: x * x")
    page.get_by_role("row", name="zoe – – – – – to be graded").wait_for()
    link = page.get_by_role("link", name="s001", exact=True)
    link.focus()
    grade(desk.root)
    page.get_by_role("row", name="zoe 0 4 6 stopped 2 12 stopped").wait_for()
    assert page.get_by_role("status").inner_text() == "12 of 12 have a result."
    assert page.evaluate("document.activeElement.textContent") == "s001"  # where one was is kept


def test_it_is_held_on_demand(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/class/{NAME}"))
    page.get_by_role("link", name="Hold it").click()
    page.get_by_role("link", name="Let it renew itself").wait_for()
    hand_in(desk.root, "zoe")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)  # longer than between two looks
    assert asked == [] and page.get_by_role("row", name="zoe").count() == 0
    page.get_by_role("link", name="Let it renew itself").click()
    page.get_by_role("row", name="zoe").wait_for()


def test_students_are_found_sorted_and_opened_by_keyboard_alone(desk: Served, opened: Open) -> None:
    hand_in(desk.root, "zoe")
    page = opened(desk.address)
    page.goto(desk.at(f"/class/{NAME}?live=0"))
    page.get_by_role("searchbox", name="Find").focus()
    page.keyboard.type("s00")
    page.get_by_role("row", name="zoe").wait_for(state="detached")
    assert "find=s00" in page.url
    page.get_by_role("columnheader", name="double").get_by_role("link").press("Enter")
    page.wait_for_url("**sort=double**")
    header = page.get_by_role("columnheader", name="double")
    assert header.get_attribute("aria-sort") == "ascending"
    first = page.get_by_role("row").nth(2)
    assert first.inner_text().split()[0] == "s000"
    first.get_by_role("link").nth(2).press("Enter")
    page.wait_for_url("**/student?**#task-double")
    assert page.get_by_role("heading", level=1).inner_text() == "s000"
    page.get_by_role("link", name="Next").press("Enter")
    page.wait_for_url("**student=s003**")  # next in that order: they lost the sign too


def test_a_student_is_shown_with_the_checks_names_and_sentences(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/class/{NAME}/student?student=s000"))
    task = page.get_by_role("region", name="double")
    said = " ".join(task.inner_text().split())
    assert "return abs(2 * x)" in said and "1 of 4, partly right" in said
    assert "failed Negative numbers too. 3 points, hidden: test_sign" in said and "lost its sign" in said
    task.get_by_role("link", name="sign-lost").click()
    assert page.get_by_role("heading", level=1).inner_text() == "double: sign-lost"
    assert page.get_by_text("4 answers.").count() == 1


def test_an_earlier_result_is_made_to_count_again(desk: Served, opened: Open) -> None:
    grade(desk.root, corrected=True)
    page = opened(desk.address)
    page.goto(desk.at(f"/class/{NAME}/student?student=s000"))
    history = page.get_by_role("region", name="History")
    assert "the checks or the released notebook changed" in history.inner_text()
    history.get_by_role("button", name="Have result 1 count").click()
    page.wait_for_url("**#history")
    assert "9 of 17 points" in page.locator(".total").inner_text()
    with Ledger(desk.root / ".autograder" / "ledger.db") as ledger:
        assert [(one.results["score"], one.counts) for one in ledger.past(NAME, "s000")][-1] == (9.0, True)


def test_a_result_that_there_is_not_is_refused_in_a_sentence(desk: Served) -> None:
    session = desk.session()
    session.get(desk.at(f"/class/{NAME}"), timeout=30)
    for number in ("7", "1", "x"):
        answer = session.post(desk.at(f"/class/{NAME}/back?student=s000&number={number}"), timeout=30)
        assert answer.status_code == 422 and 'role="alert"' in answer.text


@pytest.mark.parametrize("path", ["/class/99-none", f"/class/{NAME}/student?student=nobody", f"/class/{NAME}/student"])
def test_what_there_is_not_is_said(desk: Served, path: str) -> None:
    session = desk.session()
    session.get(desk.at(f"/class/{NAME}"), timeout=30)
    assert session.get(desk.at(path), timeout=30).status_code == 404


@pytest.mark.parametrize("path", [f"/class/{NAME}", f"/class/{NAME}/student?student=s000"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_amiss_for_whoever_hears_it_or_sees_little(
    desk: Served, opened: Open, path: str, scheme: str
) -> None:
    nothing_is_amiss(opened(desk.address, color_scheme=scheme), desk.at(path))


def test_without_script_it_is_the_same_table(desk: Served, opened: Open) -> None:
    page = opened(desk.address, java_script_enabled=False)
    page.goto(desk.at(f"/class/{NAME}"))
    page.get_by_role("searchbox", name="Find").fill("s003")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**find=s003**")
    assert page.get_by_role("row").count() == 3  # heads, what is possible, the one
