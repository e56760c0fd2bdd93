"""The class in memory: followed while another process grades, filtered, sorted, a page at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.classroom.times import give_time
from autograder.course import Course, UsageError
from autograder.desk.board import Board, Boards
from autograder.desk.finding import Wanted, who
from autograder.desk.renewed import Renewed
from autograder.desk.rows import Asked, CellOf, neighbours, page_of
from autograder.faults import MachineFault
from autograder.submission.notebook import Template
from tests.desk.classes import NAME
from tests.desk.conftest import copied
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, submit

WRONG = {**RIGHT, "square": "def square(x):\n    return 0"}


@pytest.fixture
def root(pattern: Path, tmp_path: Path) -> Iterator[Path]:
    root = copied(pattern, tmp_path / "class")
    with at_home(root):
        yield root


def board_of(boards: Boards, *, at_once: bool = True) -> Board:
    board = boards.of(NAME, at_once=at_once, patience=60)
    assert board is not None
    return board


def hand_in(root: Path, student: str, answers: dict[str, str]) -> None:
    submit(root, student, answered(Template.load(Course(root).assignment(NAME)), answers))


def test_what_another_process_grades_comes_in_and_nothing_else_is_read_again(root: Path) -> None:
    boards = Boards(Course(root), root)
    first = board_of(boards)
    assert len(first.results) == 10 and first.all_states["s000"] == ("waits for a person",)
    assert board_of(boards) is first  # nothing has changed
    hand_in(root, "zoe", WRONG)
    assert board_of(boards).all_states["zoe"] == ("to be graded",)
    grade(root)
    second = board_of(boards)
    assert second.version != first.version
    assert second.students["zoe"].score == 6.0 and second.all_states["zoe"] == ()
    assert second.results["s001"] is first.results["s001"]


def test_an_extension_is_seen(root: Path) -> None:
    boards = Boards(Course(root), root)
    before = board_of(boards)
    give_time(root, "s001", NAME, timedelta(days=2), "ill", Course(root))
    after = board_of(boards)
    assert after.version != before.version and after.extensions["s001"].why == "ill"


def test_a_board_keeps_no_sentence_twice(root: Path) -> None:
    board = board_of(Boards(Course(root), root))
    said = [
        test["description"] for result in board.results.values() for task in result["tasks"] for test in task["tests"]
    ]
    assert len({id(one) for one in said}) == len(set(said)) > 1


def test_rows_are_found_filtered_and_sorted(root: Path) -> None:
    hand_in(root, "zoe", WRONG)
    board = board_of(Boards(Course(root), root))

    def ids(**query: str) -> list[str]:
        return [row.id for row in page_of(board, Asked.of(query)).rows]

    assert ids()[:2] == ["s000", "s001"] and ids(down="1")[0] == "zoe"
    assert ids(find="ZO") == ["zoe"] and ids(find="nobody") == []
    assert ids(state="to be graded") == ["zoe"] and len(ids(state="waits for a person")) == 10
    assert ids(sort="double", down="1")[0] == "s008" and ids(sort="double")[:2] == ["zoe", "s000"]
    assert ids(sort="score")[0] == "zoe" and ids(sort="no such task") == ids()
    page = page_of(board, Asked.of({"page": "7"}))
    assert (page.page, page.pages, page.found, page.counts["to be graded"]) == (1, 1, 11, 1)
    assert neighbours(board, Asked(sort="score"), "zoe")[0] is None
    assert neighbours(board, Asked(), "s001") == ("s000", "s002")
    assert neighbours(board, Asked(find="zoe"), "s001") == (None, None)


def test_the_answers_that_somebody_graded_by_hand_are_found(root: Path) -> None:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "cnn") as gradebook:
        for student in ("s001", "s004"):
            gradebook.find_grade("why", NAME, NAME, student).manual_score = 3.0
        gradebook.db.commit()
    board = board_of(Boards(Course(root), root))
    (hand,) = board.report(lambda student, place: None).hands
    assert who(board, Wanted(task="why", by=hand.by or "-")) == ["s001", "s004"]
    assert page_of(board, Asked(find="s001")).rows[0].cells[0] == CellOf("why", "3", 2, "graded by hand")
    assert who(board, Wanted(task="why", by="nobody")) == who(board, Wanted(task="no such task")) == []


@pytest.mark.parametrize("page", ["0", "-1", "x", "1" * 9, "٣"])
def test_a_page_that_makes_no_sense_is_the_first(page: str) -> None:
    assert Asked.of({"page": page}).page in (1, 3)


def test_an_unknown_assignment_is_refused(root: Path) -> None:
    with pytest.raises(UsageError):
        Boards(Course(root), root).of("99-none")


def test_what_is_being_made_is_shown_as_it_was() -> None:
    stamp, go_on, made = [1], threading.Event(), []

    def make(before: int | None) -> int:
        if before is not None:
            go_on.wait(10)
        made.append(stamp[0])
        return stamp[0]

    kept = Renewed(lambda: stamp[0], make)
    assert kept.get(10) == 1 and kept.get(0) == 1 and made == [1]
    stamp[0] = 2
    assert kept.get(0, at_once=True) == 1  # still being made
    go_on.set()
    assert kept.get(10, at_once=True) == 2 and made == [1, 2]


def test_what_cannot_be_made_is_said_to_whoever_asks_and_tried_again() -> None:
    fails = [True]

    def make(before: int | None) -> int:
        if fails[0]:
            raise MachineFault("The disk is gone.")
        return 7

    kept = Renewed(lambda: 1, make)
    with pytest.raises(MachineFault, match="gone"):
        kept.get(10)
    fails[0] = False
    assert kept.get(10) == 7
