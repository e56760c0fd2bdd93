"""What goes wrong with nbgrader elsewhere, and does not here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, GenerateAssignmentApp
from nbgrader.apps.api import NbGraderAPI

from autograder.classroom import nbgrader_hooks
from autograder.course import Course
from autograder.gradebook import nbgrader_setup
from autograder.release.release import release
from autograder.sandbox.policy import IsolationMissing
from autograder.submission.results import read_results
from tests.gradebook.test_nbgrader_autograde import RIGHT, TIME, autograded, grade_ourselves, gradebook_scores
from tests.small.nbgrader_apps import run
from tests.small.nbgrader_course import NAME, make_course, submit

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")
REPOSITORY = Course.here().root


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course without submissions."""
    root = make_course(tmp_path_factory.mktemp("course"))
    release(course=Course(root))
    return root


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Iterator[Path]:
    yield shutil.copytree(template, tmp_path / "course")
    nbgrader_hooks.end()


def test_another_courses_gradebook_is_refused_before_anything_happens(root: Path, capfd: pytest.CaptureFixture[str]):
    submit(root, "ada", RIGHT)
    (root / "gradebook.db").unlink()
    with Gradebook(f"sqlite:///{root}/gradebook.db", "physics") as gradebook:
        gradebook.add_assignment("optics")
    before = (root / "gradebook.db").read_bytes()
    assert run(AutogradeApp, root, NAME) == 1
    assert "is of the course 'physics', not of 'cnn'; nothing was written to it" in capfd.readouterr().err
    assert (root / "gradebook.db").read_bytes() == before
    assert not (root / "autograded").exists()


def test_an_assignment_that_the_gradebook_lacks_is_registered_in_our_course(root: Path):
    submit(root, "ada", RIGHT)
    (root / "gradebook.db").unlink()
    assert run(AutogradeApp, root, NAME) == 0
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        assert gradebook.find_assignment(NAME).course_id == "cnn"
    assert gradebook_scores(root) == {"ada": 6.0}


def test_a_lost_gradebook_is_filled_again_from_the_record(root: Path):
    submit(root, "ada", RIGHT)
    assert run(AutogradeApp, root, NAME) == 0
    (root / "gradebook.db").unlink()
    shutil.rmtree(root / "autograded")
    assert run(AutogradeApp, root, NAME) == 0
    assert gradebook_scores(root) == {"ada": 6.0}


BAD_TIMES = {
    "bob": b"the day before yesterday", "cyd": b"\xef\xbb\xbf" + TIME.encode(), "dan": b"\x00\xff\xfe\x81",
    "eve": b"99999-01-01 00:00:00 UTC", "fay": None,
}  # fmt: skip


def test_one_students_bad_timestamp_harms_no_other_with_nbgraders_own_commands(root: Path):
    submit(root, "ada", RIGHT, TIME)
    for student, content in BAD_TIMES.items():
        path = submit(root, student, {}) / "timestamp.txt"
        path.mkdir() if content is None else path.write_bytes(content)
    for arguments in ((), ("--force",)):
        assert run(AutogradeApp, root, NAME, *arguments) == 0, arguments
    assert read_results(autograded(root, "ada")).score == 6.0
    assert gradebook_scores(root) == {"ada": 6.0, **dict.fromkeys(BAD_TIMES, 0.0)}
    listed = {row["student"]: row["timestamp"] for row in listed_by_formgrader(root)}
    late = "2026-03-01T10:00:00"
    assert listed == {"ada": late, "bob": None, "cyd": late, "dan": None, "eve": None, "fay": None}
    again = grade_ourselves(root)
    assert sorted(again.remarks) == ["bob", "dan", "eve", "fay"], "said in every run, not in the first alone"
    kept = root / "submitted" / "bob" / NAME / "timestamp.txt.unreadable"
    assert kept.read_bytes() == BAD_TIMES["bob"]


