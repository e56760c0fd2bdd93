from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.classroom.ledger import Ledger
from autograder.classroom.seeds import Secret
from autograder.faults import MachineFault


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


def test_a_seed_is_what_it_was_when_the_class_was_graded_before():
    """With another way to draw them everybody's hidden inputs would change, and nobody would know why."""
    secret = Secret(b"x" * 32)
    assert secret.seeds(("double", "square"), "ada")["double"].hex() == (
        "231dab72dc5f4bd86201209bce65b29c38fbfd754b59953d04fc736241e91a31"
    )
    assert secret.id == 245930087209307


def test_a_damaged_secret_is_not_replaced(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(MachineFault, match="instead of 32 bytes; put it back"):
        Secret.of_course(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as ledger:
        yield ledger


@pytest.mark.parametrize("damage", [None, b"", b"short"])
def test_a_lost_or_damaged_secret_comes_back_from_the_record(tmp_path: Path, ledger: Ledger, damage: bytes | None):
    first = Secret.of_course(tmp_path, ledger)
    (tmp_path / "secret").unlink()
    if damage is not None:
        (tmp_path / "secret").write_bytes(damage)
    assert Secret.of_course(tmp_path, ledger) == first
    assert (tmp_path / "secret").read_bytes() == first.key
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_secret_that_is_lost_for_good_is_said_before_anybody_is_graded_with_another(tmp_path: Path, ledger: Ledger):
    ledger.record("01", "ada", "f", {}, b"")
    with pytest.raises(MachineFault, match="is lost, and earlier results were drawn with it"):
        Secret.of_course(tmp_path, ledger)
    assert not (tmp_path / "secret").exists()
    assert len(Secret.of_course(tmp_path, ledger, anew=True).key) == 32


def test_another_secret_than_before_is_said_first_too(tmp_path: Path, ledger: Ledger):
    Secret.of_course(tmp_path, ledger)
    (tmp_path / "secret").write_bytes(b"x" * 32)
    with pytest.raises(MachineFault, match="not the one that earlier results were drawn with"):
        Secret.of_course(tmp_path, ledger)
    assert Secret.of_course(tmp_path, ledger, anew=True).key == b"x" * 32
    assert Secret.of_course(tmp_path, ledger).key == b"x" * 32


def test_a_pipe_in_place_of_the_secret_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "secret")
    with pytest.raises(MachineFault, match="secret, is no file that can be read; remove it"):
        Secret.of_course(tmp_path)
