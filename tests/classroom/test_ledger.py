from __future__ import annotations

import sqlite3
import stat
import zlib
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.classroom import marks
from autograder.classroom.ledger import Damaged, Entry, Ledger
from autograder.faults import MachineFault

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
    ledger.mark_committed("01", [("ada", "f1|monday", "digest")])
    assert ledger.entries("01")["ada"].committed == "f1|monday"
    ledger.record("01", "ada", "f2", {}, NOTEBOOK)
    assert (ledger.entries("01")["ada"].fingerprint, ledger.entries("01")["ada"].committed) == ("f2", None)


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


def test_every_earlier_result_is_kept_as_history(ledger: Ledger):
    for score in (1, 2, 3):
        ledger.record("01", "ada", f"f{score}", {"score": score}, NOTEBOOK)
    ledger.record("01", "bob", "f", {"score": 9}, NOTEBOOK)
    assert [one["score"] for one in ledger.history("01", "ada")] == [1, 2, 3]


def test_which_answers_changed_since_the_last_commit_is_known(ledger: Ledger):
    ledger.record("01", "ada", "f1", {}, NOTEBOOK, {"why": "a", "how": "b"})
    assert ledger.entries("01")["ada"].changed is None, "nothing was committed yet"
    ledger.mark_committed("01", [("ada", "f1|", None)])
    assert ledger.entries("01")["ada"].changed == frozenset()
    ledger.record("01", "ada", "f2", {}, NOTEBOOK, {"why": "a", "how": "c"})
    assert ledger.entries("01")["ada"].changed == {"how"}


@pytest.fixture
def file(ledger: Ledger, tmp_path: Path) -> Path:
    ledger.record("01", "ada", "f", {"score": 1}, NOTEBOOK)
    ledger.close()
    return tmp_path / "state" / "ledger.db"


@pytest.mark.parametrize("damage", [b"garbage" * 1000, None])
def test_a_damaged_file_is_said_in_a_sentence_with_the_remedy(file: Path, damage: bytes | None):
    file.write_bytes(damage or file.read_bytes()[:5000])
    with pytest.raises(MachineFault, match=r"ledger.db is damaged \(.*\); put back a copy"), Ledger(file) as ledger:
        ledger.entries("01")
        ledger.files("01", "ada")


def change(file: Path, query: str) -> None:
    """Changes the record behind the ledger's back."""
    database = sqlite3.connect(file)
    database.execute(query)
    database.commit()
    database.close()


def test_a_row_that_is_damaged_concerns_its_student_alone(file: Path):
    with Ledger(file) as ledger:
        ledger.record("01", "bob", "f", {"score": 2}, NOTEBOOK)
    change(file, "update graded set results = x'00112233' where student = 'ada'")
    with Ledger(file) as ledger:
        with pytest.raises(Damaged, match="'ada'"):
            ledger.files("01", "ada")
        assert ledger.files("01", "bob")[0] == {"score": 2}


def test_a_neighbour_s_results_in_a_row_are_damage(file: Path):
    with Ledger(file) as ledger:
        ledger.record("01", "bob", "f", {"score": 2, "student": "bob"}, NOTEBOOK)
    change(file, "update graded set results = (select results from graded where student = 'bob')")
    with Ledger(file) as ledger:
        with pytest.raises(Damaged, match="'ada'"):
            ledger.files("01", "ada")
        assert ledger.files("01", "bob")[0]["score"] == 2


def test_a_record_of_a_later_version_is_left_alone(file: Path):
    database = sqlite3.connect(file)
    database.execute("pragma user_version = 99")
    database.close()
    with pytest.raises(MachineFault, match="later version"):
        Ledger(file)


def test_a_record_of_before_there_were_versions_is_read(tmp_path: Path):
    database = sqlite3.connect(tmp_path / "ledger.db")
    database.execute(
        "create table graded (assignment text not null, student text not null, fingerprint text not null, "
        "results blob not null, notebook blob not null, committed text, primary key (assignment, student))"
    )
    row = ("01", "ada", "f", zlib.compress(b'{"score": 1}'), zlib.compress(NOTEBOOK), "f|")
    database.execute("insert into graded values (?, ?, ?, ?, ?, ?)", row)
    database.commit()
    database.close()
    with Ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.entries("01")["ada"] == Entry("f", "f|")
        assert ledger.files("01", "ada") == ({"score": 1}, NOTEBOOK)


def test_a_locked_record_is_waited_for_and_then_said(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("autograder.classroom.ledger.WAIT_S", 0.2)
    with Ledger(file) as ledger, closing(sqlite3.connect(file)) as other:
        other.execute("begin immediate")
        with pytest.raises(MachineFault, match="is locked by another program"):
            ledger.record("01", "bob", "f", {}, NOTEBOOK)


def test_an_answer_that_somebody_is_at_is_free_after_a_while_and_when_the_clock_was_set_back(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    def claim(by: str, moment: float) -> str:
        monkeypatch.setattr(marks, "who", lambda: by)
        monkeypatch.setattr(marks.time, "time", lambda: moment)
        return marks.claim(ledger, "01", "why", "ada")

    assert claim("ben", 1e9) == "ben" == claim("cyd", 1e9) == claim("cyd", 1e9 - 1)
    assert claim("cyd", 1e9 + marks.CLAIMED_S + 1) == "cyd"
    assert claim("ben", 1e9 - 86_400) == "ben"
    assert marks.claims(ledger, "01", "why") == {"ada": "ben"}
