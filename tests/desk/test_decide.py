"""Decide: previews booked and dropped, more time, pages written and released, answers that are alike, exports."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from playwright.sync_api import Page

from autograder.classroom.preview import waiting
from autograder.classroom.times import standings
from autograder.course import Course, UsageError
from autograder.desk.desk import Desk
from autograder.desk.jobs import Job, Jobs
from autograder.gradebook.scores import final_scores
from autograder.submission.notebook import Template
from tests.desk.classes import NAME, make_class
from tests.desk.conftest import Open, findings, nothing_is_amiss
from tests.desk.serving import Served, served
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, submit

PATH = f"/decide/{NAME}"
LONG = """def square(value):
    if not isinstance(value, (int, float)):
        raise TypeError("a number is squared, and nothing else")
    total, steps = 0, abs(int(value))
    for step in range(steps):
        total = total + abs(value)
    rest = abs(value) - steps
    return total + rest * abs(value)
"""


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A class of three, for what takes kernels."""
    make_class(tmp_path / "few", {f"s{number}": "Because." for number in range(3)})
    return tmp_path / "few"


def scores(root: Path) -> dict[str, float]:
    return {one.person.id: one.score for one in final_scores(root, [NAME], Course(root))}


@pytest.mark.browser
def test_a_preview_is_looked_at_and_booked(few: Path, opened: Open) -> None:
    """With kernels: the course's own check of `double` says other than the one that was pretended."""
    with served(few) as desk:
        look_at_a_preview_and_book_it(desk, opened(desk.address))


def look_at_a_preview_and_book_it(desk: Served, page: Page) -> None:
    before = scores(desk.root)
    page.set_default_timeout(120_000)
    page.goto(desk.at(PATH))
    page.get_by_role("button", name="Preview").press("Enter")
    page.get_by_role("button", name="Accept").wait_for()
    assert scores(desk.root) == before
    found = waiting(desk.root, NAME, Course(desk.root))
    assert f"{len(found.changes)} would change" in page.get_by_role("region", name="Regrade", exact=True).inner_text()
    assert page.locator("tbody tr th").all_inner_texts() == list(found.changes)
    page.get_by_role("button", name=f"Accept: book {len(found.changes)}").press("Enter")
    page.get_by_text("Booked at").wait_for()
    assert {id: scores(desk.root)[id] - before[id] for id in found.changes} == {
        id: change.by for id, change in found.changes.items()
    }
    assert waiting(desk.root, NAME, Course(desk.root)).changes == {}


@pytest.mark.browser
def test_a_preview_of_the_command_is_shown_and_dropped(desk: Served, opened: Open) -> None:
    grade(desk.root, corrected=True, preview=True)
    page = opened(desk.address)
    page.goto(desk.at(PATH))
    page.get_by_text("4 would change").wait_for()
    row = page.get_by_role("row", name="s003")
    assert row.get_by_role("cell").nth(1).inner_text().split() == ["12", "+3"]
    row.get_by_text("Check by check").click()
    assert "Negative numbers too. failed before, passed now." in row.inner_text()
    assert findings(page) == []
    page.get_by_role("button", name="Drop").click()
    page.get_by_text("4 would change").wait_for(state="detached")
    assert waiting(desk.root, NAME, Course(desk.root)).changes == {} and scores(desk.root)["s003"] == 9.0


@pytest.mark.browser
def test_time_is_given_and_taken_away(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(f"{PATH}?student=s001#time"))
    assert page.get_by_label("Student").input_value() == "s001"
    page.get_by_label("Time", exact=True).fill("two days")
    page.get_by_label("Why").fill("was <b>ill</b>")
    page.get_by_role("button", name="Give").click()
    assert "'two days' is no length of time" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Why").input_value() == "was <b>ill</b>"  # nothing has to be typed again
    page.get_by_label("Time", exact=True).fill("2d")
    page.get_by_label("Time", exact=True).press("Enter")
    row = page.get_by_role("row", name="s001")
    row.wait_for()
    assert "2 days" in row.inner_text() and "was <b>ill</b>" in row.inner_text()
    (given,) = [one for one in standings(desk.root, [NAME], Course(desk.root)) if one.extension]
    assert (given.person.id, given.why, given.extension.days) == ("s001", "was <b>ill</b>", 2)
    row.get_by_role("button").click()
    row.wait_for(state="detached")
    assert not [one for one in standings(desk.root, [NAME], Course(desk.root)) if one.extension]


