"""GPUs without a GPU: the list, the places, the queue, and what a kernel is given, with devices that are not there."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom import gpus, pool
from autograder.classroom.gpus import GpuDevice, Slots, device_for, found, has_cuda, wanted_by
from autograder.classroom.pool import local_pool
from autograder.classroom.worker import WorkerSpec
from autograder.course import Course, CourseError
from autograder.sandbox.limits import MEBI
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from autograder.submission.reasons import GPU_MEMORY, raised_memory, reason_of_error
from autograder.submission.results import read_results
from tests.small import fake_gpus
from tests.small.courses import code_task, make_course
from tests.small.grade_small import grade
from tests.small.small_class import RIGHT, answered, small_course, submit

GIBI = 1024 * MEBI
A = GpuDevice(0, "GPU-aaaa-1111", "Fake One", 16 * GIBI, 0)
B = GpuDevice(1, "GPU-bbbb-2222", "Fake Two", 8 * GIBI, 1)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.TWO)


def test_the_driver_lists_them_with_the_numbers_of_their_files(two: None, tmp_path: Path):
    about = tmp_path / "driver" / "0000:5e:00.0" / "information"
    about.parent.mkdir(parents=True)
    about.write_text("Model: \t\t Fake Two\nDevice Minor: \t 3\n")
    assert found() == (A, replace(B, minor=3))


@pytest.mark.parametrize(
    ("visible", "expected"),
    [("0", (A,)), ("1,0", (A, B)), ("GPU-bbbb-2222", (B,)), ("GPU-bbbb", (B,)), ("", ()), ("-1", ()), ("7", ())],
)
def test_only_those_that_the_command_may_use_count(
    two: None, monkeypatch: pytest.MonkeyPatch, visible: str, expected: tuple[GpuDevice, ...]
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert found() == expected


@pytest.mark.parametrize("listing", ["", "No devices were found\n", "0, GPU-x, Name, [N/A], bus\n", "a,b\n"])
def test_a_driver_that_lists_none_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: str):
    fake_gpus.put_up(tmp_path, monkeypatch, listing)
    assert found() == ()
    with pytest.raises(CourseError, match="no GPU that nvidia-smi knows"):
        Slots.of_machine(1)


def test_a_driver_that_fails_or_is_not_there_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE)
    program = tmp_path / "bin" / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'Failed to initialize NVML' >&2\nexit 9\n")
    assert found() == ()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert found() == ()


def test_a_share_leaves_room_for_the_drivers_own_memory():
    alone, third = A.share(1), A.share(3)
    assert alone.memory_bytes == 16 * GIBI - gpus.CONTEXT_BYTES
    assert 3 * (third.memory_bytes + gpus.CONTEXT_BYTES) <= 16 * GIBI + 3
    assert third.fraction == pytest.approx(third.memory_bytes / (16 * GIBI))
    assert (alone.uuid, alone.files) == ("GPU-aaaa-1111", ("/dev/nvidia0",))
    assert replace(A, memory_bytes=2 * GIBI).share(8).fraction == gpus.SMALLEST_SHARE


def test_places_are_spread_over_devices_and_each_is_given_once():
    slots = Slots((A, B), 2)
    taken = [slots.take() for _ in range(5)]
    assert [slot and slot.share.uuid for slot in taken] == [A.uuid, B.uuid, A.uuid, B.uuid, None]
    slots.give_back(taken[1])
    assert slots.take().share.uuid == B.uuid
    for slot in (taken[0], taken[2], taken[3]):
        slots.give_back(slot)


def test_runs_side_by_side_share_the_places_and_a_dead_one_frees_its_own():
    slots = Slots((replace(A, uuid="GPU-side-by-side"),), 1)
    other = subprocess.Popen(
        [sys.executable, "-c", "import socket, sys; s = socket.socket(socket.AF_UNIX); "
         "s.bind('\\0autograder-gpu-GPU-side-by-side-0'); print('held', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert other.stdout.readline() == b"held\n"
    assert slots.take() is None
    other.kill()
    other.communicate()
    slot = slots.take()
    assert slot is not None
    slots.give_back(slot)


def test_a_framework_built_for_the_cpu_uses_no_gpu(two: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch = tmp_path / "site" / "torch"
    torch.mkdir(parents=True)
    (torch / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(torch.parent))
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    version = torch / "version.py"
    version.write_text("from typing import Optional\n__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n")
    assert not has_cuda("torch+tensorflow") and not has_cuda("numpy") and has_cuda("tensorflow")
    course = Course(make_course(tmp_path / "course", runtime="torch", gpu=True))
    assert device_for(course.assignment("00-small"), 1) == "cpu"
    version.write_text("from typing import Optional\n__version__ = '2.13.0'\ncuda: Optional[str] = '13.0'\n")
    assert has_cuda("torch") and device_for(course.assignment("00-small"), 1) == "cuda"
    assert device_for(course.assignment("00-small"), 0) == "cpu"
    make_course(tmp_path / "course", "01-plain", runtime="torch")
    assert device_for(course.assignment("01-plain"), 1) == "cpu"


def test_the_notebook_or_a_task_of_it_is_marked(tmp_path: Path):
    marked = code_task("train", "def train():\n    pass", 3, gpu=True)
    cells = [*marked, *code_task("plain", "def plain():\n    pass", 3)]
    course = Course(make_course(tmp_path, cells=cells))
    assert [task.gpu for task in course.assignment("00-small").tasks] == [True, False]
    assert course.assignment("00-small").gpu
    make_course(tmp_path, "01-all", gpu=True)
    assert {task.id for task in course.assignment("01-all").tasks if task.gpu} == {"double", "square", "tiny-sum"}
    make_course(tmp_path, "02-none")
    assert not course.assignment("02-none").gpu


def test_who_tries_no_marked_task_need_not_wait(tmp_path: Path):
    assignment = small_course(tmp_path, gpu=True)
    template = Template.load(assignment)
    tasks = [replace(task, gpu=task.id == "square") for task in assignment.tasks]

    def wants(answers: dict[str, str], *extra: str) -> bool:
        return wanted_by(answered(template, answers, extra), template.notebook, tasks)

    assert not wants({}) and not wants({"double": "def double(x):\n    return 2 * x"}, "sq = 3")
    assert wants({"square": "def square(x):\n    return x * x"})
    assert wants({}, "def square(x):\n    return x ** 2")
    assert not wanted_by(None, template.notebook, tasks)
    assert wanted_by(b"\xef\xbb\xbf{", template.notebook, tasks), "restoring may make a notebook of it"


STUB = """
import json, os, time
from autograder.classroom import worker
from autograder.submission.job import Outcome

