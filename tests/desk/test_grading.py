"""What is given at the desk: in the gradebook as the formgrader would have it, undone, followed, refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Comment, Grade, Gradebook
from sqlalchemy import text

from autograder.classroom.ledger import Ledger
from autograder.course import Course
from autograder.desk.answers import asked, items_of
from autograder.desk.desk import Desk
from autograder.desk.grading import Answer, Grading, Refused, Wanted
from autograder.gradebook.acting import acting_as
from autograder.gradebook.by_hand import Given
from autograder.gradebook.manual import manual_grades
from tests.desk.classes import NAME, TASK
from tests.small.formgrader import comment, formgrader, give
from tests.small.pretend import grade
from tests.small.small_class import submit


@contextmanager
def grading(root: Path, who: str = "grace") -> Iterator[Grading]:
    """The text task of a class, as somebody grades it."""
    course = Course(root)
    desk = Desk.of(root, course)
    assignment = course.assignment(NAME)
    task = assignment.task(TASK)
    with acting_as(who), desk.open_ledger() as ledger:
        yield Grading(desk, ledger, NAME, task, asked(assignment, task).items)
    desk.close()


def of(found: Grading, student: str) -> Answer:
    """A student's answer, as it stands."""
    return next(one for one in found.answers().values() if one.student == student)


def put(found: Grading, student: str, *items: int, free: float | None = None, comment: str = "") -> Answer:
    """Gives an answer items (by their keys), points and a comment."""
    one = of(found, student)
    held = frozenset(found.items[key - 1].id for key in items)
    return found.give({one.id: Wanted(held, free, comment)}, {one.id: one.seen})[one.id]


def given(root: Path, student: str) -> list[Given]:
    """What people gave a student's answer, the oldest first."""
    return list(manual_grades(root, NAME, Course(root))[student].given)


def rows(root: Path) -> list[tuple[object, ...]]:
    """Every row that a person's grade can touch, but for the rows' own ids, and who gave what."""
    query = (
        "select s.student_id, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, null, null "
        "from grade g join base_cell c on c.id = g.cell_id join submitted_notebook n on n.id = g.notebook_id "
        "join submitted_assignment s on s.id = n.assignment_id union all "
        "select s.student_id, c.name, null, null, null, null, m.auto_comment, m.manual_comment "
        "from comment m join base_cell c on c.id = m.cell_id join submitted_notebook n on n.id = m.notebook_id "
        "join submitted_assignment s on s.id = n.assignment_id"
    )
    with Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as book:
        found = [tuple(row) for row in book.db.execute(text(query))]
        given = "select student, task, what, score, extra, comment from given_by_hand order by id"
        noted = [("noted", *row) for row in book.db.execute(text(given))]
    return sorted(found, key=repr) + noted


def test_it_writes_what_the_formgrader_writes(root: Path, pattern: Path, tmp_path: Path) -> None:
    """Points, a comment, points taken back, a comment taken back, and none of both, row by row."""
    there = Path(shutil.copytree(pattern, tmp_path / "there"))
    with grading(root) as found:
        put(found, "s000", 1, 3, comment="Good.")
        put(found, "s001", free=0.0)
        put(found, "s002", 1, comment="No.")
        put(found, "s002")
        put(found, "s003", 1, 2, 3, free=9.0)  # no more than the task has
    with Gradebook(f"sqlite:///{there}/gradebook.db", "cnn") as book:
        notebooks = {s: book.find_submission_notebook(NAME, NAME, s).id for s in ("s000", "s001", "s002", "s003")}
    with formgrader(there, tmp_path / "home") as browse:
        give(browse, notebooks["s000"], TASK, 3.0)
        comment(browse, notebooks["s000"], TASK, "Good.")
        give(browse, notebooks["s001"], TASK, 0.0)
        give(browse, notebooks["s002"], TASK, 2.0)
        comment(browse, notebooks["s002"], TASK, "No.")
        give(browse, notebooks["s002"], TASK, None)
        comment(browse, notebooks["s002"], TASK, "")
        give(browse, notebooks["s003"], TASK, 5.0)
    assert rows(root) == rows(there)


