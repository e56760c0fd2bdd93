"""Shared fixtures: no test reads or fills the user's own cache, asks the network, or leaves a process behind."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips, saying so, what needs a device or a program that this machine lacks."""
    # Not asked of PyTorch: that would open the device in this process, which then could no longer fork.
    gpu = any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))
    browser = any(shutil.which(name) for name in BROWSERS)
    for item in items:
        if item.get_closest_marker("gpu") and not gpu:
            item.add_marker(pytest.mark.skip(reason="no CUDA device here"))
        if item.get_closest_marker("browser") and not browser:
            item.add_marker(pytest.mark.skip(reason="no Chromium here to render pages with"))


def pytest_collection_finish() -> None:
    """Whatever looks for garbage later, as each measured call does, passes over the frameworks and the tests."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup() -> None:
    """Once TensorFlow was loaded, absl's handler would close pytest's own stream as soon as an application sets up its
    logging while another one stands in its place, as with `capfd`."""
    absl: Any = sys.modules.get("absl.logging")
    if absl is not None:
        absl.get_absl_handler().python_handler.close = lambda: None


@pytest.fixture(scope="session", autouse=True)
def homes_of_shared_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What fixtures of a module or a session start has a cache of the run's own, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("CNN_COURSE_OFFLINE", "1")
        yield


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
