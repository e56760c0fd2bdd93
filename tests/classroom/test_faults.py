"""What the world does to a course, row by row of `python -m tests.soak faults`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak import faults


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="f-") as top:
        Path(top).chmod(0o755)
        yield faults.calm(Path(top))


@pytest.mark.long
@pytest.mark.parametrize("tried", faults.FAULTS)
def test_a_fault_is_said_or_mended_and_nothing_is_lost(undisturbed: Path, tried: str):
    with tempfile.TemporaryDirectory(prefix="f-", ignore_cleanup_errors=True) as folder:
        assert faults.try_one(tried, undisturbed, Path(folder))
