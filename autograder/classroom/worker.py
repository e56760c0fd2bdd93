"""A worker process: grades one submission after the other, with kernels warm and checks collected once.

Its arguments are a socket's descriptor, the process that started it, and the descriptor of a channel to a warm server
that others use too, -1 for one of its own. It gets a ``WorkerSpec`` and then
``Job``s over the socket, and answers each with a ``Done``. It holds the hidden checks, but neither the
gradebook nor the course's secret. It ends when the socket does, and when the command that started it does.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import Assignment, Course, CourseError
from autograder.faults import MachineFault, of_os_error, of_our_own
from autograder.language import sentences_of
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.policy import Isolation, IsolationMissing, Policy
from autograder.sandbox.setup import KernelSetup
from autograder.startup import without_iri_grammar
from autograder.submission.results import Device

if TYPE_CHECKING:
    from autograder.sandbox.client import StartingKernel
    from autograder.sandbox.warm_pool import WarmPool
    from autograder.submission.job import Job, Outcome
    from autograder.submission.kernel import Kernel
    from autograder.submission.submission import Grader
    from autograder.submission.supply import Supply

_ = sentences_of(__package__)

READY = "ready"  # what a worker says once it takes jobs; an exception says that it cannot
PR_SET_PDEATHSIG = 1
END_S = 30


@dataclass(frozen=True)
class WorkerSpec:
    """What a worker grades: an assignment of the course at ``root``. ``datasets`` are the images that its notebooks
    load, and ``images`` the folder with them, where it lies on the worker's machine. ``device`` is where its notebooks
    compute, and ``per_gpu`` how many of them at once on each GPU."""

    root: Path
    assignment: str
    isolation: Isolation
    datasets: tuple[str, ...] = ()
    images: Path | None = None
    device: Device = "cpu"
    per_gpu: int = 1


@dataclass(frozen=True)
class Done:
    """A submission that a worker is done with: its outcome, or None and what went wrong in the grader."""

    student: str
    outcome: Outcome | None
    error: str = ""


def make_grader(spec: WorkerSpec, server: socket.socket | None = None) -> tuple[Grader, Callable[[], None]]:
    """A ``Grader`` with its warm kernels, and the function that ends them; ``server`` leads to a warm server that is
    there already."""
    from autograder.sandbox.warm_pool import WarmPool

    assignment = Course(spec.root).assignment(spec.assignment)
    # First: it imports while this process does.
    pool = WarmPool(assignment.runtime, spec.isolation, assignment.forbidden, server)
    try:
        grader, supply = _with_checks(spec, assignment, pool)
    except BaseException:
        pool.close()
        raise

    def close() -> None:
        try:
            supply.close()
        finally:
            pool.close()

    return grader, close


def _with_checks(spec: WorkerSpec, assignment: Assignment, pool: WarmPool) -> tuple[Grader, Supply]:
    from autograder.checks.points import refuse_other_points
    from autograder.checks.runner import CheckSession
    from autograder.checks.variant import sources
    from autograder.submission.cell_limits import kernel_limits
    from autograder.submission.notebook import Template
    from autograder.submission.submission import Grader
    from autograder.submission.supply import Supply

    template = Template.load(assignment)
    session = CheckSession(assignment.name, deaf=True)
    for task in assignment.automatic:
        if not session.tests(task.id):
            raise CourseError(
                _("The course has no checks for the task {id!r}; they belong in {folder}.").format(
                    id=task.id, folder=assignment.folder
                )
            )
    refuse_other_points(assignment, session)
    data = training_images(spec, assignment)
    policy = Policy(forbidden=assignment.forbidden, isolation=spec.isolation)
    limits = kernel_limits(assignment)

    variants = sources(task.id for task in assignment.tasks)
    pictures = Course(spec.root).pictures

    def start(work: Path, student: str, gpu: Gpu | None) -> Kernel:
        return pool.start(KernelSetup(limits, policy, work, student, variants, pictures, data=data, gpu=gpu))

    def begin(work: Path) -> StartingKernel:
        return pool.begin(KernelSetup(limits, policy, work, None, variants, pictures, data=data))

    # The server imports for longer than this process until here. Where networks are trained, the references may bring
    # libraries that few tests need.
    if not assignment.trains:
        session.load_references()
    pool.wait_until_warm()  # only then there are jobs: one's folder would stay if the process were killed meanwhile
    supply = Supply(assignment, start, begin if spec.device == "cpu" else None, pool.is_warm)
    supply.prepare()
    return Grader(template, session, supply), supply


def training_images(spec: WorkerSpec, assignment: Assignment) -> Path | None:
    """The folder with the images to train on: the one that the command made, or, on another machine, one of its own.

    Raises ``CourseError`` where that would hold other images."""
    if not assignment.images or (spec.images is not None and spec.images.is_dir()):
        return spec.images
    from autograder.training.laid_out import TrainingData

    data = TrainingData.of(assignment)
    if spec.datasets and data.names != spec.datasets:
        raise CourseError(
            _(
                "A worker has the images {names} and the command has {datasets}: "
                "give both the same, or submissions would be graded on different data."
            ).format(names=", ".join(data.names), datasets=", ".join(spec.datasets))
        )
    return data.folder


# Python looks for garbage whenever so many objects more were made than freed. Its own number is 700; requests to a
# kernel make as many in an instant, and looking took a tenth of a worker's time. So many take a few megabytes.
NEW_OBJECTS = 20_000


class ToldToEnd(BaseException):
    """Another process has told this one to end."""


# Raised between any two lines, the order can be swallowed: what came of such a submission is no result.
_told: list[int] = []


def serve(connection: Connection, server: socket.socket | None = None) -> None:
    """Answers jobs until the other side closes the connection, or this process is told to end."""
    close: Callable[[], None] | None = None
    try:
        spec = connection.recv()
        gc.disable()  # while it imports, nothing is garbage
        try:
            grader, close = make_grader(spec, server)
            gc.collect()
            gc.freeze()  # what a worker holds to its end is not looked through again and again
        finally:
            gc.set_threshold(NEW_OBJECTS)
            gc.enable()
        connection.send(READY)
        while True:
            job = connection.recv()
            done = answer(grader, job)
            if _told:
                raise ToldToEnd
            connection.send(done)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except (IsolationMissing, CourseError) as error:
        if _told:  # while the checks were read
            raise ToldToEnd from None
        connection.send(error)
    finally:
        if close is not None:
            close()


def answer(grader: Grader, job: Job) -> Done:
    """Grades one submission; a fault of the grader's own is an answer too. Raises ``IsolationMissing``, and
    ``ToldToEnd``."""
    try:
        return Done(job.student, grader.grade(job))
    except (IsolationMissing, ToldToEnd):
        raise
    except MachineFault as fault:
        return Done(job.student, None, str(fault))
    except OSError as error:
        return Done(job.student, None, str(of_os_error(error)))
    except BaseException as error:  # a fault of ours must not end the class; the submission is tried once more
        return Done(job.student, None, of_our_own(error))


def _end_with_parent(parent: int) -> None:
    """Lets the kernel of Linux tell this process when the command ends, however it ends."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _stop(number: int, frame: object) -> None:
    """Ends the process by way of its ``finally`` blocks, which end the kernels; in any case within a while. What it is
    told once more meanwhile would keep it from that, and from saying why."""
    if _told:
        return
    signal.alarm(END_S)
    _told.append(number)
    raise ToldToEnd


def main() -> None:
    """The process's entry."""
    handle, parent, shared = map(int, sys.argv[1:4])
    os.set_inheritable(handle, False)
    server = socket.socket(fileno=shared) if shared >= 0 else None
    if server is not None:
        server.set_inheritable(False)
    without_iri_grammar()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGXCPU, _stop)  # of `ulimit -t`: another worker goes on
    _end_with_parent(parent)
    try:
        serve(Connection(handle), server)
    except ToldToEnd:
        sys.exit(_("it may compute no longer (`ulimit -t`)") if signal.SIGXCPU in _told else 1)
