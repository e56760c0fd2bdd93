"""Which answers of a class are alike, found beside the pages, which do not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.ledger import Ledger
from autograder.course import Assignment, Task
from autograder.desk.answers import text_of
from autograder.desk.likeness import groups

PATIENCE_S = 0.15  # a page waits so long for what is nearly found


@dataclass
class _Found:
    """The groups of a task's answers, by students, as they were at a moment (``at`` stands for it)."""

    at: Mapping[str, str]
    texts: dict[str, str]
    done: threading.Event = field(default_factory=threading.Event)
    groups: Sequence[Sequence[str]] = ()


class Alike:
    """The groups of like answers of every task that somebody looked at, for as long as the desk is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], _Found] = {}

    def groups(
        self, course_dir: Path, ledger: Ledger, assignment: Assignment, task: Task, students: Sequence[str]
    ) -> Sequence[Sequence[str]] | None:
        """Groups of students whose answers are alike, the largest first; None while they are being looked for. A group
        has an answer or more, and everybody is in one."""
        at = _digests(ledger, assignment.name, students)
        key = (assignment.name, task.id)
        with self._lock:
            found = self._found.get(key)
            if found is None or found.at != at:
                texts = found.texts if found else {}
                kept = {one: texts[one] for one in at if found and found.at.get(one) == at[one] and one in texts}
                found = self._found[key] = _Found(at, kept)
                look = threading.Thread(target=_look, args=(course_dir, assignment, task, found), daemon=True)
                look.start()
        return found.groups if found.done.wait(PATIENCE_S) else None


def _look(course_dir: Path, assignment: Assignment, task: Task, found: _Found) -> None:
    try:
        for student in found.at:
            if student not in found.texts:
                found.texts[student] = text_of(course_dir, assignment, task, student)
        found.groups = groups(found.texts)
    finally:
        found.done.set()


def _digests(ledger: Ledger, assignment: str, students: Sequence[str]) -> Mapping[str, str]:
    """By student, what stands for the answers that they handed in; another text where one is another."""
    rows = dict(map(tuple, ledger.rows("select student, answers from graded where assignment = ?", (assignment,))))
    return {student: str(rows.get(student)) for student in students}
