"""What makes a submission run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.course import Course
from autograder.grading import fingerprints
from tests.grading.courses import make_course


def test_the_images_count_where_a_notebook_uses_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(Course(make_course(tmp_path)).assignment("00-small"), images=False)
    using = replace(without, images=True)

    def environments(name: str) -> tuple[str, str]:
        monkeypatch.setattr(fingerprints, "find_images", lambda: SimpleNamespace(name=name))
        return fingerprints.environment_fingerprint(without), fingerprints.environment_fingerprint(using)

    mnist, digits = environments("mnist"), environments("digits")
    assert mnist[0] == digits[0]
    assert mnist[1] != digits[1]
    assert environments("mnist") == mnist
