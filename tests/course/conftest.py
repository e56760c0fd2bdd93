"""Training tasks are tried on the digits, which every machine has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder import training


@pytest.fixture(autouse=True)
def on_the_digits() -> Iterator[None]:
    with training.using("digits"):
        yield
