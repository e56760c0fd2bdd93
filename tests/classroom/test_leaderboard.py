"""The leaderboard: by pseudonym, from what the grader measured, and safe from what pseudonyms may try."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from rich.console import Console
from typer.testing import CliRunner, Result

from autograder import cli, course
from autograder.checks.result import TestResult
from autograder.classroom import leaderboard
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.pseudonyms import chosen, key, problem, told_apart
from autograder.course import Course, CourseError, UsageError
from autograder.submission.results import Provenance, Results, TaskResult, write_results
from tests.small.courses import code_task, make_course, write_notebook

NAME = "04-challenge"


def notebook(*sources: str) -> Any:
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def hand_in(
    root: Path, student: str, line: str, *measured: dict[str, float] | None, dataset: str = "mnist",
    device: str = "cpu", time: str = "2026-01-01 10:00:00 UTC",
) -> None:
    """A graded submission whose challenge has a test for each of ``measured``."""
    tests = tuple(TestResult(f"t{n}", "Asks.", True, 5.0, True, measured=m) for n, m in enumerate(measured))
    task = TaskResult("mnist-challenge", "code", 5.0, 15.0, "partial", None, "Some.", tests)
    provenance = Provenance("c", "e", 7, (), "now", 1.0, (dataset,), device)
    folder = root / "autograded" / student / NAME
    write_results(folder, Results(NAME, student, "graded", None, (task,), provenance))
    (folder / f"{NAME}.ipynb").write_text(nbformat.writes(notebook(line)), encoding="utf-8")
    (folder / "timestamp.txt").write_text(time)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_course(tmp_path, NAME, code_task("mnist-challenge", "def train_classifier():\n    pass", 15))


def made(root: Path) -> leaderboard.Leaderboard:
    return leaderboard.make(root, course=Course(root))


def lines(board: leaderboard.Board) -> list[tuple[int, str, float]]:
    return [(place.rank, place.pseudonym, place.accuracy) for place in board.places]


def test_the_best_accuracy_is_first_and_equal_ones_are_ordered_by_time(root: Path):
    hand_in(root, "s1", 'PSEUDONYM = "Slow"', {"accuracy": 0.99, "train_seconds": 80.0})
    hand_in(root, "s2", 'PSEUDONYM = "Quick"', {"accuracy": 0.99, "train_seconds": 20.0})
    hand_in(root, "s3", 'PSEUDONYM = "Best"', None, {"accuracy": 0.95}, {"accuracy": 0.993, "train_seconds": 99.0})
    hand_in(root, "s4", 'PSEUDONYM = "Twin"', {"accuracy": 0.99, "train_seconds": 20.0})
    hand_in(root, "s5", 'PSEUDONYM = "Untimed"', {"accuracy": 0.99})
    hand_in(root, "s6", 'PSEUDONYM = ""', {"accuracy": 1.0})
    hand_in(root, "s7", "x = 1", {"accuracy": 1.0})
    found = made(root)
    assert lines(found.boards[0]) == [
        (1, "Best", 0.993), (2, "Quick", 0.99), (2, "Twin", 0.99), (4, "Slow", 0.99), (5, "Untimed", 0.99),
    ]  # fmt: skip
    assert found.sentences() == ("5 of 7 graded submissions take part.",)
    assert (found.boards[0].places[0].percent, found.boards[0].places[0].time) == ("99.30 %", "99.0 s")


def test_each_data_set_has_a_board_of_its_own(root: Path):
    hand_in(root, "s1", "PSEUDONYM = 'One'", {"accuracy": 0.97}, dataset="digits")
    hand_in(root, "s2", "PSEUDONYM = 'Two'", {"accuracy": 0.99}, device="cuda")
    assert [(b.dataset, b.places[0].pseudonym, b.places[0].device) for b in made(root).boards] == [
        ("digits", "One", "cpu"), ("mnist", "Two", "cuda"),
    ]  # fmt: skip


def test_the_same_name_is_numbered_for_those_who_came_later(root: Path):
    hand_in(root, "s1", 'PSEUDONYM = "deep-net"', {"accuracy": 0.999}, time="2026-01-03 10:00:00 UTC")
    hand_in(root, "s2", 'PSEUDONYM = "Deep Net"', {"accuracy": 0.9}, time="2026-01-02 10:00:00 UTC")
    assert lines(made(root).boards[0]) == [(1, "deep-net (2)", 0.999), (2, "Deep Net", 0.9)]


def test_no_id_of_a_student_is_shown_not_even_of_another(root: Path):
    hand_in(root, "ada-lovelace", 'PSEUDONYM = "Ada Lovelace"', {"accuracy": 0.9})
    hand_in(root, "s1234", 'PSEUDONYM = "not ada lovelace"', {"accuracy": 0.9})
    hand_in(root, "bob", 'PSEUDONYM = "Gradient"', {"accuracy": 0.9})
    found = made(root)
    assert [place.pseudonym for place in found.boards[0].places] == ["Gradient"]
    assert found.left_out == {"a student's id": 2}
    assert not any(student in json.dumps(found.as_json()) for student in ("ada", "s1234", "bob"))


def test_what_was_not_measured_is_not_ranked_and_counted(root: Path):
    hand_in(root, "s1", 'PSEUDONYM = "Early"', None)
    found = made(root)
    assert found.boards == () and found.left_out == {"no accuracy was measured": 1}
    assert found.sentences() == ("Nobody takes part yet.", "1 not shown: no accuracy was measured.")


def test_a_network_that_knows_labels_it_was_not_given_is_not_ranked(root: Path):
    hand_in(root, "s1", 'PSEUDONYM = "Table"', {"accuracy": 1.0}, {"accuracy": 1.0, "honest": 0.0})
    hand_in(root, "s2", 'PSEUDONYM = "Net"', {"accuracy": 0.99, "honest": 1.0})
    found = made(root)
    assert lines(found.boards[0]) == [(1, "Net", 0.99)]
    assert found.left_out == {"the network did not learn from the labels it was given": 1}


def test_a_notebook_that_cannot_be_read_takes_no_part(root: Path):
    hand_in(root, "s1", 'PSEUDONYM = "Broken"', {"accuracy": 0.9})
    (root / "autograded" / "s1" / NAME / f"{NAME}.ipynb").write_text("[" * 100_000)
    assert made(root).boards == ()


def test_without_results_or_without_the_task_there_is_one_sentence(root: Path):
    with pytest.raises(CourseError, match="No submission of 04-challenge has a result"):
        made(root)
    with pytest.raises(UsageError, match="No assignment of this course has a task 'golf'"):
        leaderboard.make(root, "golf", course=Course(root))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('PSEUDONYM = "Conv Fan"', "Conv Fan"),
        ("%matplotlib inline\nPSEUDONYM='Conv  Fan '   # mine\nx = 1", "Conv Fan"),
        ('PSEUDONYM = "first"\nPSEUDONYM = "second"', "second"),
        ('PSEUDONYM = "first"\nPSEUDONYM = ""', None),
        ('PSEUDONYM = "e\u0301t\u00e9"\r\nx = 2', "\u00e9t\u00e9"),
        ('PSEUDONYM = "a" + open("/etc/passwd").read()', None),
        ('PSEUDONYM = f"{1 + 1}"', None),
        ('PSEUDONYM = "\\x3cscript"', None),
        ('    PSEUDONYM = "indented"', None),
        ('# PSEUDONYM = "not yet"', None),
        ("PSEUDONYM = 7", None),
        ("", None),
    ],
)
def test_a_pseudonym_is_read_as_text_and_never_run(source: str, expected: str | None):
    assert chosen(notebook("x = 1", source)) == expected


@pytest.mark.parametrize(
    "document", [None, [], {"cells": None}, {"cells": [None, {"cell_type": "code", "source": [None, 3]}]}, {"cells": 3}]
)
def test_odd_notebooks_have_no_pseudonym(document: Any):
    assert chosen(document) is None


def test_prose_is_no_pseudonym():
    assert chosen(new_notebook(cells=[new_markdown_cell('PSEUDONYM = "prose"')])) is None


@pytest.mark.parametrize("name", ["Conv Fan", "x1", "Łukasz_99", "畳み込みネット", "שלום", "a-b", "नेटवर्क", "a" * 24])
def test_honest_pseudonyms_are_shown(name: str):
    assert problem(name, ["s001", "al"]) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x", "characters long"),
        ("a" * 25, "characters long"),
        ("<script>alert(1)", "other characters"),
        ("a&amp;b", "other characters"),
        ("[b](http x)", "other characters"),
        ("{{ 7 * 7 }}", "other characters"),
        ("=HYPERLINK(x)", "other characters"),
        ("me@example.org", "other characters"),
        ("red\x1b[31m", "other characters"),
        ("bell\x07", "other characters"),
        ("turn\u202etxet", "other characters"),
        ("zero\u200bwidth", "other characters"),
        ("fill\u3164er", "other characters"),
        ("select\ufe0f", "other characters"),
        ("first 🥇", "other characters"),
        ("-rf", "in an order"),
        ("\u0301accent", "in an order"),
        ("za\u0316\u0317\u0318lgo", "in an order"),
        ("p\u0430ypal", "different scripts"),
        ("S001", "a student's id"),
        ("not s 001", "a student's id"),
        ("AL", "a student's id"),
    ],
)
def test_hostile_pseudonyms_are_not_shown(name: str, why: str):
    found = problem(name, ["s001", "al"])
    assert found is not None and why in found
    assert name not in found


def test_names_that_look_the_same_are_the_same():
    assert key("Deep-Net") == key("deep net") == key("ＤｅｅｐＮｅｔ") == key("𝐃𝐞𝐞𝐩_𝐍𝐞𝐭") == "deepnet"
    assert told_apart(["Net", "net", "other", "N e t"]) == ["Net", "net (2)", "other", "N e t (3)"]


@given(st.text(max_size=40))
@example("\u00df" * 24)
def test_whatever_is_shown_is_printable_and_harmless(name: str):
    if problem(name, ()) is None:
        assert name.isprintable() and len(name) <= 24 and not set(name) & set("<>&\"'`\\[](){}=@/:;|$%\n")


def run(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setattr(course.Course, "here", classmethod(lambda cls: cls(root)))
    return CliRunner().invoke(cli.app, ["leaderboard", *arguments])


def test_the_command_prints_a_table_json_and_a_page(root: Path, monkeypatch: pytest.MonkeyPatch):
    hand_in(root, "s1", 'PSEUDONYM = "Conv Fan"', {"accuracy": 0.9921, "train_seconds": 41.5})
    shown = run(root, monkeypatch)
    assert shown.exit_code == 0 and "Conv Fan" in shown.stdout and "99.21 %" in shown.stdout
    assert "MNIST" in shown.stdout and "1 of 1 graded submissions take part." in shown.stdout
    read = json.loads(run(root, monkeypatch, "--json").stdout)
    assert read["boards"][0]["places"] == [
        {"rank": 1, "pseudonym": "Conv Fan", "accuracy": 0.9921, "seconds": 41.5, "device": "cpu"}
    ]
    assert (read["schema"], read["task"], read["left_out"]) == (1, "mnist-challenge", {})
    page = root / "board.html"
    assert run(root, monkeypatch, "--html", str(page)).exit_code == 0
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert [cell.get_text() for cell in soup.select("tbody tr")[0].find_all(["td", "th"])] == [
        "1", "Conv Fan", "99.21 %", "41.5 s", "cpu",
    ]  # fmt: skip
    assert not soup.find_all(["script", "link", "a", "iframe"]) or [a["href"] for a in soup.find_all("a")] == ["#main"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [((), 1, "grade it first"), (("--task", "golf"), 2, "golf"), (("--html",), 2, ""), (("--help",), 0, "--json")],
)
def test_the_command_says_what_is_wrong(
    root: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, says: str
):
    result = run(root, monkeypatch, *arguments)
    assert result.exit_code == code and says in result.output and "Traceback" not in result.output


def test_what_the_grader_measures_in_a_real_kernel_is_what_the_board_shows(root: Path):
    for student, percent in {"s1": 98, "s2": 99.5}.items():
        cells = code_task("mnist-challenge", f"def train_classifier(device):\n    return {percent}", 15)
        path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
        write_notebook(path, [*cells, new_code_cell(f'PSEUDONYM = "Net of {percent:g}"'.replace(".", "-"))])
    options = Options(jobs=1)
    summary = grade_class(NAME, folder=root, options=options, console=Console(quiet=True), course=Course(root))
    assert {student: row.score for student, row in summary.graded.items()} == {"s1": 0.0, "s2": 15.0}
    board = made(root).boards[0]
    assert lines(board) == [(1, "Net of 99-5", 0.995), (2, "Net of 98", 0.98)]
    assert [place.seconds for place in board.places] == [1.5, 1.5]


def test_a_page_that_cannot_be_written_is_wrong_usage(root: Path, monkeypatch: pytest.MonkeyPatch):
    hand_in(root, "s1", 'PSEUDONYM = "Conv Fan"', {"accuracy": 0.99})
    (root / "file").touch()
    result = run(root, monkeypatch, "--html", str(root / "file" / "board.html"))
    assert result.exit_code == 2 and "cannot be written" in result.stderr


def test_the_table_is_plain_text_whatever_a_name_holds(root: Path):
    place = leaderboard.Place(1, "[red]x[/red]", 0.9, None, "cpu")
    board = leaderboard.Leaderboard(NAME, "t", (leaderboard.Board("mnist", (place,)),), 1, {})
    console = Console(width=100, record=True, file=io.StringIO())
    for table in leaderboard.tables(board):
        console.print(table)
    assert "[red]x[/red]" in console.export_text()
