"""What training code as students write it earns: `python -m tests.bench.strangers TASK [--names NAME...] [--seeds N]`.

The answers in `strangers/<task>.py` were written from the student notebook's text alone, by one who did not know the
hidden checks; each says of itself whether it is ordinary, sloppy or wrong. They are graded as submissions are, in the
sandbox, on MNIST where `CNN_COURSE_DATA` has it and on the digits otherwise. A seed is another student's: hidden
inputs, altered test images, classes' numbers and the seed that the code gets differ. `docs/benchmarks.md` keeps the
last table.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.classroom.seeds import Secret
from autograder.course import Assignment, Course
from autograder.submission.job import Job
from autograder.submission.submission import Grader
from autograder.training.laid_out import TrainingData
from tests.bench.submission import grader_of
from tests.bench.table import machine
from tests.sample_class.notebooks import as_bytes, filled_in, released, solutions

HERE = Path(__file__).parent / "strangers"
HEADING = re.compile(r"^# answer: (\S+) \((ordinary|sloppy|wrong)\): (.+)\n", re.MULTILINE)
# Answers of other tasks that these call, as the course gives them.
CALLS = {"lenet-train": ["lenet-model"], "mnist-challenge": ["lenet-model", "lenet-train"]}
TASKS = ("lenet-train", "mnist-challenge", "alexnet-train", "keras-cnn", "fine-tune")


@dataclass(frozen=True)
class Stranger:
    """An answer: what it is called, of what kind it is, what it does, and its source."""

    name: str
    kind: str
    note: str
    source: str


def strangers(task: str) -> Iterator[Stranger]:
    """The answers to a task, in the order in which they stand."""
    parts = HEADING.split((HERE / f"{task}.py").read_text(encoding="utf-8"))[1:]
    for number in range(0, len(parts), 4):
        yield Stranger(*parts[number : number + 4])


def graded(grader: Grader, task: str, stranger: Stranger, seed: int) -> dict[str, Any]:
    """The task's entry in the results of a notebook with this answer."""
    about = grader.assignment
    own = {id: source for id, source in solutions(about).items() if id in CALLS.get(task, ())}
    notebook = filled_in(released(about), {**own, task: stranger.source})
    secret, student = Secret(b"strangers".ljust(32, b"-")), f"stranger-{seed}"
    seeds = secret.seeds([one.id for one in about.automatic], student)
    job = Job(student, as_bytes(notebook), seeds, secret.id, "", "", datasets=TrainingData.of(about).names)
    found: dict[str, Any] = grader.grade(job).results.to_dict()
    return next(one for one in found["tasks"] if one["task"] == task)


def accuracy(result: dict[str, Any]) -> float | None:
    """The accuracy on altered test images, where it was measured and is above guessing."""
    measured = [test["measured"]["accuracy"] for test in result["tests"] if "accuracy" in test.get("measured", {})]
    return max(measured, default=None)


def row(stranger: Stranger, results: Sequence[dict[str, Any]]) -> str:
    """A line of the table: accuracies and points by seed, and what is said of the first that lost points."""
    shares = [accuracy(one) for one in results]
    said = [test["message"] for one in results for test in one["tests"] if test["hidden"] and not test["passed"]]
    cells = [stranger.note, stranger.kind, ", ".join(f"{share:.1%}" if share else "-" for share in shares),
             ", ".join(f"{one['score']:g}" for one in results), said[0] if said else ""]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def assignment_of(task: str) -> Assignment:
    """The assignment that has the task."""
    course = Course.here()
    known = (course.assignment(name) for name in course.names)
    return next(one for one in known if task in [each.id for each in one.tasks])


def main(arguments: Sequence[str]) -> int:
    """Prints the table of a task, line by line as it comes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--names", nargs="*", help="Only these answers.")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args(arguments)
    chosen = [one for one in strangers(given.task) if given.names is None or one.name in given.names]
    print(f"Measured on {machine()}.\n\n| answer | kind | accuracy | points | what is said |\n|---|---|---|---|---|")
    with grader_of(assignment_of(given.task)) as grader:
        for stranger in chosen:
            results = [graded(grader, given.task, stranger, seed) for seed in range(given.seeds)]
            print(row(stranger, results), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
