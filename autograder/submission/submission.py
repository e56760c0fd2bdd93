"""One submission from its bytes to its result: restored, executed cell by cell, checked against the live
kernel."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.bridge.student import NotAttempted, Student, StudentError, restore
from autograder.bridge.transport import BridgeClosed, BridgeFailure, BridgeTimeout, SocketTransport, Transport
from autograder.checks import display
from autograder.checks.result import TestResult
from autograder.course import Assignment, Task
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.limits import Limits
from autograder.submission import host, reasons
from autograder.submission.budget import TooMuch, bounded
from autograder.submission.execution import Execution, Exhausted
from autograder.submission.explaining import Explains, explain
from autograder.submission.kernel import CellRun, Kernel, asked_student, ended_by, used_by
from autograder.submission.notebook import NotGradable, Template, grade_id_of, is_untouched, safe_markdown, sanitise
from autograder.submission.outputs import NOTEBOOK_BYTES
from autograder.submission.results import Device, Provenance, Reason, Results, TaskResult
from autograder.submission.verdict import TaskRun, judge, judge_text, not_gradable, presentable

END = "(after the last cell)"


@dataclass(frozen=True)
class Job:
    """What a worker needs to grade one submission; plain data, so that it travels to any machine.

    ``notebook`` are the file's bytes, or None with ``missing`` as the sentence that says so. ``files`` lie
    beside the notebook while it runs. ``seeds`` are the tasks' seeds for this student, from which hidden
    inputs are drawn. ``datasets`` names the images that the notebook can load. ``gpu`` says that it waits for a place
    on a GPU, and ``share`` is the place that it was given."""

    student: str
    notebook: bytes | None
    seeds: Mapping[str, bytes]
    seed_id: int
    checks: str
    environment: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    missing: str = ""
    datasets: tuple[str, ...] = ()
    gpu: bool = False
    share: Gpu | None = None

    @property
    def device(self) -> Device:
        """Where the notebook can compute."""
        return "cuda" if self.share else "cpu"


@dataclass(frozen=True)
class Outcome:
    """A graded submission: the results document, and the executed notebook (the released one if it could
    not be run).

    ``file`` is the notebook as the bytes of its file, written out once, by the worker. ``broken`` names tests that
    failed by their own fault, for the instructor. ``answers`` has a digest of each task's answer as it was submitted.
    """

    results: Results
    file: bytes
    broken: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def notebook(self) -> NotebookNode:
        """The executed notebook."""
        return nbformat.reads(self.file.decode(), as_version=4)


class Checks(Explains, Protocol):
    """The collected checks of one assignment; ``autograder.checks.runner.CheckSession`` is one."""

    def run(
        self, task: str, student: Any, *, seed: bytes, student_id: str | None, source: str | None, device: str
    ) -> Sequence[TestResult]: ...


class Kernels(Protocol):
    """Starts a kernel for a student in a folder of its own, which goes when the kernel does; ``gpu`` is its share."""

    def __call__(self, work: Path, student: str, gpu: Gpu | None) -> Kernel: ...


@dataclass(frozen=True)
class Grader:
    """What grades the submissions of one assignment, one after the other, with everything read once."""

    template: Template
    checks: Checks
    kernels: Kernels

    @property
    def assignment(self) -> Assignment:
        """The assignment that is graded."""
        return self.template.assignment

    def grade(self, job: Job) -> Outcome:
        """Grades one submission, within what it may cost this process. Raises only for what is wrong with the machine
        or the course."""
        started = time.monotonic()
        try:
            return bounded(lambda: grade_submission(job, self))
        except TooMuch as error:
            return _refused(job, self, "malformed", str(error), started)


def grade_submission(job: Job, grader: Grader) -> Outcome:
    """Grades one submission with what ``grader`` holds; see ``Grader.grade``."""
    started = time.monotonic()
    assignment = grader.assignment
    try:
        if job.notebook is None:
            raise NotGradable("malformed", job.missing)
        notebook = sanitise(job.notebook, grader.template)
    except NotGradable as error:
        return _refused(job, grader, error.reason, str(error), started)

    def start() -> Kernel:
        work = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            _lay_out(work, assignment, job.files)
            return grader.kernels(work, job.student, job.share)  # from here on the folder goes when the kernel does
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise

    with Execution(start, assignment.total_s) as execution:
        run = _Run(grader, job, notebook, execution)
        tasks = run.tasks()
    results = _results(job, assignment, tasks, execution.isolation, started)
    return Outcome(results, _as_file(notebook), tuple(run.broken), _digests(notebook, assignment))


def _refused(job: Job, grader: Grader, reason: Reason, sentence: str, started: float) -> Outcome:
    """The outcome of a submission that is not graded."""
    tasks = not_gradable(grader.assignment, reason, sentence)
    blank = _empty(grader.template, sentence)
    return Outcome(_results(job, grader.assignment, tasks, (), started, reason), _as_file(blank))


def cell_limits(assignment: Assignment, task: Task | None) -> Limits:
    """What one cell may use: the assignment's limits, and the task's where it has its own."""
    own: dict[str, Any] = {**assignment.limits, **(task.limits if task else {})}
    return replace(Limits(), **own)


def kernel_limits(assignment: Assignment) -> Limits:
    """What a kernel may use: the most that any task of the assignment may."""
    each = [cell_limits(assignment, task) for task in assignment.automatic] or [cell_limits(assignment, None)]
    return Limits(**{name: max(getattr(limits, name) for limits in each) for name in each[0].to_dict()})


@dataclass(frozen=True)
class _Ran:
    """A cell that worked; ``region`` is the task that it stands for."""

    region: str | None
    source: str
    limits: Limits


class _Run:
    """The state of one submission while it is graded."""

    def __init__(self, grader: Grader, job: Job, notebook: NotebookNode, execution: Execution) -> None:
        self._grader = grader
        self._job = job
        self._notebook = notebook
        self._execution = execution
        self._assignment = grader.assignment
        self._by_check: dict[str | None, Task] = {task.check_id: task for task in self._assignment.automatic}
        self._by_answer: dict[str | None, Task] = {task.answer_id: task for task in self._assignment.automatic}
        self._tasks = {
            task.id: TaskRun(task, cell_limits(self._assignment, task)) for task in self._assignment.automatic
        }
        self._source = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        self._exhausted: Exhausted | None = None
        self._asked_before: Kernel | None = None
        self._ran: list[_Ran] = []
        self._besides: str | None = None  # the limit that ended a kernel beside the notebook's own
        self._count = 0
        self._room = NOTEBOOK_BYTES
        self.broken: list[str] = []

    def tasks(self) -> tuple[TaskResult, ...]:
        """Runs the notebook and returns what every task earned; the notebook gets its outputs.

        The checks run after the last cell, each on the names as they were at its check cell: a cell that
        ran after a hidden check could show, in outputs that the student gets back, the inputs it had been
        asked with."""
        current: Task | None = None
        for cell, region in zip(self._notebook.cells, self._regions(), strict=True):
            if cell.cell_type != "code":
                continue
            grade_id = grade_id_of(cell)
            current = self._by_answer.get(grade_id, current)
            if grade_id in self._by_check:
                self._mark(self._by_check[grade_id].id)
            elif cell.source.strip():
                self._cell(cell, self._by_answer.get(grade_id), current, region)
        self._mark(END)
        cells_s = self._cells_cpu_s()
        for run in self._tasks.values():
            self._check(run, run.task.id)
            if not run.attempted and self._exhausted is None:  # an answer may stand below its check cell
                self._check(run, END)
        if self._exhausted is None:
            explain(
                list(self._tasks.values()), self._grader.checks, self._execution, lambda: cells_s,
                student_id=self._job.student, source=self._source, device=self._job.device,
            )
        results = tuple(self._result(task) for task in self._assignment.tasks)
        if any(result.kind != "text" and result.status != "passed" for result in results):
            host.require_room()  # before anybody is blamed for what a full disk may have brought about
        self._show({result.task: result for result in results})
        return results

    def _regions(self) -> list[str | None]:
        """For each cell the task that it stands for: the next one whose check comes, None before the first answer and
        after the last check."""
        regions: list[str | None] = []
        upcoming: str | None = None
        for cell in reversed(self._notebook.cells):
            check = self._by_check.get(grade_id_of(cell))
            upcoming = check.id if check else upcoming
            regions.append(upcoming)
        regions.reverse()
        answers = (at for at, cell in enumerate(self._notebook.cells) if grade_id_of(cell) in self._by_answer)
        first = next(answers, len(regions))
        return [None] * first + regions[first:]

    def _cell(self, cell: NotebookNode, answered: Task | None, current: Task | None, region: str | None) -> None:
        limits = cell_limits(self._assignment, current)
        try:
            run = self._guarded(lambda: self._execution.run(cell.source, limits, self._room))
        except Exhausted as error:
            cell.outputs = [_note(str(error))]
            return
        self._count += 1
        cell.execution_count = self._count
        cell.outputs = run.outputs
        self._room -= run.kept_bytes
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = self._count
        reason = reasons.known(run.reason) if run.reason else None
        if reason:
            cell.outputs.append(_note(reasons.stop_sentence(reason, limits)))
        used_up = run.error and reasons.used_up(*run.error)
        if used_up == "disk" or (run.error and reasons.gpu_memory(*run.error)):
            self._execution.drop_kernel()  # what is full would stop the cells that follow
        if run.error and (used_up != "disk" or reasons.host_disk(*run.error)):
            host.require_what(used_up or None, limits)
        if not reason and not used_up:
            blame = None if self._is_released(cell) else lambda: self._blame(cell, answered, limits)
            self._execution.remember(cell.source, limits, blame)
            self._ran.append(_Ran(region, cell.source, limits))
        if answered is not None:
            self._remember(self._tasks[answered.id], run, reason)

    def _is_released(self, cell: NotebookNode) -> bool:
        """Whether a cell is a locked one, whose source is the course's."""
        grade_id = grade_id_of(cell)
        return grade_id is not None and not self._grader.template.is_answer(grade_id)

    def _blame(self, cell: NotebookNode, answered: Task | None, limits: Limits) -> None:
        """Says that a cell ended the kernel after it was done; its names are not there for the checks."""
        cell.outputs.append(_note(reasons.LATER.format(what="The cell")))
        if answered is not None:
            run = self._tasks[answered.id]
            run.reason, run.sentence = reasons.DIED, reasons.LATER.format(what="The answer cell")

    def _remember(self, task: TaskRun, run: CellRun, reason: str | None) -> None:
        task.error = run.error if reason is None else None
        task.reason = reason
        task.sentence = reasons.stop_sentence(reason, task.limits, "The answer cell") if reason else None

    def _mark(self, name: str) -> None:
        with suppress(Exhausted):  # said at the next cell, and for each task
            self._guarded(lambda: self._execution.mark(name))

    def _cells_cpu_s(self) -> float:
        """CPU seconds that the notebook's cells took."""
        try:
            return float(self._guarded(lambda: used_by(self._execution.kernel()).cpu_s))
        except Exhausted:
            return 0.0

    def _check(self, run: TaskRun, mark: str) -> None:
        try:
            tests = self._guarded(lambda: self._asked(run, mark))
        except Exhausted as error:
            if not run.tests:
                run.reason, run.sentence = run.reason or error.reason, run.sentence or str(error)
            return
        if not run.attempted:
            run.tests, run.mark = tests, mark

    def _asked(self, run: TaskRun, mark: str) -> Sequence[TestResult]:
        """The task's tests. Memory, processes and disk are used up over time, so a task whose tests ended the kernel
        that way is asked once more in a fresh one, if others were asked in this one before."""
        kernel = self._execution.kernel()
        tests = self._asked_in(kernel, run, mark)
        if _died(kernel, tests) and self._execution.may_be_innocent(kernel):
            self._execution.settle()
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
            if _died(kernel, tests):
                self._execution.refuse_oom_kill(reasons.DIED, kernel)
        said = (test.raw or test.message for test in tests if not test.passed)
        lacking = next(filter(None, map(reasons.of_message, said)), None)
        if lacking:
            self._execution.drop_kernel()
            host.require_what(lacking, run.limits)
        if kernel.stopped_reason in reasons.USED_UP and kernel is self._asked_before:
            kernel = self._execution.kernel()
            tests = self._asked_in(kernel, run, mark)
        self._asked_before = kernel
        self.broken += [f"{test.name}: {test.message}" for test in tests if test.broken]
        return [presentable(test) for test in tests]

    def _asked_in(self, kernel: Kernel, run: TaskRun, mark: str) -> Sequence[TestResult]:
        """The task's tests, asked over the bridge; a kernel that did not come back from them is dropped."""
        options: dict[str, Any] = {
            "seconds": run.limits.wall_s,
            "total_seconds": max(self._execution.seconds_left, 1.0),
            "total_bytes": int(run.limits.bridge_bytes),
            "on_timeout": kernel.interrupt,
            "fresh": lambda tasks: self._fresh(run.limits, tasks),
        }
        self._besides = None
        with asked_student(kernel, **options) as (student, came_back):
            with suppress(BridgeFailure, StudentError, NotAttempted):  # asked as it is, then
                restore(student, mark)
            tests = self._grader.checks.run(
                run.task.id,
                student,
                seed=self._job.seeds[run.task.id],
                student_id=self._job.student,
                source=self._source,
                device=self._job.device,
            )
        if came_back != [True]:
            self._execution.drop_kernel()
        # Known once a kernel is gone; the bridge only saw that it closed.
        stopped = kernel.stopped_reason or self._besides
        if stopped:
            return [replace(test, reason=stopped) if test.reason == "died" else test for test in tests]
        return tests

    @contextmanager
    def _fresh(self, limits: Limits, tasks: Sequence[str]) -> Iterator[Transport]:
        """A kernel besides, with the cells that stand for these tasks and those before the first answer; with all cells
        that worked where the tasks' names are not among what those define; with none where no task is asked for."""
        own = [cell for cell in self._ran if tasks and (cell.region is None or cell.region in tasks)]
        names = [name for task in tasks for name in self._assignment.task(task).names]
        with ExitStack() as kernels:
            transport = kernels.enter_context(self._spare(own, limits))
            if not _has(transport, names):
                kernels.close()
                transport = kernels.enter_context(self._spare(self._ran, limits))
            yield transport

    @contextmanager
    def _spare(self, cells: Sequence[_Ran], limits: Limits) -> Iterator[SocketTransport]:
        try:
            with self._execution.spare([(cell.source, cell.limits) for cell in cells]) as kernel:
                kernel.open_bridge()
                try:
                    yield SocketTransport(
                        kernel.bridge, seconds=limits.wall_s, total_seconds=max(self._execution.seconds_left, 1.0),
                        total_bytes=int(limits.bridge_bytes), on_timeout=kernel.interrupt,
                        usage=lambda: used_by(kernel),
                    )
                except BridgeClosed:
                    self._besides = ended_by(kernel)
                    raise
        except Exhausted as error:
            raise BridgeTimeout(str(error)) from None

    def _guarded(self, act: Callable[[], Any]) -> Any:
        if self._exhausted is not None:
            raise self._exhausted
        try:
            return act()
        except Exhausted as error:
            self._exhausted = error
            raise

    def _result(self, task: Task) -> TaskResult:
        if task.kind == "text":
            cell = next(cell for cell in self._notebook.cells if grade_id_of(cell) == task.answer_id)
            return judge_text(task, is_untouched(cell, self._grader.template))
        return judge(self._tasks[task.id], self._assignment)

    def _show(self, results: Mapping[str, TaskResult]) -> None:
        """Gives every check cell its outputs: the table, then the score as nbgrader reads it."""
        for cell in self._notebook.cells:
            task = self._by_check.get(grade_id_of(cell))
            if task is None:
                continue
            self._count += 1
            result, tests = results[task.id], self._tasks[task.id].tests
            table = {"text/plain": display.as_text(task.id, tests), "text/html": display.as_html(task.id, tests)}
            shown = [table] if tests else []
            if result.reason or not tests or self._tasks[task.id].error:
                shown.insert(0, {"text/plain": result.message})
            score = {"text/plain": str(result.score)}
            cell.execution_count = self._count
            cell.outputs = [
                *(new_output("display_data", data=data) for data in shown),
                new_output("execute_result", data=score, execution_count=self._count),
            ]


