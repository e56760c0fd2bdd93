"""The one writer of the gradebook: what nbgrader finds in it, and what stays when a submission is graded
again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbgrader.api
import pytest
from nbgrader.api import Course as CourseRow
from nbgrader.api import Grade, Gradebook
from sqlalchemy import create_engine, inspect, text

from autograder.course import Course
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.attribution import GIVEN
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.opening import WrongGradebook
from autograder.release.release import release
from tests.small.courses import editable
from tests.small.nbgrader_course import NAME, make_course, source_cells, task_cells

# nbgrader's own way to add a submission makes SQLAlchemy warn.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_course(tmp_path_factory.mktemp("course"))
    release(course=Course(root))
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "course")


@pytest.fixture
def writer(root: Path) -> Iterator[GradebookWriter]:
    with GradebookWriter(root, course=Course(root)) as writer:
        yield writer


def results(double: float = 4.0, total: float = 2.0, why: str = "needs_manual_grade", **top: Any) -> dict[str, Any]:
    """A results document; ``why`` is the status of the text task."""
    tasks = [
        {"task": "why", "kind": "text", "score": None, "max_score": 5.0, "status": why},
        {
            "task": "double",
            "kind": "code",
            "score": double,
            "max_score": 4.0,
            "status": "passed" if double else "failed",
        },
        {"task": "tiny-sum", "kind": "answer", "score": total, "max_score": 2.0, "status": "passed"},
    ]
    return {"status": "graded", "score": double + total, "max_score": 6.0, "tasks": tasks, **top}


def book(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root}/gradebook.db", "cnn")


def grade(gradebook: Gradebook, cell: str, student: str = "ada") -> Grade:
    return gradebook.find_grade(cell, NAME, NAME, student)


def dump(root: Path) -> list[tuple[Any, ...]]:
    """Every grade, comment and submission, without the ids that nbgrader draws at random."""
    with book(root) as gradebook:
        found: list[tuple[Any, ...]] = []
        for submission in gradebook.assignment_submissions(NAME):
            key = submission.student_id
            found.append((key, str(submission.timestamp), submission.score, submission.needs_manual_grade))
            for notebook in submission.notebooks:
                found += [(key, g.name, g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades]
                found += [(key, c.name, c.auto_comment or "", c.manual_comment or "") for c in notebook.comments]
        return sorted(found, key=str)


def test_scores_go_to_the_check_cells_and_an_answered_question_waits_for_a_person(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results(double=2.5))])
    with book(root) as gradebook:
        assert (
            grade(gradebook, "double-check").auto_score,
            grade(gradebook, "tiny-sum-check").auto_score,
        ) == (2.5, 2.0)
        assert not grade(gradebook, "double-check").needs_manual_grade
        assert grade(gradebook, "why").auto_score is None and grade(gradebook, "why").needs_manual_grade
        submission = gradebook.find_submission(NAME, "ada")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (4.5, 11.0, True)


def test_an_untouched_question_asks_for_no_manual_grade(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results(why="not_attempted"))])
    with book(root) as gradebook:
        assert grade(gradebook, "why").auto_score == 0.0
        assert not gradebook.find_submission(NAME, "ada").needs_manual_grade
        assert gradebook.find_comment("why", NAME, NAME, "ada").comment == "No response."
        assert gradebook.find_comment("student-id", NAME, NAME, "ada").comment is None


def test_what_cannot_be_graded_has_no_points_and_waits_for_nobody(root: Path, writer: GradebookWriter):
    broken = results(0.0, 0.0, status="not_gradable", reason="malformed")
    writer.commit_many([Commit(NAME, "ada", broken)])
    with book(root) as gradebook:
        assert [g.auto_score for g in gradebook.find_submission(NAME, "ada").notebooks[0].grades] == [
            0.0,
            0.0,
            0.0,
        ]
        assert not gradebook.find_submission(NAME, "ada").needs_manual_grade


def test_committing_twice_is_committing_once(root: Path, writer: GradebookWriter):
    commits = [Commit(NAME, student, results(), timestamp="2026-03-01 10:00:00 UTC") for student in ("ada", "bob")]
    writer.commit_many(commits)
    once = dump(root)
    writer.commit_many(commits)
    with GradebookWriter(root, course=Course(root)) as another:
        another.commit_many(commits)
    assert dump(root) == once


def test_a_grade_that_the_gradebook_lost_is_written_again(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results(double=2.5))])
    engine = create_engine(f"sqlite:///{root}/gradebook.db")
    with engine.begin() as database:
        database.execute(text("delete from grade"))
    engine.dispose()
    writer.commit_many([Commit(NAME, "ada", results(double=2.5))])
    with book(root) as gradebook:
        assert grade(gradebook, "double-check").auto_score == 2.5 and grade(gradebook, "why").needs_manual_grade
        assert gradebook.find_submission(NAME, "ada").score == 4.5


def test_a_regrade_keeps_manual_grades_extra_credit_and_comments(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results(double=0.0))])
    with book(root) as gradebook:
        why, double = grade(gradebook, "why"), grade(gradebook, "double-check")
        why.manual_score, why.needs_manual_grade = 3.0, False
        double.extra_credit = 1.0
        gradebook.find_comment("double", NAME, NAME, "ada").manual_comment = "Nearly."
        gradebook.db.commit()
    writer.commit_many([Commit(NAME, "ada", results(double=4.0))])
    with book(root) as gradebook:
        assert (grade(gradebook, "why").score, grade(gradebook, "why").needs_manual_grade) == (3.0, True)
        assert grade(gradebook, "double-check").score == 5.0
        assert gradebook.find_comment("double", NAME, NAME, "ada").comment == "Nearly."
        assert gradebook.find_submission(NAME, "ada").score == 10.0


def test_a_batch_is_committed_as_a_whole_or_not_at_all(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results())])
    before = dump(root)
    with pytest.raises(KeyError):
        writer.commit_many([Commit(NAME, "bob", results()), Commit(NAME, "eve", {"status": "graded"})])
    assert dump(root) == before
    writer.commit_many([Commit(NAME, "bob", results())])
    assert len(dump(root)) == 2 * len(before)


def test_only_a_submission_with_scores_counts_as_committed(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results())])
    with book(root) as gradebook:
        gradebook.add_student("bob")
        gradebook.add_submission(NAME, "bob")
    assert writer.committed(NAME) == {"ada"}
    assert writer.committed("99-none") == set()


def test_two_runs_at_once_wait_for_each_other(root: Path):
    def grade_some(name: str) -> None:
        with GradebookWriter(root, course=Course(root)) as writer:
            for number in range(10):
                writer.commit_many([Commit(NAME, f"{name}{number}", results())])

    threads = [threading.Thread(target=grade_some, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with GradebookWriter(root, course=Course(root)) as writer:
        assert len(writer.committed(NAME)) == 30
        assert writer._gradebook.db.execute(text("pragma busy_timeout")).scalar() == 60000


def test_grading_registers_an_assignment_that_the_gradebook_lacks(tmp_path: Path):
    root = make_course(tmp_path)
    with GradebookWriter(root, course=Course(root)) as writer:
        writer.commit_many([Commit(NAME, "ada", results())])
    with book(root) as gradebook:
        assert gradebook.find_submission(NAME, "ada").max_score == 11.0
        assert {row.id for row in gradebook.db.query(CourseRow)} == {"cnn"}


def late_course(root: Path, penalty: str) -> None:
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + f'\nc.LateSubmissionPlugin.penalty_method = "{penalty}"\n')
    with book(root) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-01 12:00:00 UTC")


def test_a_late_submission_is_penalised_as_nbgrader_is_told_to(root: Path):
    late_course(root, "zero")
    with GradebookWriter(root, course=Course(root)) as writer:
        late = Commit(NAME, "ada", results(), timestamp="2026-03-01 13:00:00 UTC")
        writer.commit_many([late, Commit(NAME, "bob", results(), timestamp="2026-03-01 11:00:00 UTC")])
        with book(root) as gradebook:
            assert gradebook.find_submission(NAME, "ada").total_seconds_late == 3600
            assert gradebook.find_submission(NAME, "ada").late_submission_penalty == 6.0
            assert gradebook.find_submission(NAME, "bob").late_submission_penalty == 0.0
            gradebook.grant_extension(NAME, "ada", hours=2)
        writer.commit_many([late])
    with book(root) as gradebook:
        assert gradebook.find_submission(NAME, "ada").late_submission_penalty == 0.0
        assert gradebook.find_assignment(NAME).duedate is not None


def test_a_late_submission_costs_nothing_by_default(root: Path):
    late_course(root, "none")
    with GradebookWriter(root, course=Course(root)) as writer:
        writer.commit_many([Commit(NAME, "ada", results(), timestamp="2026-03-01 13:00:00 UTC")])
    with book(root) as gradebook:
        assert gradebook.find_submission(NAME, "ada").late_submission_penalty == 0.0


@pytest.mark.parametrize("timestamp", ["yesterday", "", "2026-99-99 00:00:00 UTC", "9" * 400])
def test_a_timestamp_that_is_none_counts_as_unknown(root: Path, writer: GradebookWriter, timestamp: str):
    writer.commit_many([Commit(NAME, "ada", results(), timestamp=timestamp)])
    with book(root) as gradebook:
        assert gradebook.find_submission(NAME, "ada").timestamp is None


def test_points_that_changed_in_the_source_change_in_the_gradebook(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results())])
    cells = source_cells()
    cells[6].metadata["nbgrader"]["points"] = 8
    make_course(root, cells)
    with GradebookWriter(root, course=Course(root)) as again:
        again.commit_many([Commit(NAME, "ada", results(double=8.0))])
    with book(root) as gradebook:
        assert (gradebook.find_submission(NAME, "ada").score, gradebook.find_assignment(NAME).max_score) == (
            10.0,
            15.0,
        )


def test_tasks_cannot_come_or_go_under_submissions(root: Path, writer: GradebookWriter):
    writer.commit_many([Commit(NAME, "ada", results())])
    before = dump(root)
    make_course(root, [*source_cells(), *task_cells("triple", "def triple(x):\n    return 3 * x", 1)])
    with (
        GradebookWriter(root, course=Course(root)) as again,
        pytest.raises(WrongGradebook, match="with other tasks than"),
    ):
        again.register(Course(root).assignment(NAME))
    assert dump(root) == before


def test_tasks_may_change_while_nothing_was_submitted(root: Path):
    make_course(
        root,
        [
            editable("student-id", "STUDENT_ID = 1"),
            *task_cells("triple", "def triple(x):\n    return 3 * x", 1),
        ],
    )
    with GradebookWriter(root, course=Course(root)) as writer:
        writer.register(Course(root).assignment(NAME))
    with book(root) as gradebook:
        assert gradebook.find_assignment(NAME).max_score == 1.0


@pytest.mark.parametrize("with_assignment", [True, False])
def test_another_courses_gradebook_is_refused_and_left_alone(tmp_path: Path, with_assignment: bool):
    root = make_course(tmp_path)
    with Gradebook(f"sqlite:///{root}/gradebook.db", "physics") as gradebook:
        if with_assignment:
            gradebook.add_assignment("optics")
    before = (root / "gradebook.db").read_bytes()
    with pytest.raises(WrongGradebook, match="is of the course 'physics', not of 'cnn'; nothing was written"):
        GradebookWriter(root, course=Course(root))
    assert (root / "gradebook.db").read_bytes() == before


def test_a_file_that_is_no_gradebook_is_one_sentence(tmp_path: Path):
    root = make_course(tmp_path)
    (root / "gradebook.db").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(WrongGradebook, match="could not be opened: file is not a database"):
        GradebookWriter(root, course=Course(root))


def test_a_database_url_may_be_any_that_nbgrader_accepts(root: Path, tmp_path: Path):
    elsewhere = f"sqlite:///{tmp_path}/grades/course.sqlite"
    with GradebookWriter(root, elsewhere, course=Course(root)) as writer:
        writer.commit_many([Commit(NAME, "ada", results())])
    with Gradebook(elsewhere, "cnn") as gradebook:
        assert gradebook.find_submission(NAME, "ada").score == 6.0
    with pytest.raises(WrongGradebook, match="could not be opened"):
        GradebookWriter(root, "no-such-kind://x", course=Course(root))


def test_a_new_gradebook_has_the_version_that_nbgrader_gives_it(root: Path, monkeypatch: pytest.MonkeyPatch):
    """nbgrader starts `alembic` for it, which takes seconds and is on no PATH of a program called by its path."""
    monkeypatch.setattr(nbgrader.api, "get_alembic_version", lambda: pytest.fail("a program was started"))
    GradebookWriter(root, course=Course(root)).close()
    monkeypatch.undo()
    nbgrader_setup.ensure_programs()
    Gradebook(f"sqlite:///{root}/of_nbgrader.db", "cnn").close()
    made, expected = (_schema(root / name) for name in ("gradebook.db", "of_nbgrader.db"))
    assert made == (expected[0], expected[1] | {GIVEN.name})
    assert made[0] == nbgrader.api.get_alembic_version()


def test_runs_that_start_at_once_make_one_gradebook(root: Path):
    code = (
        "from pathlib import Path; from autograder.course import Course;"
        "from autograder.gradebook.gradebook import GradebookWriter; root = Path('.').resolve();"
        "course = Course(root); input(); GradebookWriter(root, course=course).close()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    runs = [
        subprocess.Popen([sys.executable, "-c", code], cwd=root, env=environment, text=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]  # fmt: skip
    for run in runs:
        assert run.stdin
        run.stdin.write("\n")
        run.stdin.flush()
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0, 0], errors
    assert _schema(root / "gradebook.db")[0]


def _schema(path: Path) -> tuple[str, set[str]]:
    """A gradebook's one version, and the names of its tables."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        version = connection.execute(text("select version_num from alembic_version")).scalar_one()
        tables = set(inspect(connection).get_table_names())
    engine.dispose()
    return version, tables


