"""`watch`: grades what arrives in ``submitted/``, with kernels warm, for as long as it is let."""

from __future__ import annotations

import fcntl
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from autograder import files
from autograder.classroom.arrivals import Arrivals
from autograder.classroom.fingerprints import checks_fingerprint
from autograder.classroom.folder import CourseFolder
from autograder.classroom.grade import default_jobs
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.pool import local_pool
from autograder.classroom.run import ClassRun, Graded, Planned, Summary
from autograder.course import Assignment, Course, CourseError, UsageError
from autograder.feedback.clean import clean
from autograder.feedback.feedback_run import Pages
from autograder.gradebook.gradebook import GradebookWriter
from autograder.language import sentences_of
from autograder.sandbox import mechanisms
from autograder.submission.text import one_line

_ = sentences_of(__package__)

Show = Literal["nothing", "scores", "all"]
RENEW_AFTER = 500  # submissions, upon which workers and warm servers are started anew
LOG_BYTES, LOG_FILES = 5_000_000, 5


class WatchEnded(KeyboardInterrupt):
    """The watch was ended by its user; the text says so."""


class WatchRun(ClassRun):
    """A run that takes submissions as they arrive, and never comes to an end of its own. Each result is committed, and
    shown, before the next."""

    batch = 1

    def __init__(
        self,
        course: Course,
        folder: CourseFolder,
        assignment: Assignment,
        writer: GradebookWriter,
        ledger: Ledger,
        options: Options,
        pages: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(course, folder, assignment, writer, ledger, options)
        self._checks_at_start = checks_fingerprint(assignment)
        self._pages = pages
        self._arrived_since = False

    def watch(self, arrivals: Arrivals, log: Log, make_executor: Callable[..., Any] = local_pool) -> None:
        """Grades what arrives until it is interrupted. Raises ``CourseError`` once the checks have changed."""
        self.begin()
        while True:
            self.summary = Summary(self.assignment.name)  # what went before is in the record
            log.of(self.summary)
            with make_executor(self.spec(), self._options.jobs, self.assignment.total_s) as executor:
                self.work(executor, self._arriving(arrivals, log), log)

    def keep(self, planned: Planned, document: dict[str, Any], notebook: bytes, answers: Mapping[str, str]) -> None:
        """Books an outcome. Raises ``CourseError`` where the checks have changed before the submission was read."""
        self._refuse_other_checks()
        super().keep(planned, document, notebook, answers)

    def flush(self) -> None:
        """Commits what is waiting, then shows it."""
        students = [commit.student for commit, _, _ in self._pending]
        super().flush()
        if self._pages:
            for student in students:
                self._pages(student)

    def _arriving(self, arrivals: Arrivals, log: Log) -> Iterator[str | None]:
        """Who is to be graded next, None while nobody is; ends where workers are to be started anew. Whoever hands in
        again while that submission is being graded is graded again once it is."""
        left, waiting = RENEW_AFTER, deque[str]()
        while left or waiting:
            if left and (arrived := arrivals.take()):
                self._arrived_since = True
                new = self.plan(arrived)
                log.failed_at_once()
                waiting.extend(student for student in new if student not in waiting)
                left = max(0, left - len(new))
            student = next((each for each in waiting if each not in self.planned), None)
            if student is not None:
                waiting.remove(student)
            yield student
            if self.planned:  # a worker is busy, and this process is not
                self._refuse_other_checks()

    def _refuse_other_checks(self) -> None:
        """Looks once for all that arrived: it takes longer than to look at a submission."""
        arrived, self._arrived_since = self._arrived_since, False
        if arrived and checks_fingerprint(self.assignment) != self._checks_at_start:
            raise CourseError(
                _("The checks of {name} are others than when this was started; start it again.").format(
                    name=self.assignment.name
                )
            )


class Log:
    """A line for each result, to the terminal or to a file that is begun anew when it is full (``run.Progress``)."""

    def __init__(self, file: Path | None) -> None:
        handler: logging.Handler = (
            RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
            if file
            else logging.StreamHandler(_Stdout())
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
        self._logger = logging.Logger("watch")
        self._logger.addHandler(handler)
        self._summary = Summary("")
        self._said: set[str] = set()

    def of(self, summary: Summary) -> None:
        """What follows is of this summary."""
        self._summary, self._said = summary, set()

    def say(self, text: str) -> None:
        """One line."""
        self._logger.info(clean(text))

    def start(self, total: int, unchanged: int) -> None:
        """Nobody knows how many will come."""

    def tick(self, running: dict[str, float]) -> None:
        """Nothing is said while one is graded."""

    def done(self, student: str, row: Graded | None) -> None:
        """One more is graded, or could not be."""
        if row is None:
            self._fail(student)
            return
        waits = _(", and a person grades the rest") if row.status == "needs_manual_grade" else ""
        why = f" ({row.reason})" if row.reason else ""
        self.say(
            _("{student}: {score:g} of {max_score:g} points{waits}{why}.").format(
                student=one_line(student, 60), score=row.score, max_score=row.max_score, waits=waits, why=why
            )
        )

    def failed_at_once(self) -> None:
        """Says who could not be graded, of those for whom no worker was needed to see that."""
        for student in self._summary.failed.keys() - self._said:
            self._fail(student)

    def _fail(self, student: str) -> None:
        self._said.add(student)
        why = self._summary.failed.get(student, "")
        self.say(
            _("{student} could not be graded: {reason}").format(
                student=one_line(student, 60), reason=one_line(why, 400)
            )
        )


class _Stdout:
    """Standard output, line by line: what reads it may be a pipe."""

    def write(self, text: str) -> None:
        print(text, end="", flush=True)

    def flush(self) -> None:
        """Done with each line."""


class Shown:
    """Writes a student's page when there is a result, for the first ``per_day`` results of a day."""

    def __init__(
        self, place: CourseFolder, assignment: Assignment, ledger: Ledger, writer: GradebookWriter, log: Log, *,
        scores_only: bool, per_day: int,
    ) -> None:
        self._assignment, self._ledger, self._writer, self._log = assignment, ledger, writer, log
        self._scores_only, self._per_day = scores_only, per_day
        self._pages = Pages(place.root, assignment)

    def __call__(self, student: str) -> None:
        """Writes the page, or says why it stays as it is."""
        if self._per_day and self._today(student) > self._per_day:
            self._log.say(
                _("{student} has been shown {per_day} results today; the page stays as it is.").format(
                    student=one_line(student, 60), per_day=self._per_day
                )
            )
            return
        try:
            manual = self._writer.manual(self._assignment.name, student)
            self._pages.write(student, manual, scores_only=self._scores_only)
        except CourseError as error:
            self._log.say(
                _("{student} has no page: {reason}").format(
                    student=one_line(student, 60), reason=one_line(str(error), 400)
                )
            )

    def _today(self, student: str) -> int:
        """How many results a student got today, this one included."""
        at = [one["provenance"]["graded_at"] for one in self._ledger.history(self._assignment.name, student)]
        return sum(datetime.fromisoformat(each).astimezone().date() == datetime.now().date() for each in at)


def watch(
    name: str,
    *,
    folder: Path | None,
    options: Options,
    show: Show = "nothing",
    per_day: int = 0,
    log: Path | None = None,
) -> None:
    """Grades the submissions of an assignment in a course folder as they arrive, until it is interrupted.

    show: what of a result is written to ``feedback/`` at once; per_day: for how many results of a student and day, 0
    for all. Raises ``UsageError``, ``CourseError``, ``IsolationMissing``, and ``WatchEnded`` when it is interrupted."""
    course = Course.here()
    assignment = course.assignment(name)
    place = CourseFolder((folder or course.root).resolve())
    if not place.root.is_dir():
        raise UsageError(_("There is no course folder {root}.").format(root=place.root))
    if per_day and show == "nothing":
        raise UsageError(_("--per-day says how many results are shown: it needs --show scores or --show all."))
    if options.isolation == "required":
        mechanisms.require()
    options = Options((), options.jobs or default_jobs(assignment), isolation=options.isolation)
    lines = Log(log.resolve() if log else None)
    try:
        with _alone(place, name), Ledger(place.ledger) as ledger, GradebookWriter(place.root, course=course) as writer:
            pages: Callable[[str], None] | None = None
            if show != "nothing":
                scores_only = show == "scores"
                pages = Shown(place, assignment, ledger, writer, lines, scores_only=scores_only, per_day=per_day)
            run = WatchRun(course, place, assignment, writer, ledger, options, pages)
            lines.say(_("Watching {root} for {name}; Ctrl-C ends it.").format(root=place.root / "submitted", name=name))
            run.watch(Arrivals(place.root / "submitted", name), lines)
    except KeyboardInterrupt:
        raise WatchEnded(_("Ended. Every result is kept, and what arrives now waits for the next start.")) from None


@contextmanager
def _alone(place: CourseFolder, name: str) -> Iterator[None]:
    """Of two watches over the same submissions the second is refused."""
    files.make_folder(place.state)
    with open(place.state / f"watch-{name}.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                _("{name} is watched in {root} already, by another command.").format(name=name, root=place.root)
            ) from None
        os.chmod(lock.name, files.for_group(place.state, 0o600))
        yield
