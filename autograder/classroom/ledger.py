"""What was graded, recorded outside ``autograded/``: so that nothing is run twice, and nothing is lost by a
crash.

A row is written when a worker returns, before any file and before the gradebook. A run that ends between
the two leaves the row, and the next one writes what is missing from it without running the notebook again. What a row
replaces is kept as history, whole, so that one can go back to it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.faults import AGAIN, MachineFault, of_os_error
from autograder.gradebook.acting import who
from autograder.language import sentences_of

_ = sentences_of(__package__)

VERSION = 4
WAIT_S = 180.0
_TABLES = (
    """create table if not exists graded (
        assignment text not null, student text not null,
        fingerprint text not null, results blob not null, notebook blob not null,
        committed text, written text, answers text, committed_answers text, by text, instead_of text,
        primary key (assignment, student)
    )""",
    """create table if not exists past (
        assignment text not null, student text not null, results blob not null,
        fingerprint text, notebook blob, answers text, by text
    )""",
    "create index if not exists past_of on past (assignment, student)",
    "create table if not exists about (name text primary key, value blob not null)",
    """create table if not exists extensions (
        assignment text not null, student text not null, seconds real not null,
        why text not null, by text not null, at text not null, primary key (assignment, student)
    )""",
    "create table if not exists sections (student text primary key, section text not null)",
    """create table if not exists requests (
        id integer primary key, student text not null, assignment text not null, task text not null,
        says text not null, by text not null, at text not null, outcome text, closed_by text, closed_at text
    )""",
    # Grading by hand: a task's rubric items; which of them hold for an answer, and what was given for it; who is at it;
    # what each act changed, so that it can be undone.
    """create table if not exists rubric_items (
        id integer primary key, assignment text not null, task text not null, place integer not null,
        says text not null, points real not null, by text not null, at text not null
    )""",
    """create table if not exists marks (
        assignment text not null, student text not null, task text not null,
        items text not null, free real, score real, by text not null, at text not null,
        primary key (assignment, task, student)
    )""",
    """create table if not exists claims (
        assignment text not null, student text not null, task text not null, by text not null, until real not null,
        primary key (assignment, task, student)
    )""",
    """create table if not exists acts (
        id integer primary key, act text not null, assignment text not null, student text not null, task text not null,
        what text not null, before text not null, after text not null, by text not null, at text not null
    )""",
    "create index if not exists acts_by on acts (assignment, task, by)",
)
# What tables of earlier versions lack.
_NEW_COLUMNS = {
    "graded": ("written", "answers", "committed_answers", "by", "instead_of"),
    "past": ("fingerprint", "notebook", "answers", "by"),
}
_OF_STUDENTS = ("graded", "past", "extensions", "sections", "requests", "marks", "claims", "acts")
_RECORD = """
insert into graded (assignment, student, fingerprint, results, notebook, answers, by) values (?, ?, ?, ?, ?, ?, ?)
on conflict (assignment, student) do update set fingerprint = excluded.fingerprint, results = excluded.results,
    notebook = excluded.notebook, answers = excluded.answers, by = excluded.by, instead_of = null,
    committed = null, written = null
