"""Grades a class: what is new is run, what is unchanged is not, and one writer commits the results.

The order for each submission: a worker returns it, the ledger records it, its files are written, the
gradebook commits it together with others, the ledger notes that. A run that ends anywhere in between is
continued by the next one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

from autograder.classroom.changes import Change
from autograder.classroom.fingerprints import checks_fingerprint, environment_fingerprint, submission_fingerprint
from autograder.classroom.folder import CourseFolder, Submission
from autograder.classroom.gpus import device_for, wanted_by
from autograder.classroom.ledger import Damaged, Entry, Ledger
from autograder.classroom.notes import granted
from autograder.classroom.options import Options
from autograder.classroom.pool import local_pool
from autograder.classroom.previewed import Previewed
from autograder.classroom.seeds import Secret
from autograder.classroom.worker import Done, WorkerSpec
from autograder.course import Assignment, Course
from autograder.faults import AGAIN, is_full, of_os_error, printable
from autograder.gradebook.commit import Commit
from autograder.language import sentences_of
from autograder.submission.job import Job
from autograder.submission.notebook import Template
from autograder.training.laid_out import TrainingData

_ = sentences_of(__package__)

BATCH_S = 2.0


MakeExecutor = Callable[[WorkerSpec, int, float], Any]


class Writer(Protocol):
    """What commits to the gradebook; ``GradebookWriter`` is one."""

    def prepare(self) -> None:
        """Submissions are run, and results will come: time to get ready."""

    def register(self, assignment: Assignment) -> None: ...
    def committed(self, assignment: str) -> set[str]: ...
    def terms(self, assignment: str, granted: Mapping[str, timedelta] = ...) -> Callable[[str], str]: ...
    def commit_many(self, commits: Iterable[Commit]) -> None: ...


class Executor(Protocol):
    """What runs jobs somewhere; ``scheduler.Scheduler`` is one."""

    @property
    def running(self) -> dict[str, float]: ...
    def run(self, jobs: Iterable[Job | None]) -> Iterator[Done | None]: ...


@dataclass(frozen=True)
class Graded:
    """A submission's result in short; ``reason`` is the submission's, or the first of its tasks."""

    student: str
    status: str
    score: float
    max_score: float
    reason: str | None
    tasks: dict[str, float | None]

    @classmethod
    def of(cls, results: Mapping[str, Any]) -> Graded:
        """From the document of ``results.json``."""
        reasons = (results["reason"], *(task["reason"] for task in results["tasks"]))
        return cls(
            student=results["student"],
            status=results["status"],
            score=results["score"],
            max_score=results["max_score"],
            reason=next(filter(None, reasons), None),
            tasks={task["task"]: task["score"] for task in results["tasks"]},
        )


@dataclass
class Summary:
    """What a run did: the results in short, of those who were graded and of those who were unchanged; which of these
    were judged by other dates than before; who could not be graded and why; what is odd about a submission; of a
    preview, who would change."""

    assignment: str
    total: int = 0
    graded: dict[str, Graded] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    other_dates: list[str] = field(default_factory=list)
    kept: dict[str, Graded] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    broken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    seconds: float = 0.0


class Progress(Protocol):
    """Is told how a run goes on."""

    def start(self, total: int, unchanged: int) -> None: ...
    def done(self, student: str, row: Graded | None) -> None: ...
    def tick(self, running: dict[str, float]) -> None: ...


@dataclass(frozen=True)
class Planned:
    """A submission with what its result depends on."""

    submission: Submission
    fingerprint: str
    terms: Callable[[], str]  # what its lateness is judged by, which the gradebook knows

    @property
    def student(self) -> str:
        return self.submission.student

    @property
    def identity(self) -> str:
        """What identifies a commit: the result, when it was handed in, and when that was due."""
        return f"{self.fingerprint}|{self.submission.timestamp or ''}|{self.terms()}"

    def other_dates(self, committed: str) -> bool:
        """Whether a commit was of the same result, judged by other dates."""
        return committed.startswith(f"{self.fingerprint}|") and committed != self.identity


def job_of(
    submission: Submission, secret: Secret, tasks: Iterable[str], *, checks: str, environment: str,
    datasets: tuple[str, ...] = (), gpu: bool = False,
) -> Job:
    """What a worker gets of a submission; ``tasks`` are those with hidden inputs."""
    return Job(
        student=submission.student,
        notebook=submission.notebook,
        missing=submission.missing,
        note=submission.note,
        files=submission.files,
        seeds=secret.seeds(tasks, submission.student),
        seed_id=secret.id,
        checks=checks,
        environment=environment,
        datasets=datasets,
        gpu=gpu,
    )


class Gone(Exception):
    """A submission was removed between the moment when it was listed and when it was to be read."""


class ClassRun:
    """One run over the submissions of an assignment in a course folder. ``batch`` results go to the gradebook at
    once."""

    batch = 32

    def __init__(
        self,
        course: Course,
        folder: CourseFolder,
        assignment: Assignment,
        writer: Writer,
        ledger: Ledger,
        options: Options,
    ) -> None:
        self._folder = folder
        self.assignment = assignment
        self._writer = writer
        self.ledger = ledger
        self._options = options
        self._root = course.root
        self._secret = Secret.of_course(folder.state, ledger, anew=options.force and not options.students)
        self._data = TrainingData.of(assignment)  # a download is done here, before any worker asks for one
        self._checks = checks_fingerprint(assignment)
        self._device = options.device or device_for(assignment, options.per_gpu)
        self._environment = environment_fingerprint(assignment.runtime, self._data.names, self._device)
        # What waits to be committed, as what the ledger notes it, and the digest of its files.
        self._pending: list[tuple[Commit, str, str | None]] = []
        self._pending_since = 0.0
        self.planned: dict[str, Planned] = {}  # what a worker has, or is about to get
        self.previewed = Previewed(folder)
        self.summary = Summary(assignment.name)

    def run(self, progress: Progress, make_executor: MakeExecutor = local_pool) -> Summary:
        """Grades what has to be graded. What is done when it is interrupted is kept."""
        started = time.monotonic()
        self.begin()
        with ExitStack() as stack:
            todo = self.plan(self._options.students or self._folder.students(self.assignment.name))
            progress.start(self.summary.total, len(self.summary.unchanged))
            stack.callback(self.flush)
            if todo:
                size = min(self._options.jobs, len(todo))
                executor: Executor = stack.enter_context(make_executor(self.spec(), size, self.assignment.total_s))
                self.work(executor, todo, progress)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def begin(self) -> None:
        """Has the gradebook know the assignment. Raises ``CourseError`` where it is not released."""
        self._template = Template.load(self.assignment)  # before any process is started
        self._writer.register(self.assignment)

    def spec(self) -> WorkerSpec:
        options = self._options
        return WorkerSpec(
            self._root,
            self.assignment.name,
            options.isolation,
            datasets=self._data.names,
            images=self._data.folder,
            device=self._device,
            per_gpu=self._options.per_gpu,
        )

    def plan(self, students: Sequence[str]) -> list[str]:
        """Sorts students into those to grade (returned), those whose record is only to be written, and
        the rest."""
        name = self.assignment.name
        entries = {} if self._options.force else self.ledger.entries(name)
        in_gradebook = cache(lambda: self._writer.committed(name))  # asked only where something is on record
        self._granted = granted(self.ledger, name)
        self._terms = cache(lambda: self._writer.terms(name, self._granted))
        todo = []
        self.summary.total = len(students)
        for student in students:
            with self._concerns(student):
                planned = self._read(student)
                entry = entries.get(student)
                known = entry is not None and entry.stands_for(planned.fingerprint)
                if known and entry and self.settled(planned, entry, student in in_gradebook()):
                    continue
                found = None if self._options.force else self.previewed.of(name, student, planned.fingerprint)
                if found is None:
                    todo.append(student)
                else:
                    self.keep(planned, *found)
        return todo

    @contextmanager
    def _concerns(self, student: str) -> Iterator[None]:
        """What a student's own files bring about is said of that student, and the class goes on. A disk that is full
        stops it: nobody else's result could be kept either."""
        try:
            yield
        except UnicodeError:
            self._fail(
                printable(student),
                _(
                    "The name of the folder {student} in submitted/ is not UTF-8; rename it to the student's "
                    "id, and {again}."
                ).format(student=printable(student), again=AGAIN),
            )
        except Gone:
            self._fail(
                student,
                _("The submission was removed while the class was graded; put it back, and {again}.").format(
                    again=AGAIN
                ),
            )
        except OSError as error:
            if is_full(error):
                raise of_os_error(error) from error
            self._fail(student, str(of_os_error(error)))

    def _fail(self, student: str, why: str) -> None:
        self.summary.failed[student] = why
        if student in self.summary.unchanged:
            self.summary.unchanged.remove(student)
            self.summary.kept.pop(student, None)

    def settled(self, planned: Planned, entry: Entry, in_gradebook: bool) -> bool:
        """Writes again from the record what is not where it should be; False where the record itself is damaged."""
        name, student = self.assignment.name, planned.student
        written = self._folder.written(student, name)
        whole = written.digest is not None and written.digest == entry.written
        committed = in_gradebook and entry.committed == planned.identity
        if whole and committed:
            results = json.loads(written.results or b"")
        else:
            try:
                results, notebook = self.ledger.files(name, student)
            except Damaged:
                return False
            self._folder.write(planned.submission, name, results, notebook)
            digest = self._folder.written(student, name).digest
            if committed:
                self.ledger.mark_written(name, student, digest or "")
            else:
                self._commit(planned, results, digest, entry.changed)
        if in_gradebook and entry.committed and planned.other_dates(entry.committed):
            self.summary.other_dates.append(student)
        self.summary.unchanged.append(student)
        self.summary.kept[student] = Graded.of(results)
        return True

    def _read(self, student: str) -> Planned:
        """What a student handed in, as it is there now. Raises ``Gone`` where it is no more."""
        submission = self._folder.take(student, self.assignment.name)
        if submission is None:
            raise Gone
        if submission.remark:
            self.summary.remarks[student] = submission.remark
        student.encode()  # raises where the folder's name is no text
        return Planned(
            submission,
            submission_fingerprint(
                submission.notebook,
                submission.files,
                checks=self._checks,
                environment=self._environment,
                seed=self._secret.id,
                isolation=self._options.isolation,
            ),
            lambda: self._terms()(student),
        )

    def work(self, executor: Executor, todo: Iterable[str | None], progress: Progress) -> None:
        """Grades the submissions of students in their order; None among them says that none has come yet."""
        for done in executor.run(self._jobs(todo)):
            progress.tick(executor.running)
            if executor.running:
                self._writer.prepare()
            if done is None:
                if self._pending and time.monotonic() - self._pending_since > BATCH_S:
                    self.flush()
            elif done.outcome is None:
                self.planned.pop(done.student)
                self._fail(done.student, done.error)
                progress.done(done.student, None)
            else:
                with self._concerns(done.student):
                    planned, outcome = self.planned.pop(done.student), done.outcome
                    self.keep(planned, outcome.results.to_dict(), outcome.file, outcome.answers)
                    if outcome.broken:
                        self.summary.broken[done.student] = outcome.broken
                progress.done(done.student, self.summary.graded.get(done.student))

    def _jobs(self, todo: Iterable[str | None]) -> Iterator[Job | None]:
        tasks = [task.id for task in self.assignment.automatic]
        for student in todo:
            if student is None:
                yield None
                continue
            with self._concerns(student):  # read when its turn comes, so that a large class is not held in memory
                self.planned[student] = self._read(student)
            planned = self.planned.get(student)
            if planned is None:  # it could be read a moment ago
                continue
            yield job_of(
                planned.submission,
                self._secret,
                tasks,
                checks=self._checks,
                environment=self._environment,
                datasets=self._data.names,
                gpu=self._device == "cuda" and self._wants_gpu(planned.submission.notebook),
            )

    def _wants_gpu(self, notebook: bytes | None) -> bool:
        return wanted_by(notebook, self._template.notebook, self.assignment.tasks)

    def keep(self, planned: Planned, document: dict[str, Any], notebook: bytes, answers: Mapping[str, str]) -> None:
        """Books an outcome: the record first, then the files, then the gradebook, together with others."""
        student, name = planned.student, self.assignment.name
        self.ledger.record(name, student, planned.fingerprint, document, notebook, answers)
        self._folder.write(planned.submission, name, document, notebook)
        changed = self.ledger.entry(name, student).changed
        self._commit(planned, document, self._folder.written(student, name).digest, changed)
        self.previewed.drop(name, student)
        self.summary.graded[student] = Graded.of(document)

    def _commit(
        self, planned: Planned, results: dict[str, Any], written: str | None, changed: frozenset[str] | None
    ) -> None:
        if not self._pending:
            self._pending_since = time.monotonic()
        student = planned.student
        commit = Commit(
            self.assignment.name, student, results, planned.submission.timestamp, changed, self._granted.get(student)
        )
        self._pending.append((commit, planned.identity, written))
        if len(self._pending) >= self.batch:
            self.flush()

    def flush(self) -> None:
        """Commits what is waiting to the gradebook, then notes it in the ledger."""
        if not self._pending:
            return
        self._writer.commit_many(commit for commit, _, _ in self._pending)
        noted = [(commit.student, identity, written) for commit, identity, written in self._pending]
        self.ledger.mark_committed(self.assignment.name, noted)
        self._pending.clear()
