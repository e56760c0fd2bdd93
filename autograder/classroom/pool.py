"""Worker processes of this machine: jobs go to whichever is free, results come back as they are ready.

A worker that dies, or that takes far longer than a submission may, is replaced; its submission is tried
once more and then reported as failed. The others never notice.

A submission that computes on a GPU waits for one of the places there, in the order in which they came; it holds one for
as long as it is graded, and one that has to be tried once more goes to the end. The others pass them by."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path

from autograder.classroom.gpus import Slot, Slots
from autograder.classroom.worker import Done, WorkerSpec
from autograder.course import ROOT_VARIABLE
from autograder.faults import MachineFault
from autograder.submission.submission import Job

ENTRY = "from autograder.classroom.worker import main; main()"
ATTEMPTS = 2
LOOK_PAST = 64  # submissions that wait for a GPU are held in memory while others are looked for behind them
STARTS = 3
START_S = 300.0
GRACE_S = 120.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
STOP_S = 15.0


class LocalPool:
    """Up to ``size`` workers for one assignment. Use as a context manager, which ends them.

    ``total_s`` is the wall time of one submission, after which its worker counts as stuck.
    """

    def __init__(self, spec: WorkerSpec, size: int, total_s: float) -> None:
        self._spec = spec
        self._size = max(1, size)
        self._patience_s = total_s + GRACE_S
        self._workers: list[_Worker] = []
        self._failed_starts = 0
        self._attempts: dict[str, int] = {}
        self._slots = Slots.of_machine(spec.per_gpu) if spec.device == "cuda" else None
        self._waiting: deque[Job] = deque()
        self._waiting_for_gpu: deque[Job] = deque()
        self._later: deque[Job] = deque()  # to be tried once more on a GPU, after everybody else

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self._workers:
            worker.hang_up()
        for worker in self._workers:
            worker.end()
            self._free(worker)
        self._workers.clear()

    @property
    def running(self) -> dict[str, float]:
        """The students whose submissions are graded right now, with the seconds since they began."""
        now = time.monotonic()
        return {worker.job.student: now - worker.since for worker in self._workers if worker.job is not None}

    def run(self, jobs: Iterable[Job]) -> Iterator[Done | None]:
        """Grades the jobs in their order and yields what is done as it is done; None now and then.

        A job is taken from ``jobs`` only when a worker is free for it. Raises ``IsolationMissing``,
        ``CourseError`` or ``MachineFault`` if no submission could be graded here at all."""
        source = iter(jobs)
        more = True
        while True:
            while (more or self._later) and not self._waiting and self._has_room():
                job = next(source, None)
                more = job is not None
                if job is None and self._later:
                    job = self._later.popleft()
                if job is not None:
                    self._wait(job)
                    self._hand_out()
            self._hand_out()
            queued = more or self._waiting or self._waiting_for_gpu or self._later
            if not queued and not any(worker.job for worker in self._workers):
                return
            yield from self._collect(timeout=0.2)
            yield None

    def _has_room(self) -> bool:
        if len(self._waiting_for_gpu) >= LOOK_PAST:
            return False
        return len(self._workers) < self._size or any(worker.ready and worker.job is None for worker in self._workers)

    def _wait(self, job: Job) -> None:
        (self._waiting_for_gpu if job.gpu and self._slots is not None else self._waiting).append(job)

    def _hand_out(self) -> None:
        starting = sum(not worker.ready for worker in self._workers)
        while len(self._workers) < self._size and starting < self._startable() + 1 and self._startable():
            self._workers.append(_Worker(self._spec))
            starting += 1
        for worker in self._workers:
            if worker.ready and worker.job is None:
                self._give_next(worker)

    def _startable(self) -> int:
        """How many submissions could be given to workers now; those that wait for a place on a GPU could not."""
        places = len(self._slots) - sum(worker.slot is not None for worker in self._workers) if self._slots else 0
        return len(self._waiting) + min(len(self._waiting_for_gpu), places)

    def _give_next(self, worker: _Worker) -> None:
        """Gives a worker what may run now: whoever waits for a place that is free, otherwise the next of the others."""
        slot = self._slots.take() if self._slots is not None and self._waiting_for_gpu else None
        if slot is not None:
            worker.take(self._waiting_for_gpu.popleft(), slot)
        elif self._waiting:
            worker.take(self._waiting.popleft())

    def _free(self, worker: _Worker) -> Job | None:
        """Takes back the job that a worker has, if any, and its place on a GPU."""
        job, slot = worker.free()
        if slot is not None and self._slots is not None:
            self._slots.give_back(slot)
        return job

    def _collect(self, timeout: float) -> Iterator[Done]:
        by_connection: dict[object, _Worker] = {worker.connection: worker for worker in self._workers}
        for connection in wait([worker.connection for worker in self._workers], timeout):
            worker = by_connection[connection]
            try:
                said = worker.connection.recv()
            except (EOFError, OSError):
                yield from self._lost(worker, "The worker process ended.")
            else:
                yield from self._heard(worker, said)
        for worker in list(self._workers):
            if worker.seconds > (self._patience_s if worker.ready else START_S):
                yield from self._lost(worker, "The worker process did not come to an end.")

    def _heard(self, worker: _Worker, said: object) -> Iterator[Done]:
        if isinstance(said, Exception):
            raise said
        worker.ready = True
        if not isinstance(said, Done):  # it is ready
            return
        job = self._free(worker)
        if job is not None and said.outcome is None:
            yield from self._again(job, said.error)
        elif job is not None:
            self._attempts.pop(job.student, None)
            yield said

    def _lost(self, worker: _Worker, why: str) -> Iterator[Done]:
        self._workers.remove(worker)
        worker.end(kill=True)
        job = self._free(worker)  # its place on a GPU is free once the worker is gone
        if job is not None:
            yield from self._again(job, why)
        elif not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                raise MachineFault(
                    f"This machine starts no worker process ({worker.last_words.rstrip('.')}); "
                    "mend that, `autograder doctor` says what is missing, and run the same command again."
                )

    def _again(self, job: Job, why: str) -> Iterator[Done]:
        self._attempts[job.student] = self._attempts.get(job.student, 0) + 1
        if self._attempts[job.student] < ATTEMPTS:
            if job.gpu:
                self._later.append(job)
            else:
                self._waiting.appendleft(job)
        else:
            del self._attempts[job.student]
            yield Done(job.student, None, why)


class _Worker:
    """One worker process, from the side of the command."""

    def __init__(self, spec: WorkerSpec) -> None:
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()
        with theirs:
            handle = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-c", ENTRY, str(handle), str(os.getpid())],
                pass_fds=[handle],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=_environment(spec),
                start_new_session=True,  # Ctrl-C is for the command, which ends its workers itself
            )
        self.connection = Connection(ours.detach())
        self.connection.send(spec)
        self.ready = False
        self.job: Job | None = None
        self.slot: Slot | None = None
        self.since = time.monotonic()
        self.last_words = "it gave no reason"

    @property
    def seconds(self) -> float:
        """How long it has been starting or grading; 0 while it waits for a job."""
        return time.monotonic() - self.since if self.job is not None or not self.ready else 0.0

    def take(self, job: Job, slot: Slot | None = None) -> None:
        """Gives it a job, with a place on a GPU. If it has died, that shows when its answer is awaited."""
        self.job, self.slot, self.since = job, slot, time.monotonic()
        with contextlib.suppress(OSError):
            self.connection.send(replace(job, share=slot.share) if slot else job)

    def free(self) -> tuple[Job | None, Slot | None]:
        """Takes back the job and the place that it has, if any."""
        had = self.job, self.slot
        self.job = self.slot = None
        return had

    def hang_up(self) -> None:
        """Closes the connection, upon which it ends; what it is grading right now is not awaited."""
        self.connection.close()
        if self.job is not None:
            self._send(signal.SIGTERM)

    def end(self, kill: bool = False) -> None:
        """Waits for its end, or brings it about."""
        self.hang_up()
        if kill:
            self._send(signal.SIGKILL)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self._process.wait()
        with self._errors as file:
            file.seek(0)
            lines = file.read()[-10_000:].decode("utf-8", "replace").strip().splitlines()
        self.last_words = lines[-1] if lines else self.last_words

    def _send(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)


def _environment(spec: WorkerSpec) -> dict[str, str]:
    """The command's environment, in which package and course are found wherever the command was called from."""
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, ROOT_VARIABLE: str(spec.root), **dict.fromkeys(THREADS, "1")}
