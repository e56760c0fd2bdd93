"""What `nbgrader autograde` runs in this course: the same restoring, sandbox, checks and writer as
`autograder grade`.

nbgrader first restores a submission (`OverwriteCells`) and writes it to ``autograded/``, then grades what
it wrote (`SandboxExecute`). Here both steps go back to the submitted file, so that nbgrader's own reading
of it, which stops at a file that is no notebook and at odd metadata, has no say. `nbgrader_setup.configure`
puts these classes in place."""

from __future__ import annotations

import atexit
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import OverwriteCells as StockOverwriteCells
from traitlets import Integer, Unicode

from autograder.course import RUBRIC_SUFFIX, CourseError
from autograder.grading import nbgrader_setup
from autograder.grading.folder import SUBMISSION_SECRET, TIMESTAMP, CourseFolder
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.ledger import Ledger
from autograder.grading.notebook import NotGradable, Template, sanitise
from autograder.grading.pool import LocalPool
from autograder.grading.results import FILE_NAME, write_results
from autograder.grading.run import ClassRun, Options
from autograder.grading.worker import WorkerSpec
from autograder.sandbox.policy import IsolationMissing

# What nbgrader itself reads of a graded submission's folder; every other file of the student's stays where
# it was.
KEPT = (TIMESTAMP, SUBMISSION_SECRET)

_unwritten: dict[Path, dict[str, Any]] = {}


class SubmissionExporter(NotebookExporter):
    """Leaves the reading of the file to the preprocessors, so that no file can stop the run."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, ResourcesDict]:
        return self.from_notebook_node(new_notebook(), resources=resources, **kw)


class OverwriteCells(StockOverwriteCells):
    """The submission with its locked cells as released, its ids repaired and its missing cells put back.

    A file that is no notebook becomes the released one; `SandboxExecute` says so in its result.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        converter = _converter(self)
        student, name = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        folder = CourseFolder(Path(converter.coursedir.root))
        course = nbgrader_setup.course_of(folder.root)
        keep_only_ours(folder.autograded(student, name), course.root / "solutions" / name)
        template = Template.load(course.assignment(name))
        data = folder.submission(student, name).notebook
        try:
            return sanitise(data or b"", template), resources
        except NotGradable:
            return template.notebook, resources


