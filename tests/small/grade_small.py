"""``python -m tests.small.grade_small ROOT [SCHEDULER]``: grades the small course in ROOT as the command does, here or
on the cluster of a Dask scheduler."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from rich.console import Console

from autograder.classroom.cluster import dask_pool
from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.classroom.run import Summary
from autograder.classroom.whole_run import Interrupted
from autograder.course import Course, CourseError
from autograder.faults import MachineFault


def grade(root: Path, scheduler: str | None = None, **own: object) -> Summary:
    where = {"make_executor": dask_pool(scheduler)} if scheduler else {}
    options, quiet = Options(**{"jobs": 2, **own}), Console(quiet=True)
    return grade_class("00-small", folder=root, options=options, console=quiet, course=Course(root), **where)


def main() -> None:
    """Grades what the command line names."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        summary = grade(Path(sys.argv[1]), *sys.argv[2:])
    except Interrupted as stopped:
        print(stopped)
        sys.exit(130)
    except (CourseError, MachineFault) as fault:
        print(fault, file=sys.stderr)
        sys.exit(1)
    print(len(summary.graded), len(summary.unchanged), len(summary.failed))
    sys.exit(1 if summary.failed else 0)


if __name__ == "__main__":
    main()