def _died(kernel: Kernel, tests: Sequence[TestResult]) -> bool:
    """Whether a kernel ended while the tests were asked, and no limit says why."""
    return not kernel.alive() and kernel.stopped_reason is None and any(test.reason == reasons.DIED for test in tests)


def _has(transport: Transport, names: Sequence[str]) -> bool:
    """Whether the notebook behind ``transport`` defines all these names."""
    student = Student(transport)
    try:
        for name in names:
            getattr(student, name)
    except (NotAttempted, StudentError):
        return False
    return True


def _results(
    job: Job,
    assignment: Assignment,
    tasks: tuple[TaskResult, ...],
    isolation: tuple[str, ...],
    started: float,
    reason: Reason | None = None,
) -> Results:
    waits = any(task.status == "needs_manual_grade" for task in tasks)
    return Results(
        assignment=assignment.name,
        student=job.student,
        status="not_gradable" if reason else "needs_manual_grade" if waits else "graded",
        reason=reason,
        tasks=tasks,
        provenance=Provenance(
            checks=job.checks,
            environment=job.environment,
            seed=job.seed_id,
            isolation=isolation,
            graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - started, 3),
            datasets=job.datasets,
            device=job.device,
        ),
    )


def _digests(notebook: NotebookNode, assignment: Assignment) -> dict[str, str]:
    """A digest of each task's answer, by which it is known whether a person has read it already."""
    sources = {grade_id_of(cell): cell.source for cell in notebook.cells}
    return {
        task.id: hashlib.sha256(sources.get(task.answer_id, "").strip().encode()).hexdigest()[:32]
        for task in assignment.tasks
    }


