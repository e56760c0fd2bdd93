"""Which answers are taken for alike."""

from __future__ import annotations

from autograder.desk.likeness import groups, normal
from tests.desk.classes import ANSWERS


def test_equal_but_for_case_spaces_and_signs() -> None:
    assert normal("It  **shares** its weights!\n") == normal("it shares\nits weights")
    assert normal("ﬁlter Ｗ") == normal("filter w")
    assert normal("not shared") != normal("shared")
    assert normal("+") != normal("−") and normal("") == ""


def test_near_answers_stand_together_and_others_do_not() -> None:
    found = groups({f"s{number:03}": text for number, text in enumerate(ANSWERS)})
    assert sorted(found[0]) == ["s000", "s002", "s003"] and sorted(found[1]) == ["s005", "s006"]
    assert [len(group) for group in found] == [3, 2, 1, 1, 1, 1, 1]
    assert sorted(key for group in found for key in group) == [f"s{number:03}" for number in range(10)]


def test_no_chain_joins_what_is_far_apart() -> None:
    """Each of these is near to the one before; the last has nothing of the first."""
    words = [f"word{letter}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    chain = {str(start): " ".join(words[start : start + 8]) for start in range(18)}
    for group in groups(chain, near=0.7):
        numbers = [int(key) for key in group]
        assert max(numbers) - min(numbers) < 8


def test_short_and_lone_answers() -> None:
    assert groups({}) == [] and groups({"a": "alone, and long enough to be compared"}) == [["a"]]
    assert groups({"a": "yes", "b": "Yes.", "c": "no"}) == [["a", "b"], ["c"]]
