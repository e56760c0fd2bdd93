"""A test's answers asked together: as few requests as can be, and never another verdict than one by one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    expect,
    expect_equal,
    expect_raises,
    expect_refusals,
    if_it_raises,
    later,
    look_at,
    refused,
)
from autograder.checks.api import strategies as st
from autograder.checks.diagnosis import Misconception
from autograder.checks.registry import reference_names, registries
from autograder.checks.running import during
from autograder.checks.search import Case, search
from autograder.checks.together import together_or_apart
from autograder.checks.trial import Trial
from tests.checks.helpers import SEED, namespace, session_of

SIZES = cases(size=st.integers(1, 40))
SEVEN = "def double(x):\n    if x == 7:\n        raise ValueError('seven')\n"
DOUBLE = "def double(x):\n    if x < 0:\n        raise ValueError('x is negative')\n    return 2 * x\n"


def student_of(source: str) -> Student:
    return Student(LocalTransport(namespace(source)), together=True)


def ask(student: Student, *, raising: bool = False) -> None:
    """A search on `double`, which is to be right and, if asked for, to refuse negative numbers."""

    def check(case: Case) -> None:
        expect_equal(later(student.double, case.size), 2 * case.size)
        if raising:
            with expect_raises("ValueError"):
                student.double(-case.size)
        look_at(later(student.double, 0), lambda got: expect(got == 0, "Nothing doubled is nothing."))

    with during(Trial(hidden=True)):
        search(check, SIZES, 20, 1, student)


def test_right_answers_are_asked_for_in_one_message():
    student = student_of(DOUBLE)
    ask(student)
    assert student._session.calls == 2  # the name, and all cases


WRONG = ["return 2 * x + (x > 12)", "return 2 * x + (x == 0)", "return x / (x - 7) and 2 * x"]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_fails_with_what_it_fails_with_one_by_one(wrong: str):
    said = []
    for together in (True, False):
        student = Student(LocalTransport(namespace(f"def double(x):\n    {wrong}\n")), together)
        with pytest.raises((CheckFailure, StudentError)) as raised:
            ask(student)
        said.append((type(raised.value), str(raised.value), getattr(raised.value, "details", None)))
    assert said[0] == said[1]


def test_an_answer_that_was_wrong_together_and_is_right_when_asked_again_is_wrong():
    once = "asked = []\ndef double(x):\n    asked.append(x)\n    return 2 * x + (len(asked) == 9)\n"
    with pytest.raises(CheckFailure):
        ask(student_of(once))


def test_exceptions_that_are_asked_for_are_those_of_their_block_alone():
    ask(student_of(DOUBLE), raising=True)
    with pytest.raises(CheckFailure, match="nothing was raised"):
        ask(student_of("def double(x):\n    return 2 * x\n"), raising=True)
    # what is raised before the block does not stand for what is asked for in it
    with pytest.raises((CheckFailure, StudentError), match="seven"):
        ask(student_of(f"{SEVEN}{DOUBLE[15:]}"), raising=True)


def test_reading_an_answer_at_once_asks_for_it():
    student, read = student_of(DOUBLE), []
    with during(Trial(hidden=True)):
        search(lambda case: read.append(later(student.double, case.size).value), SIZES, 5, 1, student)
    assert len(read) == 5 and all(number % 2 == 0 for number in read)


@pytest.mark.parametrize("task", ["output-size", "conv2d", "conv2d-backward", "im2col"])
def test_the_course_s_answers_compare_the_same_together_and_one_by_one(task: str):
    right: dict[str, Any] = dict(reference_names(task, "grace"))
    registry = next(iter(registries(task).values()))
    wrong = next(one for one in registry if one.distort is not None)
    answers = [right, {**right, **registry.names(wrong.around(registry.reference), "grace")}]
    for names in answers:
        found = []
        for together in (True, False):
            student = Student(LocalTransport(dict(names)), together)
            session = session_of("01-convolution")
            found.append(session.run(task, student, seed=SEED, student_id="grace", parts=("hidden",)))
        for one, other in zip(*found, strict=True):
            if "fast" not in one.name:  # what is measured is never the same twice
                assert one == other
        assert all(result.passed for result in found[0]) is (names is right)


# tests without a search --------------------------------------------------------------------------------------------

TWICE = "def double(x):\n    asked.append(x)\n    return 2 * x\nasked = []\n"


def test_the_answers_of_a_test_come_in_one_message_and_are_looked_at_in_their_turn():
    student, seen = student_of(DOUBLE), []

    def check() -> None:
        for number in range(5):
            expect_equal(later(student.double, number), 2 * number)
            look_at(later(student.double, -0.5 * -number), seen.append)
        refuse_in(student, -1)

    with during(Trial(hidden=True)):
        together_or_apart(student, check)
    assert student._session.calls == 2  # the name, and all answers
    assert seen == list(range(5))


@pytest.mark.parametrize("wrong", [*WRONG, "return later"])
def test_a_test_fails_with_what_it_fails_with_one_by_one(wrong: str):
    said = []
    for together in (True, False):
        student = Student(LocalTransport(namespace(f"def double(x):\n    {wrong}\n")), together)

        def check(student: Student = student) -> None:
            for number in (3, 7, 20, 0):
                expect_equal(later(student.double, number), 2 * number)

        trial = Trial(hidden=True)
        with during(trial), pytest.raises((CheckFailure, StudentError)) as raised:
            together_or_apart(student, check)
        error = raised.value
        said.append((type(error), str(error), getattr(error, "details", None), len(trial.observations)))
    assert said[0] == said[1]


def test_a_test_that_puts_no_answer_off_is_run_once_and_keeps_what_it_compared():
    student = student_of(TWICE)

    def check() -> None:
        expect_equal(student.double(1), 2)
        expect_equal(student.double(2), 5)

    trial = Trial(hidden=True)
    with during(trial), pytest.raises(CheckFailure):
        together_or_apart(student, check)
    assert student.asked == [1, 2] and len(trial.observations) == 2


def test_a_test_that_is_run_once_more_draws_the_same():
    student, rng, drawn = student_of(TWICE), np.random.default_rng(3), []

    def check() -> None:
        drawn.append(int(rng.integers(1, 1000)))
        expect_equal(later(student.double, drawn[-1]), 0)

    with during(Trial(hidden=True)), pytest.raises(CheckFailure):
        together_or_apart(student, check, rng)
    assert len(drawn) == 2 and len(set(drawn)) == 1
    assert student.asked == drawn


def test_what_is_right_one_by_one_alone_is_wrong():
    once = "asked = []\ndef double(x):\n    asked.append(x)\n    return 2 * x + (len(asked) == 2)\n"
    student = student_of(once)
    with during(Trial(hidden=True)), pytest.raises(CheckFailure):
        together_or_apart(student, lambda: [expect_equal(later(student.double, n), 2 * n) for n in (1, 2, 3)] and None)


def test_what_an_assignment_raises_has_its_name():
    """It is sent after the block, and the exception belongs to the block."""
    misconception = Misconception("fixed", "Its side cannot be changed.", raises=("AttributeError",))
    student = student_of("class Box:\n    __slots__ = ()\n")
    box = student.Box()

    def check() -> None:
        with if_it_raises(misconception):
            box.side = 3

    with during(Trial(hidden=True)), pytest.raises(CheckFailure) as raised:
        together_or_apart(student, check)
    assert raised.value.diagnosis == "fixed"


def test_public_tests_and_hidden_ones_without_a_search_are_asked_together():
    """As the grader asks them; in a student's own notebook nothing is."""
    calls = {}
    for together in (True, False):
        student = Student(LocalTransport(dict(reference_names("max-pooling", "grace"))), together)
        session = session_of("02-pooling-and-normalization")
        assert all(one.passed for one in session.run("max-pooling", student, seed=SEED, student_id="grace"))
        calls[together] = student._session.calls
    assert calls[True] < 50 < 5 * calls[True] < calls[False]


