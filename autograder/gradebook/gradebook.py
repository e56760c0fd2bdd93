"""The one writer of nbgrader's gradebook.

Workers hand over results; this module commits them, a batch at a time in one transaction, through
nbgrader's own API, so that the formgrader, `nbgrader generate_feedback` and `nbgrader export` find what
`nbgrader autograde` would have written. Committing the same result twice changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, TypeVar

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import (
    Base,
    Comment,
    Grade,
    Gradebook,
    InvalidEntry,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Course as CourseRow
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution, parse_utc
from sqlalchemy import Result, Select, create_engine, event, inspect, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from autograder.course import CHECK_SUFFIX, Assignment, Course, CourseError
from autograder.faults import AGAIN
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.people import Person
from autograder.gradebook.student_version import BEFORE_SAVING, generate, read_source
from autograder.gradebook.turns import Turns

NO_RESPONSE = "No response."  # nbgrader's own words
BUSY = "pragma busy_timeout = 60000"  # milliseconds
_LATE = ("AssignLatePenalties", "LateSubmissionPlugin")  # nbgrader's settings of penalties
PATIENCE_S, AGAIN_S = 150.0, 1.0
_LOCKED = ("is locked",)
_PASSING = (*_LOCKED, "Connection refused", "starting up", "shutting down", "terminating connection", "closed the conn")
_REMEDIES = (
    (_LOCKED, f"end the formgrader or the program that holds it, and {AGAIN}"),
    (
        ("malformed", "not a database", "no such table", "no such column"),
        "put back a copy of it, or move it away: the next run fills a new one from the record, with everything but "
        "what was graded by hand",
    ),
    (("readonly", "unable to open"), f"make the file and its folder writable for you, and {AGAIN}"),
    (("is full", "No space left"), f"make room on its disk, and {AGAIN}"),
    (_PASSING, f"start its server, and {AGAIN}"),
)
_NOBODY: Mapping[str, timedelta] = MappingProxyType({})
DEFAULT_COURSE = "default_course"  # a row that parts of nbgrader add to every gradebook


T = TypeVar("T")


class WrongGradebook(CourseError):
    """The gradebook cannot be used for this course; the text is one sentence for the user."""


@dataclass(frozen=True)
class Commit:
    """One submission's outcome. ``results`` is the document of ``results.json``; ``timestamp`` is when it
    was handed in (UTC without a zone, or text as in nbgrader's ``timestamp.txt``), ``None`` where that is
    not known. ``changed`` are the tasks whose answer is another than the one that was committed before, None where that
    is not known: a grade that a person gave for it has to be looked at again. ``extension`` is what the student was
    granted before anything was handed in; it counts where the gradebook has none."""

    assignment: str
    student: str
    results: Mapping[str, Any]
    timestamp: datetime | str | None = None
    changed: frozenset[str] | None = None
    extension: timedelta | None = None


class GradebookWriter:
    """Writes results into the gradebook of a course folder.

    ``db_url`` is any URL that nbgrader accepts; by default the one in the folder's ``nbgrader_config.py``,
    otherwise ``gradebook.db`` in the folder. Raises ``WrongGradebook`` if that is another course's or
    cannot be opened."""

    def __init__(self, course_dir: Path | str, db_url: str | None = None, course: Course | None = None) -> None:
        self.course = course or Course.here()
        self.course_dir = Path(course_dir).resolve()
        self.config = nbgrader_setup.load(self.course_dir, self.course)
        self.address = Address(db_url) if db_url else Address.of(self.course_dir, self.config)
        self._patiently("opened", lambda: _look_whose(self.address, self.course.id))
        if self.address.file is not None:
            self.address.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._turns = Turns(self.address, self.course_dir)
            self._gradebook = self._patiently("opened", self._open)
        except (ImportError, InvalidEntry) as error:
            raise cannot(self.address, "opened", error) from error
        _wait_for_other_writers(self._gradebook)
        nbgrader_setup.write_course_folder_config(self.course_dir, self.course)
        late = AssignLatePenalties(config=self.config)
        late.init_plugin()
        self._late = late.plugin_inst
        self._registered: set[str] = set()

    def _open(self) -> Gradebook:
        with self._turns.mine():
            _create(self.address)
            return Gradebook(self.address.url, self.course.id)

    def _patiently(self, be: str, act: Callable[[], T]) -> T:
        """Does it, and again for a while where another program holds the database or its server is being started.

        Raises ``WrongGradebook`` where it cannot be done."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return act()
            except SQLAlchemyError as error:
                if not _passes(error) or time.monotonic() > until:
                    raise cannot(self.address, be, error) from error
                time.sleep(AGAIN_S)

    def __enter__(self) -> GradebookWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database."""
        with suppress(SQLAlchemyError):  # a server that is gone has closed it
            self._gradebook.close()
        self._turns.close()

    def register(self, assignment: Assignment) -> None:
        """Makes the gradebook know an assignment as the source notebook has it: cells, points, sources. Due
        dates and all that was graded stay. Raises ``WrongGradebook`` if tasks came or went while there are
        submissions."""
        self._patiently("written", lambda: self._register(assignment))

    def _register(self, assignment: Assignment) -> None:
        path = assignment.solution_path
        source = _as_registered(path, path.stat().st_mtime_ns)
        with self._transaction() as gradebook:
            if _is_registered(gradebook, assignment.name, source, self.course.id):
                self._registered.add(assignment.name)
                return
            gradebook.update_or_create_assignment(assignment.name, course_id=self.course.id)
            self._forget_other_notebooks(gradebook, assignment)
            step = _SaveCells(gradebook, assignment)
            try:
                step.preprocess(source, ResourcesDict())
            except RuntimeError as error:
                raise WrongGradebook(
                    f"The gradebook holds submissions of {assignment.name!r} with other tasks than its "
                    f"notebook has now; keep the tasks, or move the gradebook away and grade again."
                ) from error
        self._registered.add(assignment.name)

    def _forget_other_notebooks(self, gradebook: Gradebook, assignment: Assignment) -> None:
        row = gradebook.find_assignment(assignment.name)
        for notebook in row.notebooks:
            if notebook.name != assignment.name and not notebook.submissions:
                gradebook.remove_notebook(notebook.name, assignment.name)

    def committed(self, assignment: str) -> set[str]:
        """The students whose submission of the assignment has scores in the gradebook; empty for an unknown
        one.

        A submission alone says little: nbgrader adds one, without scores, before it grades.
        """
        graded = (
            select(SubmittedAssignment.student_id)
            .join(SubmittedAssignment.assignment)
            .join(SubmittedAssignment.notebooks)
            .join(SubmittedNotebook.grades)
            .where(AssignmentRow.name == assignment, Grade.auto_score.is_not(None))
        )
        return self._patiently("read", lambda: set(self._read(graded.distinct()).scalars()))

    def terms(self, assignment: str, granted: Mapping[str, timedelta] = _NOBODY) -> Callable[[str], str]:
        """By student id, what the lateness of a submission is judged by: when it is due, with the student's extension
        (the gradebook's, otherwise what was ``granted``), and what the course's settings say of penalties."""
        when = select(AssignmentRow.duedate).where(AssignmentRow.name == assignment)
        longer = (
            select(SubmittedAssignment.student_id, SubmittedAssignment.extension)
            .join(SubmittedAssignment.assignment)
            .where(AssignmentRow.name == assignment, SubmittedAssignment.extension.is_not(None))
        )
        due = self._patiently("read", lambda: self._read(when).scalar())
        rows = self._patiently("read", lambda: self._read(longer).all())
        extended: dict[str, Any] = {**granted, **dict(map(tuple, rows))}
        penalties = {name: self.config[name] for name in _LATE if name in self.config}
        return lambda student: f"{due or ''}+{extended.get(student) or ''} {penalties or ''}".strip(" +")

    def due(self, assignment: Assignment, when: datetime | None) -> None:
        """Sets when an assignment is due (UTC without a zone), or that it is not due at any time. Penalties follow with
        the next run."""
        self.register(assignment)

        def act() -> None:
            with self._transaction() as gradebook:
                gradebook.update_or_create_assignment(assignment.name, duedate=when)

        self._patiently("written", act)

    def extend(self, assignment: str, student: str, by: timedelta) -> bool:
        """Gives a student this much more time, in place of what they had; none takes it away. False, and nothing is
        changed, where the gradebook has no submission of theirs yet."""

        def act() -> bool:
            with self._transaction() as gradebook:
                try:
                    gradebook.grant_extension(assignment, student, minutes=by.total_seconds() / 60)
                except MissingEntry:
                    return False
            return True

        return self._patiently("written", act)

    def know(self, people: Iterable[Person]) -> tuple[int, int]:
        """Makes the gradebook know these people: (how many were new, how many there were). What is said of them here
        replaces what it knew; what is not said stays."""
        people = list(people)
        return self._patiently("written", lambda: self._know(people))

    def _know(self, people: Sequence[Person]) -> tuple[int, int]:
        new = count = 0
        with self._transaction() as gradebook:
            known = {student.id for student in gradebook.students}
            for person in people:
                said = {
                    "first_name": person.first_name, "last_name": person.last_name, "email": person.email,
                    "lms_user_id": person.lms_id,
                }  # fmt: skip
                gradebook.update_or_create_student(person.id, **{name: value for name, value in said.items() if value})
                new, count = new + (person.id not in known), count + 1
        return new, count

    def _read(self, query: Select[Any]) -> Result[Any]:
        """Reads all of an answer, and holds nothing of the database afterwards."""
        session = self._gradebook.db
        try:
            return session.execute(query).freeze()()
        finally:
            session.rollback()

    def commit_many(self, commits: Iterable[Commit]) -> None:
        """Commits all or, if one fails, none."""
        commits = list(commits)
        for name in dict.fromkeys(commit.assignment for commit in commits):
            if name not in self._registered:
                self.register(self.course.assignment(name))
        self._patiently("written", lambda: self._commit_all(commits))

    def _commit_all(self, commits: Sequence[Commit]) -> None:
        with self._transaction() as gradebook:
            cells = {name: _Cells.of(gradebook, name) for name in {commit.assignment for commit in commits}}
            for commit in commits:
                self._commit(gradebook, commit, cells[commit.assignment])

    @contextmanager
    def _transaction(self) -> Iterator[Gradebook]:
        """nbgrader's API with its many commits held back until the end. Leaves the gradebook as it was on
        an error."""
        session = self._gradebook.db
        with self._turns.mine():
            session.rollback()  # what this run read before, another may have changed
            session.commit = session.flush
            try:
                yield self._gradebook
                del session.commit
                session.commit()
            except BaseException:
                session.rollback()
                raise
            finally:
                vars(session).pop("commit", None)

    def _commit(self, gradebook: Gradebook, commit: Commit, cells: _Cells) -> None:
        gradebook.update_or_create_student(commit.student)
        timestamp = _utc(commit.timestamp)
        known = {"timestamp": timestamp} if timestamp else {}
        with gradebook.db.no_autoflush:  # nbgrader builds the submission's rows before it adds them
            submission = gradebook.update_or_create_submission(commit.assignment, commit.student, **known)
        if submission.extension is None:
            submission.extension = commit.extension
        notebook = cells.submitted(gradebook, submission)
        for name, grade in cells.grades(gradebook, notebook):
            _write_grade(grade, name, commit)
        unanswered = {task["task"] for task in commit.results["tasks"] if task["status"] == "not_attempted"}
        for name, comment in cells.comments(gradebook, notebook):
            comment.auto_comment = NO_RESPONSE if name in unanswered else None
        self._write_late_penalty(gradebook, submission, notebook)

    def _write_late_penalty(
        self, gradebook: Gradebook, submission: SubmittedAssignment, notebook: SubmittedNotebook
    ) -> None:
        notebook.late_submission_penalty = None
        late = submission.total_seconds_late
        if late <= 0:
            return
        gradebook.db.flush()
        gradebook.db.refresh(notebook, ["score"])
        penalty = self._late.late_submission_penalty(submission.student_id, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0.0), notebook.score)


def _write_grade(grade: Grade, cell: str, commit: Commit) -> None:
    """Fills in one cell's automatic score. A grade that a person gave stays. Unlike nbgrader, which asks for it again
    after every regrade, it is to be looked at again only if the answer has changed for which it was given."""
    results = commit.results
    task = next((task for task in results["tasks"] if _graded_cell(task) == cell), None)
    waits = task is not None and task["status"] == "needs_manual_grade" and results["status"] != "not_gradable"
    grade.auto_score = None if waits else _score(task)
    if grade.manual_score is None:
        grade.needs_manual_grade = waits
    elif commit.changed is None or task is None or task["task"] in commit.changed:
        grade.needs_manual_grade = True


def _graded_cell(task: Mapping[str, Any]) -> str:
    return task["task"] if task["kind"] == "text" else task["task"] + CHECK_SUFFIX


@dataclass(frozen=True)
class _Cells:
    """The rows of an assignment's cells by their ids, read once for a batch.

    Grades and comments are found by cell and notebook together: that pair has an index in nbgrader's
    tables. A search by the notebook alone would read the whole table, and cost more with every submission.
    """

    notebook_id: str
    graded: Mapping[str, str]
    commented: Mapping[str, str]

    @classmethod
    def of(cls, gradebook: Gradebook, assignment: str) -> _Cells:
        notebook = gradebook.find_notebook(assignment, assignment)
        graded = {cell.id: cell.name for cell in (*notebook.grade_cells, *notebook.task_cells)}
        commented = {cell.id: cell.name for cell in (*notebook.solution_cells, *notebook.task_cells)}
        return cls(notebook.id, graded, commented)

    def submitted(self, gradebook: Gradebook, submission: SubmittedAssignment) -> SubmittedNotebook:
        found = gradebook.db.query(SubmittedNotebook).filter_by(
            notebook_id=self.notebook_id, assignment_id=submission.id
        )
        return found.one()

    def grades(self, gradebook: Gradebook, notebook: SubmittedNotebook) -> Iterator[tuple[str, Grade]]:
        found = gradebook.db.query(Grade).filter(Grade.cell_id.in_(self.graded), Grade.notebook_id == notebook.id)
        return ((self.graded[grade.cell_id], grade) for grade in found)

    def comments(self, gradebook: Gradebook, notebook: SubmittedNotebook) -> Iterator[tuple[str, Comment]]:
        found = gradebook.db.query(Comment).filter(
            Comment.cell_id.in_(self.commented), Comment.notebook_id == notebook.id
        )
        return ((self.commented[comment.cell_id], comment) for comment in found)


def _create(address: Address) -> None:
    """Makes the tables of a new gradebook and notes the version of nbgrader's schema, all or nothing.

    nbgrader would start the program ``alembic`` to ask for that version, which takes seconds, between the two.
    """
    engine = create_engine(address.url)
    try:
        if inspect(engine).get_table_names():
            return
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":  # where a transaction would not begin before the tables are made
                connection.exec_driver_sql("begin immediate")
            if not inspect(connection).get_table_names():  # another run may have made them meanwhile
                Base.metadata.create_all(connection)
                context = MigrationContext.configure(connection)
                context.stamp(ScriptDirectory(ALEMBIC_DIR), "head")
    finally:
        engine.dispose()


def _wait_for_other_writers(gradebook: Gradebook) -> None:
    """Lets SQLite wait for the formgrader, or for another run, instead of giving up after five seconds."""
    if gradebook.engine.dialect.name == "sqlite":
        event.listen(gradebook.engine, "connect", lambda connection, _: connection.execute(BUSY))
        gradebook.db.remove()
        gradebook.engine.dispose()


@lru_cache(maxsize=16)
def _as_registered(path: Path, modified_ns: int) -> NotebookNode:
    """The source notebook as the gradebook keeps it; ``modified_ns`` lets an edited one be read again."""
    return generate(read_source(path), BEFORE_SAVING)


def _is_registered(gradebook: Gradebook, name: str, source: NotebookNode, course_id: str) -> bool:
    """Whether the gradebook has exactly the cells of ``source``. A cell's checksum covers text, kind and
    points."""
    try:
        assignment, notebook = gradebook.find_assignment(name), gradebook.find_notebook(name, name)
    except MissingEntry:
        return False
    cells = [cell for cell in source.cells if is_grade(cell) or is_solution(cell) or is_locked(cell)]
    return (
        assignment.course_id == course_id
        and [row.name for row in assignment.notebooks] == [name]
        and {row.name: row.checksum for row in notebook.source_cells}
        == {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.checksum for cell in cells}
        and {row.name for row in notebook.grade_cells} == {c.metadata.nbgrader.grade_id for c in cells if is_grade(c)}
    )


class _SaveCells(SaveCells):
    """nbgrader's own step, in a transaction of ours instead of a gradebook that it opens and closes."""

    def __init__(self, gradebook: Gradebook, assignment: Assignment) -> None:
        super().__init__()
        self.gradebook = gradebook
        self.assignment_id = self.notebook_id = assignment.name
        self.new_grade_cells: dict[str, Any] = {}
        self.new_solution_cells: dict[str, Any] = {}
        self.new_task_cells: dict[str, Any] = {}
        self.new_source_cells: dict[str, Any] = {}

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        self._create_notebook(nb)
        return nb, resources


def refuse_other_course(address: Address, course_id: str) -> None:
    """Raises ``WrongGradebook`` if the gradebook is another course's. Looks without nbgrader, which would
    add our course to any gradebook that it opens; makes no file."""
    try:
        _look_whose(address, course_id)
    except SQLAlchemyError as error:
        raise cannot(address, "opened", error) from error


def _look_whose(address: Address, course_id: str) -> None:
    """As ``refuse_other_course``; raises what the database does, too."""
    if address.is_missing:
        return
    try:
        engine = create_engine(address.url)
    except (ArgumentError, ImportError) as error:
        raise cannot(address, "opened", error) from error
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if not tables:
                return
            if not {"course", "assignment"} <= tables:
                raise WrongGradebook(f"The database {address} is not a gradebook of nbgrader.")
            courses = set(connection.execute(select(CourseRow.id)).scalars())
            used = set(connection.execute(select(AssignmentRow.course_id).distinct()).scalars())
    finally:
        engine.dispose()
    ours = {course_id, DEFAULT_COURSE, ""}
    others = sorted((used - ours) or ((courses - ours) if course_id not in courses else set()))
    if others:
        raise WrongGradebook(
            f"The gradebook {address} is of the course {others[0]!r}, not of {course_id!r}; "
            f"nothing was written to it."
        )


def _score(task: Mapping[str, Any] | None) -> float:
    return float(task["score"] or 0.0) if task is not None else 0.0


def _utc(timestamp: datetime | str | None) -> datetime | None:
    """The timestamp as the gradebook keeps it. What is no time counts as unknown: a student's own file may
    say anything, and a submission is not lost for it."""
    try:
        return parse_utc(timestamp)
    except (ValueError, OverflowError, TypeError):
        return None


def cannot(address: Address, be: str, error: Exception) -> WrongGradebook:
    """What to raise where a gradebook could not be opened, read or written, with the first line of the innermost
    message."""
    reason = address.without_secrets(_first_line(error))
    remedy = next((remedy for words, remedy in _REMEDIES if any(word in reason for word in words)), None)
    return WrongGradebook(f"The gradebook {address} could not be {be}: {reason}{f'; {remedy}' if remedy else ''}.")


def _passes(error: SQLAlchemyError) -> bool:
    """Whether it may go better in a moment: another program holds the database, or its server is being started."""
    text = _first_line(error)
    return any(words in text for words in _PASSING) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
