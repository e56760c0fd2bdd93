"""Tasks and misconceptions: each number leads to the answers behind it, and two answers stand side by side."""

from __future__ import annotations

import re

import pytest

from tests.desk.classes import NAME
from tests.desk.conftest import Open, nothing_is_amiss
from tests.desk.serving import Served

pytestmark = pytest.mark.browser
PATHS = (
    f"/tasks/{NAME}",
    f"/tasks/{NAME}/answers?task=double",
    f"/tasks/{NAME}/compare?task=double&student=s000&student=s001",
)


def test_every_number_leads_to_as_many_answers(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/tasks/{NAME}"))
    page.get_by_role("heading", name="Check by check").wait_for()
    links = {
        link.get_attribute("href"): link.inner_text().strip()
        for link in page.locator("main a[href*='/answers?']").all() if link.inner_text().strip().isdecimal()
    }  # fmt: skip
    assert len(links) > 8
    for href, number in links.items():
        page.goto(desk.base.rsplit("/", 1)[0] + str(href))
        said = page.get_by_text(re.compile(r"^\d+ answers?\.")).inner_text()
        assert said.split()[0] == number, href
        assert page.locator(".one-answer").count() == int(number)


def test_a_misconception_names_its_holders_and_leads_to_them(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/tasks/{NAME}"))
    row = page.get_by_role("row", name="sign-lost")
    assert [one.inner_text() for one in row.get_by_role("link").all()] == ["4", "s000", "s003", "s006", "s009"]
    row.get_by_role("link", name="s003").click()
    page.wait_for_url("**/student?student=s003#task-double")


def test_two_answers_are_compared_by_keyboard(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/tasks/{NAME}/answers?task=double"))
    for student in ("s000", "s001"):
        page.get_by_role("checkbox", name=f"Compare the answer of {student}").press("Space")
    page.get_by_role("button", name="Compare").press("Enter")
    page.wait_for_url("**/compare?**")
    assert page.get_by_role("heading", level=1).inner_text() == "double: s000 and s001"
    assert [one.inner_text() for one in page.locator("mark").all()] == ["abs(2 * x)", "2 * x"]
    assert "50 % of the lines are the same." in page.locator("main").inner_text()


def test_one_answer_stands_beside_the_courses_own(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"/tasks/{NAME}/compare?task=why&student=s005"))
    assert page.get_by_role("columnheader", name="The course's own answer").count() == 1
    assert "I do not know." in page.locator(".compared").inner_text()
    assert "shares its weights" in page.locator(".compared").inner_text()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_amiss_for_whoever_hears_it_or_sees_little(
    desk: Served, opened: Open, path: str, scheme: str
) -> None:
    nothing_is_amiss(opened(desk.address, color_scheme=scheme), desk.at(path))


@pytest.mark.parametrize("path", ["answers?task=none", "compare?task=none&student=s000", "compare?task=why"])
def test_what_there_is_not_is_said(desk: Served, path: str) -> None:
    session = desk.session()
    session.get(desk.at(f"/tasks/{NAME}"), timeout=30)
    assert session.get(desk.at(f"/tasks/{NAME}/{path}"), timeout=30).status_code == 404
