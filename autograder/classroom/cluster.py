"""The same jobs on a Dask cluster: for a course that outgrows one machine.

A Dask worker needs this environment and the course's repository, and no gradebook, secret or submissions: those travel
with the job, and the results come back to the one writer. Each worker process grades one submission at a time, with its
own warm kernels. Every job is sent to one worker; the job of one that is lost is sent to another, also to one that
joined later.

A submission that computes on a GPU goes to workers that declare one (``--resources GPU=1``), the others rather to those
that do not, where there are any.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from autograder.classroom.gpus import Slots
from autograder.classroom.scheduler import Answered, Lost, Scheduler, ended
from autograder.classroom.worker import Done, WorkerSpec, answer, make_grader
from autograder.course import ROOT_VARIABLE, Course, CourseError
from autograder.faults import MachineFault, of_our_own
from autograder.language import sentences_of
from autograder.sandbox.policy import IsolationMissing
from autograder.submission.job import Job
from autograder.submission.submission import Grader

_ = sentences_of(__package__)

CONNECT_S = 20.0
WORKERS_S = 120.0  # how long a run waits for a worker where there is none
ASK_AGAIN_S = 1.0
RESTART_S = 10.0
FETCH_S = 60.0  # to fetch a result from the worker that has it
ENDED = ended(_("The Dask worker"))


class _Unretrieved(logging.Filter):
    """Leaves out the tracebacks of what the client's own tasks raise and nobody waits for when a connection is lost."""

    def filter(self, record: logging.LogRecord) -> bool:
        raised = record.exc_info[0] if record.exc_info else None
        return raised is None or not raised.__module__.startswith("distributed")


def quieten_client() -> None:
    """What a lost worker or scheduler means is said in a sentence, here and in the summary; the client says it too."""
    loop = logging.getLogger("asyncio")
    if not any(isinstance(one, _Unretrieved) for one in loop.filters):
        loop.addFilter(_Unretrieved())
    for name in ("distributed", "distributed.client"):  # the second has a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)


def dask_pool(address: str) -> Callable[[WorkerSpec, int, float], Scheduler]:
    """What grades with the workers of the Dask scheduler at ``address``; their number is the cluster's."""
    return lambda spec, size, total_s: Scheduler(DaskWorkers(address, spec), total_s)


