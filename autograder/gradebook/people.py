"""Who takes the course, as the gradebook knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them; what it does not know is empty. ``lms_id`` is the number by which a
    learning platform calls them in its archives: Canvas's user id, Moodle's participant."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
