"""What takes long, done in a process of its own: `python -m autograder.desk.acts`.

The desk writes one line of JSON to its standard input, and reads lines of JSON from its standard output: how far it is,
and at the end what came of it or why not. Where the desk is gone, its end of the input is closed: then this ends, too,
as a command does on Ctrl-C, and what is done is kept.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from autograder.classroom import grade as grading
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.run import Graded, Summary
from autograder.classroom.similar import similar, write_page
from autograder.course import Course, CourseError
from autograder.faults import NO_MEMORY, MachineFault, of_os_error, of_our_own
from autograder.feedback.feedback_run import write_feedback
from autograder.gradebook.acting import acting_as
from autograder.gradebook.releasing import release_feedback
from autograder.language import sentences_of
from autograder.sandbox.policy import IsolationMissing

_ = sentences_of(__package__)

STOPPED = _("It was stopped; what is done is kept.")
Act = Callable[[Course, Path, str, Mapping[str, Any], Callable[[int, int], None]], Mapping[str, Any]]


def preview(
    course: Course, folder: Path, name: str, asked: Mapping[str, Any], tell: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """As ``autograder grade NAME --preview``."""
    return _grade(course, folder, name, Options(jobs=0), tell, preview=True)


def accept(
    course: Course, folder: Path, name: str, asked: Mapping[str, Any], tell: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """As ``autograder grade NAME`` for the students of a preview."""
    options = Options(tuple(asked["students"]), jobs=0)
    return _grade(course, folder, name, options, tell, preview=False)


def _grade(
    course: Course, folder: Path, name: str, options: Options, tell: Callable[[int, int], None], *, preview: bool
) -> Mapping[str, Any]:
    summary: Summary = grade_class(
        name, folder=folder, options=options, console=Console(quiet=True), course=course, preview=preview,
        progress=_Told(tell),
    )  # fmt: skip
    failed = grading.as_json(summary)["failed"]
    return {"graded": len(summary.graded), "unchanged": len(summary.unchanged), "failed": failed}


class _Told:
    """A run's progress, as counts."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell, self._done, self._total = tell, 0, 0

    def start(self, total: int, unchanged: int) -> None:
        """There are ``total`` submissions, of which ``unchanged`` need no run."""
        self._done, self._total = unchanged, total
        self._tell(self._done, self._total)

    def done(self, student: str, row: Graded | None) -> None:
        """One more is done, or could not be graded."""
        self._done += 1
        self._tell(self._done, self._total)

    def tick(self, running: dict[str, float]) -> None:
        """Nothing is said while one is graded."""


def write_pages(
    course: Course, folder: Path, name: str, asked: Mapping[str, Any], tell: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """As ``autograder feedback NAME``."""
    written = write_feedback(folder, name, course=course, progress=tell)
    return {"pages": len(written.pages), "report": str(written.report), "unreleasable": list(written.unreleasable)}


def release(
    course: Course, folder: Path, name: str, asked: Mapping[str, Any], tell: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """As ``nbgrader release_feedback NAME``, past those whom the exchange does not know."""
    released = release_feedback(folder, name, course)
    return {"released": len(released.students), "left_out": list(released.left_out)}


def find_similar(
    course: Course, folder: Path, name: str, asked: Mapping[str, Any], tell: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """As ``autograder similar NAME --from PERCENT``."""
    found = similar(folder, name, least=asked["least"], course=course)
    path = write_page(found, folder, course.assignment(name).title)
    return {**found.as_json(), "page": str(path)}


ACTS: Mapping[str, Act] = {
    "preview": preview, "accept": accept, "feedback": write_pages, "release": release, "similar": find_similar,
}  # fmt: skip


def main() -> None:
    """Does what the first line of the input asks for."""
    asked = json.loads(sys.stdin.readline())
    out, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer

    def tell(done: int, of: int) -> None:
        _say(out, {"done": done, "of": of})

    try:
        _end_with_the_desk()
        course = Course(Path(asked["course"]))
        with acting_as(asked["by"]):
            found = ACTS[asked["kind"]](course, Path(asked["folder"]), asked["name"], asked["more"], tell)
    except KeyboardInterrupt:
        _say(out, {"failed": STOPPED})
    except (CourseError, MachineFault, IsolationMissing) as error:
        _say(out, {"failed": str(error)})
    except OSError as error:
        _say(out, {"failed": str(of_os_error(error))})
    except MemoryError:
        _say(out, {"failed": NO_MEMORY})
    except Exception as error:
        _say(out, {"failed": of_our_own(error)})
    else:
        _say(out, {"found": found})


def _end_with_the_desk() -> None:
    """Stops this process, as Ctrl-C would, when the desk closes its end of the input."""

    def wait() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=wait, daemon=True, name="desk-is-there").start()


def _say(out: TextIO, what: Mapping[str, Any]) -> None:
    try:
        print(json.dumps(what), file=out, flush=True)
    except BrokenPipeError:  # the desk is gone, and this ends in a moment
        sys.stdout = open(os.devnull, "w", encoding="utf-8")


if __name__ == "__main__":
    main()
