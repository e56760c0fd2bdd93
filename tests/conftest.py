"""Shared fixtures: no test reads or fills the user's own cache, and none asks the network."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A cache of the test's own, and no downloads. `CNN_COURSE_DATA` stays as the caller has set it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("CNN_COURSE_OFFLINE", "1")
    if folder := os.environ.get("CNN_COURSE_DATA"):
        monkeypatch.setenv("CNN_COURSE_DATA", os.path.abspath(folder))
