"""Runs an assignment's pytest checks against a student's notebook, as often as needed after collecting once."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.config import _prepareconfig
from _pytest.outcomes import OutcomeException
from _pytest.runner import runtestprotocol

from ..bridge.student import NotAttempted, Student, StudentError
from ..bridge.transport import BridgeFailure, LocalTransport
from . import trial as trials
from .diagnosis import diagnose
from .expected import HERE
from .failure import CheckFailure
from .frozen import frozen_test
from .hints import explain
from .search import Case, drawn, search, smallest_first
from .trial import Trial
from .variants import has_variants, variant

PARTS = ("public", "hidden")
OWN_FIXTURES = frozenset(("student", "case", "rng", "variant", "device"))
OWN_MARKS = frozenset(("task", "points", "search"))
ABOUT_ANSWERS = (CheckFailure, StudentError, NotAttempted, BridgeFailure)
PUBLIC_SEED = b"public"
UNUSABLE = "What your code gave back cannot be used as the task describes it; compare its type and shape with the text."
FAILURES = {
    "timeout": "Your code did not answer within the time allowed.",
    "died": "Your code ended the notebook's kernel.",
    "malformed": "What came back from your notebook was not an answer.",
    "output": "Your code sent back more data than this task allows.",
}


@dataclass(frozen=True)
class TestResult:
    """What one test found. Public tests carry no points.

    message: one sentence, without expected values; details: values, for public tests only.
    reason: why student code was stopped (a `reason` of results.json), or None; lost: it cannot be asked any more, so
    that the tests that follow are not run. attempted: False where the answer
    is still missing. broken: the check's own code raised: the answer has a form that the check did not foresee, or
    the check is wrong (the audit shows that it is right for every known answer); `details` has pytest's report.
    measured: numbers that the check measured and kept with `measure`, an accuracy for one; None where there are none.
    """

    __test__ = False  # its name makes pytest look for tests in it

    name: str
    description: str
    hidden: bool
    points: float
    passed: bool
    message: str = ""
    details: str = ""
    diagnosis: str | None = None
    counterexample: str | None = None
    section: str | None = None
    attempted: bool = True
    reason: str | None = None
    lost: bool = False
    broken: bool = False
    measured: Mapping[str, float] | None = None


@dataclass
class _Job:
    """What the fixtures hand to the test under way."""

    student: Any = None
    task: str = ""
    seed: bytes = PUBLIC_SEED
    student_id: str | None = None
    device: str = "cpu"


class _Fixtures:
    """The fixtures of check modules, as a pytest plugin."""

    def __init__(self) -> None:
        self.job = _Job()
        self.raised: BaseException | None = None

    @pytest.fixture
    def student(self) -> Any:
        return self.job.student

    @pytest.fixture
    def case(self) -> Any:
        return None  # replaced for each drawn case by the search

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        return np.random.default_rng(_number(self.job.seed, request.node.name))

    @pytest.fixture
    def device(self) -> str:
        return self.job.device

    @pytest.fixture
    def variant(self) -> dict[str, Any]:
        return variant(self.job.task, self.job.student_id) if has_variants(self.job.task) else {}

    def pytest_configure(self, config: pytest.Config) -> None:
        for name in ("task(id)", "points(number)", "search(strategy, examples)"):
            config.addinivalue_line("markers", f"{name}: of the autograder")

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Calls the test; keeps what it raises about an answer as the exception itself, of which pytest keeps text."""
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        try:
            _call(pyfuncitem, arguments, self.job.seed)
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

    trial, number = trials.current(), _number(seed, item.name)
    if trial.frozen is not None:
        smallest_first(probe, [Case(entry["case"]) for entry in trial.frozen.cases])
    elif trial.hidden:
        search(probe, strategy, count, number)
    else:
        smallest_first(probe, drawn(strategy, count, number))


