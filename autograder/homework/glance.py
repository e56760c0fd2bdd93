"""The course at a glance: what passes, what is open, what comes next.

Nothing is run. What is told of a task is what its check said last, as the notebook was saved; where the answer was run
after its check, that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.checks.headline import says_missing, says_passed
from autograder.course import CHECK_SUFFIX, UsageError
from autograder.homework import manifest as kits
from autograder.homework.manifest import fingerprint, grade_id
from autograder.language import sentences_of

_ = sentences_of(__package__)

PASSED, OPEN, UNTOUCHED, UNCHECKED, WRITTEN = "passed", "open", "untouched", "unchecked", "written"
SAID = {
    UNTOUCHED: _("not begun"),
    UNCHECKED: _("run its check"),
    WRITTEN: _("written; a person grades it"),
}
DONE = (PASSED, WRITTEN)


@dataclass(frozen=True)
class TaskAtAGlance:
    """One task: its points, its state, and what there is to say of it."""

    id: str
    points: float
    state: str
    said: str

    @property
    def is_done(self) -> bool:
        """Whether all that can be known before it is graded is well."""
        return self.state in DONE


@dataclass(frozen=True)
class AssignmentAtAGlance:
    """One notebook: its path in the kit, its title, its tasks in order; `problem` where it cannot be read."""

    path: str
    title: str
    tasks: tuple[TaskAtAGlance, ...] = ()
    problem: str = ""

    @property
    def name(self) -> str:
        return Path(self.path).stem

    @property
    def begun(self) -> bool:
        return any(task.state != UNTOUCHED for task in self.tasks)

    @property
    def done(self) -> int:
        return sum(task.is_done for task in self.tasks)

    @property
    def points(self) -> float:
        return sum(task.points for task in self.tasks)

    @property
    def open(self) -> float:
        """The points of the tasks that are not done."""
        return sum(task.points for task in self.tasks if not task.is_done)

    @property
    def next(self) -> TaskAtAGlance | None:
        """The first task that is not done."""
        return next((task for task in self.tasks if not task.is_done), None)


def look(folder: Path) -> list[AssignmentAtAGlance]:
    """The assignments of the kit in `folder`, in the order of the course; none where no kit lies there."""
    manifest = kits.read(folder)
    if manifest is None:
        return []
    return [_assignment(folder, path, manifest.cells[path]) for path in manifest.notebooks]


def next_assignment(found: list[AssignmentAtAGlance]) -> AssignmentAtAGlance | None:
    """Where to go on: the first notebook that was begun and is not done, else the first that is not done."""
    unfinished = [one for one in found if one.next is not None]
    return next((one for one in unfinished if one.begun), unfinished[0] if unfinished else None)


def as_text(found: list[AssignmentAtAGlance]) -> str:
    """The table that a terminal shows: a line for each notebook, then the tasks of the one to go on with."""
    width = max(len(one.name) for one in found)
    lines = [f"{one.name:<{width}}  {_line(one)}" for one in found]
    here = next_assignment(found)
    if here is None:
        return "\n".join([*lines, "", _("All tasks are done. `autograder hand-in NOTEBOOK` packs what you hand in.")])
    lines += ["", f"{here.name}: {here.title}"]
    ids = max(len(task.id) for task in here.tasks)
    for task in here.tasks:
        mark = "✓" if task.state == PASSED else "·" if task.state == WRITTEN else " "
        lines.append(f"  {mark} {task.id:<{ids}}  {task.points:>4g}  {task.said}")
    if here.next is not None:
        lines += ["", _("Next: {id} in {path}.").format(id=here.next.id, path=here.path)]
    return "\n".join(lines)


def _line(one: AssignmentAtAGlance) -> str:
    if one.problem:
        return one.problem
    if not one.tasks:
        return _("no tasks")
    if one.next is None:
        return _("all {tasks} tasks are done").format(tasks=len(one.tasks))
    return _("{done:>2} of {tasks:>2} tasks done, {open:g} of {points:g} points open").format(
        done=one.done, tasks=len(one.tasks), open=one.open, points=one.points
    )


def _assignment(folder: Path, path: str, released: Mapping[str, str]) -> AssignmentAtAGlance:
    try:
        notebook = kits.with_released_ids(kits.read_notebook(folder / path), released)
    except UsageError as error:
        return AssignmentAtAGlance(path, "", problem=str(error))
    cells = {grade_id(cell): cell for cell in reversed(notebook.cells) if grade_id(cell)}
    tasks = []
    for cell in notebook.cells:
        own = cell.metadata.get("nbgrader", {})
        if not own.get("solution") or cells[grade_id(cell)] is not cell:
            continue
        check = cells.get(grade_id(cell) + CHECK_SUFFIX)
        if check is not None:
            tasks.append(_checked(cell, check, released))
        elif own.get("grade"):
            written = cell.source.strip() and fingerprint(cell) != released.get(cell.id)
            state = WRITTEN if written else UNTOUCHED
            tasks.append(TaskAtAGlance(grade_id(cell), float(own.get("points", 0)), state, SAID[state]))
    titles = (line[2:] for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("# "))
    return AssignmentAtAGlance(path, next(titles, ""), tuple(tasks))


def _checked(answer: NotebookNode, check: NotebookNode, released: Mapping[str, str]) -> TaskAtAGlance:
    task, points = grade_id(answer), float(check.metadata["nbgrader"].get("points", 0))
    line = _first_line(task, check)
    if line is None or says_missing(task, line):
        untouched = fingerprint(answer) == released.get(answer.id)
        state = UNTOUCHED if untouched else UNCHECKED
        return TaskAtAGlance(task, points, state, SAID[state])
    if _was_run_after(answer, check):
        return TaskAtAGlance(task, points, UNCHECKED, _("the answer was run after its check; run the check again"))
    state = PASSED if says_passed(task, line) else OPEN
    return TaskAtAGlance(task, points, state, line.removeprefix(f"{task}: "))


def _first_line(task: str, check: NotebookNode) -> str | None:
    """What the check's saved output begins with; None where it shows none."""
    for output in check.get("outputs", []):
        data = output.get("data", {})
        text = data.get("text/plain", output.get("text", ""))
        text = text if isinstance(text, str) else "".join(text)
        first = next(iter(text.splitlines()), "")
        if first.startswith(f"{task}: "):
            return str(first)
    return None


def _was_run_after(answer: NotebookNode, check: NotebookNode) -> bool:
    """Whether the answer cell was run after the check, as far as one session's numbers tell."""
    answered, checked = answer.get("execution_count"), check.get("execution_count")
    return answered is not None and checked is not None and bool(answered > checked)
