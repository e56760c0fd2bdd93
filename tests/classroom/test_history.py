"""A corrected check: who would change, booked or not; every result kept, and going back to one; requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.classroom.history import go_back, history
from autograder.classroom.ledger import Ledger
from autograder.classroom.preview import drop, waiting
from autograder.cli import app
from autograder.course import Course, UsageError
from autograder.gradebook.scores import final_scores
from autograder.submission.notebook import Template
from autograder.submission.results import read_results
from tests.small.courses import at_home
from tests.small.pretend import ABS, grade
from tests.small.small_class import RIGHT, answered, small_class, state_of, submit

NAME = "00-small"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """s000 has everything right, s001 nothing, s002 lost the sign in `double`, s003 has only two of the tasks."""
    small_class(tmp_path, 4)
    return tmp_path


def scores(root: Path) -> dict[str, float]:
    return {one.person.id: one.score for one in final_scores(root, [NAME], Course(root))}


def run(root: Path, *words: object, code: int = 0) -> str:
    with at_home(root):
        result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_corrected_check_is_looked_at_before_it_is_booked(root: Path) -> None:
    grade(root)
    before, points = state_of(root), scores(root)
    summary, ran = grade(root, corrected=True, preview=True)
    assert ran == ["s000", "s001", "s002", "s003"] and list(summary.changes) == ["s002"]
    change = summary.changes["s002"]
    assert (change.before, change.now, change.by) == (9.0, 12.0, 3.0)
    (task,) = change.tasks
    assert (task.task, task.status_before, task.status_now) == ("double", "partial", "passed")
    (check,) = task.checks
    assert (check.description, check.before, check.now, check.said, check.says) == (
        "Negative numbers too.", False, True, ABS, "",
    )  # fmt: skip
    assert change.because == ("the checks or the released notebook",)
    assert state_of(root) == before and scores(root) == points
    assert grade(root)[1] == [] and scores(root) == points  # not booked: the check as it was
    grade(root, corrected=True, preview=True)
    assert grade(root, corrected=True)[1] == []  # booked: what the preview found, without a run
    assert scores(root)["s002"] == 12.0


def test_what_a_preview_found_waits_to_be_booked_or_dropped(root: Path) -> None:
    course = Course(root)
    assert waiting(root, NAME, course).changes == {} and drop(root, NAME) == 0
    grade(root)
    grade(root, corrected=True, preview=True)
    found = waiting(root, NAME, course)
    assert list(found.changes) == ["s002"] and (found.same, found.more, found.fewer, found.outdated) == (3, 1, 0, 0)
    assert found.changes["s002"].by == 3.0
    (root / "small_course" / "small" / "corrected.txt").unlink()  # the checks as they were
    assert waiting(root, NAME, course).outdated == 4
    assert drop(root, NAME) == 4 and waiting(root, NAME, course).changes == {}
    assert grade(root, corrected=True)[1] == ["s000", "s001", "s002", "s003"]  # nothing of it was kept


def test_a_preview_of_a_class_that_was_never_graded_makes_no_gradebook(root: Path) -> None:
    summary, _ = grade(root, preview=True)
    assert {one.before for one in summary.changes.values()} == {None}
    assert not (root / "gradebook.db").exists() and not (root / "autograded").exists()
    assert grade(root)[1] == [] and scores(root)["s000"] == 12.0


def test_one_goes_back_to_an_earlier_result_and_forth(root: Path) -> None:
    grade(root)
    grade(root, corrected=True)
    change = go_back(root, "s002", NAME, 1, Course(root))
    assert (change.before, change.now) == (12.0, 9.0)
    assert scores(root)["s002"] == 9.0 and read_results(root / "autograded" / "s002" / NAME).score == 9.0
    assert grade(root, corrected=True)[1] == [] and scores(root)["s002"] == 9.0  # it stands
    past = history(root, "s002", NAME, Course(root))[0].results
    assert [(one.results["score"], one.counts) for one, _ in past] == [(9.0, False), (12.0, False), (9.0, True)]
    go_back(root, "s002", NAME, 2, Course(root))
    assert scores(root)["s002"] == 12.0 and grade(root, corrected=True)[1] == []
    go_back(root, "s002", NAME, 1, Course(root))
    notebook = root / "submitted" / "s002" / NAME / f"{NAME}.ipynb"
    notebook.write_text(notebook.read_text().replace("abs(2 * x)", "2 * x"))
    assert grade(root, corrected=True)[1] == ["s002"]  # a new answer is graded, whatever stood before
    assert scores(root)["s002"] == 12.0


def test_manual_grades_stay_with_their_answer_when_one_goes_back(root: Path) -> None:
    grade(root)
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as book:
        manual = book.find_grade("why", NAME, NAME, "s002")
        manual.manual_score, manual.needs_manual_grade = 4.0, False
        book.db.commit()
    grade(root, corrected=True)
    go_back(root, "s002", NAME, 1, Course(root))
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as book:
        manual = book.find_grade("why", NAME, NAME, "s002")
        assert (manual.manual_score, manual.needs_manual_grade) == (4.0, False)
    assert scores(root)["s002"] == 13.0
    assert "why: 4 points by hand" in run(root, "history", "s002")


def test_what_one_cannot_go_back_to_is_a_sentence(root: Path) -> None:
    grade(root)
    with pytest.raises(UsageError, match="is the one that counts"):
        go_back(root, "s000", NAME, 1, Course(root))
    with pytest.raises(UsageError, match="no result 7 .* go back to: none"):
        go_back(root, "s000", NAME, 7, Course(root))
    with pytest.raises(UsageError, match="Nobody with the id 'zoe'"):
        go_back(root, "zoe", NAME, 1, Course(root))
    assert "needs the assignment" in run(root, "history", "s000", "--back-to", 1, code=2)
    assert "no assignment" in run(root, "history", "s000", "99-none", code=2)


def test_a_record_of_an_earlier_version_keeps_its_history(root: Path) -> None:
    grade(root)
    path = root / ".autograder" / "ledger.db"
    with Ledger(path) as ledger:
        for column in ("fingerprint", "notebook", "answers", "by"):
            ledger.change(f"alter table past drop column {column}")
        for column in ("by", "instead_of"):
            ledger.change(f"alter table graded drop column {column}")
        for table in ("extensions", "requests"):
            ledger.change(f"drop table {table}")
        ledger.change("insert into past select assignment, student, results from graded where student = 's002'")
        ledger.change("pragma user_version = 1")
    grade(root, corrected=True)
    story = history(root, "s002", NAME, Course(root))[0]
    assert [(one.whole, one.by != "") for one, _ in story.results] == [(False, False), (True, False), (True, True)]
    with pytest.raises(UsageError, match="only the scores were kept"):
        go_back(root, "s002", NAME, 1, Course(root))


def test_the_story_of_a_submission_is_told(root: Path) -> None:
    grade(root)
    grade(root, corrected=True)
    run(root, "request", "s002", NAME, "double", "--says", "The sign was never asked for.")
    run(root, "extend", "s002", NAME, "--by", "1d", "--why", "ill")
    out = run(root, "history", "s002", NAME)
    for said in (
        "1. 2026-01-02 00:00", "9 of 12 points", "12 of 12 points, counts", "without isolation",
        "Graded again: the checks or the released notebook changed.", "double: 1 to 4 (passed)",
        "Negative numbers too. failed before, passed now.", f"before: {ABS}", "24 hours more", ": ill",
        "Request 1 (double): The sign was never asked for. — open",
    ):  # fmt: skip
        assert said in out, out
    (story,) = json.loads(run(root, "history", "s002", NAME, "--json"))
    assert story["results"][1]["change"]["by"] == 3.0 and story["requests"][0]["outcome"] is None


def test_what_changed_with_the_checks_is_said_too(root: Path) -> None:
    grade(root)
    template = Template.load(Course(root).assignment(NAME))
    submit(root, "s000", answered(template, {**RIGHT, "double": "def double(x):\n    return x + x"}))
    grade(root, corrected=True)
    of = {student: history(root, student, NAME, Course(root))[0].results[-1][1] for student in ("s000", "s001")}
    assert of["s000"].because == ("the checks or the released notebook", "the submission")
    assert of["s001"].because == ("the checks or the released notebook",)


def test_the_list_of_requests(root: Path) -> None:
    grade(root)
    assert "0 requests, 0 open." in run(root, "request")
    run(root, "request", "s002", NAME, "double", "--says", "Please look again.")
    run(root, "request", "s003", NAME, "square", "--says", "It was stopped.")
    out = run(root, "request", "--close", 1, "--outcome", "The check was wrong; graded again.")
    assert "The check was wrong; graded again. (" in out and "2 requests, 1 open." in out
    assert "Please look" not in run(root, "request", "--open")
    assert "2 requests, 2 open." in run(root, "request", "--reopen", 1)
    assert "1 request, 1 open." in run(root, "request", "--drop", 2)
    for words, said in (
        (["--close", 9, "--outcome", "x"], "no request 9"),
        (["--close", 1], "One at a time"),
        (["s002", NAME, "sum", "--says", "x"], "no task 'sum'"),
        (["s002", NAME, "double", "--says", " "], "says something"),
        (["zoe", NAME, "double", "--says", "x"], "Nobody with the id 'zoe'"),
    ):
        assert said in run(root, "request", *words, code=2)