def in_the_formgrader(root: Path, student: str, **fields: object) -> None:
    """Somebody changes a grade, or a comment, where the desk does not look."""
    with acting_as("alan"), Gradebook(f"sqlite:///{root}/gradebook.db", "cnn") as book:
        kind = Comment if "manual_comment" in fields else Grade
        found = (book.find_comment if kind is Comment else book.find_grade)(TASK, NAME, NAME, student)
        for name, value in fields.items():
            setattr(found, name, value)
        book.db.commit()


def test_a_later_change_in_the_formgrader_wins(root: Path) -> None:
    with grading(root) as found:
        assert put(found, "s000", 1, 2).standing.score == 4
        in_the_formgrader(root, "s000", manual_score=2.5)
        now = of(found, "s000")
        assert (now.standing.score, now.elsewhere, now.mark.items, now.mark.free) == (2.5, True, (), 2.5)
        changed = found.change_item(replace(found.items[0], points=1.0))
        assert changed == 0 and of(found, "s000").standing.score == 2.5
        assert put(found, "s000", 2, free=0.5).standing.score == 2.5 and not of(found, "s000").elsewhere
        in_the_formgrader(root, "s000", manual_comment="Of the formgrader's.")
        assert of(found, "s000").standing.comment == "Of the formgrader's."
        changes = given(root, "s000")
        assert [(one.by, one.score) for one in changes if one.what == "points"][:2] == [("grace", 4), ("alan", 2.5)]


def test_who_was_faster_is_not_overwritten(root: Path) -> None:
    with grading(root) as mine, grading(root, "alan") as theirs:
        before = of(mine, "s000")
        put(theirs, "s000", 1, comment="His.")
        with pytest.raises(Refused, match="Somebody has graded this answer meanwhile"):
            mine.give({before.id: Wanted(frozenset(), 0.0, "Hers.")}, {before.id: before.seen})
        assert of(mine, "s000").standing.comment == "His."


def test_what_is_sent_twice_is_given_once(root: Path) -> None:
    """The desk's answer was lost on its way, so that the page sends the same again, knowing of nothing."""
    with grading(root) as found:
        before = of(found, "s000")
        wanted = {before.id: Wanted(frozenset({found.items[0].id}), None, "Once.")}
        first = found.give(wanted, {before.id: before.seen})
        assert found.give(wanted, {before.id: before.seen}) == first
        changes = given(root, "s000")
        assert [one.what for one in changes] == ["points", "comment"]


def test_all_or_none_of_like_answers(root: Path) -> None:
    with grading(root) as found, grading(root, "alan") as theirs:
        chosen = [of(found, student) for student in ("s000", "s002", "s003")]
        seen = {one.id: one.seen for one in chosen}
        put(theirs, "s003", 1)
        wanted = Wanted(frozenset({found.items[1].id}), None, "Alike.")
        with pytest.raises(Refused):
            found.give(dict.fromkeys(seen, wanted), seen)
        assert of(found, "s000").standing.score is None
        seen[chosen[2].id] = of(found, "s003").seen
        found.give(dict.fromkeys(seen, wanted), seen)
        assert {of(found, one.student).standing.score for one in chosen} == {2.0}
        found.undo()
        assert [of(found, one.student).standing.score for one in chosen] == [None, None, 2.0]
        assert of(found, "s003").mark.items == (found.items[0].id,)


def test_two_graders_have_an_answer_each(root: Path) -> None:
    with grading(root) as mine, grading(root, "alan") as theirs:
        one = of(mine, "s000")
        with acting_as("grace"):
            assert mine.claim(one) is None
        with acting_as("alan"):
            assert theirs.claim(one) == "grace" and theirs.claims() == {"s000": "grace"}
            with pytest.raises(Refused, match="grace is at this answer"):
                put(theirs, "s000", 1)
            assert theirs.claim(one, take=True) is None
        with acting_as("grace"), pytest.raises(Refused, match="alan is at this answer"):
            put(mine, "s000", 1)
        with acting_as("alan"):
            theirs.leave(one)
        with acting_as("grace"):
            assert mine.claims() == {} and put(mine, "s000", 1).standing.score == 2