# refusals ----------------------------------------------------------------------------------------------------------

LAYER = (
    "class Layer:\n    def __init__(self, side):\n        if side < 1:\n            raise ValueError('side')\n"
    "    def forward(self, x):\n        if x < 0:\n            raise ValueError('x')\n        return x\n"
)


def refuse(student: Student, *numbers: int, naming: str = "x") -> None:
    with during(Trial(hidden=True)):
        refuse_in(student, *numbers, naming=naming)


def refuse_in(student: Student, *numbers: int, naming: str = "x") -> None:
    expect_refusals(student, [
        (refused("ValueError", naming=naming), partial(student.double, number)) for number in numbers
    ])  # fmt: skip


def test_calls_that_are_refused_are_asked_in_one_message():
    student = student_of(DOUBLE)
    refuse(student, -1, -2, -3)
    assert student._session.calls == 2  # the name, and all calls


WRONGLY_REFUSED = {
    "nothing was raised": "def double(x):\n    if x == -1:\n        raise ValueError('x')\n",
    "does not name the argument": "def double(x):\n    raise ValueError('no')\n",
    "not a TypeError": "def double(x):\n    raise TypeError('x')\n",
    "NameError": "def double(x):\n    return missing\n",
    "SystemExit": "def double(x):\n    raise SystemExit('x')\n",
}


