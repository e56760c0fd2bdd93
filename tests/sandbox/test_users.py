"""The boundary holds for root and for an ordinary user, and several graders share one machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autograder.sandbox import privileges, reach
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool

from .conftest import SMALL, policy_of, run

REPOSITORY = Path(__file__).resolve().parents[2]
NOBODY_IN_PARTICULAR = 54_321


def test_the_attacks_fail_for_an_ordinary_user_too(tmp_path, tmp_path_factory):
    """Root runs a part of these tests again as a user without privileges; any other user is such a user already."""
    if os.geteuid() != 0:
        assert not privileges.may_change_user(reach.listable_paths())
        return
    home = Path("/tmp", f"cnn-home-{os.getpid()}")  # pytest's own folders are closed to others
    home.mkdir()
    os.chown(home, NOBODY_IN_PARTICULAR, NOBODY_IN_PARTICULAR)
    tests = ["test_attacks.py", "test_limits.py", "test_kernel.py"]
    command = [
        *_become(NOBODY_IN_PARTICULAR),
        *(sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={home}/pytest"),
        *("-k", "refused or changed or doubling or daemon or shutdown"),
        *(str(REPOSITORY / "tests" / "sandbox" / name) for name in tests),
    ]
    environ = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    try:
        ran = subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, timeout=200)
        left = _processes_of(NOBODY_IN_PARTICULAR)
    finally:
        shutil.rmtree(home)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    assert left == []


def _become(user: int) -> list[str]:
    """The command prefix that drops every privilege but reading, which Python below a closed /root needs."""
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--bounding-set=-all"]
    paths = [*reach.listable_paths(), str(REPOSITORY)]
    if all(privileges._open_to_others(path) for path in paths):
        return become
    reading = "+dac_read_search"
    return [*become[:-1], f"--bounding-set=-all,{reading}", f"--inh-caps=-all,{reading}", f"--ambient-caps={reading}"]


def _processes_of(user: int) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user:
                found.append((entry / "cmdline").read_text())
        except FileNotFoundError:
            continue  # it ended while we looked
    return found


def test_graders_at_the_same_time_do_not_meet(tmp_path):
    """Two pools start kernels at once; each kernel runs, and where it has a user, nobody else has the same."""
    with WarmPool("numpy") as first, WarmPool("numpy") as second, ThreadPoolExecutor(4) as threads:

        def start(number: int):
            pool, work = (first, second)[number % 2], tmp_path / str(number)
            return pool.start(KernelSetup(SMALL, policy_of("numpy"), work))

        kernels = list(threads.map(start, range(6)))
        users = [run(kernel, "import os; os.getuid()").result for kernel in kernels]
        for kernel in kernels:
            kernel.shutdown()
    if "user" in kernels[0].isolation:
        assert len(set(users)) == 6
    else:
        assert set(users) == {str(os.getuid())}
