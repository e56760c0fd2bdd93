"""Grading against stock nbgrader, in one run, interleaved; regrading; cost by the size of the class; memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from autograder.course import Course
from autograder.grading.grade import grade_class
from autograder.grading.pool import LocalPool
from autograder.grading.run import Options, Summary
from tests.bench.courses import CHECKS, ours, stock
from tests.bench.table import Measured, print_table

ROUNDS = 3
STOCK_CLASS, OUR_CLASS = 3, 40
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
    """Seconds for a submission: `nbgrader autograde` of stock nbgrader, and the project with two workers."""
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    slow, fast = Measured(f"stock nbgrader 0.9.6, {runtime}"), Measured(f"autograder grade, 2 workers, {runtime}")
    with temporary() as folder:
        stock(folder / "stock", runtime, STOCK_CLASS)
        subprocess.run([nbgrader, "generate_assignment", "a1"], cwd=folder / "stock", env=env, check=True,
                       capture_output=True)  # fmt: skip
        course, name = ours(folder / "ours", runtime, OUR_CLASS)
        for _ in range(ROUNDS):
            started = time.perf_counter()
            subprocess.run([nbgrader, "autograde", "a1", "--force"], cwd=folder / "stock", env=env, check=True,
                           capture_output=True)  # fmt: skip
            slow.add((time.perf_counter() - started) / STOCK_CLASS)
            started = time.perf_counter()
            grade(course, name)
            fast.add((time.perf_counter() - started) / OUR_CLASS)
    print_table(f"Grading one submission ({runtime}), seconds", [slow, fast], peer=slow)


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
    """Milliseconds for a submission, and the command's peak memory, by the size of the class."""
    rows = []
    for size in sizes:
        with temporary() as folder, peak_memory() as peak:
            course, name = ours(folder, "numpy", size)
            cost = Measured(f"{size} submissions")
            started = time.perf_counter()
            grade(course, name)
            cost.add(1000 * (time.perf_counter() - started) / size)
        cost.note = f"peak memory of the command {peak[0] / 1e6:.0f} MB"
        rows.append(cost)
    print_table("Cost of a submission by the size of the class, milliseconds", rows, peer=rows[0])


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """The most memory that this process holds meanwhile, in bytes."""
    peak, done, process = [0.0], threading.Event(), psutil.Process()

    def watch() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], process.memory_info().rss)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
