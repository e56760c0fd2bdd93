"""One notebook, run cell by cell and then checked; its outputs are written into it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from nbformat import NotebookNode

from autograder.bridge.transport import BridgeClosed
from autograder.checks import display
from autograder.course import Task
from autograder.language import sentences_of
from autograder.sandbox.limits import Limits
from autograder.submission import host, nodes, reasons
from autograder.submission.asking import Asking, Checks, RanCell
from autograder.submission.cell_limits import cell_limits
from autograder.submission.execution import Execution, Exhausted
from autograder.submission.explaining import explain
from autograder.submission.job import Job
from autograder.submission.kernel import CellRun, used_by
from autograder.submission.notebook import Template, grade_id_of, is_put_back, is_untouched
from autograder.submission.outputs import NOTEBOOK_BYTES
from autograder.submission.results import TaskResult
from autograder.submission.text import one_line
from autograder.submission.verdict import TaskRun, judge, judge_text, with_name_that_is_there

_ = sentences_of(__package__)

END = _("(after the last cell)")


class NotebookRun:
    """The state of one submission while it is graded.

    The notebook gets its outputs. ``broken`` names the tests that failed by their own fault, ``notes`` are what the
    student is told of the notebook as a whole.
    """

    def __init__(
        self, template: Template, checks: Checks, job: Job, notebook: NotebookNode, execution: Execution
    ) -> None:
        self._template = template
        self._checks = checks
        self._job = job
        self._notebook = notebook
        self._execution = execution
        self._assignment = template.assignment
        self._by_check: dict[str | None, Task] = {task.check_id: task for task in self._assignment.automatic}
        self._by_answer: dict[str | None, Task] = {task.answer_id: task for task in self._assignment.automatic}
        self._tasks = {
            task.id: TaskRun(task, cell_limits(self._assignment, task)) for task in self._assignment.automatic
        }
        self._source = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        self._asking = Asking(checks, job, self._assignment, execution, self._source)
        self._exhausted: Exhausted | None = None
        self._count = 0
        self._room = NOTEBOOK_BYTES
        self.notes: list[str] = []

    @property
    def broken(self) -> tuple[str, ...]:
        """The tests that failed by their own fault, each with what it said."""
        return tuple(self._asking.broken)

    @property
    def task_seconds(self) -> dict[str, float]:
        """By task id, the wall time of its cells and its checks, where any ran, without what explains a failure."""
        return {id: round(run.seconds, 3) for id, run in self._tasks.items() if run.seconds}

    @contextmanager
    def _timed(self, task: str | None) -> Iterator[None]:
        """Counts the time of the block towards a task."""
        began = time.monotonic()
        try:
            yield
        finally:
            if task is not None:
                self._tasks[task].seconds += time.monotonic() - began

    def tasks(self, after_cells: Callable[[], None] = lambda: None) -> tuple[TaskResult, ...]:
        """Runs the notebook and returns what every task earned; the notebook gets its outputs. ``after_cells`` is
        called before the checks.

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
        after_cells()
        cells_s = self._cells_cpu_s()
        for run in self._tasks.values():
            self._check(run, run.task.id)
            if not run.attempted and self._exhausted is None:  # an answer may stand below its check cell
                self._check(run, END)
        if self._exhausted is None:
            explain(
                list(self._tasks.values()), self._checks, self._execution, lambda: cells_s,
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
            with self._timed(region):
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
            self._asking.remember(RanCell(region, cell.source, limits))
        if answered is not None:
            self._remember(self._tasks[answered.id], run, reason)
        elif current is None and (run.error or reason):
            self._note_setup(cell, run)

    def _note_setup(self, cell: NotebookNode, run: CellRun) -> None:
        """Tells the student that a cell before the first task failed, where it stood for imports of the course."""
        if is_put_back(cell) or self.notes or not any(is_put_back(one) for one in self._notebook.cells):
            return
        why = one_line(": ".join(run.error), 200) if run.error else _("it was stopped")
        self.notes.append(
            _(
                "A cell before the first task, where the course's imports had stood, failed ({reason}); "
                "the course's own were run in its place, and the tasks were graded with them."
            ).format(reason=why.rstrip("."))
        )

    def _is_released(self, cell: NotebookNode) -> bool:
        """Whether a cell is a locked one, whose source is the course's."""
        grade_id = grade_id_of(cell)
        return grade_id is not None and not self._template.is_answer(grade_id)

    def _blame(self, cell: NotebookNode, answered: Task | None, limits: Limits) -> None:
        """Says that a cell ended the kernel after it was done; its names are not there for the checks."""
        cell.outputs.append(_note(reasons.LATER.format(what=_("The cell"))))
        if answered is not None:
            run = self._tasks[answered.id]
            run.reason, run.sentence = reasons.DIED, reasons.LATER.format(what=_("The answer cell"))

    def _remember(self, task: TaskRun, run: CellRun, reason: str | None) -> None:
        task.error = run.error if reason is None else None
        task.reason = reason
        task.sentence = reasons.stop_sentence(reason, task.limits, _("The answer cell")) if reason else None

    def _mark(self, name: str) -> None:
        with suppress(Exhausted):  # said at the next cell, and for each task
            self._guarded(lambda: self._execution.mark(name))

    def _cells_cpu_s(self) -> float:
        """CPU seconds that the notebook's cells took; 0 where no kernel lives long enough to be asked."""
        try:
            return float(self._guarded(lambda: used_by(self._execution.kernel()).cpu_s))
        except (Exhausted, BridgeClosed):
            return 0.0

    def _check(self, run: TaskRun, mark: str) -> None:
        try:
            with self._timed(run.task.id):
                tests = self._guarded(lambda: self._asking.tests(run, mark))
        except Exhausted as error:
            if not run.tests:
                run.reason, run.sentence = run.reason or error.reason, run.sentence or str(error)
            return
        if not run.attempted:
            cells = self._notebook.cells
            run.tests, run.mark = [with_name_that_is_there(test, run.task, cells) for test in tests], mark

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
            return judge_text(task, is_untouched(cell, self._template))
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
                *map(nodes.shown, shown),
                nodes.result(score, self._count),
            ]


def _note(sentence: str) -> NotebookNode:
    return nodes.printed("stderr", f"[{sentence}]\n")
