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
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.preprocessors import OverwriteCells as StockOverwriteCells
from traitlets import Integer, Unicode

from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.pool import local_pool
from autograder.classroom.run import ClassRun
from autograder.classroom.scheduler import Scheduler
from autograder.classroom.worker import WorkerSpec
from autograder.course import CourseError
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.exchange import SUBMISSION_SECRET, TIMESTAMP
from autograder.gradebook.gradebook import GradebookWriter
from autograder.language import sentences_of
from autograder.sandbox.policy import IsolationMissing
from autograder.submission.notebook import NotGradable, Template, sanitise
from autograder.submission.results import FILE_NAME, write_results

_ = sentences_of(__package__)

# What nbgrader itself reads of a graded submission's folder; every other file of the student's stays where
# it was.
KEPT = (TIMESTAMP, SUBMISSION_SECRET)


class SubmissionExporter(NotebookExporter):
    """Leaves the reading of the file to the preprocessors, so that no file can stop the run."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        found: tuple[Any, dict[str, Any]] = self.from_notebook_node(new_notebook(), resources=resources, **kw)
        return found


class Run:
    """What one run of nbgrader keeps from submission to submission: the course, its gradebook, the record, the workers
    with their warm kernels, and the results that are still to be written."""

    def __init__(self, root: Path) -> None:
        self.folder = CourseFolder(root)
        self.course = nbgrader_setup.course_of(root)
        self.results: dict[Path, dict[str, Any]] = {}
        self.ends = False  # whether the submission that is graded is the last one
        self._writers: dict[Address, GradebookWriter] = {}
        self._pools: dict[WorkerSpec, Scheduler] = {}
        self._opened = ExitStack()

    @cached_property
    def _ledger(self) -> Ledger:
        return self._opened.enter_context(Ledger(self.folder.ledger))

    def _writer(self, address: Address) -> GradebookWriter:
        if address not in self._writers:
            writer = GradebookWriter(self.folder.root, address.url, self.course)
            self._writers[address] = self._opened.enter_context(writer)
        return self._writers[address]

    def register(self, assignment: str) -> None:
        """Makes the gradebook of the course folder's settings know an assignment."""
        address = Address.of(self.folder.root, nbgrader_setup.load(self.folder.root, self.course))
        self._writer(address).register(self.course.assignment(assignment))

    def grade(self, name: str, student: str, address: Address, options: Options) -> NotebookNode:
        """Grades one submission and keeps its results for `after_grading`; returns the executed notebook."""
        assignment = self.course.assignment(name)
        run = ClassRun(self.course, self.folder, assignment, self._writer(address), self._ledger, options)
        summary = run.run(_Progress(), self._pool)
        if student in summary.failed:
            raise CourseError(
                _("The submission of {student!r} could not be graded: {failed}").format(
                    student=student, failed=summary.failed[student]
                )
            )
        results, notebook = self._ledger.outcome(name, student)
        # nbgrader writes the notebook again after this; the results come last, in `after_grading`.
        place = self.folder.autograded(student, name)
        (place / FILE_NAME).unlink(missing_ok=True)
        self.results[place] = results
        return notebook

    def _pool(self, spec: WorkerSpec, size: int, total_s: float) -> AbstractContextManager[Scheduler]:
        """The workers for ``spec``, which outlive the run over one submission that uses them."""
        if spec not in self._pools:
            self._pools[spec] = self._opened.enter_context(make_pool(spec, size, total_s))
        return nullcontext(self._pools[spec])

    def close(self) -> None:
        """Ends the workers, and closes the record and the gradebook."""
        self._opened.close()


make_pool: Callable[[WorkerSpec, int, float], Scheduler] = local_pool
_run: Run | None = None


def run_in(root: Path) -> Run:
    """The run of this process in a course folder, begun when it is first asked for."""
    global _run
    if _run is None or _run.folder.root != root:
        end()
        _run = Run(root)
    return _run


@atexit.register
def end() -> None:
    """Ends this process's run, if there is one."""
    global _run
    run, _run = _run, None
    if run is not None:
        run.close()


class OverwriteCells(StockOverwriteCells):
    """The submission with its locked cells as released, its ids repaired and its missing cells put back.

    A file that is no notebook becomes the released one; `SandboxExecute` says so in its result.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        run = run_in(Path(_converter(self).coursedir.root))
        student, name = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        keep_only_ours(run.folder.autograded(student, name), run.course.root / "solutions" / name)
        template = Template.load(run.course.assignment(name))
        data = run.folder.submission(student, name).notebook
        try:
            return sanitise(data or b"", template), resources
        except NotGradable:
            return template.notebook, resources


class SandboxExecute(NbGraderPreprocessor):
    """Grades the submission behind the boundary, and commits the result to the gradebook."""

    isolation = Unicode(
        "required", help=_("'required', or 'off' to grade on a machine that cannot isolate; recorded in every result.")
    ).tag(config=True)
    per_gpu = Integer(
        1,
        min=0,
        help=_("How many submissions may compute on one GPU at once, where an assignment uses it; 0 uses none."),
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        converter = _converter(self)
        about = resources["nbgrader"]
        student, name, address = about["student"], about["assignment"], Address(about["db_url"])
        run = run_in(Path(converter.coursedir.root))
        run.ends = _is_last(converter, run.folder.root, student, name)
        try:
            isolation: Any = self.isolation  # one of the two, says the trait
            options = Options((student,), 1, converter.force, isolation, per_gpu=self.per_gpu)
            return run.grade(name, student, address, options), resources
        except IsolationMissing as error:
            # It is missing for all of them. What nbgrader wrote so far must not pass for a graded submission.
            end()
            shutil.rmtree(run.folder.autograded(student, name), ignore_errors=True)
            print(f"autograder: {error}", file=sys.stderr)
            raise SystemExit(3) from error
        except BaseException:
            if run.ends:  # nbgrader calls no hook after this
                end()
            raise


class _Progress:
    """nbgrader shows its own progress."""

    def start(self, total: int, unchanged: int) -> None: ...
    def done(self, student: str, row: Any) -> None: ...
    def tick(self, running: dict[str, float]) -> None: ...


def before_grading(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Runs before nbgrader looks at a submission: refuses another course's gradebook, which nbgrader would
    write to, registers an assignment that the gradebook lacks, and mends a time of submission that nbgrader
    would stop at. nbgrader swallows exceptions of a hook, but not an exit."""
    try:
        path = Path(notebooks[0])
        run = run_in(path.parents[3])
        run.register(assignment)
        run.folder.mend_timestamp(path.parents[1].name, assignment)  # ``student`` is what the command names, or "*"
    except CourseError as error:
        end()
        print(f"autograder: {error}", file=sys.stderr)
        raise SystemExit(1) from error


def after_grading(assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Runs after nbgrader wrote a submission's notebook: now, and last, the results."""
    for path in map(Path, notebooks):
        run = run_in(path.parents[3])
        place = path.parents[3] / "autograded" / path.parents[1].name / path.parent.name
        results = run.results.pop(place, None)
        if results is not None:
            write_results(place, results)
        if run.ends:
            end()


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


def _converter(step: NbGraderPreprocessor) -> Autograde:
    """The running `nbgrader autograde`: it made the exporter, which made the step."""
    return step.parent.parent


def _is_last(converter: Autograde, root: Path, student: str, name: str) -> bool:
    """Whether this is the last submission of nbgrader's run; it takes them in the order of their paths."""
    paths = sorted(converter.assignments)
    return not paths or Path(paths[-1]).resolve() == (root / "submitted" / student / name).resolve()
