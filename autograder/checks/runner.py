"""Runs an assignment's pytest checks against a student's notebook, as often as needed after collecting once.

pytest collects the check modules. A test that asks for our fixtures alone is then called as the function it is; one
that needs more of pytest (own fixtures, parameters, conditions) is run by pytest, each time anew.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ..bridge.student import NotAttempted, Student, StudentError
from ..bridge.transport import BridgeFailure, LocalTransport
from ..course import CourseError
from ..faults import MachineFault
from . import trial as trials
from .diagnosis import diagnose
from .failure import CheckFailure
from .frozen import frozen_cases
from .hints import explain
from .places import CHECKS, TaskFolder, folders_of
from .result import TestResult
from .search import Case, drawn, search, smallest_first
from .trial import Trial
from .variant import has_variants, variant

OWN_FIXTURES = frozenset(("student", "case", "rng", "variant", "device"))
MARKERS = ("points(number)", "search(strategy, examples)", "second(draw)", "kernel_says()")
OWN_MARKS = frozenset(marker.partition("(")[0] for marker in MARKERS)
ABOUT_ANSWERS = (CheckFailure, StudentError, NotAttempted, BridgeFailure)
PYTEST_OUTCOMES = (pytest.fail.Exception, pytest.skip.Exception, pytest.exit.Exception)
# Quiet, and without what the folder around says or what is installed beside.
OPTIONS = (
    *(part for name in ("cacheprovider", "terminal", "faulthandler", "unraisableexception", "threadexception")
      for part in ("-p", f"no:{name}")),
    "--disable-plugin-autoload", "--import-mode=importlib", "--noconftest", "--assert=plain", "-s", "-c", os.devnull,
)  # fmt: skip
PUBLIC_SEED = b"public"
UNUSABLE = "What your code gave back cannot be used as the task describes it; compare its type and shape with the text."
FAILURES = {
    "timeout": "Your code did not answer within the time allowed.",
    "died": "Your code ended the notebook's kernel.",
    "malformed": "What came back from your notebook was not an answer.",
    "output": "Your code sent back more data than this task allows.",
}


@dataclass(frozen=True)
class _Job:
    """Whose notebook is asked, and for what: what the fixtures of a test give."""

    student: Student
    task: str
    seed: bytes = PUBLIC_SEED
    student_id: str | None = None
    device: str = "cpu"

    def rng(self, test: str) -> np.random.Generator:
        return np.random.default_rng(number_of(self.seed, test))

    def variant(self) -> dict[str, Any]:
        return variant(self.task, self.student_id) if has_variants(self.task) else {}

    def arguments(self, item: pytest.Function, case: Any = None) -> dict[str, Any]:
        """What a plain test is called with; `case` is replaced for each case of a search."""
        makers: dict[str, Callable[[], Any]] = {
            "student": lambda: self.student, "case": lambda: case, "device": lambda: self.device,
            "rng": lambda: self.rng(item.name), "variant": self.variant,
        }  # fmt: skip
        return {name: makers[name]() for name in inspect.signature(item.obj).parameters}


@dataclass(frozen=True)
class _Test:
    """One test: as pytest collected it, and whose it is."""

    item: pytest.Function
    folder: TaskFolder
    hidden: bool

    def marker(self, name: str) -> pytest.Mark | None:
        """The test's mark of that name."""
        return self.item.get_closest_marker(name)

    @property
    def points(self) -> float:
        marker = self.marker("points")
        return float(marker.args[0]) if marker else 0.0

    @property
    def is_plain(self) -> bool:
        """Whether it needs nothing of pytest but to be called: our own fixtures, no parameters, no conditions."""
        return (
            OWN_FIXTURES.issuperset(self.item.fixturenames)
            and not hasattr(self.item, "callspec")
            and all(mark.name in OWN_MARKS for mark in self.item.iter_markers())
        )

    def result(self, **fields: Any) -> TestResult:
        """What is said of it: its name, its docstring's first paragraph, its points, and `fields`."""
        doc = (self.item.obj.__doc__ or "").strip().split("\n\n")[0]
        return TestResult(self.item.name, " ".join(doc.split()), self.hidden, self.points, **fields)


class _Plugin:
    """What pytest has to know of check modules: their markers and fixtures; it collects, and runs nothing.

    items: what was collected; problem: why a module could not be, if one could not.
    """

    def __init__(self, job: _Job | None = None) -> None:
        self.items: list[pytest.Function] = []
        self.problem: str | None = None
        self._job = job

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", f"{marker}: of the autograder")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.problem is None:
            self.problem = str(report.longrepr)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]
        return True  # nothing is run now, but later, on one notebook after another