def _lay_out(work: Path, assignment: Assignment, files: Mapping[str, bytes]) -> None:
    """Fills the folder in which a notebook runs: the student's files, and over them those of the release."""
    for relative, data in files.items():
        target = work / PurePosixPath(relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    released = assignment.release_path.parent
    for source in sorted(released.rglob("*")):
        place = source.relative_to(released)
        if source.suffix != ".ipynb" and not any(part.startswith(".") for part in place.parts):
            _put(source, work / place)


def _put(source: Path, target: Path) -> None:
    """Copies a released file, or makes a folder, over whatever a student's file of that name is."""
    if target.is_dir() and not source.is_dir():
        shutil.rmtree(target)
    elif target.is_file() and source.is_dir():
        target.unlink()
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        shutil.copy2(source, target)


def _empty(template: Template, sentence: str) -> NotebookNode:
    """What the formgrader opens for a submission that is no notebook."""
    notebook = deepcopy(template.notebook)
    notebook.cells.insert(0, new_markdown_cell(f"**This submission could not be graded.** {safe_markdown(sentence)}"))
    return notebook


def _as_file(notebook: NotebookNode) -> bytes:
    """The notebook as a file without indentation, which Python's fast encoder does not know."""
    return json.dumps(notebook, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _note(sentence: str) -> NotebookNode:
    return new_output("stream", name="stderr", text=f"[{sentence}]\n")