def test_an_items_points_follow_and_come_back(root: Path) -> None:
    with grading(root) as found:
        put(found, "s000", 1, 2)
        put(found, "s001", 2, comment="Kept.")
        put(found, "s004", 1, 2, 3)  # all five points, and no more by what follows
        more = replace(found.items[1], points=3.0, says="*Moved* along")
        assert {one.student: score for one, score in found.following(more)} == {"s000": 5.0, "s001": 3.0}
        assert of(found, "s000").standing.score == 4  # a look changes nothing
        assert found.change_item(more) == 2
        assert [of(found, s).standing.score for s in ("s000", "s001", "s004")] == [5.0, 3.0, 5.0]
        assert of(found, "s001").standing.comment == "Kept." and of(found, "s001").mark.items == (more.id,)
        found.undo()
        assert [of(found, s).standing.score for s in ("s000", "s001", "s004")] == [4.0, 2.0, 5.0]
        assert found.items[1].points == 2 and not of(found, "s001").elsewhere


def test_undo_is_ones_own_and_stops_at_what_others_did(root: Path) -> None:
    with grading(root) as found:
        with pytest.raises(Refused, match="nothing of yours"):
            found.undo()
        put(found, "s000", 1)
        put(found, "s000", 1, 2, comment="More.")
        found.add_item("Also", 1.0)
        found.undo()
        assert len(found.items) == 3
        found.undo()
        now = of(found, "s000")
        assert (now.standing.score, now.standing.comment, now.mark.items) == (2.0, "", (found.items[0].id,))
        in_the_formgrader(root, "s000", manual_score=1.0)
        with pytest.raises(Refused, match="changed by somebody since"):
            found.undo()
        with acting_as("alan"), pytest.raises(Refused, match="nothing of yours"):
            found.undo()


def test_an_answer_that_changed_is_looked_at_again_and_may_stand(root: Path) -> None:
    with grading(root) as found:
        put(found, "s001", 1, comment="First.")
    path = root / "submitted" / "s001" / NAME / f"{NAME}.ipynb"
    submit(root, "s001", path.read_bytes().replace(b"weight sharing", b"sharing of weights"))
    grade(root)
    with grading(root) as found:
        now = of(found, "s001")
        assert now.standing.waits and now.standing.score == 2 and now.mark.items == (found.items[0].id,)
        again = put(found, "s001", 1, comment="First.")
        assert not again.standing.waits and again.standing.score == 2


def test_the_order_is_random_and_stays(root: Path) -> None:
    with grading(root) as found:
        order = [one.student for one in found.answers().values()]
        put(found, order[3], 1)
    with grading(root, "alan") as found:
        assert [one.student for one in found.answers().values()] == order
        assert order != sorted(order) and sorted(order) == [f"s{number:03}" for number in range(10)]


def test_a_student_is_forgotten_with_what_the_desk_kept(root: Path) -> None:
    with grading(root) as found:
        one = put(found, "s000", 1)
        found.claim(one)
    with Ledger(root / ".autograder" / "ledger.db") as ledger:
        counts = ledger.count_of("s000")
        assert {name: counts[name] for name in ("marks", "claims", "acts")} == {"marks": 1, "claims": 1, "acts": 1}
        ledger.forget("s000")
        assert set(ledger.count_of("s000").values()) == {0}


def test_items_of_a_mark_scheme() -> None:
    table = "| criterion | points |\n|---|---|\n| A *b* \\| c | 1.5 |\n| Wrong | −1 |\n\n| no | points |"
    assert list(items_of(table)) == [("A *b* \\| c", 1.5), ("Wrong", -1.0)]
    assert list(items_of("* one thing (2 points)\n- another (0,5 points).\n* none")) == [
        ("one thing", 2.0), ("another", 0.5),
    ]  # fmt: skip


@pytest.mark.parametrize("name", Course.here().names)
def test_every_mark_scheme_of_the_course_gives_items_that_add_up(name: str) -> None:
    assignment = Course.here().assignment(name)
    for task in assignment.tasks:
        if task.kind == "text":
            items = asked(assignment, task).items
            assert sum(points for _, points in items) == task.points and len(items) > 1, task.id
