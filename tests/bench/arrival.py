"""How long a student waits: submissions that arrive one after the other while `autograder watch` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from autograder.course import Course
from tests.bench import submission
from tests.bench.commands import JOBS
from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table

NAME, COUNT, PAUSE_S = "01-convolution", 10, 0.5
REPOSITORY = Path(__file__).parents[2]


def waited() -> None:
    """Prints the seconds from a notebook's arrival to the line with its points, when its page is written too."""
    data = submission.answered(Course.here().assignment(NAME))
    first, later = Measured("the first, for which workers start"), Measured("each that follows")
    with temporary() as folder:
        log = folder / "log"
        (folder / "submitted").mkdir()
        command = [sys.executable, "-m", "autograder.cli", "watch", NAME, "--course", str(folder), "--show", "all",
                   "--jobs", str(JOBS), "--log", str(log)]  # fmt: skip
        with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) as watch:
            try:
                for number in range(COUNT):
                    seconds = _until_graded(folder, number, data, log, watch)
                    (later if number else first).add(seconds)
                    time.sleep(PAUSE_S)
            finally:
                watch.send_signal(signal.SIGTERM)
                watch.communicate()
    print_table(f"A submission of {NAME} that arrives while watch runs, all answers right, seconds", [first, later])


def _until_graded(folder: Path, number: int, data: bytes, log: Path, watch: subprocess.Popen[str]) -> float:
    """Seconds until one more has points; it arrives whole, by renaming."""
    before = _graded(log)
    beside, place = folder / "arriving", folder / "submitted" / f"s{number:03}" / NAME
    beside.mkdir()
    (beside / f"{NAME}.ipynb").write_bytes(data)
    place.parent.mkdir()
    os.rename(beside, place)
    began = time.perf_counter()
    while _graded(log) == before:
        if watch.poll() is not None:
            raise RuntimeError(f"watch ended: {watch.stderr.read() if watch.stderr else ''}")
        time.sleep(0.005)
    return time.perf_counter() - began


def _graded(log: Path) -> int:
    return log.read_text(encoding="utf-8").count(" points") if log.exists() else 0
