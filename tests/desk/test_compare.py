"""Two answers side by side."""

from __future__ import annotations

from autograder.desk.compare import LINES, Line, Pair, compare


def test_lines_stand_beside_those_that_they_are_like() -> None:
    found = compare("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 20\nc = 3\nd = 4\n")
    assert [pair.kind for pair in found.pairs] == ["same", "changed", "same", "right"]
    assert found.pairs[1] == Pair("changed", Line(2, "b = 2", "", ""), Line(2, "b = 2", "0", ""))
    assert found.pairs[3] == Pair("right", None, Line(4, "", "d = 4", ""))
    assert compare("x", "x").alike == 1.0 and compare("x", "y").alike == 0.0


def test_what_differs_is_marked_and_nothing_is_lost() -> None:
    one, other = "return abs(2 * x)", "return 2 * x"
    (pair,) = compare(one, other).pairs
    assert pair.left is not None and pair.right is not None
    assert (pair.left.differs, pair.right.differs) == ("abs(2 * x)", "2 * x")
    for line, text in ((pair.left, one), (pair.right, other)):
        assert line.before + line.differs + line.after == text


def test_prose_is_compared_by_sentences() -> None:
    found = compare("It shares. It shifts. The end.", "It shares. It turns. The end.", prose=True)
    assert [pair.kind for pair in found.pairs] == ["same", "changed", "same"]


def test_long_answers_are_cut_and_it_is_said() -> None:
    found = compare("x\n" * (LINES + 5), "y\n")
    assert found.left_out == 5 and len(found.pairs) == LINES


def test_an_answer_made_to_take_long_does_not() -> None:
    """Lines that repeat between lines that are all different: the worst for difflib."""
    one = "\n".join(f"x\nleft {n}" for n in range(LINES))
    other = "\n".join(f"x\nright {n}" for n in range(LINES))
    assert len(compare(one, other).pairs) >= LINES
