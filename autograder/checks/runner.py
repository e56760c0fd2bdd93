"""Runs an assignment's checks against students' notebooks, as often as needed after collecting once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..bridge.student import Student
from ..bridge.transport import BridgeFailure, BridgeInterrupted, LocalTransport
from ..course import words_of
from .collecting import PUBLIC_SEED, Asked, CollectedTest, call, collect, number_of, second_cases
from .examples import Example
from .failure import CheckFailure
from .naming import names_of
from .places import CHECKS, TaskFolder, folders_of
from .result import TestResult
from .running import RanTest, during, report_of, run_test, trial_of
from .search import drawn
from .telling import result_of
from .trial import Trial

REVEALED_SEED = b"hidden tests on public inputs"


class CheckSession:
    """An assignment's check modules, collected once.

    assignment: its name, or its package's; folders: those of its tasks, where others than all of them are meant.
    deaf: whether nobody can interrupt this process, so that a KeyboardInterrupt is the check's own, as a SystemExit is.
    Raises `CourseError` where a module cannot be loaded.
    """

    def __init__(
        self, assignment: str, *, parts: Sequence[str] = CHECKS, folders: Sequence[TaskFolder] | None = None,
        deaf: bool = False,
    ) -> None:
        self._deaf = deaf
        self._tests = collect(folders_of(assignment) if folders is None else folders, parts)
        self._by_task: dict[str, list[CollectedTest]] = {}
        for test in self._tests:
            if test.example is None:
                self._by_task.setdefault(test.folder.task, []).append(test)
        self._caught: dict[str, set[str]] = {}
        self._comparing: set[str] = set()

    @property
    def tasks(self) -> list[str]:
        """The ids of the tasks that have tests here."""
        return list(dict.fromkeys(test.folder.task for test in self._tests))

    def load_references(self) -> None:
        """Loads the references, which otherwise happens one by one when a test asks for the first right answer."""
        for folder in dict.fromkeys(test.folder for test in self._tests):
            if folder.has("reference"):
                folder.part("reference")

    def tests(self, task: str) -> list[tuple[str, bool, float]]:
        """(name, hidden, points) of a task's tests."""
        return [(test.item.name, test.hidden, test.points) for test in self._of(task)]

    def believing(self, task: str) -> dict[str, float]:
        """The hidden tests of a task that are marked `@kernel_says`, with their points."""
        return {
            test.item.name: test.points for test in self._of(task) if test.hidden and test.marker("kernel_says")
        }

    def caught_believing(self, task: str) -> list[str]:
        """The hidden tests of a task that asked the kernel, in a run of this session, what it alone can say."""
        return sorted(self._caught.get(task, ()))

    def run(
        self, task: str, student: Student, *, seed: bytes = PUBLIC_SEED, student_id: str | None = None,
        parts: Sequence[str] = CHECKS, source: str | None = None, device: str = "cpu", interruptible: bool = False,
        example: bool = False,
    ) -> list[TestResult]:
        """Runs a task's tests. Never raises for what student code does; after a bridge failure the rest is not run.

        seed: of the submission and task, for hidden inputs. source: the notebook's code, behind the boundary.
        device: where the student's code may compute, "cpu" or "cuda". interruptible: a KeyboardInterrupt ends the test
        that runs and those behind it, and is not raised. example: the task's worked example is run, and nothing else.
        """
        ran: list[RanTest] = []
        stopped: str | None = None
        for test in self._examples(task) if example else self._of(task):
            if ("hidden" if test.hidden else "public") not in parts:
                continue
            asked = Asked(student, task, seed if test.hidden else PUBLIC_SEED, student_id, device, source=source)
            if stopped is not None:
                ran.append(RanTest(test, asked, trial_of(test, asked), lost=stopped))
                continue
            try:
                one = self._run(test, asked)
            except KeyboardInterrupt:
                if not interruptible:
                    raise
                one = RanTest(test, asked, trial_of(test, asked), BridgeInterrupted())
            if one.trial.questions and not example:
                self._comparing.add(task)
            if test.hidden and one.trial.believed:
                self._caught.setdefault(task, set()).add(test.item.name)
            stopped = one.raised.reason if isinstance(one.raised, BridgeFailure) else None
            ran.append(one)
        try:
            names = names_of(ran) if stopped is None else {}
        except KeyboardInterrupt:
            if not interruptible:
                raise
            names = {}
        return [result_of(one, names.get(number), source) for number, one in enumerate(ran)]

    def explains(self, task: str) -> bool:
        """Whether a task's failed hidden tests can be explained by asking them again on public inputs. One that trains
        is explained by what the grader measured."""
        return any(test.hidden and not test.folder.has("training") for test in self._of(task))

    def explain(
        self, task: str, student: Student, tests: Collection[str], *, student_id: str | None = None,
        source: str | None = None, device: str = "cpu",
    ) -> dict[str, TestResult]:
        """Asks hidden tests again, by name, on inputs drawn with the same sizes and options from a public seed.

        student: the notebook in a kernel in which no hidden input ever was. Everything may be told of the results:
        values, shapes, the line, the exception, the smallest case. Tests after a bridge failure are left out.
        """
        asked = Asked(student, task, REVEALED_SEED, student_id, device, revealing=True, source=source)
        ran: list[RanTest] = []
        for test in self._of(task):
            if test.hidden and test.item.name in tests:
                ran.append(self._run(test, asked))
                if isinstance(ran[-1].raised, BridgeFailure):
                    break
        names = names_of(ran) if not (ran and isinstance(ran[-1].raised, BridgeFailure)) else {}
        return {one.test.item.name: result_of(one, names.get(n), source) for n, one in enumerate(ran)}

    def asks_for_values(self, task: str) -> bool:
        """Whether a test of the task compared an answer with a right one, in a run of this session."""
        return task in self._comparing

    def example_of(self, task: str) -> Example | None:
        """The worked example with other numbers that a task offers; None where it has none."""
        return next((test.example for test in self._examples(task)), None)

    def record(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """For release: per test, its cases, each with the questions it asks and the registry they are like."""
        recorded = {}
        for test in self._of(task):
            marker = test.item.get_closest_marker("search")
            strategy, count = marker.args if marker else (None, 0)
            case_list = drawn(strategy, count, number_of(PUBLIC_SEED, test.item.name)) if marker else [None]
            recorded[test.item.name] = [(case, _questions(test, names, case)) for case in case_list]
        for test in self._examples(task):
            recorded[test.item.name] = [(None, _questions(test, _answer_to(test), None))]
        return recorded

    def record_second(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """The same of the second cases that a diagnosis of a test has to explain."""
        return {
            test.item.name: [
                (case, _questions(test, names, case)) for case in second_cases(test.item, PUBLIC_SEED)
            ]
            for test in self._of(task)
        }

    def _run(self, test: CollectedTest, asked: Asked) -> RanTest:
        try:
            return run_test(test, asked)
        except KeyboardInterrupt as error:
            if not self._deaf:
                raise
            return RanTest(test, asked, trial_of(test, asked), report=report_of(error))

    def _of(self, task: str) -> list[CollectedTest]:
        return self._by_task.get(task, [])

    def _examples(self, task: str) -> list[CollectedTest]:
        return [test for test in self._tests if test.folder.task == task and test.example is not None]


def _answer_to(test: CollectedTest) -> dict[str, Any]:
    """The notebook's name as whoever works the example out rightly fills it in."""
    name = words_of(test.folder.task)
    trial = Trial(test.item.name, test.folder, recording=True)
    with during(trial), suppress(CheckFailure):  # an empty dict is no answer, but the right one is asked for first
        asked = Asked(Student(LocalTransport({name: {}})), test.folder.task)
        call(test.item, asked.arguments(test.item))
    return {name: trial.questions[0].value}


def _questions(test: CollectedTest, names: Mapping[str, Any], case: Any) -> list[tuple[Any, Any]]:
    trial = Trial(test.item.name, test.folder, recording=True)
    asked = Asked(Student(LocalTransport(dict(names))), test.folder.task)
    with during(trial):
        call(test.item, asked.arguments(test.item, case))
    likes = {id(observation.expected): observation.like for observation in trial.observations}
    return [(question, likes.get(id(question))) for question in trial.questions]
