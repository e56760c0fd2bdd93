"""Whatever a student is called and whatever they hand in, the desk's pages on the class run and load nothing of it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup

from autograder.classroom.times import give_time
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person
from autograder.submission.notebook import Template
from tests.desk.classes import NAME, lay_out, with_pictures
from tests.desk.conftest import Open
from tests.desk.serving import Served, served
from tests.feedback.test_hostile import ATTACKS
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, submit

NAMES = (
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=\"document.title='owned'\">",
    "a&student=b#x?y=%2f..",
    "' onmouseover='document.title=1",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
    "ünï ☃ +%20",
    "-rf",
)
ALL = "\n\n".join(ATTACKS).replace("\ud800", "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A class in which everything that a student decides is an attack."""
    root = tmp_path / "class"
    template = Template.load(lay_out(root).assignment(NAME))
    for name in NAMES:
        code = f"def double(x):\n    return abs(2 * x)\n'''\n{ALL}\n'''"
        submit(root, name, with_pictures(answered(template, {**RIGHT, "double": code, "why": ALL}, extra=(ALL,))))
    grade(root)
    course = Course(root)
    with GradebookWriter(root, course=course) as writer:
        writer.know([Person(name, ATTACKS[0], ATTACKS[2], f"{ATTACKS[3]}@example.org") for name in NAMES])
    give_time(root, NAMES[0], NAME, timedelta(days=1), ATTACKS[1], course)
    return root


def paths_of(desk: Served, session: requests.Session) -> list[str]:
    """The pages on the class, and those of its students that they lead to."""
    table = BeautifulSoup(session.get(desk.at(f"/class/{NAME}"), timeout=60).text, "html.parser")
    students = [str(link["href"]) for link in table.select("tbody th a")]
    assert len(students) == len(NAMES)
    below = [
        f"/class/{NAME}?find=%3Cscript%3E", f"/tasks/{NAME}", f"/tasks/{NAME}/answers?task=double",
        f"/tasks/{NAME}/answers?task=why&diagnosis=%3Cscript%3Edocument.title%3D1%3C/script%3E", f"/decide/{NAME}",
    ]  # fmt: skip
    prefix = desk.base.removeprefix("/".join(desk.address.split("/")[:3]))
    return [*(prefix + path for path in below), *students]


@pytest.mark.browser
def test_nothing_of_it_runs_or_is_loaded(root: Path, opened: Open) -> None:
    with served(root) as desk:
        origin = "/".join(desk.address.split("/")[:3])
        page = opened(desk.address)
        page.goto(desk.at(f"/tasks/{NAME}"))
        page.get_by_role("heading", name="Check by check").wait_for()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in paths_of(desk, desk.session()):
            page.goto(origin + path)
            page.get_by_role("heading", level=1).wait_for()
            assert page.title().endswith(" · A small course")  # no script has given it another
            assert page.locator("main script, main iframe, main style").count() == 0
            handlers = "[...document.querySelectorAll('main *')].flatMap((one) => [...one.attributes])"
            assert page.evaluate(f"{handlers}.filter((one) => one.name.startsWith('on')).length") == 0
            links = page.locator("main a[href]").evaluate_all("(all) => all.map((one) => one.protocol)")
            assert set(links) <= {"http:", "https:"}
        assert {url for url in asked if not url.startswith((origin, "data:"))} == set()


def test_every_student_is_led_to_by_their_own_name(root: Path) -> None:
    with served(root) as desk:
        session = desk.session()
        table = BeautifulSoup(session.get(desk.at(f"/class/{NAME}"), timeout=60).text, "html.parser")
        origin = "/".join(desk.address.split("/")[:3])
        for link in table.select("tbody th a"):
            page = BeautifulSoup(session.get(origin + str(link["href"]), timeout=60).text, "html.parser")
            assert page.h1 is not None and page.h1.get_text().startswith(link.get_text())
            assert "return abs(2 * x)" in page.get_text()


def test_two_with_hostile_names_are_compared(root: Path) -> None:
    with served(root) as desk:
        session = desk.session()
        session.get(desk.at(f"/class/{NAME}"), timeout=60)
        for one, other in itertools.pairwise(NAMES):
            query = {"task": "double", "student": [one, other]}
            answer = session.get(desk.at(f"/tasks/{NAME}/compare"), params=query, timeout=60)
            assert answer.status_code == 200 and "100 % of the lines are the same" in answer.text
