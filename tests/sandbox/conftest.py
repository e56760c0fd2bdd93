"""Real kernels from one warm server, which the tests of this folder share."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.sandbox import cgroup
from autograder.sandbox.client import SandboxKernel
from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.policy import Policy
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = Limits(memory_bytes=256 * MEBI, processes=24, disk_bytes=32 * MEBI, files=500, cpu_s=20.0)
GROUPS = cgroup.parents()
needs_groups = pytest.mark.skipif(not GROUPS, reason="no control group may be made here")


@dataclass
class Ran:
    """What one cell did: its printed text, its result, its error as "Type: text"."""

    text: str = ""
    result: str = ""
    error: str = ""
    displays: list[dict] = field(default_factory=list)


def run(kernel: SandboxKernel, code: str, timeout: float = 20.0) -> Ran:
    """Runs one cell to its end, or until the kernel is dead or the time is up."""
    message = kernel.client.execute(code)
    ran, deadline = Ran(), time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            got = kernel.client.get_iopub_msg(timeout=0.05)
        except queue.Empty:
            if not kernel.alive():
                return ran
            continue
        if got["parent_header"].get("msg_id") != message:
            continue
        kind, content = got["msg_type"], got["content"]
        if kind == "stream":
            ran.text += content["text"]
        elif kind == "execute_result":
            ran.result = content["data"]["text/plain"]
        elif kind == "display_data":
            ran.displays.append(content["data"])
        elif kind == "error":
            ran.error = f"{content['ename']}: {content['evalue']}"
        elif kind == "status" and content["execution_state"] == "idle":
            return ran
    raise TimeoutError(f"the cell ran longer than {timeout} s: {code[:80]}")


@pytest.fixture(scope="session")
def pool() -> Iterator[WarmPool]:
    with WarmPool("numpy") as pool:
        yield pool


@pytest.fixture(scope="session")
def open_pool() -> Iterator[WarmPool]:
    """A pool without isolation: an attack that also fails here would prove nothing."""
    with WarmPool("numpy", isolation="off") as pool:
        yield pool


def policy_of(runtime: str, **given) -> Policy:
    """What the course's kernels of a runtime may reach."""
    return Policy(forbidden=Course(REPOSITORY).forbidden(runtime), **given)


Starter = Callable[..., SandboxKernel]


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    """Starts kernels and shuts them down after the test."""
    kernels: list[SandboxKernel] = []

    def start(pool: WarmPool, limits: Limits = SMALL, **given) -> SandboxKernel:
        work = tmp_path / f"work{len(kernels)}"
        policy = given.pop("policy", policy_of(pool.runtime))
        kernels.append(pool.start(KernelSetup(limits, policy, work, **given)))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.shutdown()


@pytest.fixture
def kernel(pool: WarmPool, starter: Starter) -> SandboxKernel:
    return starter(pool)
