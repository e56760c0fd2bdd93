"""`watch` for a long time: a burst in order, a slow submission that nobody waits behind, memory that stays, workers and
servers that are renewed, a log that rotates, and `grade` beside it that finds nothing left to do."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from autograder.classroom.arrivals import LOOK_S
from autograder.classroom.watch import RENEW_AFTER
from autograder.submission.notebook import Template
from tests.small.courses import REPOSITORY
from tests.small.small_class import RIGHT, answered, small_course, submit

JOBS = 2
BURST = 200
SLOW = "import time\ntime.sleep(15)"
GROWTH_MB = 15.0  # of the command, from the first thousandth to the last: what a list of 2,000 names would not reach


@contextmanager
def watching(root: Path) -> Iterator[subprocess.Popen[str]]:
    """`watch` over the small course in `root`, its lines in `root/log`."""
    options = ["--jobs", str(JOBS), "--log", str(root / "log")]
    command = [sys.executable, "-m", "autograder.cli", "watch", "00-small", *options]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, cwd=root, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            said = process.communicate()[1]
    assert process.returncode == 130, said


def lines_of(root: Path) -> list[str]:
    """Who was graded, in that order, through all files of the log."""
    logs = sorted(root.glob("log*"), key=lambda path: int(path.suffix[1:] or 0) if path.suffix[1:] else 0, reverse=True)
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    return [line.split()[2].rstrip(":") for line in lines if " points" in line]


def until(root: Path, count: int, process: subprocess.Popen[str]) -> list[str]:
    """Waits until that many are graded."""
    while len(done := lines_of(root)) < count:
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.2)
    return done


def memory_mb(process: subprocess.Popen[str]) -> tuple[float, float, set[int]]:
    """Of the command alone, and with its workers and servers, whose processes come along; private memory."""
    parent = psutil.Process(process.pid)
    alone, rest, workers = parent.memory_full_info().uss, 0, set()
    for one in parent.children(recursive=True):
        with suppress(psutil.Error):
            rest += one.memory_full_info().uss
            if one.ppid() == process.pid:
                workers.add(one.pid)
    return alone / 1e6, (alone + rest) / 1e6, workers


def watch(count: int) -> str:
    """A burst, then the rest, two hundred at a time."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        root = Path(folder)
        template = Template.load(small_course(root, limits={"wall_s": 60}))
        right, slow = answered(template, RIGHT), answered(template, RIGHT, (SLOW,))
        names = [f"s{number:05}" for number in range(count)]
        with watching(root) as process:
            until(root, 0, process)
            seen, workers = [], set()
            for start in range(0, count, BURST):
                batch = names[start : start + BURST]
                for number, student in enumerate(batch):
                    place = submit(root, student, slow if number == 5 else right)
                    moment = 10**18 + 10**6 * (start + number)
                    for path in (*place.iterdir(), place):
                        os.utime(path, ns=(moment, moment))
                done = until(root, start + len(batch), process)[start:]
                _in_order(done, batch)
                alone, together, now = memory_mb(process)
                workers |= now
                seen.append((alone, together))
            _stays(seen)
            asked = [sys.executable, "-m", "autograder.cli", "grade", "00-small"]
            environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
            beside = subprocess.run(asked, cwd=root, env=environ, capture_output=True, text=True, check=False)
            assert f"0 graded, {count} unchanged" in " ".join(beside.stdout.split()), beside.stdout + beside.stderr
    first, last = seen[0], seen[-1]
    renewed = len(workers) / JOBS - 1
    assert renewed >= count // RENEW_AFTER - 1, f"workers were renewed {renewed} times"
    return (
        f"{count} submissions, {BURST} at a time, each in its turn but for {JOBS - 1} beside a slow one; the command "
        f"{first[0]:.0f} MB after {BURST} and {last[0]:.0f} MB at the end, with workers and servers {first[1]:.0f} and "
        f"{last[1]:.0f} MB (median {statistics.median(each[1] for each in seen):.0f}); workers renewed {renewed:.0f} "
        f"times; looked every {LOOK_S:g} s"
    )


def _in_order(done: list[str], batch: list[str]) -> None:
    """Each is done in its turn, but for those that passed the slow one on the other worker."""
    slow = batch[5] if len(batch) > 5 else ""
    quick, came = ([student for student in each if student != slow] for each in (done, batch))
    moved = max((abs(quick.index(one) - place) for place, one in enumerate(came)), default=0)
    assert set(done) == set(batch) and moved < JOBS, f"somebody was passed by {moved} others"
    if slow:
        assert done.index(slow) > 5 + 2, "those behind a slow submission waited for it"


def _stays(seen: list[tuple[float, float]]) -> None:
    """The command's own memory does not grow with what it has graded."""
    if len(seen) > 2:
        assert seen[-1][0] - seen[1][0] < GROWTH_MB, f"the command grew: {[round(alone) for alone, _ in seen]} MB"
