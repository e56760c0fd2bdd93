"""The small class on a real Dask scheduler and workers of this machine, one of which is killed on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course import Course, CourseError
from autograder.grading.cluster import dask_pool
from autograder.grading.grade import grade_class
from autograder.grading.run import Options, Row, Summary
from autograder.grading.worker import WorkerSpec
from tests.grading.classroom import LOOKS_SCORES, MODULES, small_class

distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster


def grade(root: Path, address: str, **own: object) -> Summary:
    return grade_class(
        "00-small",
        folder=root,
        options=Options(modules=MODULES, jobs=2, **own),
        console=Console(quiet=True),
        course=Course(root),
        make_executor=dask_pool(address),
    )


def test_a_cluster_gives_the_same_scores_and_a_killed_worker_costs_nothing(
    cluster: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    students = small_class(tmp_path, 8)
    killed: list[int] = []

    def kill_one(summary_row: Row) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    _after_each(monkeypatch, kill_one)
    summary = grade(tmp_path, cluster.scheduler_address)
    assert killed and not summary.failed
    assert [summary.graded[student].score for student in students] == list(LOOKS_SCORES) * 2
    assert len(grade(tmp_path, cluster.scheduler_address).unchanged) == 8


def test_a_scheduler_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("autograder.grading.cluster.CONNECT_S", 1.0)
    pool = dask_pool("tcp://127.0.0.1:9")(WorkerSpec(tmp_path, "00-small", "required", MODULES), 2, 60.0)
    with pytest.raises(CourseError, match=r"No Dask scheduler with workers answers at tcp://127.0.0.1:9\."), pool:
        pytest.fail("there is no scheduler")


def _after_each(monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    from autograder.grading.progress import Bar

    done = Bar.done

    def watched(self: Bar, student: str, row: Row | None) -> None:
        done(self, student, row)
        act(row)

    monkeypatch.setattr(Bar, "done", watched)
