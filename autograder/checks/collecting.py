"""How pytest meets an assignment's check modules: it collects them once, and runs a test where the test needs it.

A test that asks for our fixtures alone is called as the function it is; one that needs more of pytest (own fixtures,
parameters, conditions) is run by pytest, each time anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ..bridge.student import (
    NotAttempted,
    Student,
    StudentError,
    forget_waiting,
    send_waiting,
    send_waiting_quietly,
)
from ..bridge.transport import BridgeFailure
from ..course import CourseError
from ..faults import MachineFault
from ..language import sentences_of
from . import trial as trials
from .examples import MARK, Example
from .failure import CheckFailure
from .places import CHECKS, TaskFolder
from .result import TestResult
from .search import Case, drawn, larger, search, smallest_first
from .together import together_or_apart
from .variant import has_variants, variant

_ = sentences_of(__package__)

OWN_FIXTURES = frozenset(("student", "case", "rng", "variant", "device"))
MARKERS = (
    "points(number)", "search(strategy, examples)", "second(draw)", "kernel_says()", "step(title)", "example(form)",
)  # fmt: skip
OWN_MARKS = frozenset(marker.partition("(")[0] for marker in MARKERS)
ABOUT_ANSWERS = (CheckFailure, StudentError, NotAttempted, BridgeFailure)
# What the code of a check can end with; anything else (Ctrl-C, the end of a worker) is for the process that runs it.
OF_A_CHECK = (
    Exception, SystemExit, GeneratorExit, asyncio.CancelledError,
    pytest.fail.Exception, pytest.skip.Exception, pytest.exit.Exception,
)  # fmt: skip
# Quiet, and without what the folder around says or what is installed beside.
OPTIONS = (
    *(part for name in ("cacheprovider", "terminal", "faulthandler", "unraisableexception", "threadexception")
      for part in ("-p", f"no:{name}")),
    "--disable-plugin-autoload", "--import-mode=importlib", "--noconftest", "--assert=plain", "-s", "-c", os.devnull,
)  # fmt: skip
PUBLIC_SEED = b"public"
SENTENCES = ("message", "fixed", "section")  # what of a result may be a sentence of the course


@dataclass(frozen=True)
class Asked:
    """Whose notebook is asked, and for what: what the fixtures of a test give."""

    student: Student
    task: str
    seed: bytes = PUBLIC_SEED
    student_id: str | None = None
    device: str = "cpu"
    revealing: bool = False
    source: str | None = None

    def rng(self, test: str) -> np.random.Generator:
        """What a test of that name draws its inputs with."""
        return np.random.default_rng(number_of(self.seed, test))

    def variant(self) -> dict[str, Any]:
        """The student's own numbers of the task; none where it has none."""
        return variant(self.task, self.student_id) if has_variants(self.task) else {}

    def arguments(self, item: pytest.Function, case: Any = None) -> dict[str, Any]:
        """What a plain test is called with; `case` is replaced for each case of a search."""
        makers: dict[str, Callable[[], Any]] = {
            "student": lambda: self.student, "case": lambda: case, "device": lambda: self.device,
            "rng": lambda: self.rng(item.name), "variant": self.variant,
        }  # fmt: skip
        return {name: makers[name]() for name in _parameters_of(item.obj)}


@lru_cache(maxsize=1024)
def _parameters_of(test: Callable[..., Any]) -> tuple[str, ...]:
    """The names of what a test is called with; a worker calls the same tests for one submission after another."""
    return tuple(inspect.signature(test).parameters)