def test_the_formgrader_lists_the_class_once_it_was_graded(root: Path):
    """It reads the files that were submitted, and one that it cannot read stops the list for all."""
    submit(root, "ada", RIGHT, TIME)
    submit(root, "bob", {}, "the day before yesterday")
    with pytest.raises(ValueError, match="the day before"):
        listed_by_formgrader(root)
    grade_ourselves(root)
    assert {row["student"]: row["autograded"] for row in listed_by_formgrader(root)} == {"ada": True, "bob": True}


def listed_by_formgrader(root: Path) -> list[dict[str, object]]:
    """What the formgrader shows of the class."""
    api = NbGraderAPI(config=nbgrader_setup.load(root, Course(root)))
    try:
        return api.get_submissions(NAME)
    finally:
        api.gradebook.close()


def test_a_missing_notebook_is_that_students_with_us(root: Path):
    submit(root, "ada", RIGHT, TIME)
    folder = submit(root, "cyd", RIGHT, TIME)
    (folder / f"{NAME}.ipynb").rename(folder / "my solution.pdf")
    grade_ourselves(root)
    assert gradebook_scores(root) == {"ada": 6.0, "cyd": 0.0}
    assert read_results(autograded(root, "cyd")).status == "not_gradable"


def test_a_machine_that_cannot_isolate_grades_nothing_unless_it_is_told_to(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    submit(root, "ada", RIGHT)
    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_hooks, "make_pool", missing)
        assert run(AutogradeApp, root, NAME) == 3
    assert "autograder: No Landlock in this kernel.\n" in capfd.readouterr().err
    assert not autograded(root, "ada").exists()
    assert run(AutogradeApp, root, NAME, "--SandboxExecute.isolation=off") == 0
    assert read_results(autograded(root, "ada")).provenance.isolation == ()
    assert gradebook_scores(root) == {"ada": 6.0}


def missing(*spec: object) -> None:
    raise IsolationMissing("No Landlock in this kernel.")


def test_late_penalties_and_due_dates_are_nbgraders_on_both_paths(root: Path):
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2026-03-01 09:00:00 UTC")
    submit(root, "ada", RIGHT, TIME)
    submit(root, "bob", RIGHT, "2026-03-01 08:00:00 UTC")
    assert run(AutogradeApp, root, NAME) == 0
    for path in ("nbgrader", "autograder"):
        if path == "autograder":
            grade_ourselves(root, force=True)
        with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
            late = {s.student_id: s.late_submission_penalty for s in gradebook.assignment_submissions(NAME)}
        assert late == {"ada": 6.0, "bob": 0.0}, path


def test_a_run_that_was_killed_before_the_results_is_completed_by_the_next(root: Path, monkeypatch: pytest.MonkeyPatch):
    folder = submit(root, "ada", RIGHT)
    (folder / "results.json").write_text('{"score": 1000}')

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_hooks, "write_results", killed)
        with pytest.raises(KeyboardInterrupt):
            run(AutogradeApp, root, NAME)
    assert not (autograded(root, "ada") / "results.json").exists()
    assert grade_ourselves(root).unchanged == ["ada"]
    assert read_results(autograded(root, "ada")).score == 6.0


def test_a_corrected_check_regrades_everyone_and_keeps_what_people_gave(root: Path):
    submit(root, "ada", {**RIGHT, "double": "def double(x):\n    return abs(2 * x)"})
    submit(root, "bob", RIGHT)
    assert {row.score for row in grade_ourselves(root).graded.values()} == {3.0, 6.0}
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        why = gradebook.find_grade("why", NAME, NAME, "ada")
        why.manual_score, why.needs_manual_grade = 4.0, False
        gradebook.find_comment("double", NAME, NAME, "ada").manual_comment = "Think of signs."
        gradebook.db.commit()

    # The check about negative numbers turns out to ask too much: its author drops it and gives its points
    # to the other.
    checks = Course(root).assignment(NAME).folder / "double" / "hidden.py"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(text[: text.index("@points(3)")].replace("@points(1)", "@points(4)"), encoding="utf-8")
    again = grade_ourselves(root)
    assert {row.student: row.score for row in again.graded.values()} == {"ada": 6.0, "bob": 6.0}
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        assert gradebook.find_submission(NAME, "ada").score == 10.0
        assert gradebook.find_comment("double", NAME, NAME, "ada").comment == "Think of signs."