class SandboxExecute(NbGraderPreprocessor):
    """Grades the submission behind the boundary, and commits the result to the gradebook."""

    isolation = Unicode(
        "required", help="'required', or 'off' to grade on a machine that cannot isolate; recorded in every result."
    ).tag(config=True)
    per_gpu = Integer(
        1, min=0, help="How many submissions may compute on one GPU at once, where an assignment uses it; 0 uses none."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        converter = _converter(self)
        about = resources["nbgrader"]
        student, name = about["student"], about["assignment"]
        folder = CourseFolder(Path(converter.coursedir.root))
        try:
            options = Options((student,), 1, converter.force, self.isolation, per_gpu=self.per_gpu)
            _grade(folder, name, student, about["db_url"], options)
            results, notebook = _graded(folder, name, student)
        except IsolationMissing as error:
            # It is missing for all of them. What nbgrader wrote so far must not pass for a graded submission.
            shutil.rmtree(folder.autograded(student, name), ignore_errors=True)
            print(f"autograder: {error}", file=sys.stderr)
            raise SystemExit(3) from error
        finally:
            if _is_last(converter, folder.root, student, name):
                POOLS.close()
        # nbgrader writes the notebook again after this; the results come last, in `after_grading`.
        place = folder.autograded(student, name)
        (place / FILE_NAME).unlink(missing_ok=True)
        _unwritten[place] = results
        return notebook, resources


class RubricsOnceGraded(NbGraderPreprocessor):
    """Shows a rubric on a feedback page once a person has graded by it, as `autograder feedback` does;
    until then the page would tell what to write to whoever may hand in again."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"], nbgrader_setup.COURSE_ID) as gradebook:
            submitted = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            graded = {grade.name for grade in submitted.grades if grade.manual_score is not None}
        nb.cells = [cell for cell in nb.cells if _task_of_rubric(cell) in {None, *graded}]
        for cell in nb.cells:
            if _task_of_rubric(cell):
                lines = (line for line in cell.source.split("\n") if "MARK SCHEME" not in line)
                cell.source = "\n".join(["**How this was graded**", "", *lines])
        return nb, resources


def _task_of_rubric(cell: NotebookNode) -> str | None:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id") or ""
    return grade_id.removesuffix(RUBRIC_SUFFIX) if grade_id.endswith(RUBRIC_SUFFIX) else None


class _Progress:
    """nbgrader shows its own progress."""

    def start(self, total: int, unchanged: int) -> None: ...
    def done(self, student: str, row: Any) -> None: ...
    def tick(self, running: dict[str, float]) -> None: ...


class _Kept:
    """A pool that outlives the run that uses it."""

    def __init__(self, pool: LocalPool) -> None:
        self._pool = pool

    def __enter__(self) -> LocalPool:
        return self._pool

    def __exit__(self, *exception: object) -> None: ...


class _Pools:
    """nbgrader grades one submission at a time; the workers, with their warm kernels, are kept in between."""

    def __init__(self, make: Callable[[WorkerSpec, int, float], Any] = LocalPool) -> None:
        self.make = make
        self._pools: dict[WorkerSpec, Any] = {}

    def __call__(self, spec: WorkerSpec, size: int, total_s: float) -> _Kept:
        if spec not in self._pools:
            self._pools[spec] = self.make(spec, size, total_s).__enter__()
        return _Kept(self._pools[spec])

    def close(self) -> None:
        """Ends all workers."""
        while self._pools:
            self._pools.popitem()[1].__exit__(None, None, None)


POOLS = _Pools()
atexit.register(POOLS.close)


def before_grading(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Runs before nbgrader looks at a submission: refuses another course's gradebook, which nbgrader would
    write to, and registers an assignment that the gradebook lacks. nbgrader swallows exceptions of a hook,
    but not an exit."""
    root = Path(notebooks[0]).parents[3]
    try:
        course = nbgrader_setup.course_of(root)
        with GradebookWriter(root, course=course) as writer:
            writer.register(course.assignment(assignment))
    except CourseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def after_grading(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Runs after nbgrader wrote a submission's notebook: now, and last, the results."""
    for path in map(Path, notebooks):
        place = path.parents[3] / "autograded" / path.parents[1].name / path.parent.name
        results = _unwritten.pop(place, None)
        if results is not None:
            write_results(place, results)


def keep_only_ours(folder: Path, source: Path) -> None:
    """Removes from a folder in ``autograded/`` what nbgrader copied there of a student's other files: links
    that it followed, pages that would open in an instructor's browser, results that the student made up."""
    for path in sorted(folder.rglob("*"), reverse=True):
        relative = path.relative_to(folder)
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif str(relative) not in KEPT and not (source / relative).is_file():
            path.unlink()


def _grade(folder: CourseFolder, name: str, student: str, db_url: str, options: Options) -> None:
    course = nbgrader_setup.course_of(folder.root)
    with GradebookWriter(folder.root, db_url, course=course) as writer:
        summary = ClassRun(course, folder, course.assignment(name), writer, options).run(_Progress(), POOLS)
    if student in summary.failed:
        raise CourseError(f"The submission of {student!r} could not be graded: {summary.failed[student]}")


def _graded(folder: CourseFolder, name: str, student: str) -> tuple[dict[str, Any], NotebookNode]:
    ledger = Ledger(folder.state / "ledger.db")
    try:
        return ledger.outcome(name, student)
    finally:
        ledger.close()


def _converter(step: NbGraderPreprocessor) -> Autograde:
    """The running `nbgrader autograde`: it made the exporter, which made the step."""
    return step.parent.parent


def _is_last(converter: Autograde, root: Path, student: str, name: str) -> bool:
    """Whether this is the last submission of nbgrader's run; it takes them in the order of their paths."""
    paths = sorted(converter.assignments)
    return not paths or Path(paths[-1]).resolve() == (root / "submitted" / student / name).resolve()
