"""When work is due, and what an extension does: before and after handing in, and without running anything again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from autograder.classroom.grade import as_json, report
from autograder.classroom.ledger import Ledger
from autograder.classroom.notes import extensions
from autograder.classroom.times import give_time, in_words, read_length, read_moment, set_due, standings
from autograder.cli import app
from autograder.course import Course, UsageError
from autograder.faults import MachineFault
from autograder.gradebook.scores import final_scores
from autograder.submission.notebook import Template
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, small_course, submit

NAME = "00-small"
DAY_LATE = "2026-01-02 10:00:00 UTC"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Ada is a day late, Bob in time; Eve is known and has handed in nothing; the penalty is a point for each hour."""
    data = answered(Template.load(small_course(tmp_path)), RIGHT)
    (tmp_path / "nbgrader_config.py").write_text(
        "from pathlib import Path\nfrom autograder.gradebook.nbgrader_setup import configure\nc = get_config()\n"
        "configure(c, root=Path(__file__).parent)\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    submit(tmp_path, "ada", data, DAY_LATE)
    submit(tmp_path, "bob", data)
    (tmp_path / "list.csv").write_text("id\nada\nbob\neve\n")
    return tmp_path


def run(root: Path, *words: object) -> str:
    with at_home(root):
        result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)])
    assert result.exit_code == 0, result.output
    return result.output


def scores(root: Path) -> dict[str, float]:
    return {one.person.id: one.score for one in final_scores(root, [NAME], Course(root))}


def test_a_due_date_and_an_extension_count_with_the_next_run_which_runs_nothing(root: Path) -> None:
    run(root, "roster", root / "list.csv")
    assert grade(root)[1] == ["ada", "bob"]
    assert scores(root) == {"ada": 12.0, "bob": 12.0, "eve": 0.0}
    assert "2026-01-01 10:00 UTC" in run(root, "due", NAME, "2026-01-01 10:00 UTC")
    assert grade(root)[1] == [] and scores(root)["ada"] == 0.0
    out = run(root, "late")
    assert f"{NAME}, ada: 1 day late, 12 points taken." in out and f"{NAME}, eve: missing." in out
    run(root, "extend", "ada", NAME, "--by", "2d", "--why", "ill")
    assert grade(root)[1] == [] and scores(root)["ada"] == 12.0
    assert "on time, 2 days more (ill)." in run(root, "late")
    run(root, "extend", "ada", NAME, "--by", "0")  # undone as easily
    assert grade(root)[1] == [] and scores(root)["ada"] == 0.0
    run(root, "due", NAME, "none")
    assert grade(root)[1] == [] and scores(root)["ada"] == 12.0
    assert [one.state for one in standings(root, [NAME], Course(root))] == ["on time", "on time", "not yet"]


def test_a_run_says_of_how_many_only_the_dates_have_changed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        report(grade(root)[0], root, Console(width=200))
        return capsys.readouterr().out

    assert "2 graded, 0 unchanged, in" in said() and "0 graded, 2 unchanged, in" in said()
    run(root, "due", NAME, "2026-01-01 10:00 UTC")
    assert "0 graded, 2 unchanged (2 judged by other dates: see `autograder late`), in" in said()
    run(root, "extend", "ada", NAME, "--by", "2d")
    assert as_json(grade(root)[0])["other_dates"] == ["ada"]
    assert "0 graded, 2 unchanged, in" in said()


def test_who_has_handed_in_nothing_yet_can_be_given_time(root: Path) -> None:
    run(root, "roster", root / "list.csv")
    run(root, "due", NAME, "2026-01-01 10:00 UTC")
    run(root, "extend", "eve", NAME, "--by", "36h", "--why", "moved house")
    (eve,) = [one for one in standings(root, [NAME], Course(root)) if one.person.id == "eve"]
    assert (eve.state, eve.extension, eve.why) == ("missing", timedelta(hours=36), "moved house")
    before = standings(root, [NAME], Course(root), now=datetime(2026, 1, 2))
    assert {one.person.id: one.state for one in before}["eve"] == "not yet"
    submit(root, "eve", (root / "submitted/bob" / NAME / f"{NAME}.ipynb").read_bytes(), "2026-01-02 21:00:00 UTC")
    grade(root)
    assert scores(root)["eve"] == 12.0 and scores(root)["ada"] == 0.0
    assert grade(root)[1] == []
    with Ledger(root / ".autograder" / "ledger.db") as ledger:
        assert extensions(ledger, NAME)["eve"].granted_by


