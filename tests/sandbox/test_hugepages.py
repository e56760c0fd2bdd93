"""Huge pages: what a process holds stays as it is, and the warm server has them."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from autograder.sandbox.warm_pool import WarmPool

LINUX = tuple(int(number) for number in platform.release().split(".")[:2])
pytestmark = pytest.mark.skipif(
    LINUX < (6, 1) or not os.path.exists("/sys/kernel/mm/transparent_hugepage"),
    reason="an old kernel: huge pages on request need Linux 6.1 and support for transparent ones",
)
CODE = """
import os, sys
from autograder.sandbox import hugepages
size = 8 * hugepages.SIZE
held = bytearray(os.urandom(size))
before = bytes(held)
assert hugepages.collapse() >= 6
assert held == before
if os.fork() == 0:
    held[:] = bytes(size)  # the child's own
    os._exit(0)
os.wait()
assert held == before
"""


def test_memory_holds_what_it_held_and_a_child_writes_to_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_warm_server_has_huge_pages() -> None:
    pool = WarmPool("numpy")
    try:
        pool.wait_until_warm()
        assert pool._process is not None
        with open(f"/proc/{pool._process.pid}/smaps_rollup") as file:
            size = next(int(line.split()[1]) for line in file if line.startswith("AnonHugePages:"))
    finally:
        pool.close()
    assert size >= 4 * 2048  # kB
