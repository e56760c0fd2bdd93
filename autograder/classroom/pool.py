"""Worker processes of this machine, started when there is something for them to do, and the warm server that they
share: it imports the libraries once, and begins to before the first of them is there."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path

from autograder.classroom.gpus import Slot, Slots
from autograder.classroom.scheduler import Answered, Lost, Scheduler, ended
from autograder.classroom.temporary import RunFolder
from autograder.classroom.worker import Done, WorkerSpec
from autograder.course import ROOT_VARIABLE, Course
from autograder.faults import MachineFault
from autograder.language import sentences_of
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission.job import Job

_ = sentences_of(__package__)

ENTRY = "from autograder.classroom.worker import main; main()"
STARTS = 3
START_S = 300.0
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
STOP_S = 15.0
LAST_WORDS_S = 2.0
ENDED = ended(_("The worker process"))


def local_pool(spec: WorkerSpec, size: int, total_s: float) -> Scheduler:
    """Grades with up to ``size`` worker processes of this machine."""
    return Scheduler(LocalWorkers(spec, size), total_s)


class LocalWorkers:
    """Up to ``size`` worker processes for one assignment (``scheduler.Workers``)."""

    def __init__(self, spec: WorkerSpec, size: int) -> None:
        self._spec = spec
        self._size = max(1, size)
        self._workers: list[_Worker] = []
        self._failed_starts = 0  # in a row
        self._slots = Slots.of_machine(spec.per_gpu) if spec.device == "cuda" else None
        self._folder = RunFolder()
        self._server: WarmPool | None = None

    def __enter__(self) -> LocalWorkers:
        self._folder.__enter__()
        try:
            if self._slots is None:  # a server that has opened a device would be of no use to others
                assignment = Course(self._spec.root).assignment(self._spec.assignment)
                self._server = WarmPool(
                    assignment.runtime, self._spec.isolation, assignment.forbidden, folder=self._folder.path
                )
            while self._slots is None and len(self._workers) < self._size:
                self._workers.append(self._start())
        except BaseException:  # what was started would stay
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self._workers:
            worker.hang_up()
        for worker in self._workers:
            worker.end()
            self._free(worker)
        self._workers.clear()
        if self._server is not None:
            self._server.close()
        self._folder.__exit__()

    def prepare(self, waiting: int, for_gpu: int) -> None:
        """Starts workers, one more at a time than there are jobs that could run now."""
        places = len(self._slots) - sum(worker.slot is not None for worker in self._workers) if self._slots else 0
        startable = waiting + min(for_gpu, places)
        starting = sum(not worker.ready for worker in self._workers)
        while len(self._workers) < self._size and startable and starting < startable + 1:
            self._workers.append(self._start())
            starting += 1

    def has_room(self) -> bool:
        """Whether a worker is idle, or could still be started."""
        return len(self._workers) < self._size or any(worker.idle for worker in self._workers)

    def seat(self, gpu: bool) -> Hashable | None:
        """A worker that is idle, with a place on a device if asked for."""
        worker = next((worker for worker in self._workers if worker.idle), None)
        if worker is None:
            return None
        if gpu:
            worker.slot = self._slots.take() if self._slots is not None else None
            if worker.slot is None:
                return None
        worker.taken = True
        return worker

    def give(self, seat: Hashable, job: Job) -> None:
        """Sends a worker its job."""
        assert isinstance(seat, _Worker)
        seat.take(job)

    def listen(self, seconds: float) -> Iterator[Answered | Lost]:
        """What the workers say, and which of them ended."""
        by_connection: dict[object, _Worker] = {worker.connection: worker for worker in self._workers}
        for connection in wait([worker.connection for worker in self._workers], seconds):
            worker = by_connection[connection]
            try:
                said = worker.connection.recv()
            except (EOFError, OSError):
                yield from self._lost(worker)
            else:
                yield from self._heard(worker, said)
        for worker in list(self._workers):
            if not worker.ready and time.monotonic() - worker.started > START_S:
                yield from self._lost(worker, patience_s=0)

    def end(self, seat: Hashable) -> None:
        """Kills a worker that is stuck."""
        assert isinstance(seat, _Worker)
        self._remove(seat, patience_s=0)

    def _start(self) -> _Worker:
        return _Worker(self._spec, self._folder.path, self._server)

    def _heard(self, worker: _Worker, said: object) -> Iterator[Answered]:
        if isinstance(said, Exception):
            raise said
        worker.ready = True
        self._failed_starts = 0
        if isinstance(said, Done):  # otherwise it is ready
            self._free(worker)
            yield Answered(worker, said)

    def _lost(self, worker: _Worker, patience_s: float = LAST_WORDS_S) -> Iterator[Lost]:
        worker.connection.close()  # one that ends by itself may be saying why just now
        self._remove(worker, patience_s)  # its place on a GPU is free once the worker is gone
        if worker.ready:
            yield Lost(worker, ENDED)
            return
        self._failed_starts += 1
        if self._failed_starts >= STARTS:
            raise MachineFault(
                _(
                    "This machine starts no worker process ({reason}); "
                    "mend that, `autograder doctor` says what is missing, and run the same command again."
                ).format(reason=worker.last_words.rstrip("."))
            )

    def _remove(self, worker: _Worker, patience_s: float) -> None:
        self._workers.remove(worker)
        worker.end(patience_s)
        self._free(worker)

    def _free(self, worker: _Worker) -> None:
        slot, worker.slot, worker.taken = worker.slot, None, False
        if slot is not None and self._slots is not None:
            self._slots.give_back(slot)


class _Worker:
    """One worker process, from the side of the command."""

    def __init__(self, spec: WorkerSpec, folder: Path, server: WarmPool | None) -> None:
        ours, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()
        with theirs, server.share() if server else contextlib.nullcontext() as shared:
            handles = [theirs.fileno(), *([shared.fileno()] if shared else [])]
            self._process = subprocess.Popen(
                [sys.executable, "-c", ENTRY, str(handles[0]), str(os.getpid()), str(handles[-1] if shared else -1)],
                pass_fds=handles,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env={**_environment(spec), "TMPDIR": str(folder)},
                start_new_session=True,  # Ctrl-C is for the command, which ends its workers itself
            )
        self.connection = Connection(ours.detach())
        with contextlib.suppress(OSError):  # it has died: seen when it is listened to
            self.connection.send(spec)
        self.ready = False
        self.taken = False
        self.slot: Slot | None = None
        self.started = time.monotonic()
        self.last_words = _("it gave no reason")

    @property
    def idle(self) -> bool:
        """Whether it waits for a job."""
        return self.ready and not self.taken

    def take(self, job: Job) -> None:
        """Gives it a job, with its place on a GPU. If it has died, that shows when its answer is awaited."""
        with contextlib.suppress(OSError):
            self.connection.send(replace(job, share=self.slot.share) if self.slot else job)

    def hang_up(self) -> None:
        """Closes the connection, upon which it ends; what it imports or grades right now is not awaited. Done once: a
        second signal would come while it cleans up."""
        if self.connection.closed:
            return
        self.connection.close()
        if self.taken or not self.ready:
            self._send(signal.SIGTERM)

    def end(self, patience_s: float = STOP_S) -> None:
        """Waits for its end, and brings it about where that takes longer."""
        self.hang_up()
        try:
            self._process.wait(patience_s)
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
