"""Grading against stock nbgrader, in one run, interleaved; regrading; cost by the size of the class; memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder.course import Course
from autograder.grading.grade import grade_class
from autograder.grading.pool import LocalPool
from autograder.grading.run import Options, Summary
from tests.bench.courses import CHECKS, ours, stock
from tests.bench.formgrader import pages_of
from tests.bench.memory import Memory
from tests.bench.table import Measured, print_table

ROUNDS = 3
STOCK_CLASS, OUR_CLASS, COURSE_CLASS = 2, 100, 20
CORES = (2, 8, 64, 256)
JOBS = 2


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def grade(course: Course, name: str, *, force: bool = True, make_executor: Callable[..., Any] = LocalPool) -> Summary:
    options = Options(jobs=JOBS, force=force, modules=((CHECKS, True),))
    summary = grade_class(
        name, folder=course.root, options=options, console=Console(quiet=True), course=course,
        make_executor=make_executor,
    )  # fmt: skip
    wrong = [row.student for row in summary.graded.values() if row.score != 10.0]
    if wrong or summary.failed:
        raise RuntimeError(f"the measured class was not graded right: {wrong or summary.failed}")
    return summary


def against_nbgrader(runtime: str) -> None:
    """Seconds for a submission: `nbgrader autograde` of stock nbgrader, and the project with two workers.

    Both are measured whole, from the command's start to its end. The project starts its workers and warm servers once
    for a class, so the last line leaves out what a class of one takes."""
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    slow = Measured(f"nbgrader 0.9.6, a class of {STOCK_CLASS}")
    fast = Measured(f"autograder grade, 2 workers, a class of {OUR_CLASS}")
    more = Measured("the same without the start, which is taken from a class of one")
    with temporary() as folder:
        stock(folder / "stock", runtime, STOCK_CLASS)
        subprocess.run([nbgrader, "generate_assignment", "a1"], cwd=folder / "stock", env=env, check=True,
                       capture_output=True)  # fmt: skip
        course, name = ours(folder / "ours", runtime, OUR_CLASS)
        lone, _ = ours(folder / "one", runtime, 1)

        def autograde() -> None:
            subprocess.run([nbgrader, "autograde", "a1", "--force"], cwd=folder / "stock", env=env, check=True,
                           capture_output=True)  # fmt: skip

        for _ in range(ROUNDS):
            took, memory = timed(autograde)
            slow.add(took / STOCK_CLASS)
            slow.note = f"peak {memory}"
            one, _ = timed(grade, lone, name)
            took, memory = timed(grade, course, name)
            fast.add(took / OUR_CLASS)
            fast.note = f"peak {memory}"
            more.add((took - one) / (OUR_CLASS - 1))
    print_table(f"Grading one submission ({runtime}), seconds", [slow, fast, more], peer=slow)


def timed(act: Callable[..., object], *arguments: Any) -> tuple[float, Memory]:
    """How many seconds it takes, and the most memory that is held meanwhile."""
    with Memory.watched() as memory:
        started = time.perf_counter()
        act(*arguments)
        return time.perf_counter() - started, memory


def regrade() -> None:
    """Seconds for a second run over an unchanged class of 1,000."""
    again = Measured("1,000 unchanged submissions")
    with temporary() as folder:
        course, name = ours(folder, "numpy", 1000)
        first = time.perf_counter()
        grade(course, name, force=False)
        first = time.perf_counter() - first
        for _ in range(ROUNDS):
            started = time.perf_counter()
            summary = grade(course, name, force=False)
            again.add(time.perf_counter() - started)
            if summary.graded:
                raise RuntimeError("something was graded again")
    print_table(f"Regrading (the first run took {first:.0f} s, {first:.0f} ms a submission), seconds", [again])


def flat_cost(sizes: tuple[int, ...] = (50, 500)) -> None:
    """Milliseconds for a submission, and the peak memory, by the size of the class; then the formgrader's pages."""
    rows, pages = [], []
    for size in sizes:
        with temporary() as folder:
            course, name = ours(folder, "numpy", size)
            lone, _ = ours(folder / "one", "numpy", 1)
            one, _ = timed(grade, lone, name)
            took, memory = timed(grade, course, name)
            whole = Measured(f"{size} submissions", note=f"peak {memory}")
            whole.add(1000 * took / size)
            rows += [whole, Measured(f"{size} submissions, without the start", [1000 * (took - one) / (size - 1)])]
            pages += pages_of(folder, name, size)
    print_table("Cost of a submission by the size of the class, milliseconds", rows, peer=rows[0])
    print_table("nbgrader's formgrader with so many submissions, seconds for a page", pages)


def whole_assignment() -> None:
    """Seconds for a submission of a real assignment, and what follows for large classes on many cores."""
    name = "01-convolution"
    course = Course.here()
    data = course.assignment(name).solution_path.read_bytes()
    started, each = Measured("a class of one, with the start"), Measured("each further submission, on two cores")
    with temporary() as folder:
        for place, size in (("one", 1), ("class", COURSE_CLASS)):
            for number in range(size):
                submitted = folder / place / "submitted" / f"s{number:05d}" / name / f"{name}.ipynb"
                submitted.parent.mkdir(parents=True)
                submitted.write_bytes(data)
        for _ in range(ROUNDS):
            one, _ = timed(_grade_all, course, name, folder / "one")
            took, memory = timed(_grade_all, course, name, folder / "class")
            started.add(one)
            each.add((took - one) / (COURSE_CLASS - 1))
    each.note = f"peak {memory}"
    print_table(f"The whole of {name}, all answers right, seconds", [started, each])
    print_projection(started.median, JOBS * each.median)


def _grade_all(course: Course, name: str, folder: Path) -> None:
    options = Options(jobs=JOBS, force=True)
    summary = grade_class(name, folder=folder, options=options, console=Console(quiet=True), course=course)
    if summary.failed or any(row.score != row.max_score for row in summary.graded.values()):
        raise RuntimeError("the solution did not get all points")


def print_projection(start_s: float, core_s: float) -> None:
    """Computed, not measured: the start of the workers, then a core's seconds for each submission."""
    print("\n**Computed from these: minutes for a class, by cores**\n")
    print(f"| submissions | {' | '.join(f'{cores} cores' for cores in CORES)} |\n{'|---' * (len(CORES) + 1)}|")
    for size in (100, 1000, 10_000):
        cells = [f"{(start_s + size * core_s / cores) / 60:.3g}" for cores in CORES]
        print(f"| {size:,} | {' | '.join(cells)} |")