@dataclass(frozen=True)
class CollectedTest:
    """One test: as pytest collected it, and whose it is."""

    item: pytest.Function
    folder: TaskFolder
    hidden: bool

    def marker(self, name: str) -> pytest.Mark | None:
        """The test's mark of that name."""
        return self.item.get_closest_marker(name)

    @property
    def points(self) -> float:
        """What the test is worth; a public one nothing."""
        marker = self.marker("points")
        return float(marker.args[0]) if marker else 0.0

    @property
    def step(self) -> str:
        """The title of the step that a public test belongs to; empty where its task has no steps."""
        marker = self.marker("step")
        return self.folder.say(str(marker.args[0])) if marker and not self.hidden else ""

    @property
    def example(self) -> Example | None:
        """The worked example that a public test asks for; None for any other test."""
        marker = self.marker(MARK)
        return Example(self.folder.task, self.describes, str(marker.args[0])) if marker and not self.hidden else None

    @property
    def describes(self) -> str:
        """Its docstring's first paragraph, on one line."""
        return self.folder.say(" ".join((self.item.obj.__doc__ or "").strip().split("\n\n")[0].split()))

    @property
    def is_plain(self) -> bool:
        """Whether it needs nothing of pytest but to be called: our own fixtures, no parameters, no conditions."""
        return (
            OWN_FIXTURES.issuperset(self.item.fixturenames)
            and not hasattr(self.item, "callspec")
            and all(mark.name in OWN_MARKS for mark in self.item.iter_markers())
        )

    def result(self, **fields: Any) -> TestResult:
        """What is said of it: its name, its docstring's first paragraph, its points, and `fields`; sentences of the
        course in the language of this process."""
        fields |= {name: self.folder.say(fields[name]) for name in SENTENCES if fields.get(name)}
        return TestResult(self.item.name, self.describes, self.hidden, self.points, step=self.step, **fields)


class _Plugin:
    """What pytest has to know of check modules: their markers and fixtures; it collects, and runs nothing.

    items: what was collected; problem: why a module could not be, if one could not; stopped: the interrupt that pytest
    made an exit code of.
    """

    def __init__(self, asked: Asked | None = None) -> None:
        self.items: list[pytest.Function] = []
        self.problem: str | None = None
        self.stopped: KeyboardInterrupt | None = None
        self.asked = asked

    def pytest_configure(self, config: pytest.Config) -> None:
        for marker in MARKERS:
            config.addinivalue_line("markers", f"{marker}: of the autograder")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.problem is None:
            self.problem = str(report.longrepr)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if isinstance(excinfo.value, KeyboardInterrupt):  # pytest.exit comes here too
            self.stopped = excinfo.value

    def run(self, folder: Path, places: Iterable[str]) -> None:
        """Has pytest collect these places, and raises an interrupt on, which pytest would keep to itself."""
        pytest.main([*OPTIONS, f"--rootdir={folder}", *places], plugins=[self])
        if self.stopped is not None:
            raise self.stopped

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]
        return True  # nothing is run now, but later, on one notebook after another