class CheckSession:
    """An assignment's check modules, collected once.

    assignment: its name; modules: the pytest files instead, as (path, hidden), e.g. for trying a new task.
    """

    def __init__(
        self, assignment: str | None = None, *, parts: Sequence[str] = PARTS,
        modules: Sequence[tuple[Path, bool]] | None = None,
    ) -> None:
        found = modules if modules is not None else list(check_modules(assignment or "", parts))
        self._fixtures = _Fixtures()
        self._hidden = {path.resolve(): hidden for path, hidden in found}
        self._items = _collect([path for path, _ in found], self._fixtures)
        self._paths = [path for path, _ in found]

    @property
    def tasks(self) -> list[str]:
        """The ids of the tasks that have tests here, in the order of the modules."""
        return list(dict.fromkeys(_task_of(item) for item in self._items))

    def tests(self, task: str) -> list[tuple[str, bool, float]]:
        """(name, hidden, points) of a task's tests."""
        return [(item.name, self._is_hidden(item), _points_of(item)) for item in self._of(task)]

    def fingerprint(self) -> str:
        """A hash of the check modules and of everything in the room that they build on."""
        digest = hashlib.sha256()
        rooms = [HERE, HERE.parent / "bridge", HERE.parent / "sandbox"]
        shared = [path for room in rooms for path in sorted(room.rglob("*.py")) if path.parent.name not in PARTS]
        for path in [*sorted(self._paths), *shared, HERE.parent / "thresholds.json"]:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def run(
        self, task: str, student: Student, *, seed: bytes = PUBLIC_SEED, student_id: str | None = None,
        parts: Sequence[str] = PARTS, source: str | None = None, device: str = "cpu",
    ) -> list[TestResult]:
        """Runs a task's tests. Never raises for what student code does; after a bridge failure the rest is not run.

        seed: of the submission and task, for hidden inputs. source: the notebook's code, behind the boundary.
        device: where the student's code may compute, "cpu" or "cuda".
        """
        results: list[TestResult] = []
        stopped: str | None = None
        for item in self._of(task):
            hidden = self._is_hidden(item)
            if ("hidden" if hidden else "public") not in parts:
                continue
            if stopped is not None:
                message = FAILURES[stopped]
                results.append(_result(item, hidden, passed=False, message=message, reason=stopped, lost=True))
                continue
            self._fixtures.job = _Job(student, task, seed if hidden else PUBLIC_SEED, student_id, device)
            result = self._run_item(item, hidden, source)
            stopped = result.reason if result.lost else None
            results.append(result)
        self._fixtures.job = _Job()
        return results

    def record(self, task: str, names: Mapping[str, Any]) -> dict[str, list[tuple[Any, list[tuple[Any, Any]]]]]:
        """For release: per public test, its cases, each with the questions it asks and the registry they are like."""
        recorded = {}
        for item in self._of(task):
            marker = item.get_closest_marker("search")
            strategy, count = marker.args if marker else (None, 0)
            case_list = drawn(strategy, count, _number(PUBLIC_SEED, item.name)) if marker else [None]
            recorded[item.name] = [(case, self._questions(item, task, names, case)) for case in case_list]
        return recorded

    def _questions(self, item: pytest.Function, task: str, names: Mapping[str, Any], case: Any) -> list:
        trial = Trial(item.name, recording=True)
        self._fixtures.job = _Job(Student(LocalTransport(dict(names))), task)
        with _during(trial):
            function = item.obj
            arguments = self._arguments(item, case)
            function(**arguments)
        likes = {id(observation.expected): observation.like for observation in trial.observations}
        return [(question, likes.get(id(question))) for question in trial.questions]

    def _arguments(self, item: pytest.Function, case: Any) -> dict[str, Any]:
        job = self._fixtures.job
        values = {
            "student": job.student, "case": case, "rng": np.random.default_rng(_number(job.seed, item.name)),
            "variant": variant(job.task, job.student_id) if has_variants(job.task) else {}, "device": job.device,
        }
        return {name: values[name] for name in item._fixtureinfo.argnames}

    def _run_item(self, item: pytest.Function, hidden: bool, source: str | None) -> TestResult:
        trial = Trial(item.name, hidden, self._fixtures.job.seed, device=self._fixtures.job.device)
        trial.frozen = None if hidden else frozen_test(Path(item.path), item.name)
        with _during(trial):
            raised, report = self._directly(item) if _is_plain(item) else self._by_pytest(item)
        if raised is not None:
            result = _verdict(item, hidden, raised, trial, source)
        elif report is not None:
            result = _result(item, hidden, passed=False, message=UNUSABLE, details=report, broken=True)
        else:
            result = _result(item, hidden, passed=True)
        return replace(result, measured=trial.measured or None)

    def _directly(self, item: pytest.Function) -> tuple[BaseException | None, str | None]:
        """Calls a test that asks for nothing but our fixtures: pytest's protocol costs more than most checks."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _call(item, self._arguments(item, None), self._fixtures.job.seed)
        except ABOUT_ANSWERS as error:
            return error, None
        except (Exception, OutcomeException) as error:
            return None, str(item.repr_failure(pytest.ExceptionInfo.from_exception(error)))
        return None, None

    def _by_pytest(self, item: pytest.Function) -> tuple[BaseException | None, str | None]:
        """What a test raised about the answer, or pytest's report of what else went wrong in it."""
        self._fixtures.raised = None
        reports = runtestprotocol(item, nextitem=None, log=False)
        failed = next((str(report.longrepr) for report in reports if report.failed), None)
        return self._fixtures.raised, failed

    def _of(self, task: str) -> list[pytest.Function]:
        return [item for item in self._items if _task_of(item) == task]

    def _is_hidden(self, item: pytest.Function) -> bool:
        return self._hidden[Path(item.path).resolve()]


