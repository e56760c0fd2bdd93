"""Grading against stock nbgrader, in one run, interleaved; regrading; cost by the size of the class; memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from autograder.course import Course
from tests.bench.commands import JOBS, grade, grade_course, nbgrader
from tests.bench.courses import ours, stock
from tests.bench.formgrader import pages_of
from tests.bench.kernels import notebook_alone
from tests.bench.table import Measured, print_table

ROUNDS = 3
STOCK_CLASS, OUR_CLASS, COURSE_CLASS = 2, 100, 20
CORES = (2, 8, 64, 256)


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def against_nbgrader(runtime: str) -> None:
    """Seconds for a submission: `nbgrader autograde` of stock nbgrader, and the project with two workers.

    Both are commands, measured from their start to their end. The project starts its workers and warm servers once
    for a class, so the last line leaves out what a class of one takes."""
    slow = Measured(f"nbgrader 0.9.6, a class of {STOCK_CLASS}")
    fast = Measured(f"autograder grade, 2 workers, a class of {OUR_CLASS}")
    more = Measured("the same without the start, which is taken from a class of one")
    with temporary() as folder:
        stock(folder / "stock", runtime, STOCK_CLASS)
        nbgrader(folder / "stock", "generate_assignment", "a1")
        _, name = ours(folder / "ours", runtime, OUR_CLASS)
        ours(folder / "one", runtime, 1)
        for _ in range(ROUNDS):
            theirs = nbgrader(folder / "stock", "autograde", "a1", "--force")
            slow.add(theirs.seconds / STOCK_CLASS)
            slow.note = f"peak {theirs.memory}"
            one, whole = grade(folder / "one", name), grade(folder / "ours", name)
            fast.add(whole.seconds / OUR_CLASS)
            fast.note = f"peak {whole.memory}"
            more.add((whole.seconds - one.seconds) / (OUR_CLASS - 1))
    print_table(f"Grading one submission ({runtime}), seconds", [slow, fast, more], peer=slow)


def regrade() -> None:
    """Seconds for a second run over an unchanged class of 1,000."""
    again = Measured("1,000 unchanged submissions")
    with temporary() as folder:
        _, name = ours(folder, "numpy", 1000)
        first = grade(folder, name, force=False).seconds
        for _ in range(ROUNDS):
            found = grade(folder, name, force=False)
            again.add(found.seconds)
            again.note = f"peak {found.memory}"
            if json.loads(found.output)["graded"]:
                raise RuntimeError("something was graded again")
    print_table(f"Regrading (the first run took {first:.0f} s, {first:.0f} ms a submission), seconds", [again])


def flat_cost(sizes: tuple[int, ...] = (50, 500)) -> None:
    """Milliseconds for a submission, and the peak memory, by the size of the class; then the formgrader's pages.

    The classes are graded from small to large and back: what a machine shared with others does meanwhile shows as a
    difference between the two."""
    every = {size: Measured(f"{size:,} submissions") for size in sizes}
    further = {size: Measured(f"{size:,} submissions, without the start") for size in sizes}
    pages = []
    for size in (*sizes, *sizes[-2::-1]):
        with temporary() as folder:
            _, name = ours(folder, "numpy", size)
            ours(folder / "one", "numpy", 1)
            one, whole = grade(folder / "one", name), grade(folder, name)
            every[size].add(1000 * whole.seconds / size)
            every[size].note = f"peak {whole.memory}"
            further[size].add(1000 * (whole.seconds - one.seconds) / (size - 1))
            pages += [] if len(every[size].values) > 1 else pages_of(folder, name, size)
    print_table("Cost of a submission by the size of the class, milliseconds", list(every.values()))
    print_table("The same without the start, milliseconds", list(further.values()), peer=further[sizes[0]])
    print_table("nbgrader's formgrader with so many submissions, seconds for a page", pages)


def whole_assignment() -> None:
    """Seconds for a submission of a real assignment, and what follows for large classes on many cores."""
    name = "01-convolution"
    data = Course.here().assignment(name).solution_path.read_bytes()
    started, each = Measured("a class of one, with the start"), Measured("each further submission, times two cores")
    cells = [cell for cell in nbformat.reads(data, as_version=4).cells if cell.cell_type == "code"]
    alone = notebook_alone([cell.source for cell in cells if not cell.source.startswith("check(")])
    cells_alone = Measured("its cells alone in a warm kernel", alone)
    with temporary() as folder:
        for place, size in (("one", 1), ("class", COURSE_CLASS)):
            for number in range(size):
                submitted = folder / place / "submitted" / f"s{number:05d}" / name / f"{name}.ipynb"
                submitted.parent.mkdir(parents=True)
                submitted.write_bytes(data)
        for _ in range(ROUNDS):
            one, whole = grade_course(folder / "one", name), grade_course(folder / "class", name)
            started.add(one.seconds)
            each.add(JOBS * (whole.seconds - one.seconds) / (COURSE_CLASS - 1))
            each.note = f"peak {whole.memory}"
    title = f"The whole of {name}, all answers right, {JOBS} workers, seconds"
    print_table(title, [cells_alone, each, started], peer=cells_alone)
    print_projection(started.median, each.median)


def print_projection(start_s: float, core_s: float) -> None:
    """Computed, not measured: the start of the workers, then a core's seconds for each submission."""
    print("\n**Computed from these: minutes for a class, by cores**\n")
    print(f"| submissions | {' | '.join(f'{cores} cores' for cores in CORES)} |\n{'|---' * (len(CORES) + 1)}|")
    for size in (100, 1000, 10_000):
        cells = [f"{(start_s + size * core_s / cores) / 60:.3g}" for cores in CORES]
        print(f"| {size:,} | {' | '.join(cells)} |")
