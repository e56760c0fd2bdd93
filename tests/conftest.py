"""Shared fixtures: no test reads or fills the user's own cache, asks the network, or leaves a process behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil
import pytest


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A cache of the test's own, and no downloads. `CNN_COURSE_DATA` stays as the caller has set it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("CNN_COURSE_OFFLINE", "1")
    if folder := os.environ.get("CNN_COURSE_DATA"):
        monkeypatch.setenv("CNN_COURSE_DATA", os.path.abspath(folder))


@pytest.fixture(scope="session", autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails the last test of a run in which a child process outlives every test and every shared fixture."""
    before = set(psutil.Process().children(recursive=True))
    yield
    ours = set(psutil.Process().children(recursive=True)) - before
    # multiprocessing's resource tracker ends with the interpreter, by design.
    left = [p for p in psutil.wait_procs(ours, timeout=5)[1] if "resource_tracker" not in " ".join(words(p))]
    for process in left:
        process.kill()
    assert not left, f"still running after the last test: {[(p.pid, words(p)) for p in left]}"


def words(process: psutil.Process) -> list[str]:
    """A process's command line, or nothing once it has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