@pytest.mark.browser
def test_pages_are_written_and_why_they_are_not_released_is_said(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.set_default_timeout(60_000)
    page.goto(desk.at(PATH))
    page.get_by_role("button", name="Write the pages").click()
    page.get_by_text("10 pages and the class report were written").wait_for()
    assert len(list(desk.root.glob(f"feedback/*/{NAME}/{NAME}.html"))) == 10
    page.get_by_role("button", name="Release them").click()
    page.get_by_text("nobody submitted through nbgrader's exchange").wait_for()
    assert findings(page) == []


@pytest.mark.browser
def test_answers_that_are_alike_lead_to_both_side_by_side(desk: Served, opened: Open) -> None:
    template = Template.load(Course(desk.root).assignment(NAME))
    for student, name in (("yan", "value"), ("zoe", "number")):
        submit(desk.root, student, answered(template, {**RIGHT, "square": LONG.replace("value", name)}))
    page = opened(desk.address)
    page.set_default_timeout(60_000)
    page.goto(desk.at(PATH))
    page.get_by_role("button", name="Compare the class").click()
    page.get_by_text("12 submissions were compared").wait_for()
    row = page.get_by_role("row", name="square yan and zoe")
    row.get_by_role("link", name="side by side").click()
    page.wait_for_url("**/compare?**")
    assert page.get_by_role("heading", level=1).inner_text() == "square: yan and zoe"


@pytest.mark.browser
def test_an_export_is_downloaded(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(PATH))
    page.get_by_label("A row for each").select_option("task")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    rows = list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text("utf-8-sig"))))
    assert downloading.value.suggested_filename == f"{NAME}-csv.csv"
    assert len(rows) == 40 and {row["task"] for row in rows} == {"why", "double", "square", "tiny-sum"}
    page.get_by_label("For", exact=True).select_option("moodle")
    page.get_by_role("button", name="Download").click()
    assert "moodle" in page.get_by_role("alert").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_amiss_for_whoever_hears_it_or_sees_little(desk: Served, opened: Open, scheme: str) -> None:
    nothing_is_amiss(opened(desk.address, color_scheme=scheme), desk.at(PATH))


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("jobs/accept", {}, "nothing to book"),
        ("jobs/similar", {"least": "0"}, "no share from 1 to 100"),
        ("time", {"student": "nobody", "by": "2d"}, "Nobody with the id"),
        ("time", {"student": "s001", "by": "1000w"}, "longer than ten years"),
        ("time", {}, "no length of time"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(desk: Served, path: str, form: dict[str, str], said: str) -> None:
    session = desk.session()
    session.get(desk.at(PATH), timeout=30)
    answer = session.post(desk.at(f"{PATH}/{path}"), data=form, timeout=30)
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.parametrize("path", ["jobs/none", "jobs/preview", "time", "drop"])
def test_nothing_is_done_for_another_site_or_without_the_cookie(desk: Served, path: str) -> None:
    session = desk.session()
    session.headers["Origin"] = "https://example.org"
    assert session.post(desk.at(f"{PATH}/{path}"), data={"by": "1d", "student": "s001"}, timeout=30).status_code == 403
    origin = {"Origin": "/".join(desk.address.split("/")[:3])}
    assert requests.post(desk.at(f"{PATH}/{path}"), headers=origin, timeout=30).status_code == 403
    assert not [one for one in standings(desk.root, [NAME], Course(desk.root)) if one.extension]


@pytest.fixture
def jobs(few: Path) -> Iterator[Jobs]:
    with at_home(few):
        found = Jobs(Desk.of(few, Course(few)))
        yield found
        found.close()


def ended(jobs: Jobs, job: Job) -> Job:
    """The job, once it has ended."""
    jobs.wait(job)
    assert not job.running
    return job


def test_one_of_a_kind_goes_on_at_a_time_and_can_be_stopped(jobs: Jobs) -> None:
    first = jobs.start("preview", NAME, "ada")
    with pytest.raises(UsageError, match=f"Preview of {NAME}, begun by ada"):
        jobs.start("accept", NAME, "bob", students=["s000"])
    other = jobs.start("feedback", NAME, "bob")  # another kind
    jobs.stop("preview", NAME)
    assert ended(jobs, first).found is None and "stopped" in first.failed
    assert ended(jobs, other).found is not None and (other.done, other.of) == (3, 3)
    again = jobs.start("preview", NAME, "ada")
    assert ended(jobs, again).failed == "" and again.found == {"graded": 3, "unchanged": 0, "failed": {}}


STARTS = """
import os, psutil, sys, time
from pathlib import Path
from autograder.course import Course
from autograder.desk.desk import Desk
from autograder.desk.jobs import Jobs

root = Path(sys.argv[1])
jobs = Jobs(Desk.of(root, Course(root)))
job = jobs.start("preview", "00-small", "ada")
while not job.of:
    time.sleep(0.05)
print(*(one.pid for one in psutil.Process().children(recursive=True)))
sys.stdout.flush()
os.kill(os.getpid(), 9)
"""


def test_a_job_ends_with_a_desk_that_is_killed(few: Path) -> None:
    with at_home(few):
        found = subprocess.run([sys.executable, "-c", STARTS, few], capture_output=True, text=True, timeout=300)
    assert found.returncode == -9, found.stderr
    left = [psutil.Process(int(one)) for one in found.stdout.split() if psutil.pid_exists(int(one))]
    assert psutil.wait_procs(left, timeout=60)[1] == []


def test_a_job_that_cannot_be_done_says_its_sentence(jobs: Jobs) -> None:
    job = ended(jobs, jobs.start("release", NAME, "ada"))
    assert job.failed == f"No page of {NAME} is written yet; write the feedback pages first."
    broken = ended(jobs, jobs.start("accept", NAME, "ada", students=["nobody"]))
    assert "'nobody' has no submission" in broken.failed


def test_a_job_that_ends_without_a_word_is_told_of(jobs: Jobs) -> None:
    job = jobs.start("feedback", NAME, "ada")
    jobs.kill(job)
    assert "Writing pages ended without a word (exit code -9)" in ended(jobs, job).failed
