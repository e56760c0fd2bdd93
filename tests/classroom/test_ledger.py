from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.classroom.ledger import Entry, Ledger

NOTEBOOK = nbformat.writes(new_notebook(cells=[new_code_cell("ü = 1")])).encode()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "state" / "ledger.db")
    yield ledger
    ledger.close()


def test_what_is_recorded_comes_back(ledger: Ledger):
    ledger.record("01", "ada", "f1", {"score": 1.5}, NOTEBOOK)
    assert ledger.entries("01") == {"ada": Entry("f1", None)}
    assert ledger.entries("02") == {}
    results, notebook = ledger.outcome("01", "ada")
    assert results == {"score": 1.5} and notebook.cells[0].source == "ü = 1"
    assert ledger.files("01", "ada") == ({"score": 1.5}, NOTEBOOK)


def test_a_new_outcome_counts_as_not_committed(ledger: Ledger):
    ledger.record("01", "ada", "f1", {}, NOTEBOOK)
    ledger.mark_committed("01", [("ada", "f1|monday")])
    assert ledger.entries("01")["ada"] == Entry("f1", "f1|monday")
    ledger.record("01", "ada", "f2", {}, NOTEBOOK)
    assert ledger.entries("01")["ada"] == Entry("f2", None)


def test_who_has_no_record_is_a_key_error(ledger: Ledger):
    with pytest.raises(KeyError):
        ledger.outcome("01", "bob")


def test_two_runs_share_the_file_and_only_its_owner_reads_it(ledger: Ledger, tmp_path: Path):
    other = Ledger(tmp_path / "state" / "ledger.db")
    other.record("01", "bob", "f", {}, NOTEBOOK)
    ledger.record("01", "ada", "f", {}, NOTEBOOK)
    assert set(ledger.entries("01")) == set(other.entries("01")) == {"ada", "bob"}
    other.close()
    assert stat.S_IMODE((tmp_path / "state" / "ledger.db").stat().st_mode) == 0o600


def test_a_write_that_was_cut_short_leaves_the_old_record(ledger: Ledger, tmp_path: Path):
    ledger.record("01", "ada", "old", {}, NOTEBOOK)
    cut_short = sqlite3.connect(tmp_path / "state" / "ledger.db")
    cut_short.execute("update graded set fingerprint = 'new'")
    cut_short.close()  # without a commit, as when the process is killed
    assert ledger.entries("01")["ada"].fingerprint == "old"
