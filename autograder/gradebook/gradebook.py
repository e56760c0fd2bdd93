"""The one writer of nbgrader's gradebook.

Workers hand over results; this module commits them, a batch at a time in one transaction, through
nbgrader's own API, so that the formgrader, `nbgrader generate_feedback` and `nbgrader export` find what
`nbgrader autograde` would have written. Committing the same result twice changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, TypeVar

from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Grade, Gradebook, InvalidEntry, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from sqlalchemy import Result, Select, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.course import Assignment, Course
from autograder.gradebook import attribution, manual, nbgrader_setup
from autograder.gradebook.address import Address
from autograder.gradebook.by_hand import Manual
from autograder.gradebook.commit import Commit
from autograder.gradebook.opening import WrongGradebook, cannot, create, look_whose, passes, wait_for_other_writers
from autograder.gradebook.people import Person
from autograder.gradebook.registering import SaveOurCells, as_registered, is_registered
from autograder.gradebook.rows import Cells, write_grade
from autograder.gradebook.sharing import share
from autograder.gradebook.turns import Turns
from autograder.language import sentences_of

_ = sentences_of(__package__)

NO_RESPONSE = "No response."  # nbgrader's own words
_LATE = ("AssignLatePenalties", "LateSubmissionPlugin")  # nbgrader's settings of penalties
_NOBODY: Mapping[str, timedelta] = MappingProxyType({})
PATIENCE_S, AGAIN_S = 150.0, 1.0
T = TypeVar("T")


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
        self._patiently("opened", lambda: look_whose(self.address, self.course.id))
        if self.address.file is not None:
            self.address.file.parent.mkdir(parents=True, exist_ok=True)
        share(self.course_dir, self.config, self.address)
        try:
            self._turns = Turns(self.address, self.course_dir)
            self._gradebook = self._patiently("opened", self._open)
        except (ImportError, InvalidEntry) as error:
            raise cannot(self.address, "opened", error) from error
        share(self.course_dir, self.config, self.address)  # its file too, which may be new
        wait_for_other_writers(self._gradebook)
        nbgrader_setup.write_course_folder_config(self.course_dir, self.course)
        late = AssignLatePenalties(config=self.config)
        late.init_plugin()
        self._late = late.plugin_inst
        self._registered: set[str] = set()

    def _open(self) -> Gradebook:
        with self._turns.mine():
            create(self.address)
            gradebook = Gradebook(self.address.url, self.course.id)
            with gradebook.engine.begin() as connection:
                attribution.prepare(connection)
            return gradebook

    def _patiently(self, be: str, act: Callable[[], T]) -> T:
        """Does it, and again for a while where another program holds the database or its server is being started.

        Raises ``WrongGradebook`` where it cannot be done."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return act()
            except InvalidEntry as error:  # what nbgrader makes of a refusal
                raise cannot(self.address, be, error) from error
            except SQLAlchemyError as error:
                if not passes(error) or time.monotonic() > until:
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

    def prepare(self) -> None:
        """It is ready."""

    def register(self, assignment: Assignment) -> None:
        """Makes the gradebook know an assignment as the source notebook has it: cells, points, sources. Due
        dates and all that was graded stay. Raises ``WrongGradebook`` if tasks came or went while there are
        submissions."""
        self._patiently("written", lambda: self._register(assignment))

    def _register(self, assignment: Assignment) -> None:
        path = assignment.solution_path
        source = as_registered(path, path.stat().st_mtime_ns)
        with self._transaction() as gradebook:
            if is_registered(gradebook, assignment.name, source, self.course.id):
                self._registered.add(assignment.name)
                return
            gradebook.update_or_create_assignment(assignment.name, course_id=self.course.id)
            self._forget_other_notebooks(gradebook, assignment)
            step = SaveOurCells(gradebook, assignment)
            try:
                step.preprocess(source, ResourcesDict())
            except RuntimeError as error:
                raise WrongGradebook(
                    _(
                        "The gradebook holds submissions of {name!r} with other tasks than its "
                        "notebook has now; keep the tasks, or move the gradebook away and grade again."
                    ).format(name=assignment.name)
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

    def manual(self, assignment: str, student: str) -> Manual:
        """What of a student's work was graded by hand."""

        def act() -> Manual:
            with self._reading() as session:
                return manual.read(session, assignment, student).get(student, Manual())

        return self._patiently("read", act)

    def due(self, assignment: Assignment, when: datetime | None) -> None:
        """Sets when an assignment is due (UTC without a zone), or that it is not due at any time. Penalties follow with
        the next run.

        Without a due date the gradebook keeps no extension: nbgrader fails over one then, in every command."""
        self.register(assignment)

        def act() -> None:
            with self._transaction() as gradebook:
                row = gradebook.update_or_create_assignment(assignment.name, duedate=when)
                for submission in row.submissions if when is None else ():
                    submission.extension = None

        self._patiently("written", act)

    def extend(self, assignment: str, student: str, by: timedelta) -> bool:
        """Gives a student this much more time, in place of what they had; none takes it away. False, and nothing is
        changed, where the gradebook has no submission of theirs yet, or nobody has said when it is due."""

        def act() -> bool:
            with self._transaction() as gradebook:
                try:
                    if gradebook.find_submission(assignment, student).assignment.duedate is None:
                        return False
                    gradebook.grant_extension(assignment, student, minutes=by.total_seconds() / 60)
                except MissingEntry:
                    return False
            return True

        return self._patiently("written", act)

    def forget(self, student: str) -> None:
        """Removes a student with every submission, grade and comment, and who gave them; in SQLite, what the file still
        has, too."""

        def act() -> None:
            with self._transaction() as gradebook, suppress(MissingEntry):
                attribution.forget(gradebook.db.connection(), student)
                gradebook.remove_student(student)

        self._patiently("written", act)
        if self.address.file is not None:
            self._gradebook.db.remove()
            with self._gradebook.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("vacuum")

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
        with self._reading() as session:
            found: Result[Any] = session.execute(query).freeze()()
            return found

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        session = self._gradebook.db
        try:
            yield session
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
            cells = {name: Cells.of(gradebook, name) for name in {commit.assignment for commit in commits}}
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

    def _commit(self, gradebook: Gradebook, commit: Commit, cells: Cells) -> None:
        gradebook.update_or_create_student(commit.student)
        timestamp = _utc(commit.timestamp)
        known = {"timestamp": timestamp} if timestamp else {}
        with gradebook.db.no_autoflush:  # nbgrader builds the submission's rows before it adds them
            submission = gradebook.update_or_create_submission(commit.assignment, commit.student, **known)
        if submission.extension is None and submission.assignment.duedate is not None:
            submission.extension = commit.extension
        notebook = cells.submitted(gradebook, submission)
        for name, grade in cells.grades(gradebook, notebook):
            write_grade(grade, name, commit)
        unanswered = {task["task"] for task in commit.results["tasks"] if task["status"] == "not_attempted"}
        for name, comment in cells.comments(gradebook, notebook):
            comment.auto_comment = NO_RESPONSE if name in unanswered else None
        self._write_late_penalty(gradebook, submission, notebook)

    def _write_late_penalty(
        self, gradebook: Gradebook, submission: SubmittedAssignment, notebook: SubmittedNotebook
    ) -> None:
        notebook.late_submission_penalty = None
        if submission.assignment.duedate is None:  # nbgrader fails over an extension then
            return
        late = submission.total_seconds_late
        if late <= 0:
            return
        gradebook.db.flush()
        gradebook.db.refresh(notebook, ["score"])
        penalty = self._late.late_submission_penalty(submission.student_id, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0.0), notebook.score)


def _utc(timestamp: datetime | str | None) -> datetime | None:
    """The timestamp as the gradebook keeps it. What is no time counts as unknown: a student's own file may
    say anything, and a submission is not lost for it."""
    try:
        found: datetime | None = parse_utc(timestamp)
        return found
    except (ValueError, OverflowError, TypeError):
        return None
