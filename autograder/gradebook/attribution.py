"""Who gave a grade by hand: nbgrader keeps what was given, and not by whom.

Beside nbgrader's tables a gradebook has one more. Every change of a person's points or comment is noted there in the
transaction that makes it, so that the two cannot differ, and two people who grade at once each have their own. The
formgrader's changes are among them: it loads the course's ``nbgrader_config.py``, which calls ``watch``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from jupyter_server.base.call_context import CallContext
from nbgrader.api import Assignment, BaseCell, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, Text, delete, event, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from autograder.course import CHECK_SUFFIX
from autograder.gradebook.acting import who
from autograder.gradebook.by_hand import Given

_IN_A_HUB = "JUPYTERHUB_API_TOKEN"
_WATCHED: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Grade, ("manual_score", "extra_credit")),
    (Comment, ("manual_comment",)),
)
# A person's points (or none), points beyond and comment, as they were after the change; null where it was not about it.
GIVEN = Table(
    "given_by_hand",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("assignment", String(128), nullable=False, index=True),
    Column("student", String(128), nullable=False, index=True),
    Column("task", String(128), nullable=False),
    Column("what", String(16), nullable=False),
    Column("score", Float),
    Column("extra", Float),
    Column("comment", Text),
    Column("by", String(128), nullable=False),
    Column("at", String(32), nullable=False),
)


def watch() -> None:
    """Has every change of a manual grade or comment that this process makes noted, whatever gradebook it is in."""
    for kind, _ in _WATCHED:
        if not event.contains(kind, "after_update", _note):
            event.listen(kind, "after_update", _note)


def prepare(connection: Connection) -> None:
    """Makes the table in a gradebook that lacks it."""
    with suppress(DBAPIError), connection.begin_nested():  # another program may make it at this moment
        GIVEN.create(connection, checkfirst=True)


def given(session: Session, assignment: str, student: str | None = None) -> list[Given]:
    """What people gave for an assignment, the oldest first, to everybody unless told."""
    if not inspect(session.connection()).has_table(GIVEN.name):
        return []
    query = select(GIVEN).where(GIVEN.c.assignment == assignment).order_by(GIVEN.c.id)
    if student is not None:
        query = query.where(GIVEN.c.student == student)
    return [
        Given(row.student, row.task, row.what, row.score, row.extra or 0.0, row.comment or "", row.by, row.at)
        for row in session.execute(query)
    ]


def latest(found: list[Given], what: str) -> Mapping[tuple[str, str], Given]:
    """By student and task, who gave the points (or the comment) that stand there now."""
    return {(one.student, one.task): one for one in found if one.what == what}


def forget(connection: Connection, student: str) -> None:
    """Removes what was noted about a student."""
    if inspect(connection).has_table(GIVEN.name):
        connection.execute(delete(GIVEN).where(GIVEN.c.student == student))


def _note(mapper: Any, connection: Connection, changed: Grade | Comment) -> None:
    """Notes the change of a grade or a comment, if it is a person's."""
    fields = next(fields for kind, fields in _WATCHED if isinstance(changed, kind))
    if not any(_differs(changed, name) for name in fields):
        return
    about = connection.execute(
        select(Assignment.name, SubmittedAssignment.student_id, BaseCell.name)
        .select_from(SubmittedNotebook)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .join(BaseCell, BaseCell.id == changed.cell_id)
        .where(SubmittedNotebook.id == changed.notebook_id)
    ).one()
    prepare(connection)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = {"assignment": about[0], "student": about[1], "task": about[2].removesuffix(CHECK_SUFFIX)}
    values = (
        {"what": "points", "score": changed.manual_score, "extra": changed.extra_credit}
        if isinstance(changed, Grade)
        else {"what": "comment", "comment": changed.manual_comment}
    )
    connection.execute(GIVEN.insert().values(**row, **values, by=_who(), at=now))


def _differs(changed: Grade | Comment, name: str) -> bool:
    """Whether a field has another value than before; nothing and zero points beyond are the same."""
    history = inspect(changed).attrs[name].history
    before, after = (tuple(value or None if name != "manual_score" else value for value in values or (None,))
                     for values in (history.deleted, history.added))  # fmt: skip
    return bool(history.has_changes()) and before != after


def _who() -> str:
    """Who gave it: of a server that several people share on a hub, whoever made the request that is answered."""
    handler = CallContext.get(CallContext.JUPYTER_HANDLER)
    if handler is not None and os.environ.get(_IN_A_HUB):
        user = getattr(handler, "current_user", None)
        name = user.get("name") if isinstance(user, dict) else getattr(user, "username", None)
        if name:
            return str(name)
    return who()