class DaskWorkers:
    """The workers of a Dask cluster (``scheduler.Workers``); a seat is the address of one."""

    def __init__(self, address: str, spec: WorkerSpec) -> None:
        self._address = address
        self._spec = spec
        self._client: Any = None
        self._given: dict[str, Any] = {}  # address -> future
        self._with_gpu: dict[str, bool] = {}  # address -> whether it declares one, of the workers that there are
        self._stuck: set[str] = set()
        self._asked = self._seen = 0.0

    def __enter__(self) -> DaskWorkers:
        from distributed import Client

        quieten_client()
        try:
            self._client = Client(self._address, timeout=CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=WORKERS_S)
            self._look()
        except (OSError, TimeoutError, ValueError) as error:
            self._close()
            raise CourseError(
                _("No Dask scheduler with workers answers at {address}.").format(address=self._address)
            ) from error
        except MachineFault:
            self._close()
            raise
        if self._spec.device == "cuda" and not any(self._with_gpu.values()):
            self._close()
            raise CourseError(
                _(
                    "{assignment} is marked for a GPU, and no Dask worker at {address} declares one with "
                    "--resources GPU=1; with --per-gpu 0 it is graded on the CPU."
                ).format(assignment=self._spec.assignment, address=self._address)
            )
        return self

    def __exit__(self, *exception: object) -> None:
        self._close()

    def _close(self) -> None:
        if self._client is not None:
            with suppress(OSError, TimeoutError):  # the scheduler may be gone
                self._client.close(timeout=RESTART_S)

    def prepare(self, waiting: int, for_gpu: int) -> None:
        """Sees which workers came and went."""
        if time.monotonic() - self._asked > ASK_AGAIN_S:
            self._look()

    def _look(self) -> None:
        """Asks the scheduler for its workers. Raises ``MachineFault`` where it is gone, or has none for too long."""
        with self._connected():
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        now = self._asked = time.monotonic()
        self._stuck &= set(workers)
        with_gpu = {one: bool(about.get("resources", {}).get("GPU")) for one, about in workers.items()}
        self._with_gpu = {one: gpu for one, gpu in with_gpu.items() if one not in self._stuck}
        if self._with_gpu or not self._seen:
            self._seen = now
        elif now - self._seen > WORKERS_S:
            raise MachineFault(
                _(
                    "The Dask scheduler at {address} has had no worker for {workers_s:.0f} s; start one, and run "
                    "the same command again."
                ).format(address=self._address, workers_s=WORKERS_S)
            )

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Has something asked of the scheduler. Whatever its client raises once the connection is lost, and that is of
        many kinds, is a ``MachineFault``; so is what it raises while it is lost."""
        try:
            yield
        except (OSError, TimeoutError, ValueError, RuntimeError, KeyError) as error:
            raise self._scheduler_gone() from error
        except Exception as error:
            if self._lost():
                raise self._scheduler_gone() from error
            raise

    def _lost(self) -> bool:
        return self._client.status not in ("running", "connecting")

    def _scheduler_gone(self) -> MachineFault:
        return MachineFault(
            _(
                "The Dask scheduler at {address} does not answer any more; start it again with its workers, and run "
                "the same command again."
            ).format(address=self._address)
        )

    def _idle(self) -> list[str]:
        return [one for one in self._with_gpu if one not in self._given]

    def has_room(self) -> bool:
        """Whether a worker has no job."""
        return bool(self._idle())

    def seat(self, gpu: bool) -> Hashable | None:
        """A worker without a job; one without a GPU first, where none is needed."""
        able = [one for one in self._idle() if self._with_gpu[one] or not gpu]
        return min(able, key=lambda one: self._with_gpu[one], default=None)

    def give(self, seat: Hashable, job: Job) -> None:
        """Sends a job to a worker."""
        key = f"grade-{self._spec.assignment}-{job.student}-{time.monotonic_ns()}"
        where: dict[str, Any] = {"resources": {"GPU": 1}} if job.gpu else {}
        with self._connected():
            future = self._client.submit(
                grade_there, self._spec, job, key=key, pure=False, workers=[seat], allow_other_workers=False, **where
            )
        self._given[str(seat)] = future

    def listen(self, seconds: float) -> Iterator[Answered | Lost]:
        """What the workers answered, and which of them are gone."""
        from distributed import wait

        if self._given:
            # Nothing was answered in that time; or a job was called off, of which is heard below.
            with self._connected(), self._client.as_current(), suppress(TimeoutError, CancelledError):
                wait(list(self._given.values()), timeout=seconds, return_when="FIRST_COMPLETED")
        else:
            time.sleep(seconds)
        if self._lost():
            raise self._scheduler_gone()
        for address, future in list(self._given.items()):
            if future.done():
                del self._given[address]
                heard = _heard(address, future)
                if isinstance(heard, Lost):
                    self._cancel(future)
                yield heard
            elif address not in self._with_gpu and address not in self._stuck:
                del self._given[address]
                self._cancel(future)
                yield Lost(address, ENDED)

    def end(self, seat: Hashable) -> None:
        """Restarts a worker that is stuck, where its nanny can; it gets no more jobs before that."""
        self._stuck.add(str(seat))
        self._with_gpu.pop(str(seat), None)
        self._cancel(self._given.pop(str(seat)))
        with suppress(OSError, TimeoutError, ValueError, RuntimeError):
            self._client.restart_workers([seat], timeout=RESTART_S, raise_for_error=False)

    def _cancel(self, future: Any) -> None:
        with self._connected():
            self._client.cancel([future], force=True)


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
            if cls._spec is not None and _here(cls._spec).root != here.root:
                Course(_here(cls._spec).root).unload()
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


def _heard(address: str, future: Any) -> Answered | Lost:
    """What came of a job; an exception here is the cluster's or the grader's, never the student's."""
    if future.cancelled():
        return Lost(address, ENDED)
    error = future.exception()
    if isinstance(error, IsolationMissing):
        raise error
    if error is None:
        try:
            return Answered(address, future.result(timeout=FETCH_S))
        except (TimeoutError, CancelledError, OSError):  # it went with its worker, and nobody else may do it again
            return Lost(address, ENDED)
    if type(error).__name__ == "KilledWorker":
        return Lost(address, ENDED)
    why = str(error) if isinstance(error, CourseError | MachineFault) else of_our_own(error)
    return Answered(address, Done("", None, why))
