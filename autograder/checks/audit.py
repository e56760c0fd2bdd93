"""Proves an assignment's checks before anybody is graded by them.

The solution and every independent right answer earn everything, the untouched notebook nothing; every registered
misconception fails and is named, can be told from the others, and has the price of a slip; wrong answers that nobody
registered are caught and get no name; the same seed gives the same result; points add up; what the kernel says of
itself has at most a point in a task; public checks can be frozen.
"""

from __future__ import annotations

import gc
import time
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from ..bridge.student import Student
from ..bridge.transport import LocalTransport
from ..course import Assignment, Task
from ..language import sentences_of
from ..sandbox.wire import Tensor
from ..training import using
from .answers import defined, freed_afterwards, run
from .diagnosis import Misconception, Misconceptions
from .expected import Expected
from .freezing import freeze
from .hints_in_steps import hints_of
from .places import folder_of
from .registry import reference_names, registries
from .result import TestResult
from .runner import CheckSession
from .search import without_shrinking

_ = sentences_of(__package__)

STUDENT = "audit"
SEEDS = (b"audit", b"audit, a second seed", b"audit, a third seed")
CHEAPEST, DEAREST = 0.10, 0.50  # of a task's points, for a single slip
UNNAMED_WRONG = 3  # wrong answers that nobody registered, at least, of a code task
FEW_HINTS = (2, 3)
BELIEVED = 1.0  # points of a task that may rest on what the kernel says of itself
Names = Mapping[str, Any]


