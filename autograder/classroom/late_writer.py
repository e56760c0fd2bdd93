"""The gradebook's writer, made while the first submissions run: importing nbgrader takes longer than a submission may.

It is made by the first who needs it, so a run in which something is on record already has it before anything is run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from threading import Thread
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

from autograder.course import Assignment, Course
from autograder.gradebook.commit import Commit

if TYPE_CHECKING:
    from autograder.gradebook.gradebook import GradebookWriter

GRADEBOOK = "autograder.gradebook.gradebook"
_NOBODY: Mapping[str, timedelta] = MappingProxyType({})


class LateWriter:
    """The writer of a course folder's gradebook (``run.Writer``). Use as a context manager, which closes it.

    What is wrong with the gradebook is raised when the writer is made: by `prepare`, which is called while submissions
    run, by whatever needs the gradebook, or at the end of a run that needed none."""

    def __init__(self, root: Path, course: Course) -> None:
        self._root, self._course = root, course
        self._importing: Thread | None = None
        self._made: GradebookWriter | None = None
        self._assignments: list[Assignment] = []  # that the gradebook is still to be told of
        self._open = ExitStack()

    def __enter__(self) -> LateWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._open:
            if kind is None and self._assignments:
                self._writer()

    def prepare(self) -> None:
        """Begins the import beside what this thread does, and makes the writer once it is done."""
        if self._importing is None:
            # What it raises is raised again where this thread imports the same.
            self._importing = Thread(target=_imported_quietly, daemon=True)
            self._importing.start()
        elif self._made is None and not self._importing.is_alive():
            self._writer()

    def _writer(self) -> GradebookWriter:
        if self._made is None:
            from autograder.gradebook.gradebook import GradebookWriter

            self._made = self._open.enter_context(GradebookWriter(self._root, course=self._course))
        while self._assignments:
            self._made.register(self._assignments[0])
            del self._assignments[0]
        return self._made

    def register(self, assignment: Assignment) -> None:
        """Makes the gradebook know an assignment, when it is opened."""
        self._assignments.append(assignment)
        if self._made is not None:
            self._writer()

    def committed(self, assignment: str) -> set[str]:
        """As the writer's own."""
        return self._writer().committed(assignment)

    def terms(self, assignment: str, granted: Mapping[str, timedelta] = _NOBODY) -> Callable[[str], str]:
        """As the writer's own."""
        return self._writer().terms(assignment, granted)

    def commit_many(self, commits: Iterable[Commit]) -> None:
        """As the writer's own."""
        self._writer().commit_many(commits)


def _imported_quietly() -> None:
    try:
        importlib.import_module(GRADEBOOK)
    except Exception:  # raised again where the command imports the same
        return
