"""Grades a class: what is new is run, what is unchanged is not, and one writer commits the results.

The order for each submission: a worker returns it, the ledger records it, its files are written, the
gradebook commits it together with others, the ledger notes that. A run that ends anywhere in between is
continued by the next one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from autograder.classroom.fingerprints import checks_fingerprint, environment_fingerprint, submission_fingerprint
from autograder.classroom.folder import CourseFolder, Submission
from autograder.classroom.gpus import device_for, wanted_by
from autograder.classroom.ledger import Entry, Ledger
from autograder.classroom.pool import Done, LocalPool
from autograder.classroom.seeds import Secret
from autograder.classroom.worker import WorkerSpec
from autograder.course import Assignment, Course
from autograder.gradebook.gradebook import Commit
from autograder.sandbox.policy import Isolation
from autograder.submission.notebook import Template
from autograder.submission.results import Device, Results
from autograder.submission.submission import Job, Outcome
from autograder.training.laid_out import TrainingData

BATCH = 32
BATCH_S = 2.0


class Writer(Protocol):
    """What commits to the gradebook; ``GradebookWriter`` is one."""

    def register(self, assignment: Assignment) -> None: ...
    def committed(self, assignment: str) -> set[str]: ...
    def commit_many(self, commits: Iterable[Commit]) -> None: ...


class Executor(Protocol):
    """What runs jobs somewhere; ``LocalPool`` is one."""

    @property
    def running(self) -> dict[str, float]: ...
    def run(self, jobs: Iterable[Job]) -> Iterator[Done | None]: ...


@dataclass(frozen=True)
class Options:
    """How a class is graded. ``jobs`` is the number of workers, ``students`` those to grade, all if empty.

    ``device`` is where tasks marked for a GPU compute, None for what this machine has; ``per_gpu`` how many submissions
    at once on each."""

    students: tuple[str, ...] = ()
    jobs: int = 1
    force: bool = False
    isolation: Isolation = "required"
    per_gpu: int = 1
    device: Device | None = None


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
    def of(cls, results: Results) -> Graded:
        reasons = (results.reason, *(task.reason for task in results.tasks))
        return cls(
            student=results.student,
            status=results.status,
            score=results.score,
            max_score=results.max_score,
            reason=next(filter(None, reasons), None),
            tasks={task.task: task.score for task in results.tasks},
        )


@dataclass
class Summary:
    """What a run did: the results in short, who was unchanged, and who could not be graded and why."""

    assignment: str
    total: int = 0
    graded: dict[str, Graded] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    broken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float = 0.0


class Progress(Protocol):
    """Is told how a run goes on."""

    def start(self, total: int, unchanged: int) -> None: ...
    def done(self, student: str, row: Graded | None) -> None: ...
    def tick(self, running: dict[str, float]) -> None: ...


@dataclass(frozen=True)
class _Planned:
    """A submission with what its result depends on."""

    submission: Submission
    fingerprint: str

    @property
    def student(self) -> str:
        return self.submission.student

    @property
    def identity(self) -> str:
        """What identifies a commit: the result, and when it was handed in."""
        return f"{self.fingerprint}|{self.submission.timestamp or ''}"


class ClassRun:
    """One run over the submissions of an assignment in a course folder."""

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
        self._assignment = assignment
        self._writer = writer
        self._ledger = ledger
        self._options = options
        self._root = course.root
        self._secret = Secret.of_course(folder.state)
        self._data = TrainingData(assignment.images)  # a download is done here, before any worker asks for one
        self._checks = checks_fingerprint(assignment)
        self._device = options.device or device_for(assignment, options.per_gpu)
        self._environment = environment_fingerprint(self._data.names, self._device)
        self._pending: list[tuple[Commit, str]] = []  # what waits to be committed, and as what the ledger notes it
        self._pending_since = 0.0
        self._planned: dict[str, _Planned] = {}
        self.summary = Summary(assignment.name)

    def run(self, progress: Progress, make_executor: Callable[[WorkerSpec, int, float], Any] = LocalPool) -> Summary:
        """Grades what has to be graded. What is done when it is interrupted is kept."""
        started = time.monotonic()
        self._template = Template.load(self._assignment)  # before any process is started: it may not be released
        self._writer.register(self._assignment)
        with ExitStack() as stack:
            todo = self._plan()
            progress.start(self.summary.total, len(self.summary.unchanged))
            stack.callback(self._flush)
            if todo:
                size = min(self._options.jobs, len(todo))
                executor: Executor = stack.enter_context(make_executor(self._spec(), size, self._assignment.total_s))
                self._work(executor, todo, progress)
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _spec(self) -> WorkerSpec:
        options = self._options
        return WorkerSpec(
            self._root,
            self._assignment.name,
            options.isolation,
            datasets=self._data.names,
            images=self._data.folder,
            device=self._device,
            per_gpu=self._options.per_gpu,
        )

    def _plan(self) -> list[str]:
        """Sorts the students into those to grade (returned), those whose record is only to be written, and
        the rest."""
        name = self._assignment.name
        students = self._options.students or self._folder.students(name)
        entries = {} if self._options.force else self._ledger.entries(name)
        in_gradebook = self._writer.committed(name)
        todo = []
        self.summary.total = len(students)
        for student in students:
            planned = self._read(student)
            entry = entries.get(student)
            if entry is None or entry.fingerprint != planned.fingerprint:
                todo.append(student)
            else:
                self._restore(planned, entry, student in in_gradebook)
        return todo

    def _restore(self, planned: _Planned, entry: Entry, in_gradebook: bool) -> None:
        """Writes again from the record what is not where it should be."""
        self.summary.unchanged.append(planned.student)
        files = self._folder.has_results(planned.student, self._assignment.name)
        committed = in_gradebook and entry.committed == planned.identity
        if not files or not committed:
            results, notebook = self._ledger.files(self._assignment.name, planned.student)
            self._folder.write(planned.submission, self._assignment.name, results, notebook)
            self._commit(planned, results)

    def _read(self, student: str) -> _Planned:
        submission = self._folder.submission(student, self._assignment.name)
        return _Planned(
            submission,
            submission_fingerprint(
                submission.notebook,
                submission.files,
                checks=self._checks,
                environment=self._environment,
                seed=self._secret.id,
                isolation=self._options.isolation,
            ),
        )

    def _work(self, executor: Executor, todo: list[str], progress: Progress) -> None:
        for done in executor.run(self._jobs(todo)):
            progress.tick(executor.running)
            if done is None:
                if self._pending and time.monotonic() - self._pending_since > BATCH_S:
                    self._flush()
            elif done.outcome is None:
                self._planned.pop(done.student)
                self.summary.failed[done.student] = done.error
                progress.done(done.student, None)
            else:
                progress.done(done.student, self._keep(done.student, done.outcome))

    def _jobs(self, todo: list[str]) -> Iterator[Job]:
        tasks = [task.id for task in self._assignment.automatic]
        for student in todo:
            planned = self._read(student)  # read when its turn comes, so that a large class is not held in memory
            self._planned[student] = planned
            yield Job(
                student=student,
                notebook=planned.submission.notebook,
                missing=planned.submission.missing,
                files=planned.submission.files,
                seeds=self._secret.seeds(tasks, student),
                seed_id=self._secret.id,
                checks=self._checks,
                environment=self._environment,
                datasets=self._data.names,
                gpu=self._device == "cuda" and self._wants_gpu(planned.submission.notebook),
            )

    def _wants_gpu(self, notebook: bytes | None) -> bool:
        return wanted_by(notebook, self._template.notebook, self._assignment.tasks)

    def _keep(self, student: str, outcome: Outcome) -> Graded:
        planned = self._planned.pop(student)
        document = outcome.results.to_dict()
        self._ledger.record(self._assignment.name, student, planned.fingerprint, document, outcome.file)
        self._folder.write(planned.submission, self._assignment.name, document, outcome.file)
        self._commit(planned, document)
        row = self.summary.graded[student] = Graded.of(outcome.results)
        if outcome.broken:
            self.summary.broken[student] = outcome.broken
        return row

    def _commit(self, planned: _Planned, results: dict[str, Any]) -> None:
        if not self._pending:
            self._pending_since = time.monotonic()
        commit = Commit(self._assignment.name, planned.student, results, planned.submission.timestamp)
        self._pending.append((commit, planned.identity))
        if len(self._pending) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        """Commits what is waiting to the gradebook, then notes it in the ledger."""
        if not self._pending:
            return
        self._writer.commit_many(commit for commit, _ in self._pending)
        noted = [(commit.student, identity) for commit, identity in self._pending]
        self._ledger.mark_committed(self._assignment.name, noted)
        self._pending.clear()
