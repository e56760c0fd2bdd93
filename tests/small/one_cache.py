"""Fixtures for the rooms whose tests start kernels; their conftest.py imports them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def one_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch: pytest.MonkeyPatch, one_cache: str) -> None:
    """One cache for all tests here, since a warm server without its list of fonts takes seconds longer."""
    monkeypatch.setenv("XDG_CACHE_HOME", one_cache)
    monkeypatch.setenv("CNN_COURSE_OFFLINE", "1")
