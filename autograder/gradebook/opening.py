"""How a gradebook is opened: whose it is, its tables where it is new, and what to say where the database refuses."""

from __future__ import annotations

import logging

from nbgrader.api import Assignment as AssignmentRow
from nbgrader.api import Base, Gradebook
from nbgrader.api import Course as CourseRow
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from autograder.course import CourseError
from autograder.faults import AGAIN
from autograder.gradebook.address import Address
from autograder.gradebook.values import unusable
from autograder.language import sentences_of

_ = sentences_of(__package__)

BUSY = "pragma busy_timeout = 60000"  # milliseconds
_LOCKED = ("is locked",)
_PASSING = (*_LOCKED, "Connection refused", "starting up", "shutting down", "terminating connection", "closed the conn")
_PUT_BACK = _(
    "put back a copy of it, or move it away: the next run fills a new one from the record, with everything but "
    "what was graded by hand"
)
_REMEDIES = (
    (_LOCKED, _("end the formgrader or the program that holds it, and {again}").format(again=AGAIN)),
    (("malformed", "not a database", "no such table", "no such column"), _PUT_BACK),
    (
        ("readonly", "unable to open"),
        _("see that it is a file, make it and its folder yours to write, and {again}").format(again=AGAIN),
    ),
    (("disk I/O error",), _("look whether it is a file, and at its disk, and {again}").format(again=AGAIN)),
    (("is full", "No space left"), _("make room on its disk, and {again}").format(again=AGAIN)),
    (_PASSING, _("start its server, and {again}").format(again=AGAIN)),
)
_REFUSED = {
    "opened": _("The gradebook {address} could not be opened: {reason}; {remedy}."),
    "read": _("The gradebook {address} could not be read: {reason}; {remedy}."),
    "written": _("The gradebook {address} could not be written: {reason}; {remedy}."),
}
_REFUSED_WITHOUT_REMEDY = {
    "opened": _("The gradebook {address} could not be opened: {reason}."),
    "read": _("The gradebook {address} could not be read: {reason}."),
    "written": _("The gradebook {address} could not be written: {reason}."),
}
DEFAULT_COURSE = "default_course"  # a row that parts of nbgrader add to every gradebook


class _Refusals(logging.Filter):
    """Leaves out nbgrader's traceback for what the database refused, of which one sentence is said here."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not str(record.msg).startswith("Rolling back session due to database error")


logging.getLogger("tornado.application").addFilter(_Refusals())  # nbgrader's own: it logs by that name


class WrongGradebook(CourseError):
    """The gradebook cannot be used for this course; the text is one sentence for the user."""


def refuse_other_course(address: Address, course_id: str) -> None:
    """Raises ``WrongGradebook`` if the gradebook is another course's. Looks without nbgrader, which would
    add our course to any gradebook that it opens; makes no file."""
    try:
        look_whose(address, course_id)
    except SQLAlchemyError as error:
        raise cannot(address, "opened", error) from error


def look_whose(address: Address, course_id: str) -> None:
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
                raise WrongGradebook(
                    _("The database {address} is not a gradebook of nbgrader.").format(address=address)
                )
            if lost := sorted(Base.metadata.tables.keys() - tables):
                raise WrongGradebook(
                    _("The gradebook {address} has no table {lost!r} any more; {put_back}.").format(
                        address=address, lost=lost[0], put_back=_PUT_BACK
                    )
                )
            if value := unusable(connection):
                raise WrongGradebook(
                    _(
                        "The gradebook {address} has {value}, which nothing can be computed from; put it right there, "
                        "or {put_back}."
                    ).format(address=address, value=value, put_back=_PUT_BACK)
                )
            courses = set(connection.execute(select(CourseRow.id)).scalars())
            used = set(connection.execute(select(AssignmentRow.course_id).distinct()).scalars())
    finally:
        engine.dispose()
    ours = {course_id, DEFAULT_COURSE, ""}
    others = sorted((used - ours) or ((courses - ours) if course_id not in courses else set()))
    if others:
        raise WrongGradebook(
            _(
                "The gradebook {address} is of the course {others!r}, not of {course_id!r}; nothing was written to it."
            ).format(address=address, others=others[0], course_id=course_id)
        )


def create(address: Address) -> None:
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


def wait_for_other_writers(gradebook: Gradebook) -> None:
    """Lets SQLite wait for the formgrader, or for another run, instead of giving up after five seconds."""
    if gradebook.engine.dialect.name == "sqlite":
        event.listen(gradebook.engine, "connect", lambda connection, _: connection.execute(BUSY))
        gradebook.db.remove()
        gradebook.engine.dispose()


def cannot(address: Address, be: str, error: Exception) -> WrongGradebook:
    """What to raise where a gradebook could not be opened, read or written, with the first line of the innermost
    message."""
    reason = address.without_secrets(_first_line(error))
    remedy = next((remedy for words, remedy in _REMEDIES if any(word in reason for word in words)), None)
    if address.is_missing and "readonly" in reason:  # so SQLite says of a file that is not where it was opened
        reason = _("its file was moved or removed meanwhile")
        remedy = _("put it back, and {again}").format(again=AGAIN)
    said = _REFUSED[be] if remedy else _REFUSED_WITHOUT_REMEDY[be]
    return WrongGradebook(said.format(address=address, reason=reason, remedy=remedy))


def passes(error: SQLAlchemyError) -> bool:
    """Whether it may go better in a moment: another program holds the database, or its server is being started."""
    text = _first_line(error)
    return any(words in text for words in _PASSING) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0].rstrip(".") if text else type(error).__name__
