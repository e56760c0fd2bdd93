"""Kills whatever takes part in grading a class, at random: the command, its workers, servers, supervisors, kernels."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tests.small import grade_small
from tests.small.forked import Forked

REPOSITORY = Path(__file__).parents[2]
BELOW = ("server", "supervisor", "kernel")  # each was started by the one before, a server by the command or a worker
EVERYTHING = ("command", "worker", *BELOW)
APART = 3  # results between two kills of kernels: more than the other worker gets while one recovers
PATIENCE_S = 180.0
Command = subprocess.Popen[str] | Forked


def start_command(root: Path, *scheduler: str) -> subprocess.Popen[str]:
    """Grades the small course in ``root`` in a process of its own, on the cluster of a Dask scheduler where one is
    named."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.small.grade_small", str(root), *scheduler],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def forked_command(root: Path) -> Forked:
    """The same in a process that is forked from this one."""
    return Forked(grade_small.main, [str(root)], REPOSITORY, os.environ)


def kill_at_random(
    root: Path, kills: int, rng: random.Random, start: Callable[[Path], Command] = start_command
) -> Counter[str]:
    """Grades ``root`` with that many kills, while there is something left to grade, and then to the end; returns what
    was killed how often.

    Whenever the command was killed, or ended because too much was, it is given again. Between two kills some submission
    gets its result, so that nothing is hit over and over before it can show that it recovers: a kernel that is killed
    again at the same cell counts as one that the cell ended. Raises ``AssertionError`` for a traceback."""
    killed: Counter[str] = Counter()
    kernels_from = 0  # so many results there must be before a kernel is hit again
    command = start(root)
    while killed.total() < kills:
        before = done(root)
        wait_for(lambda at=before: done(root) > at, command)
        time.sleep(rng.uniform(0.0, 0.5))
        if command.poll() is not None:
            if ended(command) == 0:
                return killed
            command = start(root)
            continue
        kind = rng.choice(EVERYTHING if done(root) >= kernels_from else EVERYTHING[:3])
        below = psutil.Process(command.pid).children(recursive=True)
        if kind == "command":
            command.kill()
            command.communicate()
            assert not psutil.wait_procs(below, timeout=30)[1], "a process outlived the command"
            command = start(root)
        elif (victim := _one_of(kind, command, rng)) is not None:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
            kernels_from = done(root) + APART if kind in ("supervisor", "kernel") else kernels_from
        else:
            continue
        killed[kind] += 1
    while ended(command) != 0:  # what was killed too often is taken up by the next run
        command = start(root)
    return killed


def _one_of(kind: str, command: Command, rng: random.Random) -> psutil.Process | None:
    """A process of that kind among those below the command, or None while there is none."""
    found = [chain[-1] for chain in chains(command) if kind_of(chain) == kind]
    return rng.choice(found) if found else None


def chains(command: Command) -> Iterator[list[psutil.Process]]:
    """Each process below a command, last, with those between the command and it."""
    for process in psutil.Process(command.pid).children(recursive=True):
        with suppress(psutil.Error, ValueError):  # it, or what is above it, ended meanwhile
            above = process.parents()
            yield [process, *above[: [one.pid for one in above].index(command.pid)]][::-1]


def kind_of(chain: Sequence[psutil.Process]) -> str | None:
    """What a process is, the last of those from a command down to it: a worker or one ``BELOW``; None for a kernel's
    own and for one that is not yet what it will be. The server of this machine's workers is beside them."""
    try:
        below = [*chain]
        if below and "autograder.classroom.worker" in " ".join(below[0].cmdline()):
            below.pop(0)
        if not below:
            return "worker"
        is_server = any(part.endswith("/sandbox/server.py") for part in below[0].cmdline())
        return BELOW[len(below) - 1] if is_server and len(below) <= len(BELOW) else None
    except psutil.Error:
        return None


def done(root: Path) -> int:
    """How many submissions have a result."""
    return sum(1 for _ in root.glob("autograded/*/*/results.json"))


def wait_for(condition: Callable[[], bool], command: Command) -> None:
    """Waits until something holds, or the command has ended."""
    until = time.monotonic() + PATIENCE_S
    while not condition() and command.poll() is None and time.monotonic() < until:
        time.sleep(0.02)


def ended(command: Command) -> int:
    """The exit code of a command that was not killed, once it has ended."""
    out, err = command.communicate(timeout=900)
    assert "Traceback" not in out + err, out + err
    assert command.returncode in (0, 1), (command.returncode, out, err)
    return command.returncode
