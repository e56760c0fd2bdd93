"""Shows how a grading run goes on: done, left, the time it takes, and who takes long."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.classroom.run import Graded
from autograder.language import sentences_of
from autograder.submission.text import one_line

_ = sentences_of(__package__)

LONG_S = 8.0
SHOWN = 3


class Bar:
    """A progress bar on ``console``. Use as a context manager."""

    def __init__(self, assignment: str, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn(_("left")),
            TimeRemainingColumn(),
            TextColumn("{task.fields[long]}", style="yellow", markup=False),
            console=console,
        )
        self._assignment = assignment
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def start(self, total: int, unchanged: int) -> None:
        """There are ``total`` submissions, of which ``unchanged`` need no run."""
        self._task = self._progress.add_task(
            _("grading {assignment}").format(assignment=self._assignment), total=total, completed=unchanged, long=""
        )

    def done(self, student: str, row: Graded | None) -> None:
        """One more is done, or could not be graded if ``row`` is None."""
        if self._task is not None:
            self._progress.advance(self._task)

    def tick(self, running: dict[str, float]) -> None:
        """Who is being graded, and for how many seconds."""
        slow = sorted(((seconds, name) for name, seconds in running.items() if seconds > LONG_S), reverse=True)
        names = ", ".join(f"{one_line(name, 24)} {seconds:.0f} s" for seconds, name in slow[:SHOWN])
        if self._task is not None:
            self._progress.update(self._task, long=f"long: {names}" if names else "")