def test_generate_assignment_makes_what_release_makes(root: Path):
    path = root / "assignments" / NAME / f"{NAME}.ipynb"
    before = path.read_bytes()
    shutil.rmtree(root / "assignments")
    assert run(GenerateAssignmentApp, root, NAME) == 0
    assert path.read_bytes() == before


def test_generate_assignment_refuses_a_leak_too(root: Path):
    source = root / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(source.read_text())
    check = next(c for c in notebook["cells"] if c["id"] == "double-check")
    check["source"] = 'check("double", hidden=True)'
    source.write_text(json.dumps(notebook))
    assert run(GenerateAssignmentApp, root, NAME, "--force") == 1
    assert not (root / "assignments" / NAME).exists()


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """nbgrader's own command, called by its path from a shell that knows nothing of the environment."""
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY)}
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    return subprocess.run([program, *arguments], cwd=root, env=environment, capture_output=True, text=True, timeout=120)


def test_a_course_folder_elsewhere_works_with_nbgraders_own_command(template: Path, tmp_path: Path):
    """Submissions and gradebook in a folder of their own, nbgrader called by its path, the environment not
    activated."""
    folder = tmp_path / "autumn"
    release(course=Course(template), course_dir=folder)
    shutil.copytree(template / "assignments" / NAME, folder / "submitted" / "cyd" / NAME)
    done = nbgrader(folder, "autograde", NAME)
    assert done.returncode == 0, done.stderr
    assert read_results(autograded(folder, "cyd")).score == 0.0
    assert gradebook_scores(folder) == {"cyd": 0.0}
    assert nbgrader(folder, "generate_feedback", NAME).returncode == 0
    assert (folder / "feedback" / "cyd" / NAME / f"{NAME}.html").is_file()
    assert not (template / "submitted").exists() and not (template / "autograded").exists()


def test_nbgraders_database_commands_make_a_gradebook_without_activation(root: Path):
    """nbgrader starts `alembic` by its name for that."""
    (root / "gradebook.db").unlink()
    added = nbgrader(root, "db", "student", "add", "ada")
    assert added.returncode == 0, added.stderr
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]


def test_a_run_over_many_opens_gradebook_and_record_once(root: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    for name in ("GradebookWriter", "Ledger", "make_pool"):
        made = getattr(nbgrader_hooks, name)

        def note(*arguments: object, name: str = name, made: Callable[..., object] = made) -> object:
            opened.append(name)
            return made(*arguments)

        monkeypatch.setattr(nbgrader_hooks, name, note)
    for student in ("ada", "bob", "cyd"):
        submit(root, student, RIGHT)
    assert run(AutogradeApp, root, NAME) == 0
    assert sorted(opened) == ["GradebookWriter", "Ledger", "make_pool"]
    assert gradebook_scores(root) == {"ada": 6.0, "bob": 6.0, "cyd": 6.0}
    assert nbgrader_hooks._run is None, "the last submission ends the run"


EARLIER = '''"""nbgrader's settings for the submissions in this folder."""

from pathlib import Path

from autograder.grading.nbgrader_setup import configure

c = get_config()  # noqa: F821 - nbgrader defines it

configure(c, root=Path(__file__).resolve().parent, repository=Path({repository!r}))
'''


def test_a_course_folder_of_an_earlier_version_goes_on(template: Path, tmp_path: Path):
    folder = tmp_path / "autumn"
    submit_to = folder / "submitted" / "cyd" / NAME
    shutil.copytree(template / "assignments" / NAME, submit_to)
    (folder / "nbgrader_config.py").write_text(EARLIER.format(repository=str(template)))
    assert run(AutogradeApp, folder, NAME) == 0
    assert gradebook_scores(folder) == {"cyd": 0.0}