def check_modules(assignment: str, parts: Sequence[str] = PARTS) -> Iterator[tuple[Path, bool]]:
    """The check modules of an assignment that this copy of the package has, as (path, hidden)."""
    name = f"test_{assignment.replace('-', '_')}.py"
    for part in parts:
        path = HERE / part / name
        if path.is_file():
            yield path, part == "hidden"


@cache
def assignment_of(task: str) -> str | None:
    """The assignment whose check modules have tests of this task; found by reading. None if there is none."""
    for part in PARTS:
        for path in sorted((HERE / part).glob("test_*.py")):
            if f'@task("{task}")' in path.read_text(encoding="utf-8"):
                number, *words = path.stem.removeprefix("test_").split("_")
                return "-".join([number, *words])
    return None


def _collect(paths: list[Path], plugin: _Fixtures) -> list[pytest.Function]:
    options = [
        "-p", "no:cacheprovider", "-p", "no:terminal", "--disable-plugin-autoload", "--import-mode=importlib",
        "--noconftest", "--assert=plain", "-s", "-c", os.devnull, f"--rootdir={HERE}",
    ]
    if not paths:
        return []
    config = _prepareconfig([*options, *map(str, paths)], [plugin])
    config._do_configure()
    session = pytest.Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    config.hook.pytest_collection(session=session)
    return [item for item in session.items if isinstance(item, pytest.Function)]


@contextmanager
def _during(trial: Trial) -> Iterator[None]:
    token = trials.begin(trial)
    try:
        yield
    finally:
        trials.end(token)


def _verdict(
    item: pytest.Function, hidden: bool, error: BaseException, trial: Trial, source: str | None
) -> TestResult:
    if isinstance(error, NotAttempted):
        return _result(item, hidden, passed=False, message="Not attempted yet.", attempted=False)
    if isinstance(error, BridgeFailure):
        message = FAILURES[error.reason]
        return _result(item, hidden, passed=False, message=message, reason=error.reason, lost=True)
    if isinstance(error, StudentError):
        return _result(item, hidden, passed=False, message=explain(error, hidden=hidden, source=source))
    assert isinstance(error, CheckFailure)
    named = (error.diagnosis, error.message) if error.diagnosis else diagnose(trial.observations)
    message = named[1] if named else error.message
    details = "\n".join(part for part in (error.message if named else "", error.details) if part and part != message)
    return _result(
        item, hidden, passed=False, message=message, details="" if hidden else details,
        diagnosis=named[0] if named else None, counterexample=error.counterexample,
        section=_section(trial, named[0] if named else None), reason=error.reason,
    )


def _section(trial: Trial, id: str | None) -> str | None:
    """The heading in the notebook that a diagnosis points to."""
    registry = trial.observations[-1].like if trial.observations else None
    if id is None or registry is None:
        return None
    return next((one.section for one in registry if one.id == id.split("+")[0]), None)


def _result(item: pytest.Function, hidden: bool, **fields: Any) -> TestResult:
    doc = (item.obj.__doc__ or "").strip().split("\n\n")[0]
    return TestResult(item.name, " ".join(doc.split()), hidden, _points_of(item), **fields)


def _is_plain(item: pytest.Function) -> bool:
    """Whether a test needs nothing of pytest but to be called: our own fixtures, no parameters, no conditions."""
    return (
        (OWN_FIXTURES | {"request"}).issuperset(item.fixturenames)  # ours build on it
        and "request" not in item._fixtureinfo.argnames
        and not hasattr(item, "callspec")
        and all(mark.name in OWN_MARKS for mark in item.iter_markers())
    )


def _task_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("task")
    return marker.args[0] if marker else ""


def _points_of(item: pytest.Item) -> float:
    marker = item.get_closest_marker("points")
    return float(marker.args[0]) if marker else 0.0


def _number(seed: bytes, name: str) -> int:
    return int.from_bytes(hashlib.sha256(seed + b"|" + name.encode()).digest()[:8], "big")


