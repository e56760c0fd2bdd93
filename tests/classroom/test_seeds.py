from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.classroom.seeds import Secret


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path):
    first, second = (Secret.of_course(tmp_path / "state") for _ in range(2))
    assert first == second
    assert stat.S_IMODE((tmp_path / "state" / "secret").stat().st_mode) == 0o600
    assert Secret.of_course(tmp_path / "other") != first


def test_runs_that_start_together_agree_on_the_secret(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: Secret.of_course(tmp_path).key, range(32)))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


def test_seeds_differ_by_task_student_and_secret_and_by_nothing_else():
    secret = Secret(b"x" * 32)
    seeds = {secret.seed(task, student) for task in ("a", "ab") for student in ("b", "bb", "ü")}
    assert len(seeds) == 6
    assert secret.seed("a", "bc") != secret.seed("ab", "c")
    assert secret.seed("a", "b") == Secret(b"x" * 32).seed("a", "b") != Secret(b"y" * 32).seed("a", "b")


def test_a_damaged_secret_is_not_replaced(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        Secret.of_course(tmp_path)
