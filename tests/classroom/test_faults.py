"""What the world does to a course: a row of each kind of `python -m tests.soak faults`, which has them all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak import faults
from tests.soak.faults.place import FAULTS, REPOSITORY, kind


@pytest.fixture(scope="module")
def undisturbed() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="f-") as top:
        Path(top).chmod(0o755)
        yield faults.calm(Path(top))


ONE_OF_A_KIND = {kind(tried): tried for tried in reversed(FAULTS)}


def test_the_guide_says_how_many_there_are():
    guide = (REPOSITORY / "docs" / "instructor-guide.md").read_text(encoding="utf-8")
    assert f"tries {len(FAULTS)} such faults" in " ".join(guide.split())


@pytest.mark.long
@pytest.mark.parametrize("tried", ONE_OF_A_KIND.values())
def test_a_fault_is_said_or_mended_and_nothing_is_lost(undisturbed: Path, tried: str):
    with tempfile.TemporaryDirectory(prefix="f-", ignore_cleanup_errors=True) as folder:
        assert faults.try_one(tried, undisturbed, Path(folder))
