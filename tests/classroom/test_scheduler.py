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
        self.looks = 0

    def __enter__(self) -> Fakes:
        return self

    def __exit__(self, *exception: object) -> None:
        assert len(exception) == 3
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
        self.looks += 1
        assert self.looks < 10_000, "it is listened for what nobody says any more"
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


@pytest.mark.parametrize(("wrong", "told"), [("lost", "The worker ended."), ("The disk is full.",) * 2])
def test_what_goes_wrong_twice_is_reported_and_the_others_are_graded(wrong: str, told: str):
    fakes = Fakes(2, lambda student, tries: wrong if student == "b" else FINE)
    assert run(fakes, "a", "b", "c") == {"a": "", "b": told, "c": ""}
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


class Waiting:
    """Jobs of which some have not come yet: None among their students."""

    def __init__(self, *students: str | None) -> None:
        self.students, self.taken = students, 0

    def __iter__(self) -> Iterator[Job | None]:
        for student in self.students:
            self.taken += student is not None
            yield None if student is None else Job(student, b"", {}, 0, "c", "e", gpu=student.startswith("g"))


def test_a_job_is_taken_only_when_a_worker_is_free_for_it():
    fakes = Fakes(1, lambda student, tries: FINE)
    jobs, taken = Waiting("a", None, None, "b", "c"), []
    with Scheduler(fakes, 60) as one:
        for done in one.run(jobs):
            taken.append((done.student if done else None, jobs.taken, sorted(one.running)))
    assert [student for student, _, _ in taken if student] == ["a", "b", "c"]
    assert all(count <= 1 + sum(1 for s, _, _ in taken[:at] if s) for at, (_, count, _) in enumerate(taken))
    assert fakes.order == ["a", "b", "c", "closed"]


def test_who_is_graded_right_now_is_known_with_the_seconds(monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr(scheduler.time, "monotonic", lambda: now[0])
    fakes = Fakes(2, lambda student, tries: FINE if now[0] > 110 else None)
    with Scheduler(fakes, 60) as one:
        running = one.run(Waiting("a", "b"))
        assert next(running) is None
        now[0] = 104.5
        assert one.running == {"a": 4.5, "b": 4.5}
        now[0] = 111.0
        assert {done.student for done in running if done} == {"a", "b"}
        assert one.running == {}


@pytest.mark.parametrize(("after", "ended"), [(0.0, []), (0.5, [0])])
def test_a_worker_has_the_time_of_a_submission_and_a_while(
    monkeypatch: pytest.MonkeyPatch, after: float, ended: list[int]
):
    now = [0.0]
    monkeypatch.setattr(scheduler.time, "monotonic", lambda: now[0])
    fakes = Fakes(1, lambda student, tries: None if tries == 1 and now[0] < 400 else FINE)
    with Scheduler(fakes, 60) as one:
        running = one.run(Waiting("a"))
        next(running)
        now[0] = 2 * 60 + scheduler.GRACE_S + after
        next(running)
        assert fakes.ended == ended
        now[0] = 400.0
        assert [done.student for done in running if done] == ["a"]


def test_one_that_is_stuck_twice_is_said_so(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]

    def later() -> float:
        clock[0] += 30.0
        return clock[0]

    monkeypatch.setattr(scheduler.time, "monotonic", later)
    fakes = Fakes(1, lambda student, tries: None if student == "b" else FINE)
    told = run(fakes, "a", "b", "c")
    assert told == {"a": "", "b": scheduler.STUCK, "c": ""} and "a hidden check that goes on for ever" in told["b"]


def test_tries_are_counted_anew_once_a_submission_was_graded():
    """A watch grades the same student again and again, with one executor."""
    fakes = Fakes(1, lambda student, tries: "lost" if tries in (1, 3) else FINE)
    with Scheduler(fakes, 60) as one:
        told = [(done.student, done.error) for done in one.run(Waiting("a", "a")) if done]
    assert told == [("a", ""), ("a", "")] and fakes.order == ["a"] * 4 + ["closed"]


def test_tries_are_counted_anew_once_a_submission_was_given_up():
    fakes = Fakes(1, lambda student, tries: "lost" if tries <= 3 else FINE)
    with Scheduler(fakes, 60) as one:
        told = [(done.student, done.error) for done in one.run(Waiting("a", "a")) if done]
    assert told == [("a", "The worker ended."), ("a", "")]


def test_what_is_heard_of_a_worker_that_was_ended_or_has_no_job_counts_for_nothing():
    fakes = Fakes(1, lambda student, tries: FINE)
    listen = fakes.listen

    def chatty(seconds: float) -> Iterator[Answered | Lost]:
        assert seconds == scheduler.LISTEN_S
        yield Lost("nobody", "The worker ended.")
        yield Answered("nobody", Done("z", FINE))
        yield from listen(seconds)

    fakes.listen = chatty
    assert run(fakes, "a", "b") == {"a": "", "b": ""}


class Places(Fakes):
    """Workers of which at most ``places`` have a GPU."""

    def __init__(self, count: int, places: int) -> None:
        super().__init__(count, lambda student, tries: FINE)
        self.places, self.prepared = places, []

    def has_room(self) -> bool:
        return True

    def prepare(self, waiting: int, for_gpu: int) -> None:
        self.prepared.append((waiting, for_gpu))

    def seat(self, gpu: bool) -> int | None:
        on_gpu = sum(job.gpu for job in self.given.values())
        return None if gpu and on_gpu >= self.places else super().seat(gpu)


def test_those_that_wait_for_a_gpu_are_passed_by_the_others_in_their_order():
    fakes = Places(3, 1)
    assert set(run(fakes, "g1", "g2", "a", "g3", "b", "c")) == {"g1", "g2", "g3", "a", "b", "c"}
    assert fakes.order[:3] == ["g1", "a", "b"]
    assert [name for name in fakes.order if name[0] == "g"] == ["g1", "g2", "g3"]
    assert max(for_gpu for _, for_gpu in fakes.prepared) == 2, "g2 and g3 waited at once"
    assert fakes.prepared[:3] == [(0, 1), (0, 1), (1, 1)], "g1; g2, which waits; a, and g2 still waits"


class Starting(Places):
    """Workers, and places at a GPU, that are there only after a while."""

    def __init__(self) -> None:
        super().__init__(1, 1)
        self.asked = 0

    def seat(self, gpu: bool) -> int | None:
        self.asked += 1
        return super().seat(gpu) if self.asked > 9 else None


@pytest.mark.parametrize("student", ["a", "g1"])
def test_the_last_one_is_waited_for_although_nothing_runs_yet(student: str):
    assert run(Starting(), student) == {student: ""}


def test_only_so_many_wait_for_a_gpu_in_memory():
    fakes = Places(2, 0)
    jobs = Waiting(*(f"g{number}" for number in range(200)))
    with Scheduler(fakes, 60) as one:
        running = one.run(jobs)
        for _ in range(5):
            next(running)
    assert jobs.taken == scheduler.LOOK_PAST


def test_what_a_lost_worker_is_said_to_be():
    assert scheduler.ended("The worker process") == (
        "The worker process ended; run the same command again, and if that happens each time, look for a hidden check "
        "that ends it, or for what kills processes on its machine."
    )
