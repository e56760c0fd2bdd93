"""The commands from outside: one clear sentence and an exit code that means something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import typer
from nbformat.v4 import new_code_cell, new_notebook
from typer.core import TyperGroup
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.commands.common import INTERRUPTED, one_sentence
from autograder.course import Course
from tests.sample_class.members import ASSIGNMENT


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def course_with(folder: Path, *students: str) -> Path:
    """A course folder in which these students handed in the notebook as it was released."""
    released = Course.here().assignment(ASSIGNMENT).release_path.read_bytes()
    for student in students:
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        (place / f"{ASSIGNMENT}.ipynb").write_bytes(released)
    return folder


def says(result: Result, code: int, *words: str) -> None:
    """The command ended with this code and one sentence that has these words, and no traceback."""
    assert result.exit_code == code, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("autograder:")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    for word in words:
        assert word in lines[0]


def test_help_answers_at_once_and_imports_no_framework():
    code = "import sys, autograder.cli; print(sorted({'torch', 'numpy', 'nbgrader', 'nbformat'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_an_unknown_assignment_is_wrong_usage(tmp_path: Path):
    says(run("grade", "99-nothing", "--course", tmp_path), 2, "99-nothing", ASSIGNMENT)


def test_a_course_folder_that_is_not_there_is_wrong_usage(tmp_path: Path):
    says(run("grade", ASSIGNMENT, "--course", tmp_path / "gone"), 2, "course folder")


def test_a_student_without_a_submission_is_wrong_usage(tmp_path: Path):
    says(run("grade", ASSIGNMENT, "--course", course_with(tmp_path, "ada"), "--student", "bob"), 2, "bob")


def test_dask_without_a_scheduler_is_wrong_usage(tmp_path: Path):
    says(run("grade", ASSIGNMENT, "--course", course_with(tmp_path, "ada"), "--executor", "dask"), 2, "--scheduler")


def test_no_submissions_means_that_none_could_be_graded(tmp_path: Path):
    says(run("grade", ASSIGNMENT, "--course", tmp_path), 1, "no submissions")


def test_another_courses_gradebook_is_refused(tmp_path: Path):
    from nbgrader.api import Gradebook

    from autograder.gradebook.nbgrader_setup import ensure_programs

    course_with(tmp_path, "ada")
    ensure_programs()
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "history") as gradebook:
        gradebook.add_assignment("essay")
    says(run("grade", ASSIGNMENT, "--course", tmp_path), 1, "history")


def test_a_machine_that_cannot_isolate_refuses_and_off_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    course_with(tmp_path, "ada")
    monkeypatch.setenv("AUTOGRADER_DISABLE_MECHANISMS", "landlock")
    says(run("grade", ASSIGNMENT, "--course", tmp_path), 3, "landlock")
    assert not (tmp_path / "gradebook.db").exists()
    result = run("grade", ASSIGNMENT, "--course", tmp_path, "--isolation", "off", "--json")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)["graded"]
    assert (row["student"], row["score"], row["status"]) == ("ada", 0.0, "graded")
    document = json.loads((tmp_path / "autograded" / "ada" / ASSIGNMENT / "results.json").read_text())
    assert document["provenance"]["isolation"] == []


def test_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AUTOGRADER_DISABLE_MECHANISMS", "seccomp")
    result = run("doctor", "--json")
    assert result.exit_code == 3
    facts = {fact["name"]: fact for fact in json.loads(result.stdout)["facts"]}
    assert facts["landlock"]["ok"] and not facts["seccomp"]["ok"]
    assert facts["nbgrader"]["ok"] and facts[ASSIGNMENT]["ok"]


def test_check_runs_a_notebooks_public_checks(tmp_path: Path):
    notebook = nbformat.read(Course.here().assignment(ASSIGNMENT).release_path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "output-size":
            cell.source = "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n    return 5"
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    result = run("check", path, "--json")
    assert result.exit_code == 1, result.output
    found = {entry["task"]: entry for entry in json.loads(result.stdout)}
    assert "not attempted" in found["conv2d"]["text"]
    assert not found["output-size"]["passed"] and "not attempted" not in found["output-size"]["text"]


def test_check_says_when_there_is_nothing_to_check(tmp_path: Path):
    says(run("check", tmp_path / "gone.ipynb"), 2, "gone.ipynb")
    (tmp_path / "broken.ipynb").write_text("{")
    says(run("check", tmp_path / "broken.ipynb"), 2, "broken.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell("1")]), tmp_path / "plain.ipynb")
    says(run("check", tmp_path / "plain.ipynb"), 2, "no check cells")


STOPPED_THREE_TIMES = """
import os, signal
from autograder.commands.stopping import stop_on_signals

stops = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
stop_on_signals()
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
for number in stops:
    os.kill(os.getpid(), number)
try:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)  # all of them arrive before Python looks
    print("not stopped")
except KeyboardInterrupt:
    print("stopped")
for number in stops:
    os.kill(os.getpid(), number)
print("once")
"""


STOPPED_WHILE_AN_OBJECT_IS_THROWN_AWAY = """
import os, signal
from autograder.commands.stopping import stop_on_signals

class Thrown:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

stop_on_signals()
try:
    Thrown()
    signal.pause()
except KeyboardInterrupt:
    print("stopped")
"""


def test_a_signal_that_arrives_where_python_hears_nothing_stops_a_command_a_moment_later():
    command = [sys.executable, "-c", STOPPED_WHILE_AN_OBJECT_IS_THROWN_AWAY]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr, run.returncode) == ("stopped\n", "", 0)


STOPPED_WHEN_ALL_IS_DONE = """
import os, signal
from autograder.commands.stopping import stop_on_signals

class Last:
    kill, pid, numbers = os.kill, os.getpid(), (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    def __del__(self):  # when Python throws its modules away
        for number in self.numbers:
            Last.kill(self.pid, number)

stop_on_signals()
last = Last()
raise SystemExit(1)
"""


def test_a_command_that_has_done_its_work_ends_with_its_own_exit_code_whatever_arrives_then():
    run = subprocess.run([sys.executable, "-c", STOPPED_WHEN_ALL_IS_DONE], capture_output=True, text=True, timeout=60)
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 1)


def test_signals_that_arrive_at_once_stop_a_command_once_and_without_a_traceback():
    run = subprocess.run([sys.executable, "-c", STOPPED_THREE_TIMES], capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == ("stopped\nonce\n", "", 0)


COMPUTES_ON = """
import resource
from autograder.commands.stopping import stop_on_signals

resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
stop_on_signals()
try:
    while True:
        pass
except KeyboardInterrupt as stopped:
    print(stopped)
"""


def test_a_command_that_may_compute_no_longer_says_so_before_linux_kills_it():
    run = subprocess.run([sys.executable, "-c", COMPUTES_ON], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Stopped: this command may compute no longer; raise that limit (`ulimit -t`)")


def test_a_command_that_is_stopped_says_so(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(typer.Exit) as end, one_sentence():
        raise KeyboardInterrupt
    assert end.value.exit_code == INTERRUPTED
    assert capsys.readouterr().err == "autograder: Stopped; run the same command again.\n"


def test_a_command_that_is_stopped_before_its_own_first_line_says_so(monkeypatch: pytest.MonkeyPatch):
    def stopped(*words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, "invoke", stopped)
    says(run("doctor"), INTERRUPTED, "Stopped; run the same command again.")
