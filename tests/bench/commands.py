"""Commands measured whole: a process of their own, from its start to its end, with the memory that it held.

`python -m tests.bench.commands FOLDER NAME` grades the measured class there like `autograder grade NAME`, but with the
checks of the measurements, and prints the command's JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from autograder.startup import without_iri_grammar
from tests.bench.cpu import CpuGroup
from tests.bench.memory import Memory

JOBS = 2
BIN = Path(sys.executable).parent


class Measurement(NamedTuple):
    """What a command took, and what it printed; ``cpu`` are CPU seconds, None where they cannot be counted."""

    seconds: float
    memory: Memory
    output: str
    cpu: float | None = None


def measure(command: Sequence[str], folder: Path) -> Measurement:
    """Runs a command in a folder, with this environment's programs. Raises ``RuntimeError`` where it fails."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    with CpuGroup.new() as group:
        with subprocess.Popen(
            command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=group.enter,
        ) as process, Memory.watched(process.pid) as memory:
            output, errors = process.communicate()
            seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {errors.strip()}")
    return Measurement(seconds, memory, output, group.seconds)


def nbgrader(folder: Path, *arguments: str) -> Measurement:
    """Runs stock nbgrader's command in a course folder."""
    return measure([str(BIN / "nbgrader"), *arguments], folder)


def grade(folder: Path, name: str, *, force: bool = True) -> Measurement:
    """Grades the measured class, which is wholly right."""
    command = [sys.executable, "-m", "tests.bench.commands", str(folder), name, *(["--force"] if force else [])]
    found = measure(command, Path(__file__).parents[2])
    refuse_wrong(json.loads(found.output), folder, name)
    return found


def grade_course(folder: Path, name: str) -> Measurement:
    """Grades solutions of an assignment of the course in a course folder, by the command itself."""
    options = ["--course", str(folder), "--jobs", str(JOBS), "--force", "--json"]
    found = measure([str(BIN / "autograder"), "grade", name, *options], folder)
    refuse_wrong(json.loads(found.output), folder, name)
    return found


def refuse_wrong(document: dict[str, Any], folder: Path, name: str) -> None:
    """Raises ``RuntimeError`` unless all that were graded have all points that are given without a person."""
    wrong = [row for row in document["graded"] if row["score"] != row["max_score"]]
    if wrong or document["failed"]:
        lost = [f"{row['student']}: {failed_tests(folder, name, row['student'])}" for row in wrong]
        raise RuntimeError(f"the measured class was not graded right: {lost or document['failed']}")


def failed_tests(folder: Path, name: str, student: str) -> list[str]:
    """The tests that a submission did not pass, with what they say."""
    results = json.loads((folder / "autograded" / student / name / "results.json").read_text(encoding="utf-8"))
    tests = [(task["task"], test) for task in results["tasks"] for test in task.get("tests", [])]
    return [f"{task}, {test['name']}: {test['message']}" for task, test in tests if not test["passed"]]


def main() -> None:
    """The class's own command."""
    without_iri_grammar()
    from rich.console import Console

    from autograder.classroom.grade import as_json, grade_class
    from autograder.classroom.options import Options
    from autograder.course import Course

    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("name")
    parser.add_argument("--force", action="store_true")
    asked = parser.parse_args()
    options = Options(jobs=JOBS, force=asked.force)
    course = Course(asked.folder)
    summary = grade_class(
        asked.name, folder=course.root, options=options, console=Console(stderr=True, quiet=True), course=course
    )
    print(json.dumps(as_json(summary)))


if __name__ == "__main__":
    main()
