"""The same jobs on a Dask cluster: for a course that outgrows one machine.

A Dask worker needs this environment and the course's repository, and no gradebook, secret or submissions: those travel
with the job, and the results come back to the one writer. Each worker process grades one submission at a time, with its
own warm kernels. What a lost worker had is done by another; Dask itself gives up on a job that ends several workers.

A submission that computes on a GPU goes to workers that declare one (``--resources GPU=1``), the others rather to those
that do not, where there are any; an idle worker may take them over.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any

from autograder.classroom.gpus import Slots
from autograder.classroom.worker import Done, WorkerSpec, answer, make_grader
from autograder.course import ROOT_VARIABLE, Course, CourseError
from autograder.sandbox.policy import IsolationMissing
from autograder.submission.submission import Grader, Job

CONNECT_S = 20.0
WORKERS_S = 120.0
ASK_AGAIN_S = 5.0
AHEAD = 2  # jobs on their way for each slot, so that no worker waits for the network


class DaskPool:
    """Sends jobs to the cluster of a scheduler. Use as a context manager."""

    def __init__(self, address: str, spec: WorkerSpec) -> None:
        self._address = address
        self._spec = spec
        self._client: Any = None
        self._since: dict[str, float] = {}
        self._asked: tuple[float, tuple[list[str], list[str]]] | None = None

    def __enter__(self) -> DaskPool:
        from distributed import Client

        try:
            self._client = Client(self._address, timeout=CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=WORKERS_S)
            gpu_workers = self._workers()[0]
        except (OSError, TimeoutError, ValueError) as error:
            if self._client is not None:
                self._client.close()
            raise CourseError(f"No Dask scheduler with workers answers at {self._address}.") from error
        if self._spec.device == "cuda" and not gpu_workers:
            self._client.close()
            raise CourseError(
                f"{self._spec.assignment} is marked for a GPU, and no Dask worker at {self._address} declares one with "
                "--resources GPU=1; with --per-gpu 0 it is graded on the CPU."
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    @property
    def running(self) -> dict[str, float]:
        """The students whose submissions are with the cluster, with the seconds since they were sent."""
        now = time.monotonic()
        return {student: now - since for student, since in self._since.items()}

    def run(self, jobs: Iterable[Job]) -> Iterator[Done | None]:
        """As ``LocalPool.run``: yields what is done as it is done, and None now and then."""
        source = iter(jobs)
        under_way: dict[Any, Job] = {}
        while True:
            while len(under_way) < AHEAD * self._slots():
                job = next(source, None)
                if job is None:
                    break
                under_way[self._submit(job)] = job
            if not under_way:
                return
            for future in self._finished(list(under_way)):
                job = under_way.pop(future)
                del self._since[job.student]
                yield _done(job, future)
            yield None

    def _slots(self) -> int:
        return max(1, len(self._client.nthreads()))

    def _submit(self, job: Job) -> Any:
        self._since[job.student] = time.monotonic()
        key = f"grade-{self._spec.assignment}-{job.student}-{time.monotonic_ns()}"
        where: dict[str, Any] = {}
        if job.gpu:
            where = {"resources": {"GPU": 1}}
        elif elsewhere := self._workers()[1]:  # so that GPUs are free for those who need them
            where = {"workers": elsewhere, "allow_other_workers": True}
        return self._client.submit(grade_there, self._spec, job, key=key, pure=False, **where)

    def _workers(self) -> tuple[list[str], list[str]]:
        """The addresses of the workers that declare a GPU, and of those that do not, as they were a moment ago."""
        if self._asked is None or time.monotonic() - self._asked[0] > ASK_AGAIN_S:
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
            with_gpu = [address for address, about in workers.items() if about.get("resources", {}).get("GPU")]
            self._asked = time.monotonic(), (with_gpu, [address for address in workers if address not in with_gpu])
        return self._asked[1]

    def _finished(self, futures: list[Any]) -> list[Any]:
        from distributed import wait

        try:
            with self._client.as_current():
                return list(wait(futures, timeout=0.5, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []


def dask_pool(address: str) -> Callable[[WorkerSpec, int, float], DaskPool]:
    """What makes a pool that sends jobs to the scheduler at ``address``; the number of workers is the cluster's."""
    return lambda spec, size, total_s: DaskPool(address, spec)


def grade_there(spec: WorkerSpec, job: Job) -> Done:
    """Runs in a Dask worker: grades one submission with the grader that this process keeps. Raises what
    ``make_grader`` raises."""
    with _KeptGrader.lock:
        grader = _KeptGrader.of(spec)
        if not job.gpu:
            return answer(grader, job)
        with Slots.of_machine(spec.per_gpu).taken() as share:
            return answer(grader, replace(job, share=share))


class _KeptGrader:
    """The grader of a Dask worker's process: one at a time, and one assignment at a time."""

    lock = threading.Lock()
    _spec: WorkerSpec | None = None
    _grader: Grader | None = None
    _close: Callable[[], None] | None = None

    @classmethod
    def of(cls, spec: WorkerSpec) -> Grader:
        """The grader for ``spec``, made when it is first asked for."""
        if cls._spec != spec or cls._grader is None:
            cls.end()
            here = _here(spec)
            os.environ[ROOT_VARIABLE] = str(here.root)
            cls._grader, cls._close = make_grader(here)
            cls._spec = spec
        return cls._grader

    @classmethod
    def end(cls) -> None:
        """Ends the kernels."""
        close, cls._close, cls._grader = cls._close, None, None
        if close is not None:
            close()


atexit.register(_KeptGrader.end)


def _here(spec: WorkerSpec) -> WorkerSpec:
    """The spec on this machine, where the repository may lie elsewhere."""
    return spec if spec.root.is_dir() else replace(spec, root=Course.here().root)


def _done(job: Job, future: Any) -> Done:
    """What came of a job; an exception here is the cluster's or the grader's, never the student's."""
    error = future.exception()
    if isinstance(error, IsolationMissing):
        raise error
    if isinstance(error, CourseError):
        return Done(job.student, None, str(error))
    if error is not None:
        return Done(job.student, None, f"{type(error).__name__}: {error}")
    done: Done = future.result()
    return done
