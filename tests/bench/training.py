"""Grading a class of submissions that train: `python -m tests.bench training`, on MNIST or the digits, as at hand."""

from __future__ import annotations

import inspect
import time
from pathlib import Path

import nbformat
from rich.console import Console

from autograder.classroom.grade import grade_class
from autograder.classroom.options import Options
from autograder.course import Course
from autograder.datasets import find_images
from course.lenet.lenet_model import reference
from course.lenet.lenet_train import right_answers
from tests.bench.commands import JOBS
from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table
from tests.small.courses import code_task, locked, make_course

NAME, STUDENTS = "91-training", 10
LIMITS = {"wall_s": 600, "cpu_s": 1500, "memory_bytes": 4 << 30, "bridge_bytes": 512 << 20}
SETUP = "import torch\nfrom torch import nn\nfrom autograder import load_images\nload_images()"


def training_course(root: Path) -> Course:
    """A course with LeNet's training as its one task, and a class that solves it, half of it in another way."""
    network = inspect.getsource(reference.LeNet5).replace("Tensor", "torch.Tensor")
    cells = [locked("setup", SETUP), *code_task("lenet-train", "def train_lenet(): ...", 10)]
    make_course(root, NAME, cells, runtime="torch", total_s=1800, limits=LIMITS)
    release = root / "assignments" / NAME / f"{NAME}.ipynb"
    for number in range(STUDENTS):
        notebook = nbformat.read(release, as_version=4)
        answer = list(right_answers.ANSWERS.values())[number % 2]
        notebook.cells[1].source = f"{network}\n{answer}"
        place = root / "submitted" / f"student-{number}" / NAME / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_text(nbformat.writes(notebook), encoding="utf-8")
    return Course(root)


def a_class() -> None:
    """Seconds for ten submissions, each trained twice: on all images, and briefly on permuted labels."""
    with temporary() as folder:
        course = training_course(folder)
        options = Options(jobs=JOBS, force=True)
        started = time.perf_counter()
        summary = grade_class(NAME, folder=folder, options=options, console=Console(quiet=True), course=course)
        took = Measured("the whole class", [time.perf_counter() - started])
    scores = sorted(row.score for row in summary.graded.values())
    took.note = f"scores {', '.join(f'{score:g}' for score in scores)}"
    title = f"A class of {STUDENTS} that trains LeNet-5 on {find_images().name}, {JOBS} workers, seconds"
    print_table(title, [took])