class RunByPytest(_Plugin):
    """Runs one test by pytest's own means on a notebook.

    raised: what it raised about the answer, or that is no affair of a check; report: pytest's report of what else went
    wrong in it; ended: whether it came to its end, which a test that was skipped or left out does not.
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked: Asked = asked
        self.raised: BaseException | None = None
        self.report: str | None = None
        self.ended = False

    @pytest.fixture
    def student(self) -> Student:
        return self.asked.student

    @pytest.fixture
    def case(self) -> None:
        return None  # replaced for each drawn case by the search

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return self.asked.rng(request.node.name)

    @pytest.fixture
    def device(self) -> str:
        return self.asked.device

    @pytest.fixture
    def variant(self) -> dict[str, Any]:
        return self.asked.variant()

    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Left to pytest."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps what pytest says of a test that did not pass; of one that was skipped it says where, and why."""
        if not report.passed and self.report is None:
            said = report.longrepr
            self.report = f"E   {said[2]}" if isinstance(said, tuple) else str(said)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Calls the test; keeps what it raises about an answer, a machine's fault, and what is no affair of a check, as
        the exception itself, of which pytest keeps text or nothing."""
        arguments = {name: pyfuncitem.funcargs[name] for name in _parameters_of(pyfuncitem.obj)}
        try:
            call_on_cases(pyfuncitem, arguments, self.asked.seed)
            self.ended = True
        except BaseException as error:
            if isinstance(error, OF_A_CHECK) and not isinstance(error, (*ABOUT_ANSWERS, MachineFault)):
                raise
            self.raised = error
        return True


def call(item: pytest.Function, arguments: dict[str, Any]) -> None:
    """Calls a test, and sees to it that all it asked of the notebook is done when it ends."""
    try:
        item.obj(**arguments)
        if trials.current().waiting is None:
            send_waiting()
    except BridgeFailure:
        forget_waiting()
        raise
    except BaseException:
        send_waiting_quietly()
        raise


def call_on_cases(item: pytest.Function, arguments: dict[str, Any], seed: bytes) -> None:
    """Runs a test, on its drawn cases where it has @search."""
    student, rng = arguments.get("student"), arguments.get("rng")
    marker = item.get_closest_marker("search")
    if marker is None:
        _together(student, partial(call, item, arguments), rng)
        return
    strategy, count = marker.args

    def probe(case: Case) -> None:
        call(item, {**arguments, "case": case})

    trial, number = trials.current(), number_of(seed, item.name)
    if trial.frozen is not None:
        smallest_first(probe, [Case(entry["case"]) for entry in trial.frozen if not entry["second"]])
    elif trial.hidden and not trial.lenient:
        search(probe, strategy, count, number, student)
    else:
        _together(student, partial(smallest_first, probe, drawn(strategy, count, number)), rng)


def _together(student: Student | None, test: Callable[[], None], rng: np.random.Generator | None) -> None:
    if student is None:
        test()
    else:
        together_or_apart(student, test, rng)


def second_cases(item: pytest.Function, seed: bytes) -> list[Any]:
    """The cases that a diagnosis of this test has to explain besides those that the test is run on."""
    number = number_of(seed, item.name)
    searched, given = item.get_closest_marker("search"), item.get_closest_marker("second")
    if searched is not None:
        strategy, count = searched.args
        return list(larger(strategy, count, number))
    return [given.args[0](np.random.default_rng(number + 1))] if given is not None else []


def number_of(seed: bytes, test: str) -> int:
    """The number from which a test draws its inputs: it follows from the submission's seed and the test's name."""
    return int.from_bytes(hashlib.sha256(seed + b"|" + test.encode()).digest()[:8], "big")


def collect(folders: Sequence[TaskFolder], parts: Sequence[str]) -> list[CollectedTest]:
    """The tests of the folders' check modules: public ones first, as students meet them.

    Raises `CourseError` where a module cannot be loaded.
    """
    homes: dict[Path, tuple[TaskFolder, bool]] = {}
    for folder in folders:
        for part in (part for part in CHECKS if part in parts and folder.has(part)):
            module = folder.part(part)  # under its own name, so that its relative imports work
            homes[Path(str(module.__file__)).resolve()] = folder, part == "hidden"
    if not homes:
        return []
    plugin = _Plugin()
    root = folders[0].course.root
    with _started_in(root, homes) as named:
        plugin.run(root, named)
    if plugin.problem is not None:
        raise CourseError(_("The checks cannot be loaded: {problem}").format(problem=plugin.problem))
    return [CollectedTest(item, *homes[Path(item.path).resolve()]) for item in plugin.items]


@contextmanager
def _started_in(root: Path, modules: Iterable[Path]) -> Iterator[list[str]]:
    """The modules as pytest is to be told of them. It takes brackets and colons in a path for the names of tests: where
    the course's folder has some, pytest is started in there, which paths begin at."""
    whole = [str(module) for module in modules]
    if not any(sign in str(root.resolve()) for sign in ("[", "::")):
        yield whole
        return
    with chdir(root):
        yield [os.path.relpath(path) for path in whole]
