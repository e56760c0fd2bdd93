"""The pool's own troubles: workers that cannot start, or end again and again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from autograder.classroom import pool, worker
from autograder.classroom.pool import local_pool
from autograder.classroom.worker import WorkerSpec
from autograder.faults import MachineFault
from autograder.sandbox.policy import IsolationMissing
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from tests.small.small_class import LOOKS, LOOKS_SCORES, answered, job, small_course


def jobs(root: Path) -> list:
    template = Template.load(small_course(root))
    return [job(answered(template, look), f"s{number}") for number, look in enumerate(LOOKS)]


def spec(root: Path) -> WorkerSpec:
    return WorkerSpec(root, "00-small", "required")


def test_workers_that_cannot_start_are_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    work = jobs(tmp_path)
    monkeypatch.setattr(pool, "ENTRY", "raise SystemExit('no luck today')")
    with local_pool(spec(tmp_path), 2, 60) as workers, pytest.raises(MachineFault, match="no luck today"):
        list(workers.run(work))


TOLD_AS_IT_IS_READ = "import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)\n"


def test_workers_that_may_compute_no_longer_do_not_blame_the_checks_that_they_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = jobs(tmp_path)
    monkeypatch.setattr(pool, "STARTS", 1)
    (tmp_path / "small_course" / "small" / "double" / "hidden.py").write_text(TOLD_AS_IT_IS_READ)
    with local_pool(spec(tmp_path), 1, 60) as workers, pytest.raises(MachineFault, match="ulimit -t"):
        list(workers.run(work))


KILLED_AT_S1 = """
import os, signal
from autograder.classroom import worker
graded = worker.answer
def killed(grader, job):
    if job.student == "s1":
        os.kill(os.getpid(), signal.SIGKILL)
    return graded(grader, job)
worker.answer = killed
worker.main()
"""


def test_a_submission_whose_worker_is_killed_each_time_is_reported_and_the_others_are_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = jobs(tmp_path)
    monkeypatch.setattr(pool, "ENTRY", KILLED_AT_S1)
    with local_pool(spec(tmp_path), 1, 60) as workers:
        found = {done.student: done for done in workers.run(work) if done is not None}
    assert found["s1"].outcome is None and "ended" in found["s1"].error
    scores = [found[f"s{number}"].outcome.results.score for number in (0, 2, 3)]
    assert scores == [LOOKS_SCORES[number] for number in (0, 2, 3)]


TOLD_TO_END = """
import os, signal
import pytest
from autograder.checks.api import expect_equal, points

@pytest.fixture
def told():
    os.kill(os.getpid(), signal.SIGTERM)

@points(4)
def test_double(student, told):
    '''Twice five is ten.'''
    expect_equal(student.double(5), 10)
"""


def test_a_worker_that_is_told_to_end_while_pytest_runs_a_check_says_nothing_more_of_that_submission(tmp_path: Path):
    work = jobs(tmp_path)[:1]
    (tmp_path / "small_course" / "small" / "double" / "hidden.py").write_text(TOLD_TO_END)
    with local_pool(spec(tmp_path), 1, 60) as workers:
        (found,) = [done for done in workers.run(work) if done is not None]
    assert found.outcome is None and "ended" in found.error


def test_nothing_is_left_in_the_folder_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    work = jobs(tmp_path)
    place = tmp_path / "t"
    place.mkdir()
    place.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(place))
    with local_pool(spec(tmp_path), 1, 60) as workers:
        assert len([done for done in workers.run(work) if done]) == len(work)
    assert [path.name for path in place.iterdir()] == []


def test_workers_fork_their_kernels_from_one_server(tmp_path: Path):
    work, before = jobs(tmp_path), psutil.Process().children()
    with local_pool(spec(tmp_path), 2, 60) as workers:
        assert {done.student for done in workers.run(work) if done} == {each.student for each in work}
        below = [child for child in psutil.Process().children() if child not in before]
        servers = [child for child in below if "server.py" in " ".join(child.cmdline())]
        assert len(servers) == 1
        workers_below = [child for child in below if "classroom.worker" in " ".join(child.cmdline())]
        assert [child.children() for child in workers_below] == [[], []]
    assert not servers[0].is_running()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit("x"), ValueError("x")])
def test_nothing_that_the_grader_raises_ends_a_worker(error: BaseException):
    def grade(job: Job) -> None:
        raise error

    done = worker.answer(SimpleNamespace(grade=grade), job(b"", "ada"))
    assert done.outcome is None and f"an error of its own ({type(error).__name__}: {error}" in done.error


@pytest.mark.parametrize("error", [worker.ToldToEnd(), IsolationMissing("no Landlock")])
def test_what_is_the_workers_own_affair_is_not_a_submissions(error: BaseException):
    def grade(job: Job) -> None:
        raise error

    with pytest.raises(type(error)):
        worker.answer(SimpleNamespace(grade=grade), job(b"", "ada"))
