"""`make soak`: `python -m tests.soak [faults KIND or WORD...] [bridge MINUTES] [kills KILLS STUDENTS]
[dask KILLS STUDENTS] [kernels COUNT] [fuzz MINUTES] [notebooks MINUTES] [watch COUNT]`, one of them or all.

Each part prints what it did and ends the run with an exception at the first thing that does not hold.
"""

from __future__ import annotations

import importlib.util
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from autograder.bridge.student import Handle, NotAttempted, Student, StudentError
from autograder.bridge.transport import BridgeFailure
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import Policy
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool
from tests.bridge.test_transport import garble, other_end
from tests.small.courses import lay_out_package
from tests.small.grade_small import grade
from tests.small.killing import forked_command, kill_at_random
from tests.small.small_class import differing, small_class, state_of
from tests.soak import arriving, clusters, faults, notebooks

DEFAULTS: dict[str, list[int]] = {
    "faults": [], "bridge": [10], "kills": [100, 200], "dask": [9, 60], "kernels": [1000], "fuzz": [10],
    "notebooks": [10], "watch": [2000],
}  # fmt: skip


def bridge(minutes: int) -> str:
    """A kernel that answers garbage crashes nothing and answers nothing right."""
    until, seed, ended = time.monotonic() + 60 * minutes, 1_000_000, dict.fromkeys(("value", "failure", "error"), 0)
    while time.monotonic() < until:
        seed += 1
        with other_end(lambda connection, seed=seed: garble(connection, seed), seconds=0.05) as transport:
            student = Student(transport)
            for _ in range(8):
                try:
                    value = student.x
                    if isinstance(value, Handle) and isinstance(forward := value.forward, Handle):
                        forward(np.ones(2))
                    ended["value"] += 1
                except BridgeFailure:
                    ended["failure"] += 1
                except (StudentError, NotAttempted):
                    ended["error"] += 1
    return f"{seed - 1_000_000} connections with garbage: {ended}"


def kills(count: int, students: int) -> str:
    """A class whose grading is killed again and again ends as one that nobody disturbed."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        calm, root = Path(folder, "calm"), Path(folder, "killed")
        small_class(calm, students)
        grade(calm)
        for part in ("solutions", "assignments", "submitted"):
            shutil.copytree(calm / part, root / part)
        lay_out_package(root)
        (root / ".autograder").mkdir(mode=0o700)
        shutil.copy(calm / ".autograder" / "secret", root / ".autograder")
        killed = kill_at_random(root, count, random.Random(count), forked_command)
        assert killed.total() == count, f"only {killed.total()} were killed before the class was graded"
        unlike = differing(state_of(root), state_of(calm))
        assert not unlike, f"{len(unlike)} not as in the undisturbed class, after {_listed(killed)}: {unlike[:5]}"
    return f"{students} submissions through {count} kills ({_listed(killed)}) equal the undisturbed class"


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{number} of a {kind}" for kind, number in counted.most_common())


def kernels(count: int) -> str:
    """The warm server neither grows nor leaks, whatever number of kernels it forked."""
    with WarmPool("numpy") as pool, tempfile.TemporaryDirectory() as folder:
        start = lambda name: pool.start(KernelSetup(Limits(), Policy(), Path(folder, name)))  # noqa: E731
        start("first").shutdown()
        server = next(p for p in psutil.Process().children() if "server.py" in " ".join(p.cmdline()))
        before = server.memory_info().rss, server.num_fds()
        for number in range(count):
            start(str(number)).shutdown()
        after = server.memory_info().rss, server.num_fds()
        assert after[1] == before[1], f"the server had {before[1]} open files and has {after[1]}"
        assert after[0] < before[0] * 1.2, f"the server grew from {before[0]} to {after[0]} bytes"
        assert not server.children(), "a kernel outlived its shutdown"
    return f"{count} kernels: the server has {after[1]} open files as before, {after[0] / 1e6:.0f} MB"


def fuzz(minutes: int) -> str:
    """The decoder under a coverage-guided fuzzer, in a process of its own, if the fuzzer is installed."""
    if importlib.util.find_spec("atheris") is None:
        return "not run: pip install atheris brings the coverage-guided fuzzer"
    subprocess.run([sys.executable, "-m", "tests.soak.fuzz", str(minutes)], check=True)
    return f"{minutes} minutes of coverage-guided input, nothing but values and MalformedMessage"


PARTS: dict[str, Callable[..., str]] = {
    "faults": faults.run, "bridge": bridge, "kills": kills, "dask": clusters.run, "kernels": kernels, "fuzz": fuzz,
    "notebooks": notebooks.run, "watch": arriving.watch,
}  # fmt: skip


def main(words: list[str]) -> None:
    plan = DEFAULTS
    if words:
        name, *numbers = words
        if name == "faults":
            print(f"faults: {faults.run(tuple(numbers))}.")
            return
        plan = {name: [int(number) for number in numbers] or DEFAULTS[name]}
    for name, numbers in plan.items():
        started = time.monotonic()
        said = PARTS[name](*numbers)
        print(f"{name}: {said}. ({time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