class _Once(_Plugin):
    """Runs one test by pytest's own means on a notebook.

    raised: what it raised about the answer; report: pytest's report of what else went wrong in it.
    """

    def __init__(self, job: _Job) -> None:
        super().__init__()
        self._job: _Job = job
        self.raised: BaseException | None = None
        self.report: str | None = None

    @pytest.fixture
    def student(self) -> Student:
        return self._job.student

    @pytest.fixture
    def case(self) -> None:
        return None  # replaced for each drawn case by the search

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return self._job.rng(request.node.name)

    @pytest.fixture
    def device(self) -> str:
        return self._job.device

    @pytest.fixture
    def variant(self) -> dict[str, Any]:
        return self._job.variant()

    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Left to pytest."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.report is None:
            self.report = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Calls the test; keeps what it raises about an answer as the exception itself, of which pytest keeps text."""
        arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
        try:
            _call(pyfuncitem, arguments, self._job.seed)
        except ABOUT_ANSWERS as error:
            self.raised = error
        return True


def _call(item: pytest.Function, arguments: dict[str, Any], seed: bytes) -> None:
    """Runs a test, on its drawn cases where it has @search."""
    marker = item.get_closest_marker("search")
    if marker is None:
        item.obj(**arguments)
        return
    strategy, count = marker.args

    def probe(case: Case) -> None:
        item.obj(**{**arguments, "case": case})

    trial, number = trials.current(), number_of(seed, item.name)
    if trial.frozen is not None:
        smallest_first(probe, [Case(entry["case"]) for entry in trial.frozen])
    elif trial.hidden:
        search(probe, strategy, count, number)
    else:
        smallest_first(probe, drawn(strategy, count, number))


class CheckSession:
    """An assignment's check modules, collected once.

    assignment: its name, or its package's; folders: those of its tasks, where others than all of them are meant.
    Raises `CourseError` where a module cannot be loaded.
    """

    def __init__(
        self, assignment: str, *, parts: Sequence[str] = CHECKS, folders: Sequence[TaskFolder] | None = None
    ) -> None:
        self._tests = _collect(folders_of(assignment) if folders is None else folders, parts)
        self._caught: dict[str, set[str]] = {}

    @property
    def tasks(self) -> list[str]:
        """The ids of the tasks that have tests here."""
        return list(dict.fromkeys(test.folder.task for test in self._tests))

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
        parts: Sequence[str] = CHECKS, source: str | None = None, device: str = "cpu",
    ) -> list[TestResult]:
        """Runs a task's tests. Never raises for what student code does; after a bridge failure the rest is not run.

        seed: of the submission and task, for hidden inputs. source: the notebook's code, behind the boundary.
        device: where the student's code may compute, "cpu" or "cuda".
        """
        results: list[TestResult] = []
        stopped: str | None = None
        for test in self._of(task):
            if ("hidden" if test.hidden else "public") not in parts:
                continue
            if stopped is not None:
                results.append(test.result(passed=False, message=FAILURES[stopped], reason=stopped, lost=True))
                continue
            job = _Job(student, task, seed if test.hidden else PUBLIC_SEED, student_id, device)
            result, trial = _run(test, job, source)
            if test.hidden and trial.believed:
                self._caught.setdefault(task, set()).add(test.item.name)
            stopped = result.reason if result.lost else None
            results.append(result)
        return results

    def record(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """For release: per test, its cases, each with the questions it asks and the registry they are like."""
        recorded = {}
        for test in self._of(task):
            marker = test.item.get_closest_marker("search")
            strategy, count = marker.args if marker else (None, 0)
            case_list = drawn(strategy, count, number_of(PUBLIC_SEED, test.item.name)) if marker else [None]
            recorded[test.item.name] = [(case, _questions(test, names, case)) for case in case_list]
        return recorded

    def _of(self, task: str) -> list[_Test]:
        return [test for test in self._tests if test.folder.task == task]


def number_of(seed: bytes, test: str) -> int:
    """The number from which a test draws its inputs: it follows from the submission's seed and the test's name."""
    return int.from_bytes(hashlib.sha256(seed + b"|" + test.encode()).digest()[:8], "big")


def _collect(folders: Sequence[TaskFolder], parts: Sequence[str]) -> list[_Test]:
    """The tests of the folders' check modules: public ones first, as students meet them."""
    homes: dict[Path, tuple[TaskFolder, bool]] = {}
    for folder in folders:
        for part in (part for part in CHECKS if part in parts and folder.has(part)):
            module = folder.part(part)  # under its own name, so that its relative imports work
            homes[Path(str(module.__file__)).resolve()] = folder, part == "hidden"
    if not homes:
        return []
    plugin = _Plugin()
    root = folders[0].course.root
    pytest.main([*OPTIONS, f"--rootdir={root}", *map(str, homes)], plugins=[plugin])
    if plugin.problem is not None:
        raise CourseError(f"The checks cannot be loaded: {plugin.problem}")
    return [_Test(item, *homes[Path(item.path).resolve()]) for item in plugin.items]


