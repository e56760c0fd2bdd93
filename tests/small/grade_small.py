"""``python -m tests.small.grade_small ROOT [JOBS]``: grades the small course in ROOT as the command does."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from rich.console import Console

from autograder.classroom.grade import Interrupted, grade_class
from autograder.classroom.run import Options, Summary
from autograder.course import Course


def grade(root: Path, **own: object) -> Summary:
    options = Options(**{"jobs": 2, **own})
    return grade_class("00-small", folder=root, options=options, console=Console(quiet=True), course=Course(root))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        summary = grade(Path(sys.argv[1]))
    except Interrupted as stopped:
        print(stopped)
        sys.exit(130)
    print(len(summary.graded), len(summary.unchanged), len(summary.failed))
