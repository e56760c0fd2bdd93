"""Which submission is graded next and where, and what happens when that goes wrong: one order, one number of tries, one
patience, for workers of this machine and for those of a cluster.

A worker that dies, or that takes far longer than a submission may, is replaced; its submission is tried
once more and then reported as failed. The others never notice.

A submission that computes on a GPU waits for a place at one, in the order in which they came; it holds the place for
as long as it is graded, and one that has to be tried once more goes to the end. The others pass them by."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from autograder.classroom.worker import Done
from autograder.faults import AGAIN
from autograder.language import sentences_of
from autograder.submission.job import CROWDED, Job

_ = sentences_of(__package__)

ATTEMPTS = 2
GRACE_S = 120.0
LISTEN_S = 0.02
LOOK_PAST = 64  # submissions that wait for a GPU are held in memory while others are looked for behind them
LOOK = _("{again}, and if that happens each time, look for a hidden check that").format(again=AGAIN)
STUCK = _("The worker did not come to an end; {look} goes on for ever.").format(look=LOOK)


def ended(worker: str) -> str:
    """What is said of a submission whose workers ended."""
    return _("{worker} ended; {look} ends it, or for what kills processes on its machine.").format(
        worker=worker, look=LOOK
    )


@dataclass(frozen=True)
class Answered:
    """A worker is done with the job that it had."""

    seat: Hashable
    done: Done


@dataclass(frozen=True)
class Lost:
    """A worker is gone, and with it what it was doing."""

    seat: Hashable
    why: str


class Workers(AbstractContextManager["Workers"], Protocol):
    """Processes that grade, one job at a time each; a seat is one of them, with a place at a GPU where that was asked
    for. What they raise ends the run: there are none at all."""

    def prepare(self, waiting: int, for_gpu: int) -> None:
        """That many jobs wait, without and with a GPU: time to start workers, if there are too few."""

    def has_room(self) -> bool:
        """Whether one more job could be given to a worker now or soon."""
        ...

    def seat(self, gpu: bool) -> Hashable | None:
        """A free worker, with a place at a GPU if asked for; None while there is none."""
        ...

    def give(self, seat: Hashable, job: Job) -> None:
        """Has a worker that ``seat`` gave grade a job. One that has died is heard of later."""

    def listen(self, seconds: float) -> Iterator[Answered | Lost]:
        """What has happened, or happens within that time. A seat that is named here is free again or gone."""
        ...

    def end(self, seat: Hashable) -> None:
        """Ends a worker that is stuck; no more is heard of it."""


class Scheduler:
    """Grades jobs with workers. Use as a context manager, which ends them.

    ``total_s`` is the wall time of one submission; a worker that has had one for longer than that takes on a crowded
    machine, and a while, counts as stuck."""

    def __init__(self, workers: Workers, total_s: float) -> None:
        self._workers = workers
        self._patience_s = CROWDED * total_s + GRACE_S
        self._given: dict[Hashable, tuple[Job, float]] = {}
        self._attempts: dict[str, int] = {}
        self._waiting: deque[Job] = deque()
        self._waiting_for_gpu: deque[Job] = deque()
        self._later: deque[Job] = deque()  # to be tried once more on a GPU, after everybody else

    def __enter__(self) -> Scheduler:
        self._workers.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._workers.__exit__(None, None, None)

    @property
    def running(self) -> dict[str, float]:
        """The students whose submissions are graded right now, with the seconds since they were given to a worker."""
        now = time.monotonic()
        return {job.student: now - since for job, since in self._given.values()}

    def run(self, jobs: Iterable[Job | None]) -> Iterator[Done | None]:
        """Grades the jobs in their order and yields what is done as it is done; None now and then.

        A job is taken from ``jobs`` only when a worker is free for it; None there says that none has come yet.
        Raises ``IsolationMissing``, ``CourseError`` or ``MachineFault`` if no submission could be graded at all."""
        source = iter(jobs)
        more = True
        while True:
            while (more or self._later) and not self._waiting and self._has_room():
                try:
                    job = next(source)
                except StopIteration:
                    more, job = False, None
                if job is None and self._later:
                    job = self._later.popleft()
                if job is None:
                    break
                (self._waiting_for_gpu if job.gpu else self._waiting).append(job)
                self._hand_out()
            self._hand_out()
            if not (more or self._waiting or self._waiting_for_gpu or self._later or self._given):
                return
            for event in self._workers.listen(LISTEN_S):
                yield from self._heard(event)
            yield from self._end_stuck()
            yield None

    def _has_room(self) -> bool:
        return len(self._waiting_for_gpu) < LOOK_PAST and self._workers.has_room()

    def _hand_out(self) -> None:
        self._workers.prepare(len(self._waiting), len(self._waiting_for_gpu))
        for queue, gpu in ((self._waiting_for_gpu, True), (self._waiting, False)):
            while queue and (seat := self._workers.seat(gpu)) is not None:
                job = queue.popleft()
                self._given[seat] = job, time.monotonic()
                self._workers.give(seat, job)

    def _heard(self, event: Answered | Lost) -> Iterator[Done]:
        job, _ = self._given.pop(event.seat, (None, 0.0))
        if job is None:
            return
        if isinstance(event, Lost):
            yield from self._again(job, event.why)
        elif event.done.outcome is None:
            yield from self._again(job, event.done.error)
        else:
            self._attempts.pop(job.student, None)
            yield event.done

    def _end_stuck(self) -> Iterator[Done]:
        now = time.monotonic()
        for seat, (job, since) in list(self._given.items()):
            if now - since > self._patience_s:
                del self._given[seat]
                self._workers.end(seat)
                yield from self._again(job, STUCK)

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