"""
_SET_ASIDE = """
insert into past (assignment, student, results, fingerprint, notebook, answers, by)
select assignment, student, results, fingerprint, notebook, answers, by from graded where assignment = ? and student = ?
"""
_ENTRY = "student, fingerprint, committed, written, answers, committed_answers, instead_of"


@dataclass(frozen=True)
class Entry:
    """What is on record for a submission: from what it was graded, as what it was last committed, if it was, and the
    digest of the files that were written for it.

    ``answers`` has a digest for each task's answer; ``changed`` are the tasks whose answer is another than the one that
    was last committed, None where that is not known."""

    fingerprint: str
    committed: str | None
    written: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] | None = None
    instead_of: str | None = None

    def stands_for(self, fingerprint: str) -> bool:
        """Whether this is the result of a submission with that fingerprint."""
        return fingerprint in (self.fingerprint, self.instead_of)


@dataclass(frozen=True)
class Past:
    """One result of a submission, the first of which has the number 1: its document, who had it graded, whether it
    counts, and whether all of it is kept, so that one can go back to it; a digest for each task's answer, where they
    were noted."""

    number: int
    results: dict[str, Any]
    by: str
    counts: bool
    whole: bool
    answers: Mapping[str, str] = field(default_factory=dict)


class Damaged(MachineFault):
    """One row of the record cannot be read; the submission has to be graded again."""


class Ledger:
    """The record of one course folder, a SQLite file in its state folder. Safe for several runs at once.

    Raises ``MachineFault`` where the file is damaged, locked, or of a later version."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            files.make_folder(path.parent)
            if not path.exists():  # it holds students' work
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
                os.chmod(path, files.for_group(path.parent, 0o600))
        except OSError as error:
            raise of_os_error(error, path) from error
        with self._one_sentence():
            self._db = sqlite3.connect(path, timeout=WAIT_S)
            self._db.execute("pragma journal_mode = wal")
            self._make_tables()

    def _make_tables(self) -> None:
        version = self._db.execute("pragma user_version").fetchone()[0]
        if version > VERSION:
            self._db.close()
            raise MachineFault(
                _("The record {path} was written by a later version of the autograder; grade with that one.").format(
                    path=self._path
                )
            )
        if version == VERSION:
            return
        with self._db:
            self._db.execute("begin immediate")
            for table in _TABLES:
                self._db.execute(table)
            for table, columns in _NEW_COLUMNS.items():
                there = {row[1] for row in self._db.execute(f"pragma table_info({table})")}
                for column in columns:
                    if column not in there:
                        self._db.execute(f"alter table {table} add column {column}")
            self._db.execute(f"pragma user_version = {VERSION}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def _one_sentence(self) -> Iterator[None]:
        """Says in one sentence what SQLite cannot do with the file."""
        try:
            yield
        except sqlite3.Error as error:
            raise MachineFault(_("The record {path} {error}").format(path=self._path, error=_trouble(error))) from error

    def entries(self, assignment: str) -> dict[str, Entry]:
        """Every student's entry for an assignment."""
        with self._one_sentence():
            rows = self._db.execute(f"select {_ENTRY} from graded where assignment = ?", (assignment,)).fetchall()
        return {student: _entry(*rest) for student, *rest in rows}

    def entry(self, assignment: str, student: str) -> Entry:
        """A student's entry; ``KeyError`` if there is none."""
        with self._one_sentence():
            row = self._db.execute(
                f"select {_ENTRY} from graded where assignment = ? and student = ?", (assignment, student)
            ).fetchone()
        if row is None:
            raise KeyError(student)
        return _entry(*row[1:])

    def is_empty(self) -> bool:
        """Whether nothing was ever graded."""
        with self._one_sentence():
            return self._db.execute("select 1 from graded limit 1").fetchone() is None

    def record(
        self,
        assignment: str,
        student: str,
        fingerprint: str,
        results: dict[str, Any],
        notebook: bytes,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        """Keeps an outcome, in place of the student's earlier one, which becomes history; it counts as not committed
        yet. ``answers`` has a digest for each task's answer."""
        document = zlib.compress(json.dumps(results).encode(), 1)
        executed = zlib.compress(notebook, 1)
        row = (assignment, student, fingerprint, document, executed, json.dumps(dict(answers or {})), who())
        with self._one_sentence(), self._db:
            self._db.execute(_SET_ASIDE, row[:2])
            self._db.execute(_RECORD, row)

    def history(self, assignment: str, student: str) -> list[dict[str, Any]]:
        """Every results document of a submission, the oldest first, the one that counts last."""
        return [one.results for one in self.past(assignment, student)]

    def past(self, assignment: str, student: str) -> list[Past]:
        """Every result of a submission, the oldest first, the one that counts last; damaged ones are left out."""
        with self._one_sentence():
            rows = self._db.execute(
                "select results, by, notebook is not null, answers, 0 as last, rowid as n from past "
                "where assignment = ? and student = ? union all "
                "select results, by, 1, answers, 1, 0 from graded where assignment = ? and student = ? order by 5, 6",
                (assignment, student) * 2,
            ).fetchall()
        return [
            Past(number, document, by or "", bool(last), bool(whole), _digests(answers))
            for number, (results, by, whole, answers, last, _) in enumerate(rows, 1)
            if (document := _document(results)) is not None
        ]

    def go_back(self, assignment: str, student: str, number: int) -> None:
        """Has an earlier result of a submission count, in place of the one that counts, which becomes history. It
        counts as not committed yet. ``KeyError`` if there is no such result, or not all of it is kept."""
        of = (assignment, student)
        with self._one_sentence(), self._db:
            self._db.execute("begin immediate")
            rows = self._db.execute(
                "select rowid, fingerprint, notebook from past where assignment = ? and student = ? order by rowid", of
            ).fetchall()
            if not 1 <= number <= len(rows) or rows[number - 1][2] is None:
                raise KeyError(number)
            row, fingerprint, _ = rows[number - 1]
            now = self._db.execute(
                "select fingerprint, instead_of from graded where assignment = ? and student = ?", of
            ).fetchone()
            # What the submission would be graded to now: a result that stands in its place is not that.
            latest = now[1] or now[0]
            self._db.execute(_SET_ASIDE, of)
            self._db.execute(
                "update graded set (results, fingerprint, notebook, answers, by) = "
                "(select results, fingerprint, notebook, answers, by from past where rowid = ?), instead_of = ?, "
                "committed = null, written = null where assignment = ? and student = ?",
                (row, None if fingerprint == latest else latest, *of),
            )

    def count_of(self, student: str) -> dict[str, int]:
        """By table, how many rows there are of a student."""
        query = "select count(*) from {} where student = ?"
        return {table: self.rows(query.format(table), (student,))[0][0] for table in _OF_STUDENTS}

    def forget(self, student: str) -> None:
        """Removes every row of a student, and what the file still has of them where rows were."""
        with self._one_sentence():
            self._db.execute("pragma secure_delete = on")
            with self._db:
                for table in _OF_STUDENTS:
                    self._db.execute(f"delete from {table} where student = ?", (student,))
            self._db.execute("vacuum")
            self._db.execute("pragma wal_checkpoint(truncate)")

    def rows(self, query: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds, for the modules that keep other things here."""
        with self._one_sentence():
            return self._db.execute(query, tuple(values)).fetchall()

    def change_all(self, changes: Iterable[tuple[str, Iterable[Any]]]) -> None:
        """Changes rows by several queries in one transaction, all or none."""
        with self._one_sentence(), self._db:
            self._db.execute("begin immediate")
            for query, values in changes:
                self._db.execute(query, tuple(values))

    def change(self, query: str, values: Iterable[Any] = ()) -> int:
        """Changes rows in a transaction of its own; how many."""
        with self._one_sentence(), self._db:
            return self._db.execute(query, tuple(values)).rowcount

    def outcome(self, assignment: str, student: str) -> tuple[dict[str, Any], NotebookNode]:
        """The results document and the executed notebook on record; ``KeyError`` if there are none."""
        results, notebook = self.files(assignment, student)
        return results, nbformat.reads(notebook.decode(), as_version=4)

    def files(self, assignment: str, student: str) -> tuple[dict[str, Any], bytes]:
        """As ``outcome``, the notebook as the bytes of its file. Raises ``Damaged`` where the row is."""
        with self._one_sentence():
            row = self._db.execute(
                "select results, notebook from graded where assignment = ? and student = ?", (assignment, student)
            ).fetchone()
        if row is None:
            raise KeyError(student)
        document = _document(row[0])
        try:
            notebook = zlib.decompress(row[1])
        except (zlib.error, TypeError):
            document = None
        if document is None or document.get("student", student) != student:
            raise Damaged(
                _("The record of {student!r} in {path} is damaged; grade that submission with --force.").format(
                    student=student, path=self._path
                )
            )
        return document, notebook

    def mark_written(self, assignment: str, student: str, digest: str) -> None:
        """Notes the digest of the files that lie in ``autograded/`` for a submission."""
        with self._one_sentence(), self._db:
            self._db.execute(
                "update graded set written = ? where assignment = ? and student = ?", (digest, assignment, student)
            )

    def mark_committed(self, assignment: str, commits: Iterable[tuple[str, str, str | None]]) -> None:
        """Notes (student, what was committed, the digest of the files that were written) once the gradebook has
        them."""
        with self._one_sentence(), self._db:
            self._db.executemany(
                "update graded set committed = ?, written = ?, committed_answers = answers "
                "where assignment = ? and student = ?",
                [(committed, written, assignment, student) for student, committed, written in commits],
            )

    def get(self, name: str) -> bytes | None:
        """What ``put`` kept under a name; None if nothing was."""
        with self._one_sentence():
            row = self._db.execute("select value from about where name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def put(self, name: str, value: bytes) -> None:
        """Keeps a few bytes about the course under a name."""
        with self._one_sentence(), self._db:
            self._db.execute("insert or replace into about values (?, ?)", (name, value))


def _entry(
    fingerprint: str,
    committed: str | None,
    written: str | None,
    answers: str | None,
    before: str | None,
    instead_of: str | None,
) -> Entry:
    now, then = _digests(answers), _digests(before)
    changed = None if not before else frozenset(task for task in {*now, *then} if now.get(task) != then.get(task))
    return Entry(fingerprint, committed, written, now, changed, instead_of)


def _digests(text: str | None) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _document(blob: bytes) -> dict[str, Any] | None:
    """The results document of a row; None where its bytes are damaged."""
    try:
        found = json.loads(zlib.decompress(blob))
    except (zlib.error, ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _trouble(error: sqlite3.Error) -> str:
    """What is wrong with the file, and the remedy; the end of a sentence that begins with its name."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return _("is locked by another program for longer than {wait_s:.0f} s; end that one, and {again}.").format(
            wait_s=WAIT_S, again=AGAIN
        )
    if "full" in text:
        return _("cannot grow, since its disk is full; make room there, and {again}.").format(again=AGAIN)
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return _(
            "cannot be read or written; see that it is a file, make it and its folder yours to write, and {again}."
        ).format(again=AGAIN)
    if "I/O" in text:
        return _("could not be used ({text}); look whether it is a file, and at its disk, and {again}.").format(
            text=text, again=AGAIN
        )
    return _(
        "is damaged ({text}); put back a copy of it, or move it away and {again}: then every submission is graded "
        "anew, and manual grades stay in the gradebook."
    ).format(text=text, again=AGAIN)