@dataclass(frozen=True)
class TaskAudit:
    """What the audit found of one task. Points are hidden tests'; seconds are of the solution's checks.

    right, passed: independent right answers. unregistered: wrong answers of which the course knows no name;
    unregistered_caught of them were caught and got none. prices: the share of the task's points that each misconception
    costs. believed: the points of each hidden test that believes what the kernel says of itself.
    """

    task: str
    points: float
    solution: float
    untouched: float
    tests: int
    misconceptions: int
    caught: int
    named: int
    named_wrongly: int
    pairs: int
    told_apart: int
    seconds: dict[str, float]
    right: int = 0
    passed: int = 0
    unregistered: int = 0
    unregistered_caught: int = 0
    prices: Mapping[str, float] = field(default_factory=dict)
    believed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    """An assignment's audit: it holds when there are no problems, each a sentence.

    warnings: what is still to be added, each a sentence; they hold nothing up.
    failures: every test that a wrong answer failed, by task, for looking at what would be said to students.
    """

    assignment: str
    tasks: tuple[TaskAudit, ...]
    problems: tuple[str, ...]
    failures: Mapping[str, tuple[TestResult, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        return {"assignment": self.assignment, "holds": self.holds, "problems": list(self.problems),
                "warnings": list(self.warnings),
                "tasks": [asdict(task) for task in self.tasks]}


def audit(
    about: Assignment, solution: Mapping[str, Any], untouched: Mapping[str, Any], tasks: Collection[str] | None = None,
) -> Audit:
    """Audits the checks of an assignment.

    solution, untouched: the source notebook and the student version, as JSON; their answer cells are run in this
    process, so both must be the course's own. tasks: the ids of those to look at, where not all are meant; freezing,
    which is the assignment's, is then left out.
    """
    with warnings.catch_warnings(), using("digits"), without_shrinking():
        warnings.simplefilter("ignore")  # overflows and the like are what some tests and wrong turns are about
        return _Auditor(about, tasks).audit(solution, untouched)


class _Auditor:
    def __init__(self, about: Assignment, tasks: Collection[str] | None) -> None:
        self._about = about
        self._tasks = [task for task in about.automatic if tasks is None or task.id in tasks]
        self._all_of_it = tasks is None
        self._session = CheckSession(about.name)
        self._problems: list[str] = []
        self._failures: dict[str, tuple[TestResult, ...]] = {}
        self._names: dict[str, set[str]] = {}

    def audit(self, solution: Mapping[str, Any], untouched: Mapping[str, Any]) -> Audit:
        ids = [task.id for task in self._about.automatic]
        for extra in [task for task in self._session.tasks if task not in ids]:
            self._problems.append(_("The checks have a task {extra!r}, which the notebook lacks.").format(extra=extra))
        # The solution comes last: what its classes register by name, as Keras' layers do, the stubs may not replace.
        stubs = defined(untouched, ids, student=STUDENT, careful=False)
        try:
            solved = defined(solution, ids, student=STUDENT)
        except Exception as error:
            self._problems.append(
                _("The solution notebook raises {kind}: {error}").format(kind=type(error).__name__, error=error)
            )
            solved = {}
        headings = set(_headings(solution))
        with _what_is_here_stays():
            found = tuple(self._task(task, solved, stubs, headings) for task in self._tasks)
        if self._all_of_it:
            self._freeze()
        warned = tuple(warning for task in self._tasks for warning in _about_hints(task))
        return Audit(self._about.name, found, tuple(self._problems), self._failures, warned)

    def _task(self, task: Task, solved: Names, stubs: Names, headings: set[str]) -> TaskAudit:
        tests = self._session.tests(task.id)
        self._points(task, tests)
        earned, seconds = self._solution(task, solved)
        nothing = _score(self._run(task.id, stubs, ("hidden",)))
        if nothing:
            self._say(task, _("the untouched notebook earns {nothing:g} points").format(nothing=nothing))
        believed = self._believed(task)
        prices: dict[str, float] = {}
        counts = self._misconceptions(task, headings, prices, believed)
        pairs, apart = self._pairs(task)
        counts |= self._right_answers(task, solved) | self._unregistered(task, solved)
        return TaskAudit(task.id, task.points, earned, nothing, len(tests), **counts, pairs=pairs, told_apart=apart,
                         seconds=seconds, prices=prices, believed=believed)

    def _believed(self, task: Task) -> dict[str, float]:
        """The hidden tests that believe the kernel, with their points: those marked so, and those caught at it."""
        marked = self._session.believing(task.id)
        for name in self._session.caught_believing(task.id):
            if name not in marked:
                self._say(
                    task,
                    _("{name} believes what the kernel says of itself, and is not marked @kernel_says").format(
                        name=name
                    ),
                )
        if sum(marked.values()) > BELIEVED:
            self._say(
                task,
                _("{values:g} points rest on what the kernel says of itself ({marked}); {believed:g} may").format(
                    values=sum(marked.values()), marked=", ".join(marked), believed=BELIEVED
                ),
            )
        return marked

    def _right_answers(self, task: Task, solved: Names) -> dict[str, int]:
        """Independent right answers, of which each must have every point."""
        sources, passed = beside(task.id, "ANSWERS"), 0
        for name, source in sources.items():
            results = self._on_source(task, source, solved, _("the right answer {name!r}").format(name=name))
            failed = [result for result in results if not result.passed]
            passed += bool(results) and not failed
            for result in failed[:1]:
                self._say(
                    task,
                    _("the right answer {name!r} fails {name2}: {why}").format(
                        name=name, name2=result.name, why=result.why
                    ),
                )
        return {"right": len(sources), "passed": passed}

    def _unregistered(self, task: Task, solved: Names) -> dict[str, int]:
        """Wrong answers that nobody registered: they must be caught, and get no name."""
        sources, caught = beside(task.id, "WRONG"), 0
        if task.kind == "code" and len(sources) < UNNAMED_WRONG and not _trains(task.id):
            self._say(
                task,
                _(
                    "it has {sources} wrong answers without a name (WRONG in right_answers.py); "
                    "{unnamed_wrong} at least show that a name is never false"
                ).format(sources=len(sources), unnamed_wrong=UNNAMED_WRONG),
            )
        for name, source in sources.items():
            results = self._on_source(task, source, solved, _("the wrong answer {name!r}").format(name=name))
            names = {result.diagnosis for result in results if result.diagnosis}
            lost = any(result.hidden and not result.passed for result in results)
            caught += lost and not names
            if not lost:
                self._say(task, _("the wrong answer {name!r} earns all points").format(name=name))
            for diagnosis in sorted(names):
                self._say(
                    task,
                    _("the wrong answer {name!r}, which has no name, is called {diagnosis!r}").format(
                        name=name, diagnosis=diagnosis
                    ),
                )
        return {"unregistered": len(sources), "unregistered_caught": caught}

    def _on_source(self, task: Task, source: str, solved: Names, what: str) -> list[TestResult]:
        """The task's tests on an answer given as notebook code, in a notebook that is right otherwise."""
        names = {"__name__": "__main__", **solved}
        try:
            run(source, names)
        except Exception as error:
            self._say(
                task, _("{what} raises {kind}: {error}").format(what=what, kind=type(error).__name__, error=error)
            )
            return []
        results = self._all(task.id, names)
        for result in results:
            if result.broken:
                self._say(task, _("{name} breaks on {what}: {why}").format(name=result.name, what=what, why=result.why))
        return results

    def _points(self, task: Task, tests: list[tuple[str, bool, float]]) -> None:
        hidden = sum(points for _, is_hidden, points in tests if is_hidden)
        if hidden != task.points:
            self._say(
                task,
                _("its hidden tests have {hidden:g} points, and the notebook gives {points:g}").format(
                    hidden=hidden, points=task.points
                ),
            )
        for name, is_hidden, points in tests:
            if bool(points) != is_hidden:
                self._say(
                    task,
                    _("{name} is a {kind} points").format(
                        name=name, kind=_("hidden test without") if is_hidden else _("public test with")
                    ),
                )
        for part, wanted in (("public", False), ("hidden", True)):
            if not any(is_hidden is wanted for _, is_hidden, _ in tests):
                self._say(task, _("it has no {part} test").format(part=part))

    def _solution(self, task: Task, solved: Names) -> tuple[float, dict[str, float]]:
        """The points of the solution, which must be all, on every seed, and the same again on the same seed."""
        seconds, runs = {}, []
        for part in ("public", "hidden"):
            start = time.perf_counter()
            runs.append(self._run(task.id, solved, (part,)))
            seconds[part] = round(time.perf_counter() - start, 3)
        for result in (*runs[0], *runs[1]):
            if not result.passed:
                self._say(task, _("the solution fails {name}: {why}").format(name=result.name, why=result.why))
            if not result.description:
                self._say(task, _("{name} has no docstring, and that is what students read").format(name=result.name))
        if not _trains(task.id) and not _same(self._run(task.id, solved, ("hidden",)), runs[1]):
            self._say(task, _("the same seed gives the solution another result"))
        # That the same seed gives the same network, a task that trains has a test for; what it does from seed to seed,
        # its thresholds were measured from: ten trainings each.
        for seed in () if _trains(task.id) else SEEDS[1:]:
            if _score(self._run(task.id, solved, ("hidden",), seed)) != _score(runs[1]):
                self._say(task, _("another seed gives the solution other points"))
        return _score(runs[1]), seconds

    def _misconceptions(
        self, task: Task, headings: set[str], prices: dict[str, float], believed: Mapping[str, float]
    ) -> dict[str, int]:
        counts = {"misconceptions": 0, "caught": 0, "named": 0, "named_wrongly": 0}
        right = reference_names(task.id, STUDENT)
        known = [(registry, one) for registry in registries(task.id).values() for one in registry]
        if not known:
            self._say(task, _("it has no misconceptions"))
        for number, (registry, one) in enumerate(known):
            wrong = {**right, **_wrong_names(registry, one, right)}
            results = self._all(task.id, wrong)
            again = results if number or _trains(task.id) else self._all(task.id, wrong)
            if not _same(again, results):
                self._say(task, _("the same seed gives the misconception {id!r} another result").format(id=one.id))
            for name, value in self._judge(task, one, results).items():
                counts[name] += value
            prices[one.id] = self._price(task, one, results, believed)
            if one.section is not None and one.section not in headings:
                self._say(
                    task,
                    _("{id!r} points to the section {section!r}, which the notebook lacks").format(
                        id=one.id, section=one.section
                    ),
                )
        return counts

    def _price(
        self, task: Task, one: Misconception, results: list[TestResult], believed: Mapping[str, float]
    ) -> float:
        """The share of the task's points that a misconception costs, which is a slip's unless the registry says why."""
        lost = [result for result in results if result.hidden and not result.passed]
        share = sum(result.points for result in lost) / (task.points or 1.0)
        exempt = task.kind == "answer" or {result.name for result in lost} <= believed.keys()
        if lost and not exempt and one.price is None and not CHEAPEST <= round(share, 6) <= DEAREST:
            self._say(
                task,
                _(
                    "the misconception {id!r} costs {share:.0%} of the points; a slip costs "
                    "{cheapest:.0%} to {dearest:.0%}, or its registry says why (price=)"
                ).format(id=one.id, share=share, cheapest=CHEAPEST, dearest=DEAREST),
            )
        return round(share, 4)

    def _judge(self, task: Task, one: Misconception, results: list[TestResult]) -> dict[str, int]:
        failed = [result for result in results if result.hidden and not result.passed and not result.broken]
        self._failures[task.id] = (*self._failures.get(task.id, ()), *failed)
        names = {result.diagnosis for result in failed if result.diagnosis}
        self._names[one.id] = names
        hints = {result.diagnosis for result in results if result.diagnosis}  # public checks may not mislead either
        others = {name for name in hints if one.id not in name.split("+")}
        if not failed:
            self._say(task, _("the misconception {id!r} earns all points").format(id=one.id))
        elif one.id not in names:
            self._say(
                task, _("the misconception {id!r} is not named, but only: {why}").format(id=one.id, why=failed[0].why)
            )
        if others:
            self._say(task, _("the misconception {id!r} is called {others!r}").format(id=one.id, others=min(others)))
        for result in results:
            if result.broken:
                self._say(
                    task,
                    _("{name} breaks on the misconception {id!r}: {why}").format(
                        name=result.name, id=one.id, why=result.why
                    ),
                )
        return {"misconceptions": 1, "caught": bool(failed), "named": one.id in names, "named_wrongly": bool(others)}

    def _pairs(self, task: Task) -> tuple[int, int]:
        """How many pairs of misconceptions there are, and how many the checks distinguish: by the
        values of some hidden input, or, where a check names them without values, by their names alone."""
        asked = list(self._questions(task))
        count = apart = 0
        for registry in registries(task.id).values():
            questions = [question for question, like in asked if like is registry]
            outputs = {one: [_output(q, id, wrong) for q in questions] for one, (id, wrong) in _known(registry)}
            for first, second in combinations(outputs, 2):
                count += 1
                pair = {first, second}
                named = all(self._names[one] & pair == {one} for one in pair)
                if not named and all(_alike(a, b) for a, b in zip(outputs[first], outputs[second], strict=True)):
                    self._say(
                        task,
                        _("no hidden input tells {first!r} and {second!r} apart").format(first=first, second=second),
                    )
                else:
                    apart += 1
        return count, apart

    def _questions(self, task: Task) -> Iterator[tuple[Expected, Any]]:
        """Every question that the hidden tests ask, with the registry that an answer is compared with; a training task
        asks none, for what is right there is measured."""
        if _trains(task.id):
            return
        hidden = CheckSession(self._about.name, parts=("hidden",))
        try:
            recorded = hidden.record(task.id, reference_names(task.id))
        except Exception as error:
            self._say(
                task,
                _("its hidden tests fail on the references with {kind}: {error}").format(
                    kind=type(error).__name__, error=error
                ),
            )
            return
        for asked in recorded.values():
            for _answer, questions in asked:
                yield from questions

    def _freeze(self) -> None:
        try:
            freeze(self._about.name)
        except Exception as error:
            self._problems.append(
                _("The public checks cannot be frozen for the kit: {kind}: {error}").format(
                    kind=type(error).__name__, error=error
                )
            )

    def _run(self, task: str, names: Names, parts: tuple[str, ...], seed: bytes = SEEDS[0]) -> list[TestResult]:
        with freed_afterwards():  # so nothing here may hold the notebook beyond the run
            return self._session.run(task, _notebook(names), seed=seed, student_id=STUDENT, parts=parts)

    def _all(self, task: str, names: Names) -> list[TestResult]:
        """What a student reads in the notebook, and what the grader says: two runs, each with names of its own."""
        return [*self._run(task, names, ("public",)), *self._run(task, names, ("hidden",))]

    def _say(self, task: Task, problem: str) -> None:
        self._problems.append(f"{task.id}: {problem}{'' if problem.endswith('.') else '.'}")


@contextmanager
def _what_is_here_stays() -> Iterator[None]:
    """Whoever looks for garbage in the block passes over what exists already, the frameworks above all: a test that
    measures an answer's memory looks before every call, and would spend a quarter of an audit on it."""
    frozen = gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()  # all there is, what the caller had frozen too
        if frozen:
            gc.collect()
            gc.freeze()


def _trains(task: str) -> bool:
    """Whether each run of the task's checks trains a network."""
    return folder_of(task).has("training")


def _about_hints(task: Task) -> Iterator[str]:
    """What a code task lacks of hints."""
    hints = hints_of(folder_of(task.id))
    if task.kind == "code" and len(hints) not in FEW_HINTS:
        yield _("{id}: it has {hints} hints (HINTS in hints.py); two or three help, one at a time.").format(
            id=task.id, hints=len(hints)
        )


def beside(task: str, name: str) -> dict[str, str]:
    """What the task's ``right_answers.py`` calls `name` (`ANSWERS`, `WRONG`, `EQUIVALENT`), empty where it has none."""
    folder = folder_of(task)
    return getattr(folder.part("right_answers"), name, {}) if folder.has("right_answers") else {}


def _notebook(names: Names) -> Student:
    return Student(LocalTransport(dict(names)))


def _wrong_names(registry: Misconceptions, one: Misconception, right: Names) -> Names:
    """The names of a notebook that has just this misconception."""
    if one.source is not None:
        names = {"__name__": "__main__", **right}  # AutoGraph looks for the module of what it reads
        run(one.source, names)
        return names
    return registry.names(one.around(registry.reference), STUDENT)


def _known(registry: Misconceptions) -> list[tuple[str, tuple[str, Any]]]:
    return [(id, (id, wrong)) for id, wrong, _ in registry.answers()]


def _output(question: Expected, id: str, wrong: Any) -> Any:
    """What the misconception answers; the name of what it raises where it cannot cope with the question."""
    try:
        with np.errstate(all="ignore"):
            return question.distorted(id, wrong)
    except Exception as error:
        return type(error)


def _alike(a: Any, b: Any) -> bool:
    """Whether two answers are equal to tolerance, as a comparison in a check would find them."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.dtype == b.dtype and _alike(a.array, b.array)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_alike, a, b))
    try:
        x, y = np.asarray(a), np.asarray(b)
        if x.dtype.kind in "biufc" and y.dtype.kind in "biufc":
            return x.shape == y.shape and x.dtype == y.dtype and bool(np.allclose(x, y, 1e-6, 1e-9, equal_nan=True))
        return bool(np.array_equal(x, y))
    except (TypeError, ValueError):
        return a is b


def _headings(notebook: Mapping[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for line in "".join(cell["source"]).splitlines():
                if line.startswith("#"):
                    yield line.lstrip("#").strip()


def _score(results: list[TestResult]) -> float:
    return sum(result.points for result in results if result.passed)


def _same(first: list[TestResult], second: list[TestResult]) -> bool:
    """Whether two runs say the same; what a broken check says names places in memory, and a time is never the same."""
    return [replace(one, details="", measured=None) for one in first] == [
        replace(one, details="", measured=None) for one in second]
