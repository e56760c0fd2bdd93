"""The numbers of the class report, whom it names, and what it leads to."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import Course
from autograder.feedback.measures import checks, point_biserial, spread
from autograder.feedback.report import summarise
from autograder.feedback.report_page import class_report
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person
from autograder.gradebook.scores import FinalScore, TaskScore
from tests.feedback import sample
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import small_class

NAME = "00-small"


def test_the_point_biserial_correlation_is_pearsons_with_zeros_and_ones() -> None:
    passed, rest = [True, True, False, True, False], [9.0, 7.0, 3.0, 6.0, 5.0]
    mean, share = sum(rest) / 5, 3 / 5
    covariance = sum((one - share) * (value - mean) for one, value in zip(passed, rest, strict=True)) / 5
    deviations = (share * (1 - share)) ** 0.5 * (sum((value - mean) ** 2 for value in rest) / 5) ** 0.5
    assert point_biserial(passed, rest) == pytest.approx(covariance / deviations)
    assert point_biserial([True] * 6, [1.0, 2, 3, 4, 5, 6]) is None  # everybody
    assert point_biserial([True, False] * 3, [2.0] * 6) is None  # all the same
    assert point_biserial([True, False, True, False], [4.0, 1, 3, 2]) is None  # too few


def test_how_scores_are_spread() -> None:
    found = spread([0.0, 5.0, 10.0, 10.0], 10.0)
    assert found is not None and (found.median, found.mean, found.least, found.most) == (7.5, 6.25, 0, 10)
    assert found.bins == (1, 0, 0, 0, 0, 1, 0, 0, 0, 2)
    assert spread([], 10.0) is None and spread([0.0], 0.0).bins[0] == 1


def test_a_check_counts_those_who_were_not_asked_as_not_passed() -> None:
    documents = sample.class_results()
    found = {check.description: check for check in checks(documents)}
    ceil = found["The size is right for any kernel and stride."]
    assert (ceil.passed, ceil.of) == (3, 9)  # whoever was right; the notebook that cannot be graded has no tests
    assert (ceil.not_attempted, ceil.stopped, ceil.seconds) == (0, 1, None)  # results of before times were kept


def test_times_are_medians_of_those_that_are_on_record() -> None:
    documents = [sample.results(name) for name in ("ada", "blaise", "carl", "dora")]
    name = next(test["name"] for test in documents[0]["tasks"][1]["tests"] if test["hidden"])
    task = documents[0]["tasks"][1]["task"]
    for document, seconds in zip(documents, (1.0, 2.0, 9.0), strict=False):
        document["provenance"] |= {"task_seconds": {task: seconds}, "check_seconds": {task: {name: seconds / 2}}}
    report = summarise(documents)
    assert next(one.measure.seconds for one in report.columns if one.task == task and one.measure) == 2.0
    assert {(check.task == task, check.seconds) for check in report.checks} == {(True, 1.0), (False, None)}
    assert "2.00 s" in text_of(class_report(documents))


def final(student: str, why: float | None, penalty: float = 0.0, handed_in: bool = True) -> FinalScore:
    if not handed_in:
        return FinalScore(Person(student), sample.ASSIGNMENT, max_score=45.0, handed_in=False)
    tasks = (
        TaskScore("why-convolution", None, why, 0.0, 5.0, why is None),
        TaskScore("conv2d", 10.0, None, 0.0, 20.0, False),
    )
    return FinalScore(Person(student), sample.ASSIGNMENT, tasks, 45.0, penalty)


def text_of(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def test_manual_points_penalties_and_missing_students_are_in_it() -> None:
    finals = [final("ada", 4.0), final("blaise", None, penalty=2.0), final("zoe", None, handed_in=False)]
    documents = [sample.results("ada"), sample.results("blaise")]
    report = summarise(documents, finals)
    assert {one.id: one.score for one in report.students} == {"ada": 14.0, "blaise": 8.0, "zoe": None}
    why = next(column for column in report.columns if column.task == "why-convolution")
    assert (why.mean, why.graded, why.earned["blaise"]) == (4.0, 1, None)
    assert [one.waits for one in report.students] == [False, True, False]
    assert next(need for need in report.needs if need.student == "zoe").reasons == ("missing",)
    page = text_of(class_report(documents, finals))
    assert "final scores" in page and "1 missing" in page and "−2" in page
    waiting = text_of(class_report([sample.results("blaise")], finals[1:]))
    assert "waits for a person – –" in waiting  # no number that is only a maximum


def test_without_a_gradebook_it_is_the_automatic_points() -> None:
    report = summarise([sample.results("ada")])
    assert not report.final and report.students[0].score == 13.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small_class(tmp_path, 8)
    grade(tmp_path)
    with GradebookWriter(tmp_path, course=Course(tmp_path)) as writer:
        writer.know([Person("zoe", "Zoe", "Last")])
    return tmp_path


def run(root: Path, *words: object, code: int = 0) -> str:
    with at_home(root):
        result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_misconception_leads_to_the_answers(root: Path) -> None:
    run(root, "feedback", NAME)
    page = BeautifulSoup((root / "reports" / f"{NAME}.html").read_text(), "html.parser")
    links = page.find(id="beliefs").find_parent("section").find_all("a")
    assert [link.get_text() for link in links] == ["s002", "s006"]
    target, _, place = links[0]["href"].partition("#")
    answer = BeautifulSoup((root / "reports" / target).read_text(), "html.parser")
    assert "abs(2 * x)" in answer.find(id=place).find_parent("section").get_text()


def test_the_report_as_a_command(root: Path, tmp_path: Path) -> None:
    run(root, "feedback", NAME)
    said = json.loads(run(root, "report", NAME, "--json", "--csv", tmp_path / "r.csv"))
    assert said["spread"]["median"] == 7.5 and len(said["students"]) == 9 and said["seconds"] == 1.5
    double = next(task for task in said["tasks"] if task["task"] == "double")
    assert (double["passed"], double["of"], double["not_attempted"]) == (4, 8, 2)
    assert (double["seconds"], double["train_seconds"]) == (0.5, None)
    assert [one["students"] for one in said["misconceptions"]] == [["s002", "s006"]]
    needs = {one["student"]: one["reasons"] for one in said["needs_help"]}
    assert needs["zoe"] == ["missing"] and needs["s000"] == ["has not attempted why"] and "s002" not in needs
    assert needs["s001"][0] == "has not attempted why, double, square, tiny-sum"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    sign = next(row for row in rows if row["check"] == "Negative numbers too.")
    assert (sign["passed"], sign["of"], sign["share"]) == ("4", "8", "0.5000")
    assert (sign["not_attempted"], sign["stopped"], sign["median_seconds"]) == ("2", "0", "0.250")
    assert -1 <= float(sign["discrimination"]) <= 1  # a number as programs read it


def test_pseudonyms_stay_and_lead_to_nobody(root: Path) -> None:
    run(root, "feedback", NAME)
    said = run(root, "report", NAME, "--json", "--pseudonyms")
    page = (root / "reports" / f"{NAME}-pseudonyms.html").read_text()
    for student in ("s000", "s002", "zoe"):
        assert student not in page and student not in said.replace(str(root), "")
    assert "feedback/" not in page and len({one["student"] for one in json.loads(said)["students"]}) == 9
    assert json.loads(run(root, "report", NAME, "--json", "--pseudonyms"))["students"] == json.loads(said)["students"]


def test_another_term_is_compared(root: Path, tmp_path: Path) -> None:
    last = tmp_path / "last"
    small_class(last, 4)
    grade(last, corrected=True)
    then = json.loads(run(root, "report", NAME, "--json", "--before", last))["last_term"]
    assert {"task": "double", "what": "passed", "before": 0.75, "now": 0.5} in then
    assert {"task": "double", "what": "sign-lost", "before": 0.0, "now": 0.25} in then
    page = text_of((root / "reports" / f"{NAME}.html").read_text())
    assert "Since last term" in page and "double sign-lost 0 % 25 %" in page


def test_in_the_wrong_order_it_says_what_is_missing(root: Path, tmp_path: Path) -> None:
    (root / "autograded").rename(root / "moved")
    assert "grade it first" in run(root, "report", NAME, code=1)
    (root / "moved").rename(root / "autograded")
    assert "no assignment '99-none'" in run(root, "report", "99-none", code=2)
    assert "has a result in" in run(root, "report", NAME, "--before", tmp_path / "gone", code=1)
