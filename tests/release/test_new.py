"""`autograder new`, and the machine's wheel: another course, made and graded without this repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import ROOT_VARIABLE, Course, UsageError
from autograder.release.new import new_assignment, new_course, new_task, unfilled
from tests.release.example import FIRST, fill, hand_in

ROOT = Path(__file__).parents[2]


def test_a_new_course_says_what_is_to_be_filled_in_and_nothing_once_it_is(tmp_path: Path) -> None:
    written = new_course(tmp_path / "moving", title="Moving pictures")
    course = Course(tmp_path / "moving")
    assert all(path.is_file() for path in written) and course.names == (FIRST,)
    assert (course.id, course.title, course.package) == ("moving", "Moving pictures", "moving_course")
    assert [(task.id, task.kind, task.points) for task in course.assignment(FIRST).tasks] == [
        ("double", "code", 4.0), ("halves", "answer", 2.0), ("why", "text", 2.0),
    ]  # fmt: skip
    missing = unfilled(course, FIRST)
    assert "moving_course/first/double/reference.py, line 5: fill in what it gives" in " ".join(missing)
    assert "The notebook's cell why-rubric: fill in what earns the points." in missing
    fill(course.root, course.package)
    assert unfilled(course, FIRST) == []


def test_an_assignment_and_a_task_are_added_to_a_course(tmp_path: Path) -> None:
    new_course(tmp_path / "moving")
    course = Course(tmp_path / "moving")
    new_assignment("02-shifts", course=course, runtime="torch")
    new_task("shift-right", "02-shifts", course=course, points=3)
    about = course.assignment("02-shifts")
    assert (about.runtime, about.title) == ("torch", "Shifts")
    assert [(task.id, task.points, task.names) for task in about.tasks] == [("shift-right", 3.0, ("shift_right",))]
    assert (about.folder / "shift_right" / "hidden.py").read_text().count("@points(3)") == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda course: new_course(course.root), "is not empty"),
        (lambda course: new_assignment("shifts", course=course), "no name for an assignment"),
        (lambda course: new_assignment("02-first", course=course), "has the folder first already"),
        (lambda course: new_assignment("02-x", course=course, runtime="matlab"), "no runtime 'matlab'"),
        (lambda course: new_task("Double Trouble", FIRST, course=course), "no name for a task"),
        (lambda course: new_task("double", FIRST, course=course), "a task double already"),
        (lambda course: new_task("more", "09-none", course=course), "no assignment '09-none'"),
        (lambda course: new_task("more", FIRST, course=course, points=0), "points above 0"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence_and_nothing_is_written(tmp_path: Path, call, says: str) -> None:
    new_course(tmp_path / "moving")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match=says):
        call(Course(tmp_path / "moving"))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_task_without_an_assignment_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new_course(tmp_path / "moving")
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "moving"))
    done = CliRunner().invoke(app, ["new", "task", "more"])
    assert done.exit_code == 2 and "--assignment NAME" in done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the machine's wheel; its libraries are this environment's, its repository is nowhere."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("autograder/") for name in names)
    assert not [name for name in names if name.startswith(("course/", "tests/", "tools/", "solutions/"))]
    venv.create(folder / "env", symlinks=True, with_pip=False)
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "-q", "--disable-pip-version-check", "install",
         "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True,
    )  # fmt: skip
    (site,) = (folder / "env").glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])  # an editable install there does not count
    return folder / "env" / "bin"


def test_another_course_is_made_audited_released_and_graded_with_the_wheel_alone(
    installed: Path, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in (ROOT_VARIABLE, "PYTHONPATH")}

    def autograder(*arguments: str, here: Path, code: int = 0) -> str:
        done = subprocess.run(
            [installed / "autograder", *arguments], cwd=here, env=environment, capture_output=True, text=True
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    assert "There is no course here" in subprocess.run(
        [installed / "autograder", "audit"], cwd=tmp_path, env=environment, capture_output=True, text=True
    ).stderr
    autograder("new", "course", "moving", here=tmp_path)
    course = tmp_path / "moving"
    assert "fill in" in autograder("audit", here=course, code=1)
    fill(course, "moving_course")
    assert "Everything holds." in autograder("audit", here=course)
    autograder("release", here=course)
    right = {"double": "def double(x): return x + x", "halves": 'halves = {"first": 5.0}', "why": "It is."}
    hand_in(course, "ada", right)
    hand_in(course, "bob", {"double": "def double(x): return x + 2"})
    autograder("grade", FIRST, here=course)
    scores = {}
    for student in ("ada", "bob"):
        results = json.loads((course / "autograded" / student / FIRST / "results.json").read_text())
        scores[student] = results["score"]
        assert "landlock" in results["provenance"]["isolation"]
    assert scores == {"ada": 6.0, "bob": 0.0}
    autograder("feedback", FIRST, here=course)
    page = (course / "feedback" / "bob" / FIRST / f"{FIRST}.html").read_text()
    assert "Two was added; doubling multiplies by two." in page
