"""A worker process: grades one submission after the other, with kernels warm and checks collected once.

Its arguments are a socket's descriptor and the process that started it. It gets a ``WorkerSpec`` and then
``Job``s over the socket, and answers each with a ``Reply``. It holds the hidden checks, but neither the
gradebook nor the course's secret. It ends when the socket does, and when the command that started it does.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autograder.course import Assignment, Course, CourseError
from autograder.grading.results import Device
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.policy import Isolation, IsolationMissing, Policy
from autograder.startup import without_iri_grammar

if TYPE_CHECKING:
    from autograder.grading.kernel import SandboxKernel
    from autograder.grading.submission import Grader, Job
    from autograder.sandbox.client import WarmPool

PR_SET_PDEATHSIG = 1
END_S = 30


@dataclass(frozen=True)
class WorkerSpec:
    """What a worker grades: an assignment of the course at ``root``. ``modules`` are its check modules as
    (path, hidden) if they are not those of the package. ``datasets`` are the images that its notebooks load, and
    ``images`` the folder with them, where it lies on the worker's machine. ``device`` is where its notebooks compute,
    and ``per_gpu`` how many of them at once on each GPU."""

    root: Path
    assignment: str
    isolation: Isolation
    modules: tuple[tuple[Path, bool], ...] | None = None
    datasets: tuple[str, ...] = ()
    images: Path | None = None
    device: Device = "cpu"
    per_gpu: int = 1


@dataclass(frozen=True)
class Reply:
    """A worker's answer. ``kind`` says what ``value`` is: an ``Outcome``, or a text about what is wrong."""

    kind: Literal["ready", "outcome", "isolation", "course", "error"]
    value: object = None


def make_grader(spec: WorkerSpec) -> tuple[Grader, Callable[[], None]]:
    """A ``Grader`` with its warm kernels, and the function that ends them."""
    from autograder.sandbox.client import WarmPool

    assignment = Course(spec.root).assignment(spec.assignment)
    pool = WarmPool(assignment.runtime, isolation=spec.isolation)  # first: it imports while this process does
    try:
        return _with_checks(spec, assignment, pool), pool.close
    except BaseException:
        pool.close()
        raise


def _with_checks(spec: WorkerSpec, assignment: Assignment, pool: WarmPool) -> Grader:
    from autograder.checks.runner import CheckSession
    from autograder.checks.variants import has_variants, variant
    from autograder.grading.notebook import Template
    from autograder.grading.submission import Grader, kernel_limits

    template = Template.load(assignment)
    session = CheckSession(assignment.name) if spec.modules is None else CheckSession(modules=spec.modules)
    data = training_images(spec, assignment)
    policy = Policy(forbidden=assignment.forbidden, isolation=spec.isolation)
    limits = kernel_limits(assignment)

    def start(work: Path, student: str, gpu: Gpu | None) -> SandboxKernel:
        return pool.start(
            limits,
            policy,
            work=work,
            variants={task.id: variant(task.id, student) for task in assignment.tasks if has_variants(task.id)},
            environ={"CNN_STUDENT": student},
            data=data,
            gpu=gpu,
        )

    pool.wait_until_warm()  # only then there are jobs: one's folder would stay if the process were killed meanwhile
    return Grader(template, session, start)


def training_images(spec: WorkerSpec, assignment: Assignment) -> Path | None:
    """The folder with the images to train on: the one that the command made, or, on another machine, one of its own.

    Raises ``CourseError`` where that would hold other images."""
    if not assignment.images or (spec.images is not None and spec.images.is_dir()):
        return spec.images
    from autograder.grading.training_data import TrainingData

    data = TrainingData(assignment.images)
    if spec.datasets and data.names != spec.datasets:
        raise CourseError(
            f"A worker has the images {', '.join(data.names)} and the command has {', '.join(spec.datasets)}: "
            "give both the same, or submissions would be graded on different data."
        )
    return data.folder


def serve(connection: Connection) -> None:
    """Answers jobs until the other side closes the connection."""
    close: Callable[[], None] | None = None
    try:
        spec = connection.recv()
        grader, close = make_grader(spec)
        connection.send(Reply("ready"))
        while True:
            job = connection.recv()
            connection.send(answer(grader, job))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except IsolationMissing as error:
        connection.send(Reply("isolation", str(error)))
    except CourseError as error:
        connection.send(Reply("course", str(error)))
    finally:
        if close is not None:
            close()


def answer(grader: Grader, job: Job) -> Reply:
    """Grades one submission; a fault of the grader's own is an answer too."""
    try:
        return Reply("outcome", grader.grade(job))
    except IsolationMissing as error:
        return Reply("isolation", str(error))
    except Exception:  # a fault of ours must not end the class; it is reported and the submission is tried once more
        return Reply("error", traceback.format_exc())


def _end_with_parent(parent: int) -> None:
    """Lets the kernel of Linux tell this process when the command ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _stop(number: int, frame: object) -> None:
    """Ends the process by way of its ``finally`` blocks, which end the kernels; in any case within a while."""
    signal.alarm(END_S)
    raise SystemExit(1)


def main() -> None:
    """The process's entry."""
    handle, parent = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(handle, False)
    without_iri_grammar()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    _end_with_parent(parent)
    serve(Connection(handle))