@pytest.mark.parametrize("message", WRONGLY_REFUSED)
def test_a_call_that_is_not_refused_fails_with_what_it_fails_with_one_by_one(message: str):
    said = []
    for together in (True, False):
        student = Student(LocalTransport(namespace(WRONGLY_REFUSED[message])), together)
        with pytest.raises((CheckFailure, StudentError), match=message) as raised:
            refuse(student, -1, -2)
        said.append((type(raised.value), str(raised.value), getattr(raised.value, "fixed", None)))
    assert said[0] == said[1]


def test_a_call_that_is_refused_only_when_it_is_asked_again_is_not_refused():
    source = "asked = []\ndef double(x):\n    asked.append(x)\n    if len(asked) != 2:\n        raise ValueError('x')\n"
    with pytest.raises(CheckFailure, match="nothing was raised"):
        refuse(student_of(source), -1, -2, -3)


def test_an_object_is_made_and_asked_together_and_either_may_refuse():
    student = student_of(LAYER)
    assert student.Layer(1).forward(3) == 3
    before = student._session.calls
    asked = [(refused("ValueError", naming="side"), lambda: student.Layer(0).forward(1)),
             (refused("ValueError", naming="x"), lambda: student.Layer(1).forward(-1))]  # fmt: skip
    expect_refusals(student, asked)
    assert student._session.calls == before + 1
    with pytest.raises(CheckFailure, match="nothing was raised"):
        expect_refusals(student, [*asked, (refused("ValueError", naming="x"), lambda: student.Layer(1).forward(1))])


@pytest.mark.parametrize("kept", ["", "        self.forward = lambda x: Layer.forward(self, x)\n"])
def test_what_an_object_has_is_looked_at_together_only_where_it_was_made(kept: str):
    """An attribute that is no method is read from the object, and there is none where the constructor refused."""
    student = student_of(LAYER.replace("    def forward", f"{kept}    def forward"))
    assert student.Layer(1).forward(3) == 3
    expect_refusals(student, [(refused("ValueError", naming="side"), lambda: student.Layer(0).forward(1))])


def test_refusals_of_a_search_are_looked_at_in_their_turn():
    def search_in(source: str) -> Student:
        student = student_of(source)

        def check(case: Case) -> None:
            expect_equal(later(student.double, case.size), 2 * case.size)
            expect_refusals(student, [(refused("ValueError", naming="x"), partial(student.double, -case.size))])

        with during(Trial(hidden=True)):
            search(check, SIZES, 20, 1, student)
        return student

    assert search_in(DOUBLE)._session.calls == 2
    with pytest.raises(CheckFailure, match="nothing was raised"):
        search_in("def double(x):\n    if x < -5:\n        raise ValueError('x')\n    return 2 * x\n")


def test_what_a_call_uses_of_an_answer_is_asked_for_one_by_one():
    student = student_of("def double(x):\n    return (x,)\n")
    asked = [(refused("ValueError", naming="x"), lambda: student.double(1)[0] + 1)]
    with pytest.raises(CheckFailure, match="nothing was raised"):
        expect_refusals(student, asked)
