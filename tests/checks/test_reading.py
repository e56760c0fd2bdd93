"""An answer is what it means, however it is written; what is refused is said with the place that is at fault."""

from __future__ import annotations

from collections import OrderedDict, deque
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks.api import (
    expect_close,
    expect_entry,
    expect_equal,
    expect_steady,
    leaves_unchanged,
    read_entry,
    read_list,
    read_number,
    read_word,
    returns_new,
)
from autograder.checks.compare import ANOTHER_VARIANT
from autograder.checks.diagnosis import Misconception
from autograder.checks.expected import Expected
from autograder.checks.failure import CheckFailure


def crossed(value: Any) -> Any:
    """The value as it comes over the bridge."""
    return Student(LocalTransport({"value": value})).value


def refusal(act: Any, *args: Any, **kwargs: Any) -> CheckFailure:
    with pytest.raises(CheckFailure) as caught:
        act(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize("value", [
    3, 3.0, np.int32(3), np.float32(3), np.uint8(3), np.array(3), np.array(3.0), Fraction(3), Fraction(6, 2),
    Decimal(3), Decimal("3.00"), np.array(Fraction(3), dtype=object),
], ids=repr)
def test_a_number_is_one_however_it_is_written(value: Any) -> None:
    assert read_number(crossed(value)) == 3
    assert read_number(crossed(value), whole=True) == 3 and type(read_number(crossed(value), whole=True)) is int
    expect_equal(crossed(value), 3)
    expect_entry(crossed({"a": value}), "a", Expected(lambda: {"a": 3}, (), {}), rtol=0)


def test_a_number_of_a_framework_is_one_too() -> None:
    torch = pytest.importorskip("torch")
    assert read_number(crossed(torch.tensor(3))) == 3
    expect_equal(crossed([torch.tensor(2), torch.tensor(5.0)]), [2, 5])


@pytest.mark.parametrize(("value", "sentence"), [
    (np.arange(3), "The answer is an array of 3 numbers, not one number."),
    ([3], "The answer is a list of 1 value, not one number."), ((), "The answer is an empty tuple, not one number."),
    ("3", "The answer is a text, not one number."), (True, "The answer is True, not one number."),
    ({3}, "The answer is a set, which has no order, not one number."), (len, "not one number."),
    ({"a": 3}, "The answer is a dict, not one number."), (3j, "The answer is a complex, not one number."),
    (None, "The answer is None. Is a return missing?"), (Decimal("nan"), "not one number."),
], ids=repr)
def test_what_is_no_number_is_refused_by_its_form(value: Any, sentence: str) -> None:
    error = refusal(read_number, crossed(value))
    assert error.message.endswith(sentence)
    assert error.fixed in ("The answer should be one number.", "The answer is None. Is a return missing?")


@pytest.mark.parametrize("value", [3.5, float("nan"), float("inf"), Fraction(7, 2)])
def test_a_whole_number_is_whole(value: Any) -> None:
    assert read_number(crossed(value)) is not None
    assert refusal(read_number, crossed(value), whole=True).message == "The answer is not a whole number."


@pytest.mark.parametrize("value", ["Same", " same\n", np.str_("SAME"), np.array("same")], ids=repr)
def test_a_word_is_one_with_capitals_and_blanks(value: Any) -> None:
    assert read_word(crossed(value)) == "same"
    expect_equal(crossed(value), "same")
    assert not refusal(expect_equal, crossed(value), "valid").fixed.count("same")
    assert "not a word" in refusal(read_word, crossed(3)).message


@pytest.mark.parametrize("value", [
    [1, 2], (1, 2), np.array([1, 2]), np.array([1.0, 2.0]), [np.int64(1), Fraction(2)], range(1, 3), deque([1, 2]),
    {"a": 1, "b": 2}.values(), np.array([1, Fraction(2)], dtype=object),
], ids=repr)
def test_a_list_may_be_a_tuple_or_an_array(value: Any) -> None:
    assert read_list(crossed(value), length=2) == [1, 2]
    expect_equal(crossed(value), (1, 2))
    assert refusal(read_list, crossed(value), length=3).message == "The answer holds 2 values, not 3."


def test_a_set_is_a_list_where_order_says_nothing() -> None:
    names = ["a", "b"]
    assert sorted(read_list(crossed(set(names)), unordered=True)) == names
    assert "a set, which has no order" in refusal(read_list, crossed(set(names))).message
    for answer in ({"B ", "a"}, ["b", "a"], ("a", "b"), frozenset(names), np.array(names)):
        expect_equal(crossed(answer), set(names))
    for answer in ({"a"}, ["a", "c"], ["a", "a"], 3, None):
        refusal(expect_equal, crossed(answer), set(names))


@pytest.mark.parametrize("value", [{"a": [1]}, OrderedDict(a=[1]), MappingProxyType({"a": np.array([1])}),
                                   {np.str_("a"): (1.0,)}], ids=repr)
def test_a_dict_is_one_whatever_its_kind(value: Any) -> None:
    expect_equal(crossed(value), {"a": [1]})
    expect_entry(crossed(value), "a", Expected(lambda: {"a": [1]}, (), {}))


def test_the_entry_at_fault_stands_in_the_sentence() -> None:
    right = {"shape": (28, 28, 6), "count": 156}
    assert refusal(expect_equal, crossed({"shape": (28, 27, 6), "count": 156}), right).message == (
        'The second value of the entry "shape" of the result is not right.')
    assert refusal(expect_equal, crossed({"shape": [28, "x", 6], "count": 156}), right).message == (
        'The second value of the entry "shape" of the result holds a text, not one number.')
    near = refusal(expect_equal, crossed({"shape": (28, 28, 6), "Count": 156}), right)
    assert near.message == 'The result has no entry "count", but one "Count".'
    assert near.fixed == 'The result has no entry "count".'
    more = refusal(expect_equal, crossed({**right, "other": 3}), right)
    assert "'other'" in more.message and "other" not in more.fixed


def test_a_near_miss_of_a_key_is_answered_with_it() -> None:
    answer = crossed({"dense_smal": 3, "Dense-Large": 4, "dense_medium": 5})
    error = refusal(read_entry, answer, "dense_small", known=["dense_medium"])
    assert error.message == 'There is no entry "dense_small" here, but one "dense_smal".'
    assert error.fixed == 'The answer has no entry "dense_small".'
    assert "Dense-Large" in refusal(read_entry, answer, "dense_large").message
    assert refusal(read_entry, answer, "filters").message == 'The answer has no entry "filters".'
    assert "dense_medium" not in refusal(read_entry, crossed({"dense_medium": 5}), "dense_mediun",
                                         known=["dense_medium"]).message


@pytest.mark.parametrize("empty", [None, ...])
def test_what_is_still_empty_is_said_so(empty: Any) -> None:
    error = refusal(expect_entry, crossed({"a": empty}), "a", Expected(lambda: {"a": 3}, (), {}))
    assert error.message == 'The entry "a" is still empty.'
    assert refusal(expect_entry, crossed(5), "a", Expected(lambda: {"a": 3}, (), {})).fixed == (
        "The answer should be a dict.")


def test_dots_are_a_place_to_fill_wherever_they_stand_and_no_missing_return() -> None:
    assert refusal(read_number, crossed(...), 'a number in the shape of "S4"').message == (
        'A number in the shape of "S4" is still empty.')
    assert refusal(read_number, crossed(...), "the result").message == "The result is still empty."
    assert refusal(read_list, crossed(None), 'the shape of "S4"').message == 'The shape of "S4" is still empty.'
    assert refusal(read_list, crossed(None), "the result").message == "The result is None. Is a return missing?"


def test_a_number_in_brackets_is_no_tuple_of_one_value() -> None:
    said = refusal(read_list, crossed((120)), 'the shape of "C5"', length=1).message  # noqa: UP034
    assert said == 'The shape of "C5" is a number, not a list; a tuple of one value has a comma, as (3,) has.'
    assert "comma" not in refusal(read_list, crossed(120), length=2).message


def test_none_can_be_an_answer() -> None:
    right = Expected(lambda: {"a": None, "b": [3, None]}, (), {})
    expect_entry(crossed({"a": None, "b": [3, None]}), "a", right)
    expect_entry(crossed({"a": None, "b": [3, None]}), "b", right, index=1)
    wrong = refusal(expect_entry, crossed({"a": None, "b": [None, None]}), "b", right, index=0)
    assert wrong.message == 'The entry "b[0]" is not right.'


def test_hidden_sentences_hold_nothing_of_the_answer() -> None:
    for value in ("smuggled", {"smuggled": 1}, ["smuggled"], np.zeros((0, 6023)), 6023):
        for right in (7, "word", [1, 2], {"a": 1}, {1, 2}, None, True):
            fixed = refusal(expect_equal, crossed(value), right).fixed
            assert fixed and "smuggled" not in fixed and "6023" not in fixed
        fixed = refusal(expect_close, crossed(value), np.zeros((2, 2))).fixed
        assert fixed and "smuggled" not in fixed and "6023" not in fixed


def right_for(a: int, b: int) -> dict[str, Any]:
    return {"sum": a + b, "product": a * b, "both": [a, b]}


def test_another_variant_is_said_only_where_it_is_plain() -> None:
    others = [{"a": a, "b": b} for a in (1, 2) for b in (3, 4)]
    mine = Expected(right_for, (), {"a": 1, "b": 3})

    def said(answer: Any, key: str = "sum") -> str:
        return refusal(expect_entry, crossed(answer), key, mine, others=others).message

    assert said(right_for(2, 4)) == ANOTHER_VARIANT
    assert said({**right_for(2, 4), "both": np.array([2, 4])}) == ANOTHER_VARIANT
    assert said({**right_for(2, 4), "product": 9}) != ANOTHER_VARIANT  # right for nobody
    assert said({**right_for(2, 4), "both": right_for(1, 4)["both"]}) != ANOTHER_VARIANT  # of two ids
    few = {"sum": mine.value["sum"], "product": mine.value["product"], "both": [7, 3]}
    assert said(few, "both") != ANOTHER_VARIANT


def test_two_wrong_entries_accuse_nobody() -> None:
    def pair(a: int) -> dict[str, int]:
        return {"a": a, "double": 2 * a, "one": 1}

    mine = Expected(pair, (), {"a": 3})
    error = refusal(expect_entry, crossed(pair(4)), "a", mine, others=[{"a": 3}, {"a": 4}])
    assert error.diagnosis is None
    expect_entry(crossed(pair(4)), "one", mine, others=[{"a": 3}, {"a": 4}])


# asked again, and arguments ------------------------------------------------------------------------------------------

KEPT = Misconception("kept", "The first result was kept.")


def asked(function: Any) -> CheckFailure | None:
    notebook = Student(LocalTransport({"f": function}))
    try:
        expect_steady(notebook.f, lambda x: Expected(np.square, (x,), {}), np.ones(3), np.full(3, 2.0), kept=KEPT)
    except CheckFailure as error:
        return error
    return None


def test_a_function_is_asked_again_about_another_input_and_the_first() -> None:
    kept: dict[Any, Any] = {}
    calls: list[int] = []

    def worse_every_time(x: Any) -> Any:
        calls.append(1)
        return x**2 + (len(calls) > 2)

    assert asked(lambda x: x**2) is None
    first = asked(lambda x: kept.setdefault(x.shape, x**2))
    assert first is not None and (first.diagnosis, first.message) == ("kept", "The first result was kept.")
    again = asked(worse_every_time)
    assert again is not None and again.diagnosis is None and "asked about the same input again" in again.message.lower()
    other = asked(lambda x: x**2 + 5 * (x[0] > 1))
    assert other is not None and other.diagnosis is None
    assert asked(lambda x: x + 7).message.startswith("The result has the right shape")


def changing(name: str) -> Any:
    def in_place(x: Any, names: Any = None) -> Any:
        if name == "only float32" and x.dtype == np.float32:
            x *= -1
        elif name == "only float64" and x.dtype == np.float64:
            x += 1
        elif name == "a list":
            names["first"].pop()
        elif name == "a dict":
            del names["first"]
        elif name == "a view":
            return x[:1]
        return x + 1

    return in_place


@pytest.mark.parametrize("name", ["nothing", "only float32", "only float64", "a list", "a dict"])
def test_arguments_are_watched_in_both_precisions_and_in_lists_and_dicts(name: str) -> None:
    student = Student(LocalTransport({"f": changing(name)}))
    unchanged = leaves_unchanged(student, student.f, np.array([1.0, np.nan]), names={"first": [1, 2]})
    assert unchanged is (name == "nothing")


def test_a_view_of_an_argument_is_nothing_new() -> None:
    for name, new in (("nothing", True), ("a view", False)):
        student = Student(LocalTransport({"f": changing(name)}))
        assert returns_new(student, student.f, np.ones(4)) is new