@pytest.mark.parametrize(
    ("changed", "asked"),
    [(frozenset(), False), (frozenset({"double"}), False), (frozenset({"why"}), True), (None, True)],
)
def test_a_person_is_asked_again_only_where_the_answer_has_changed(
    root: Path, writer: GradebookWriter, changed: frozenset[str] | None, asked: bool
):
    writer.commit_many([Commit(NAME, "ada", results())])
    with book(root) as gradebook:
        marked = grade(gradebook, "why")
        marked.manual_score, marked.needs_manual_grade = 3.0, False
        gradebook.db.commit()
    writer.commit_many([Commit(NAME, "ada", results(double=0.0), changed=changed)])
    with book(root) as gradebook:
        assert (grade(gradebook, "why").manual_score, grade(gradebook, "why").needs_manual_grade) == (3.0, asked)
    writer.commit_many([Commit(NAME, "ada", results(), changed=frozenset())])
    with book(root) as gradebook:
        assert grade(gradebook, "why").needs_manual_grade == asked, "asked until a person has looked"


def test_what_a_due_date_and_an_extension_are_is_known_before_anything_is_committed(
    root: Path, writer: GradebookWriter
):
    writer.commit_many([Commit(NAME, "ada", results())])
    before = writer.terms(NAME)("ada")
    with book(root) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-01-02")
    due = writer.terms(NAME)("ada")
    with book(root) as gradebook:
        gradebook.grant_extension(NAME, "ada", days=2)
    assert len({before, due, writer.terms(NAME)("ada")}) == 3
    assert writer.terms(NAME)("bob") == due
