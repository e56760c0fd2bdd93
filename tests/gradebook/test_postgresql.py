"""The gradebook on a real PostgreSQL server: graded, regraded, marked by hand, by two runs at once, over a restart."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import Engine, event

from autograder.course import Course
from autograder.gradebook import gradebook as module
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.opening import WrongGradebook
from tests.gradebook.postgresql import Server, programs, running_server
from tests.gradebook.test_gradebook import NAME, results
from tests.small.courses import make_course

pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(programs() is None, reason="PostgreSQL's server is not installed"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture
def url(server: Server, request: pytest.FixtureRequest) -> str:
    return server.new_database(f"db{abs(hash(request.node.name))}")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_course(tmp_path)


def writer(root: Path, url: str) -> GradebookWriter:
    return GradebookWriter(root, url, Course(root))


def scores(url: str) -> dict[str, float]:
    with Gradebook(url, "cnn") as gradebook:
        return {one.student_id: one.score for one in gradebook.assignment_submissions(NAME)}


def test_a_class_is_graded_marked_by_hand_and_graded_again(root: Path, url: str):
    with writer(root, url) as first:
        first.commit_many([Commit(NAME, student, results()) for student in ("ada", "bob")])
        before = scores(url)
        with Gradebook(url, "cnn") as gradebook:
            grade = gradebook.find_grade("why", NAME, NAME, "ada")
            assert grade.needs_manual_grade
            grade.manual_score, grade.needs_manual_grade = 3.0, False
            gradebook.db.commit()
        first.commit_many([Commit(NAME, "ada", results(), changed=frozenset())])
    with Gradebook(url, "cnn") as gradebook:
        grade = gradebook.find_grade("why", NAME, NAME, "ada")
        assert (grade.manual_score, grade.needs_manual_grade) == (3.0, False)
    assert scores(url) == {**before, "ada": before["ada"] + 3.0}


def test_two_runs_on_a_new_gradebook_wait_for_each_other(root: Path, url: str):
    failed: list[BaseException] = []
    start = threading.Barrier(3)

    def run(name: str) -> None:
        try:
            start.wait()
            with writer(root, url) as one:
                for number in range(5):
                    one.commit_many([Commit(NAME, f"{name}{number}", results()), Commit(NAME, "both", results())])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(scores(url)) == 16


def test_a_server_that_is_stopped_and_started_again_loses_nothing(root: Path, url: str, server: Server):
    with writer(root, url) as one:
        one.commit_many([Commit(NAME, "ada", results())])
        server.stop()
        back = threading.Timer(2.0, server.start)
        back.start()
        one.commit_many([Commit(NAME, "bob", results())])
        back.join()
    assert set(scores(url)) == {"ada", "bob"}


@pytest.mark.parametrize(("moment", "number"), [
    ("before_cursor_execute", 1), ("before_cursor_execute", 4), ("before_cursor_execute", 9), ("commit", 1),
])  # fmt: skip
def test_a_server_that_is_stopped_in_the_midst_of_a_commit_has_all_of_it_or_nothing(
    root: Path, url: str, server: Server, moment: str, number: int
):
    moments = itertools.count(1)

    def stop(*_: object) -> None:
        if next(moments) == number:
            server.stop()
            back.start()

    with writer(root, url) as one:
        one.commit_many([Commit(NAME, "ada", results())])
        back = threading.Timer(1.0, server.start)
        event.listen(Engine, moment, stop)
        try:
            one.commit_many([Commit(NAME, "bob", results())])
        finally:
            event.remove(Engine, moment, stop)
        assert next(moments) > number, "it was stopped"
        back.join()
    found = scores(url)
    assert found == {"ada": found["ada"], "bob": found["ada"]}


def test_a_server_that_stays_away_is_one_sentence(root: Path, url: str, server: Server, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.5)
    server.stop()
    try:
        with pytest.raises(WrongGradebook, match=r"could not be opened: .*refused.*; start its server, and run"):
            writer(root, url)
    finally:
        server.start()
