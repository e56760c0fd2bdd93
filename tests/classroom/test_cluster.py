"""The small class on a real Dask scheduler and workers of this machine, one of which is killed on the way."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from autograder.classroom.cluster import ENDED, DaskWorkers, dask_pool, grade_there, quieten_client
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.run import Graded, Summary
from autograder.classroom.scheduler import Lost
from autograder.classroom.worker import Done, WorkerSpec
from autograder.course import Course, CourseError
from autograder.faults import MachineFault
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from autograder.submission.results import read_results
from tests.small import fake_gpus
from tests.small.small_class import LOOKS_SCORES, RIGHT, answered, small_class, small_course, submit

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
        options=Options(jobs=2, **own),
        console=Console(quiet=True),
        course=Course(root),
        make_executor=dask_pool(address),
    )


def test_a_cluster_gives_the_same_scores_and_a_killed_worker_costs_nothing(
    cluster: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    students = small_class(tmp_path, 8)
    killed: list[int] = []

    def kill_one(summary_row: Graded) -> None:
        if not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    _after_each(monkeypatch, kill_one)
    summary = grade(tmp_path, cluster.scheduler_address)
    assert killed and not summary.failed
    assert [summary.graded[student].score for student in students] == list(LOOKS_SCORES) * 2
    assert len(grade(tmp_path, cluster.scheduler_address).unchanged) == 8


def test_a_scheduler_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("autograder.classroom.cluster.CONNECT_S", 1.0)
    pool = dask_pool("tcp://127.0.0.1:9")(WorkerSpec(tmp_path, "00-small", "required"), 2, 60.0)
    with pytest.raises(CourseError, match=r"No Dask scheduler with workers answers at tcp://127.0.0.1:9\."), pool:
        pytest.fail("there is no scheduler")


def _after_each(monkeypatch: pytest.MonkeyPatch, act: object) -> None:
    from autograder.classroom.progress import Bar

    done = Bar.done

    def watched(self: Bar, student: str, row: Graded | None) -> None:
        done(self, student, row)
        act(row)

    monkeypatch.setattr(Bar, "done", watched)


def note_and_grade(spec: WorkerSpec, job: Job) -> Done:
    """Runs in a worker: leaves a file with the student's name in the folder of that worker."""
    Path(os.environ["WORKER_NOTES"], job.student).touch()
    return grade_there(spec, job)