def _questions(test: _Test, names: Mapping[str, Any], case: Any) -> list[tuple[Any, Any]]:
    trial = Trial(test.item.name, test.folder, recording=True)
    job = _Job(Student(LocalTransport(dict(names))), test.folder.task)
    with _during(trial):
        test.item.obj(**job.arguments(test.item, case))
    likes = {id(observation.expected): observation.like for observation in trial.observations}
    return [(question, likes.get(id(question))) for question in trial.questions]


def _run(test: _Test, job: _Job, source: str | None) -> tuple[TestResult, Trial]:
    trial = Trial(test.item.name, test.folder, test.hidden, job.seed, device=job.device)
    trial.frozen = None if test.hidden else frozen_cases(test.folder, test.item.name)
    with _during(trial):
        raised, report = _directly(test, job) if test.is_plain else _by_pytest(test, job)
    if raised is not None:
        result = _verdict(test, raised, trial, source)
    elif report is not None:
        result = test.result(passed=False, message=UNUSABLE, details=report, broken=True)
    else:
        result = test.result(passed=True)
    return replace(result, measured=trial.measured or None), trial


def _directly(test: _Test, job: _Job) -> tuple[BaseException | None, str | None]:
    """Calls a plain test: what it raised about the answer, or a report of what else it raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _call(test.item, job.arguments(test.item), job.seed)
    except ABOUT_ANSWERS as error:
        return error, None
    except MachineFault:
        raise
    except (Exception, *PYTEST_OUTCOMES) as error:
        lines = traceback.format_exception(error)
        return None, "".join([*lines[:-1], f"E   {lines[-1]}"])
    return None, None


def _by_pytest(test: _Test, job: _Job) -> tuple[BaseException | None, str | None]:
    """Has pytest run a test: what it raised about the answer, or pytest's report of what else went wrong in it."""
    once = _Once(job)
    place = f"{test.item.path}::{test.item.nodeid.partition('::')[2]}"
    pytest.main([*OPTIONS, f"--rootdir={test.folder.course.root}", place], plugins=[once])
    return once.raised, once.problem or once.report


@contextmanager
def _during(trial: Trial) -> Iterator[None]:
    token = trials.begin(trial)
    try:
        yield
    finally:
        trials.end(token)


def _verdict(test: _Test, error: BaseException, trial: Trial, source: str | None) -> TestResult:
    if isinstance(error, NotAttempted):
        return test.result(passed=False, message="Not attempted yet.", attempted=False)
    if isinstance(error, BridgeFailure):
        message = FAILURES[error.reason]
        return test.result(passed=False, message=message, reason=error.reason, lost=True)
    if isinstance(error, StudentError):
        return test.result(passed=False, message=explain(error, hidden=test.hidden, source=source))
    assert isinstance(error, CheckFailure)
    named = (error.diagnosis, error.message) if error.diagnosis else diagnose(trial.observations)
    message = named[1] if named else error.message
    details = "\n".join(part for part in (error.message if named else "", error.details) if part and part != message)
    return test.result(
        passed=False, message=message, details="" if test.hidden else details,
        diagnosis=named[0] if named else None, counterexample=error.counterexample,
        section=_section(trial, named[0] if named else None), reason=error.reason,
    )


def _section(trial: Trial, id: str | None) -> str | None:
    """The heading in the notebook that a diagnosis points to."""
    registry = trial.observations[-1].like if trial.observations else None
    if id is None or registry is None:
        return None
    return next((one.section for one in registry if one.id == id.split("+")[0]), None)
