"""Runs an assignment's pytest checks against a student's notebook, as often as needed after collecting once.

pytest collects the check modules. A test that asks for our fixtures alone is then called as the function it is; one
that needs more of pytest (own fixtures, parameters, conditions) is run by pytest, each time anew.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import traceback
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ..bridge.student import NotAttempted, Student, StudentError
from ..bridge.transport import BridgeFailure, BridgeInterrupted, LocalTransport
from ..course import CourseError
from ..faults import MachineFault
from . import trial as trials
from .diagnosis import Diagnosis
from .failure import CheckFailure
from .frozen import frozen_cases
from .hints import explain
from .places import CHECKS, TaskFolder, folders_of
from .reading import form
from .result import TestResult
from .search import Case, drawn, larger, search, smallest_first
from .sentences import RAISED, fixed_sentence
from .trial import Observation, Trial
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
REVEALED_SEED = b"hidden tests on public inputs"
UNUSABLE = "What your code gave back cannot be used as the task describes it; compare its type and shape with the text."
_CONTRADICTED = ("", "")  # in place of a name
FAILURES = {
    "timeout": "Your code did not answer within the time allowed.",
    "died": "Your code ended the notebook's kernel.",
    "malformed": "What came back from your notebook was not an answer.",
    "output": "Your code sent back more data than this task allows.",
    "interrupted": "The check was stopped here.",
}


@dataclass(frozen=True)
class _Job:
    """Whose notebook is asked, and for what: what the fixtures of a test give."""

    student: Student
    task: str
    seed: bytes = PUBLIC_SEED
    student_id: str | None = None
    device: str = "cpu"
    revealing: bool = False
    source: str | None = None

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
        smallest_first(probe, [Case(entry["case"]) for entry in trial.frozen if not entry["second"]])
    elif trial.hidden and not trial.lenient:
        search(probe, strategy, count, number)
    else:
        smallest_first(probe, drawn(strategy, count, number))


def _second_cases(item: pytest.Function, seed: bytes) -> list[Any]:
    """The cases that a diagnosis of this test has to explain besides those that the test is run on."""
    number = number_of(seed, item.name)
    searched, given = item.get_closest_marker("search"), item.get_closest_marker("second")
    if searched is not None:
        strategy, count = searched.args
        return list(larger(strategy, count, number))
    return [given.args[0](np.random.default_rng(number + 1))] if given is not None else []


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
        self._comparing: set[str] = set()

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
        parts: Sequence[str] = CHECKS, source: str | None = None, device: str = "cpu", interruptible: bool = False,
    ) -> list[TestResult]:
        """Runs a task's tests. Never raises for what student code does; after a bridge failure the rest is not run.

        seed: of the submission and task, for hidden inputs. source: the notebook's code, behind the boundary.
        device: where the student's code may compute, "cpu" or "cuda". interruptible: a KeyboardInterrupt ends the test
        that runs and those behind it, and is not raised.
        """
        ran: list[_Ran] = []
        stopped: str | None = None
        for test in self._of(task):
            if ("hidden" if test.hidden else "public") not in parts:
                continue
            job = _Job(student, task, seed if test.hidden else PUBLIC_SEED, student_id, device, source=source)
            if stopped is not None:
                ran.append(_Ran(test, job, _trial(test, job), lost=stopped))
                continue
            try:
                one = _run(test, job)
            except KeyboardInterrupt:
                if not interruptible:
                    raise
                one = _Ran(test, job, _trial(test, job), BridgeInterrupted())
            if one.trial.questions:
                self._comparing.add(task)
            if test.hidden and one.trial.believed:
                self._caught.setdefault(task, set()).add(test.item.name)
            stopped = one.raised.reason if isinstance(one.raised, BridgeFailure) else None
            ran.append(one)
        try:
            names = _names_of(ran) if stopped is None else {}
        except KeyboardInterrupt:
            if not interruptible:
                raise
            names = {}
        return [_result(one, names.get(number), source) for number, one in enumerate(ran)]

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
        job = _Job(student, task, REVEALED_SEED, student_id, device, revealing=True, source=source)
        ran: list[_Ran] = []
        for test in self._of(task):
            if test.hidden and test.item.name in tests:
                ran.append(_run(test, job))
                if isinstance(ran[-1].raised, BridgeFailure):
                    break
        names = _names_of(ran) if not (ran and isinstance(ran[-1].raised, BridgeFailure)) else {}
        return {one.test.item.name: _result(one, names.get(n), source) for n, one in enumerate(ran)}

    def asks_for_values(self, task: str) -> bool:
        """Whether a test of the task compared an answer with a right one, in a run of this session."""
        return task in self._comparing

    def record(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """For release: per test, its cases, each with the questions it asks and the registry they are like."""
        recorded = {}
        for test in self._of(task):
            marker = test.item.get_closest_marker("search")
            strategy, count = marker.args if marker else (None, 0)
            case_list = drawn(strategy, count, number_of(PUBLIC_SEED, test.item.name)) if marker else [None]
            recorded[test.item.name] = [(case, _questions(test, names, case)) for case in case_list]
        return recorded

    def record_second(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """The same of the second cases that a diagnosis of a test has to explain."""
        return {
            test.item.name: [
                (case, _questions(test, names, case)) for case in _second_cases(test.item, PUBLIC_SEED)
            ]
            for test in self._of(task)
        }

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


@dataclass
class _Ran:
    """A test that was run: what it raised about the answer, or a report of what else it raised.

    lost: why the notebook could not be asked any more when its turn came.
    """

    test: _Test
    job: _Job
    trial: Trial
    raised: BaseException | None = None
    report: str | None = None
    lost: str | None = None

    @property
    def failed(self) -> bool:
        return self.raised is not None and not isinstance(self.raised, NotAttempted | BridgeFailure)


def _trial(test: _Test, job: _Job) -> Trial:
    trial = Trial(
        test.item.name, test.folder, test.hidden, job.seed, device=job.device, revealing=job.revealing,
        source=job.source,
    )
    trial.frozen = None if test.hidden else frozen_cases(test.folder, test.item.name)
    return trial


def _run(test: _Test, job: _Job) -> _Ran:
    trial = _trial(test, job)
    with _during(trial):
        raised, report = _directly(test, job) if test.is_plain else _by_pytest(test, job)
    return _Ran(test, job, trial, raised, report)


def _names_of(ran: Sequence[_Ran]) -> dict[int, tuple[str, str]]:
    """The names that a task's failed tests have earned, (id, sentence) by the test's place; `_CONTRADICTED` where a
    name that a check gave is contradicted by the values that were compared.

    A diagnosis must explain every comparison of all failed tests with its registry. So these tests are run again, with
    comparisons that raise nothing; and where one case alone shows the mistake, they are asked for a second one.
    """
    failed = [(place, one) for place, one in enumerate(ran) if one.failed]
    named: dict[int, tuple[str, str]] = {}
    for registry in _registries_of(one for _, one in failed):
        concerned = [(place, one) for place, one in failed if any(o.like is registry for o in one.trial.observations)]
        found = Diagnosis(registry, [o for _, one in concerned for o in one.trial.observations if o.like is registry])
        try:
            if found.open:
                _see_all(found, [one for _, one in concerned])
        except BridgeFailure:  # the notebook was asked once more, and did not come back: no name is earned
            continue
        for place, one in failed:
            error = one.raised
            if not isinstance(error, CheckFailure):
                continue
            if error.diagnosis is not None:
                if _computes(registry, error.diagnosis) and not found.allows(error.diagnosis):
                    named[place] = _CONTRADICTED
            elif found.name is not None and one.trial.observations and one.trial.observations[-1].like is registry:
                named[place] = found.name
    return named


def _registries_of(ran: Iterable[_Ran]) -> list[Any]:
    registries = {id(o.like): o.like for one in ran for o in one.trial.observations if o.like is not None}
    return list(registries.values())


def _computes(registry: Any, id: str) -> bool:
    """Whether the registry has this misconception as a function, which values can contradict."""
    return any(one.id == id and one.distort is not None for one in registry)


def _see_all(found: Diagnosis, concerned: Sequence[_Ran]) -> None:
    """Shows a diagnosis every comparison of these tests, and a second case if it wants one."""
    for one in concerned:
        if one.test.is_plain and not (one.test.hidden and one.test.marker("search")):  # a search has seen its cases
            found.add(_seen(one, partial(_call, one.test.item, one.job.arguments(one.test.item), one.job.seed)))
            if not found.open:
                return
    for one in concerned:
        if not found.open or not found.wants_more or not one.test.is_plain:
            continue
        cases: list[Any] = _second_cases(one.test.item, one.job.seed)
        first = 0
        if one.trial.frozen is not None:
            entries = [entry["second"] for entry in one.trial.frozen]
            first, cases = entries.count(False), [entry["case"] for entry in one.trial.frozen if entry["second"]]
            cases = [Case(case) if isinstance(case, dict) else case for case in cases]

        def ask(case: Any, one: _Ran = one) -> None:
            one.test.item.obj(**one.job.arguments(one.test.item, case))

        for number, case in enumerate(cases, first):
            found.add(_seen(one, partial(smallest_first, ask, [case], number)))
            if not found.open or not found.wants_more:
                break


def _seen(one: _Ran, run: Callable[[], None]) -> list[Observation]:
    """The comparisons that a test makes when none of them ends it. What else it raises is known already."""
    trial = _trial(one.test, one.job)
    trial.lenient = True
    with _during(trial), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run()
        except (Exception, *PYTEST_OUTCOMES):
            return trial.observations
    return trial.observations


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


def _result(one: _Ran, name: Any, source: str | None) -> TestResult:
    """What is said of a test that was run; `name` is what `_names_of` found of it, if it did."""
    test = one.test
    if one.lost is not None:
        return test.result(passed=False, message=FAILURES[one.lost], reason=one.lost, lost=True)
    if one.raised is not None:
        result = _verdict(one, name, source)
    elif one.report is not None:
        message = _uncallable(one) or UNUSABLE
        result = test.result(passed=False, message=message, fixed=UNUSABLE, details=one.report, broken=True)
    else:
        result = test.result(passed=True)
    return replace(result, fixed=result.fixed or result.message, measured=one.trial.measured or None)


def _uncallable(one: _Ran) -> str | None:
    """What is said where a name of the notebook is no function, and was called as one."""
    if not re.search(r"^E +TypeError: '\w+' object is not callable", one.report or "", re.MULTILINE):
        return None
    name = one.job.student._session.asked
    try:
        value = getattr(one.job.student, name)
    except (StudentError, NotAttempted):
        return None
    return f"`{name}` is {form(value)} here, and is to be a function or a class." if name else None


def _verdict(one: _Ran, name: Any, source: str | None) -> TestResult:
    test, error = one.test, one.raised
    secret = test.hidden and not one.trial.revealing
    if isinstance(error, NotAttempted):
        return test.result(passed=False, message="Not attempted yet.", attempted=False, raw=error.name)
    if isinstance(error, BridgeFailure):
        message = FAILURES[error.reason]
        return test.result(passed=False, message=message, reason=error.reason, lost=True)
    if isinstance(error, StudentError):
        message = explain(error, hidden=secret, source=source)
        return test.result(passed=False, message=message, fixed=RAISED)
    assert isinstance(error, CheckFailure)
    message, id, fixed = error.message, error.diagnosis, fixed_sentence(error, test.folder)
    if name is _CONTRADICTED:
        message, id = error.unnamed or UNUSABLE, None
        fixed = fixed_sentence(replace(error, message=message, fixed=None), test.folder)
    elif name is not None:
        id, message = name
        fixed = message
    details = "\n".join(part for part in (error.message if name else "", error.details) if part and part != message)
    return test.result(
        passed=False, message=message, details="" if secret else details, diagnosis=id, fixed=fixed,
        counterexample=error.counterexample, section=_section(one.trial, id), reason=error.reason,
    )


def _section(trial: Trial, id: str | None) -> str | None:
    """The heading in the notebook that a diagnosis points to."""
    registry = trial.observations[-1].like if trial.observations else None
    if id is None or registry is None:
        return None
    return next((one.section for one in registry if one.id == id.split("+")[0]), None)