def answer(grader, job):
    def note(what):
        with open(os.environ["LOG"], "a") as log:
            log.write(json.dumps([what, job.student, job.share.uuid if job.share else None]) + "\\n")
    note("start")
    time.sleep(float(os.environ["SECONDS_" + job.student[0]]))
    note("end")
    if job.student.endswith("dies"):
        os._exit(1)
    return worker.Done(job.student, Outcome(None, b""))

worker.answer = answer
worker.make_grader = lambda *_: (None, lambda: None)
worker.main()
"""


class Watched:
    """A pool whose workers only note when they start and end a job."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, gpu_s: float, cpu_s: float) -> None:
        self._log = folder / "log"
        self._log.touch()
        for name, value in (("LOG", self._log), ("SECONDS_g", gpu_s), ("SECONDS_c", cpu_s)):
            monkeypatch.setenv(name, str(value))
        monkeypatch.setattr(pool, "ENTRY", STUB)
        self._root = folder

    def run(self, students: list[str], size: int, per_gpu: int = 1) -> list[tuple[str, str | None]]:
        spec = WorkerSpec(self._root, "00-small", "off", device="cuda", per_gpu=per_gpu)
        jobs = [Job(name, b"", {}, 0, "c", "e", gpu=name.startswith("g")) for name in students]
        with local_pool(spec, size, 60) as workers:
            return [(done.student, done.error or None) for done in workers.run(jobs) if done is not None]

    @property
    def notes(self) -> list[list[Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def started(self, first: str) -> list[str]:
        return [student for what, student, _ in self.notes if what == "start" and student.startswith(first)]

    def most_at_once(self) -> dict[str | None, int]:
        running: dict[str | None, int] = {}
        most: dict[str | None, int] = {}
        for what, _, uuid in self.notes:
            running[uuid] = running.get(uuid, 0) + (1 if what == "start" else -1)
            most[uuid] = max(most.get(uuid, 0), running[uuid])
        return most


def test_gpu_submissions_take_turns_and_the_others_pass_them_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE.replace("aaaa", "turns"))
    watched = Watched(tmp_path, monkeypatch, gpu_s=0.6, cpu_s=0.05)
    done = watched.run(["g1", "g2", "g3", "c1", "c2", "c3", "c4"], size=2)
    assert {student for student, _ in done} == {"g1", "g2", "g3", "c1", "c2", "c3", "c4"}
    assert watched.started("g") == ["g1", "g2", "g3"]
    assert watched.most_at_once()["GPU-turns-1111"] == 1
    order = [student for student, _ in done]
    assert order.index("c4") < order.index("g3"), "four short ones on the CPU do not wait for three on the GPU"


def test_several_share_a_device_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE.replace("aaaa", "shared"))
    watched = Watched(tmp_path, monkeypatch, gpu_s=0.8, cpu_s=0.05)
    watched.run(["g1", "g2", "g3", "g4"], size=4, per_gpu=2)
    assert watched.most_at_once() == {"GPU-shared-1111": 2}