def test_an_extension_without_a_due_date_waits_for_one_and_stops_nobody(root: Path) -> None:
    grade(root)
    run(root, "extend", "ada", NAME, "--by", "2d")  # nbgrader itself fails over an extension of what is not due
    assert grade(root)[1] == [] and scores(root)["ada"] == 12.0
    run(root, "due", NAME, "2026-01-01 10:00 UTC")
    grade(root)
    assert scores(root)["ada"] == 12.0
    run(root, "due", NAME, "none")
    grade(root)
    assert scores(root)["ada"] == 12.0
    run(root, "extend", "ada", NAME, "--by", "0")
    run(root, "due", NAME, "2026-01-01 10:00 UTC")
    grade(root)
    assert scores(root)["ada"] == 0.0


def test_in_the_wrong_order_each_command_says_what_is_missing(root: Path) -> None:
    with at_home(root):
        for words, code, said in (
            (["extend", "zoe", NAME, "--by", "2d"], 2, "Nobody with the id 'zoe'"),
            (["extend", "ada", "99-none", "--by", "2d"], 2, "no assignment '99-none'"),
            (["extend", "ada", NAME, "--by", "soon"], 2, "'soon' is no length of time"),
            (["late"], 1, "no gradebook"),
            (["due"], 1, "no gradebook"),
            (["due", NAME, "tomorrow"], 2, "'tomorrow' is no moment"),
        ):
            result = CliRunner().invoke(app, [*words, "--course", str(root)])
            assert result.exit_code == code and said in result.stderr, (words, result.output)
    give_time(root, "ada", NAME, timedelta(days=1), course=Course(root))  # submitted, and graded by nobody yet
    set_due(root, NAME, datetime(2026, 1, 1, 10), Course(root))
    grade(root)
    assert scores(root)["ada"] == 12.0


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2d", timedelta(2)), ("1w", timedelta(7)), ("1d12h", timedelta(1.5)), ("0", timedelta()),
        ("1.5 h", timedelta(hours=1.5)),
    ],
)
def test_lengths(text: str, length: timedelta) -> None:
    assert read_length(text) == length


@pytest.mark.parametrize("text", ["", "2", "-1d", "2x", "9999999w", "9" * 400 + "d", "1d and a bit"])
def test_what_is_no_length(text: str) -> None:
    with pytest.raises(UsageError):
        read_length(text)


def test_moments_have_the_zone_that_is_said() -> None:
    assert read_moment("2026-10-05 23:59 Europe/Berlin") == datetime(2026, 10, 5, 21, 59)
    assert read_moment("2026-10-05 23:59 +0200") == datetime(2026, 10, 5, 21, 59)
    assert read_moment("2026-10-05T23:59Z") == datetime(2026, 10, 5, 23, 59)
    assert read_moment("none") is None
    for wrong in ("2026-13-05 10:00", "2026-10-05 23:59 Mars/Base", "soon", "", "9999-12-31 23:59 -0800",
                  "0001-01-01 00:00 +0200", "9000-01-01"):  # fmt: skip
        with pytest.raises(UsageError):
            read_moment(wrong)


def test_lengths_in_words() -> None:
    assert in_words(timedelta(days=1, hours=2, minutes=3)) == "1 day 2 hours"
    assert in_words(timedelta(minutes=1)) == "1 minute" and in_words(timedelta()) == "no time"


def test_a_length_that_is_none_in_the_record_is_named_with_the_command_that_puts_it_right(root: Path) -> None:
    grade(root)
    run(root, "extend", "ada", NAME, "--by", "2d")
    with closing(sqlite3.connect(root / ".autograder" / "ledger.db")) as database:
        database.execute("update extensions set seconds = 'soon'")
        database.commit()
    with pytest.raises(MachineFault, match=f"ada has 'soon' seconds more.*`autograder extend ada {NAME} --by"):
        grade(root)
    run(root, "extend", "ada", NAME, "--by", "2d")
    assert grade(root)[1] == []