@pytest.fixture
def notes(tmp_path: Path) -> dict[str, Path]:
    """A folder for each worker of `mixed`, in which it notes what it grades."""
    folders = {name: tmp_path / "notes" / name for name in ("with", "without")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    return folders


@pytest.fixture
def mixed(notes: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A scheduler with a worker that declares a GPU, of a driver that is not there, and one that declares none."""
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE.replace("aaaa", "dask"))
    monkeypatch.setattr("autograder.classroom.cluster.grade_there", note_and_grade)
    workers = {
        name: {"cls": distributed.Nanny, "options": {"nthreads": 1, "env": {"WORKER_NOTES": str(folder)}}}
        for name, folder in notes.items()
    }
    workers["with"]["options"]["resources"] = {"GPU": 1}
    scheduler = {"cls": distributed.Scheduler, "options": {"host": "127.0.0.1", "dashboard_address": ":0"}}
    with distributed.SpecCluster(workers=workers, scheduler=scheduler, silence_logs=logging.ERROR) as cluster:
        yield cluster.scheduler_address


def noted(notes: dict[str, Path]) -> dict[str, list[str]]:
    """Who was graded by which worker since the last call."""
    found = {name: sorted(path.name for path in folder.iterdir()) for name, folder in notes.items()}
    for path in [path for folder in notes.values() for path in folder.iterdir()]:
        path.unlink()
    return found


def test_marked_submissions_go_to_a_worker_with_a_gpu_alone(
    mixed: str, notes: dict[str, Path], tmp_path: Path
):
    root = tmp_path / "course"
    template = Template.load(small_course(root, gpu=True))
    for student, answers in {"tries1": RIGHT, "tries2": RIGHT, "idle1": {}, "idle2": {}}.items():
        submit(root, student, answered(template, answers))
    summary = grade(root, mixed)
    assert not summary.failed and len(summary.graded) == 4
    assert not any(student.startswith("tries") for student in noted(notes)["without"])
    results = {student: read_results(root / "autograded" / student / "00-small") for student in summary.graded}
    on_gpu = [student for student, result in results.items() if result.provenance.device == "cuda"]
    assert sorted(on_gpu) == ["tries1", "tries2"]

    small_course(root)  # the same assignment, no longer marked
    assert len(grade(root, mixed).graded) == 4
    assert noted(notes)["without"]


class AskedClient:
    """Notes with what jobs are submitted; it knows workers with a GPU and without."""

    status = "running"

    def __init__(self, *addresses: str) -> None:
        self.workers = {one: {"resources": {"GPU": 1.0} if "gpu" in one else {}} for one in addresses}
        self.asked: list[dict[str, object]] = []

    def scheduler_info(self, n_workers: int) -> dict[str, object]:
        return {"workers": self.workers}

    def submit(self, function: object, *args: object, key: str, pure: bool, **where: object) -> str:
        self.asked.append(where)
        return key


@pytest.mark.parametrize(
    ("addresses", "unmarked"), [(("tcp://gpu:1", "tcp://cpu:1"), "tcp://cpu:1"), (("tcp://gpu:1",), "tcp://gpu:1")]
)
def test_unmarked_submissions_leave_gpus_free_where_there_are_other_workers(
    addresses: tuple[str, ...], unmarked: str, tmp_path: Path
):
    workers = DaskWorkers("tcp://nowhere:1", WorkerSpec(tmp_path, "00-small", "required", device="cuda"))
    workers._client = AskedClient(*addresses)
    workers.prepare(1, 1)
    assert workers.seat(gpu=False) == unmarked
    assert workers.seat(gpu=True) == "tcp://gpu:1"
    workers.give("tcp://gpu:1", Job("ada", b"", {}, 0, "c", "e", gpu=True))
    alone = {"workers": ["tcp://gpu:1"], "allow_other_workers": False}
    assert workers._client.asked == [{"resources": {"GPU": 1}, **alone}]
    assert workers.seat(gpu=True) is None, "one at a time"


class GoneClient(AskedClient):
    """A client whose scheduler was killed; each call raises what the real one does then."""

    status = "closed"

    def scheduler_info(self, n_workers: int) -> dict[str, object]:
        return {"type": "Scheduler"}  # without the workers

    def submit(self, *args: object, **where: object) -> str:
        raise distributed.client.ClosedClientError("Client is closed. Can't send update-graph message.")

    cancel = submit


@pytest.mark.parametrize(
    "act",
    [
        lambda workers: workers.prepare(1, 0),
        lambda workers: workers.give("tcp://cpu:1", Job("ada", b"", {}, 0, "c", "e")),
        lambda workers: workers_heard(workers, SimpleNamespace()),
        lambda workers: workers.end("tcp://cpu:1"),
    ],
    ids=["look", "give", "listen", "end"],
)
def test_a_scheduler_that_is_gone_is_a_fault_of_the_machine_whatever_is_asked(act: object, tmp_path: Path):
    workers = DaskWorkers("tcp://nowhere:1", WorkerSpec(tmp_path, "00-small", "required"))
    workers._client, workers._given = GoneClient("tcp://cpu:1"), {"tcp://cpu:1": SimpleNamespace()}
    with pytest.raises(MachineFault, match=r"The Dask scheduler at tcp://nowhere:1 does not answer any more"):
        act(workers)


def test_a_result_that_went_with_its_worker_is_lost_and_not_waited_for(tmp_path: Path):
    """The scheduler would have it made again, by the worker that is gone and by no other."""
    called_off = []

    class Finished:
        def __getattr__(self, name: str) -> object:
            return {"done": lambda: True, "cancelled": lambda: False, "exception": lambda: None}[name]

        def result(self, timeout: float) -> Done:
            raise TimeoutError

    workers = DaskWorkers("tcp://nowhere:1", WorkerSpec(tmp_path, "00-small", "required"))
    workers._client = SimpleNamespace(status="running", cancel=lambda futures, force: called_off.extend(futures))
    gone = Finished()
    assert workers_heard(workers, gone) == [Lost("tcp://cpu:1", ENDED)]
    assert called_off == [gone]


def workers_heard(workers: DaskWorkers, future: object) -> list[object]:
    """What is heard where one future is given and there is nothing to wait for."""
    workers._given = {"tcp://cpu:1": future}
    workers._client.as_current = nullcontext
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distributed, "wait", lambda *args, **options: None)
        return list(workers.listen(0.01))


def test_a_cluster_without_a_gpu_is_not_waited_for(cluster: object, tmp_path: Path):
    submit(tmp_path, "ada", answered(Template.load(small_course(tmp_path, gpu=True)), RIGHT))
    with pytest.raises(CourseError, match="no Dask worker .* declares one with --resources GPU=1; with --per-gpu 0"):
        grade(tmp_path, cluster.scheduler_address)
    assert list(grade(tmp_path, cluster.scheduler_address, per_gpu=0).graded) == ["ada"]


def test_what_the_client_s_tasks_raise_and_nobody_waits_for_is_no_traceback(capsys: pytest.CaptureFixture[str]):
    quieten_client()
    loop, shown = logging.getLogger("asyncio"), logging.StreamHandler()
    loop.addHandler(shown)
    try:
        for raised in (distributed.core.CommClosedError("lost"), RuntimeError("our own")):
            loop.error("Task exception was never retrieved", exc_info=(type(raised), raised, None))
    finally:
        loop.removeHandler(shown)
    said = capsys.readouterr().err
    assert "lost" not in said and "our own" in said
    for part in ("client", "batched", "core", "comm.tcp"):
        assert not logging.getLogger(f"distributed.{part}").isEnabledFor(logging.ERROR), part