def test_a_submission_whose_worker_dies_goes_to_the_end_of_the_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE.replace("aaaa", "queue"))
    watched = Watched(tmp_path, monkeypatch, gpu_s=0.1, cpu_s=0.05)
    done = watched.run(["g1-dies", "g2", "g3"], size=1)
    assert watched.started("g") == ["g1-dies", "g2", "g3", "g1-dies"]
    assert dict(done)["g1-dies"] and not dict(done)["g3"]


def test_without_a_gpu_a_pool_for_one_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, "")
    with pytest.raises(CourseError, match="no GPU"):
        local_pool(WorkerSpec(tmp_path, "00-small", "off", device="cuda"), 1, 60)


SHOWS = "import os\nprint(os.environ.get('CUDA_VISIBLE_DEVICES'))"


def test_a_class_is_graded_on_the_device_and_its_results_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fake_gpus.put_up(tmp_path, monkeypatch, fake_gpus.ONE.replace("aaaa", "class"))
    monkeypatch.setattr(gpus, "has_cuda", lambda runtime: True)
    template = Template.load(small_course(tmp_path, gpu=True))
    submit(tmp_path, "tries", answered(template, RIGHT, (SHOWS,)))
    submit(tmp_path, "idle", answered(template, {}, (SHOWS,)))
    summary = grade(tmp_path)
    assert summary.graded["tries"].score == 12.0 and not summary.failed
    devices = {name: read_results(tmp_path / "autograded" / name / "00-small") for name in ("tries", "idle")}
    assert {name: result.provenance.device for name, result in devices.items()} == {"tries": "cuda", "idle": "cpu"}
    shown = {name: (tmp_path / "autograded" / name / "00-small" / "00-small.ipynb").read_text() for name in devices}
    assert "GPU-class-1111" in shown["tries"] and "GPU-class" not in shown["idle"]
    assert len(grade(tmp_path).unchanged) == 2
    monkeypatch.setattr(gpus, "has_cuda", lambda runtime: False)
    assert len(grade(tmp_path).graded) == 2, "on another device they are graded again"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.0 GiB"),
        ("ResourceExhaustedError", "{{function_node}} OOM when allocating tensor on /job:localhost/device:GPU:0"),
        ("RuntimeError", "CUDA error: out of memory"),
        ("AcceleratorError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        ("InternalError", "CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
    ],
)
def test_a_full_device_is_the_students_memory(tmp_path: Path, name: str, text: str):
    assignment = Course(make_course(tmp_path)).assignment("00-small")
    assert reason_of_error(name, text, assignment) == ("memory", GPU_MEMORY)


def test_a_full_machine_is_told_from_a_full_device(tmp_path: Path):
    assignment = Course(make_course(tmp_path)).assignment("00-small")
    text = "OOM when allocating tensor with shape[9] on /job:localhost/replica:0/device:CPU:0 by allocator cpu"
    assert reason_of_error("ResourceExhaustedError", text, assignment) == ("memory", None)
    assert reason_of_error("RuntimeError", "mat1 and mat2 shapes cannot be multiplied", assignment) is None


def test_want_of_memory_in_a_call_is_read_from_the_graders_own_words():
    assert raised_memory("Your code raised an OutOfMemoryError at `loss.backward()`.") == ("memory", GPU_MEMORY)
    assert raised_memory("Your code raised a MemoryError.") == ("memory", None)
    assert raised_memory("Your code raised a ValueError: OutOfMemoryError.") is None
    assert raised_memory("The values differ.") is None
