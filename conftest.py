"""Where a notebook's check decides, as under nbmake, a check that does not pass has to raise."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """nbmake takes a cell without an error for a success, so the kernels that it starts are told to be strict."""
    if config.getoption("nbmake", default=False):
        os.environ.setdefault("CNN_STRICT", "1")
