"""Values in a gradebook that nothing can be computed from: SQLite keeps any text in any column, and other programs
write to a gradebook too."""

from __future__ import annotations

from datetime import datetime

from nbgrader.api import Base
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    Integer,
    Interval,
    Text,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy import Enum as OneOf
from sqlalchemy import type_coerce as as_it_is
from sqlalchemy.schema import Column

from autograder.language import sentences_of

_ = sentences_of(__package__)

LAST_YEAR = 9000  # a day more, or another zone, has to be a date of Python's too
_MOST = 1e12


def unusable(connection: Connection) -> str:
    """The first value that is no number, date or word where one should be, as a clause; "" where there is none."""
    loose = connection.dialect.name == "sqlite"
    for table in Base.metadata.sorted_tables:
        wrong = {column: found for column in table.columns if (found := _wrong(column, loose)) is not None}
        # Most gradebooks are right: a table is gone through once, however many columns it has.
        if not wrong or connection.execute(select(literal(1)).where(or_(*wrong.values())).limit(1)).first() is None:
            continue
        for column, condition in wrong.items():
            row = connection.execute(select(as_it_is(column, Text)).where(condition).limit(1)).first()
            if row is not None:
                return _("{row!r} in the column {name!r} of its table {name2!r}").format(
                    row=str(row[0])[:40], name=column.name, name2=table.name
                )
    return ""


def _wrong(column: Column[object], loose: bool) -> ColumnElement[bool] | None:
    """What is true of a column's value that cannot be used; ``loose`` where the database takes values of any type."""
    value, kind = as_it_is(column, Text), column.type
    if isinstance(kind, DateTime | Interval):
        if loose:  # both are kept as a date
            no_date = or_(func.typeof(value) != "text", func.datetime(value).is_(None))
            return value.is_not(None) & or_(no_date, value >= f"{LAST_YEAR}-01-01")
        return column >= datetime(LAST_YEAR, 1, 1) if isinstance(kind, DateTime) else None
    if not loose or column.primary_key or column.foreign_keys:
        return None
    if isinstance(kind, OneOf):
        return value.is_not(None) & value.not_in(kind.enums)
    if isinstance(kind, Float | Integer | Boolean):
        number = as_it_is(column, Float)  # SQLite sorts text and bytes behind all numbers
        return number.is_not(None) & not_(number.between(-_MOST, _MOST))
    return None
