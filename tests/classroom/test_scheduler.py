"""Order, tries and patience, with workers that only say what they are told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.classroom import scheduler
from autograder.classroom.scheduler import Answered, Lost, Scheduler
from autograder.classroom.worker import Done
from autograder.submission.job import Job, Outcome

FINE = Outcome(None, b"")


class Fakes:
    """``count`` workers; ``says`` answers for a job and its try: an outcome, a string for what went wrong, "lost", or
    None where nothing is ever heard."""

    def __init__(self, count: int, says: Callable[[str, int], Any]) -> None:
        self.free, self.says = list(range(count)), says
        self.given: dict[int, Job] = {}
        self.order: list[str] = []
        self.ended: list[int] = []

    def __enter__(self) -> Fakes:
        return self

    def __exit__(self, *exception: object) -> None:
        self.order.append("closed")

    def prepare(self, waiting: int, for_gpu: int) -> None: ...

    def has_room(self) -> bool:
        return bool(self.free)

    def seat(self, gpu: bool) -> int | None:
        return self.free.pop(0) if self.free else None

    def give(self, seat: int, job: Job) -> None:
        self.given[seat] = job
        self.order.append(job.student)

    def listen(self, seconds: float) -> Iterator[Answered | Lost]:
        for seat, job in list(self.given.items()):
            said = self.says(job.student, self.order.count(job.student))
            if said is None:
                continue
            del self.given[seat]
            self.free.append(seat)
            if said == "lost":
                yield Lost(seat, "The worker ended.")
            else:
                yield Answered(
                    seat, Done(job.student, None, said) if isinstance(said, str) else Done(job.student, said)
                )

    def end(self, seat: int) -> None:
        self.ended.append(seat)
        del self.given[seat]
        self.free.append(seat)


def run(fakes: Fakes, *students: str) -> dict[str, str]:
    jobs = [Job(student, b"", {}, 0, "c", "e", gpu=student.startswith("g")) for student in students]
    with Scheduler(fakes, 60) as one:
        return {done.student: done.error for done in one.run(jobs) if done is not None}


@pytest.mark.parametrize("wrong", ["lost", "The disk is full."])
def test_what_went_wrong_once_is_tried_again_at_once_and_leaves_no_trace(wrong: str):
    fakes = Fakes(1, lambda student, tries: wrong if student == "b" and tries == 1 else FINE)
    assert run(fakes, "a", "b", "c") == {"a": "", "b": "", "c": ""}
    assert fakes.order == ["a", "b", "b", "c", "closed"]


def test_what_goes_wrong_twice_is_reported_and_the_others_are_graded():
    fakes = Fakes(2, lambda student, tries: "lost" if student == "b" else FINE)
    assert run(fakes, "a", "b", "c") == {"a": "", "b": "The worker ended.", "c": ""}
    assert fakes.order.count("b") == 2


def test_a_worker_that_is_stuck_is_ended_and_its_submission_tried_once_more(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]

    def later() -> float:
        clock[0] += 30.0
        return clock[0]

    monkeypatch.setattr(scheduler.time, "monotonic", later)
    fakes = Fakes(1, lambda student, tries: None if student == "b" and tries == 1 else FINE)
    assert run(fakes, "a", "b", "c") == {"a": "", "b": "", "c": ""}
    assert fakes.ended == [0] and fakes.order.count("b") == 2


def test_one_on_a_gpu_that_has_to_be_tried_again_goes_to_the_end():
    fakes = Fakes(1, lambda student, tries: "lost" if student == "g1" and tries == 1 else FINE)
    run(fakes, "g1", "g2", "g3")
    assert fakes.order == ["g1", "g2", "g3", "g1", "closed"]
