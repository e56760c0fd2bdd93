"""Hidden tests say fixed sentences; what failed is asked again on public inputs, and of that everything is told."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
import pytest

from autograder.checks import sentences
from autograder.checks.collecting import number_of
from autograder.checks.runner import REVEALED_SEED
from autograder.submission import explaining
from autograder.submission.job import Outcome
from autograder.submission.results import Results
from autograder.submission.submission import Grader
from tests.small.small_class import RIGHT, SECRET, answered, job

NEGATIVE = "test_double_of_a_negative_number"


def drawn(seed: bytes) -> int:
    return -int(np.random.default_rng(number_of(seed, NEGATIVE)).integers(2, 100))


HIDDEN, PUBLIC = drawn(SECRET.seeds(("double",), "ada")["double"]), drawn(REVEALED_SEED)


def grade(grader: Grader, answers: dict[str, str]) -> tuple[Outcome, Any, int]:
    """The outcome, the test of a negative number in it, and how many kernels there were."""
    started = []

    def start(*args: Any) -> Any:
        started.append(1)
        return grader.kernels(*args)

    counted = Grader(grader.template, grader.checks, start)
    outcome = counted.grade(job(answered(grader.template, {**RIGHT, **answers})))
    read_back = Results.from_dict(outcome.results.to_dict())
    task = next(task for task in read_back.tasks if task.task == "double")
    return outcome, next(test for test in task.tests if test.name == NEGATIVE), len(started)


def test_the_seeds_draw_different_numbers() -> None:
    assert HIDDEN != PUBLIC


def test_a_wrong_value_is_shown_on_public_numbers(grader: Grader) -> None:
    outcome, test, kernels = grade(grader, {"double": "def double(x):\n    return abs(2 * x)"})
    assert test.message == "The result is not right."
    assert test.example == f"expected {2 * PUBLIC}, received {-2 * PUBLIC}"
    assert kernels == 2
    shown = outcome.file.decode()
    assert test.example in shown and "On other numbers than those that are graded" in shown


def test_an_exception_is_told_with_its_line_and_text_on_public_numbers_alone(grader: Grader) -> None:
    raising = "def double(x):\n    if x < 0:\n        raise RuntimeError(f'odd {x * 1000 + 7}')\n    return 2 * x"
    outcome, test, _ = grade(grader, {"double": raising})
    assert test.message == sentences.RAISED
    assert "RuntimeError" in test.example and f"odd {PUBLIC * 1000 + 7}" in test.example
    assert "raise RuntimeError" in test.example
    assert f"{HIDDEN * 1000 + 7}" not in outcome.file.decode() + str(outcome.results.to_dict())


@pytest.mark.parametrize("answer", [
    "class Smuggled(ValueError): pass\ndef double(x):\n    raise Smuggled(f'index {x} is out of bounds for axis 0 with "
    "size {-x}')",
    "def double(x):\n    return [0] * -x if x < 0 else 10",
    "import numpy as np\ndef double(x):\n    return np.zeros((0, abs(x), 1)) if x < 0 else 10",
    "def double(x):\n    return {f'key {x}': 1} if x < 0 else 10",
    "def double(x):\n    return f'{x}' if x < 0 else 10",
    "from fractions import Fraction\ndef double(x):\n    return Fraction(x, 7) if x < 0 else 10",
], ids=["exception", "list", "empty array", "dict", "text", "fraction"])
def test_what_a_hidden_test_says_does_not_depend_on_what_it_asked(grader: Grader, answer: str) -> None:
    """The same sentence for every hidden number, and in the whole outcome nothing of this one."""
    outcome, test, _ = grade(grader, {"double": answer})
    assert test.message in (sentences.RAISED, "The result should be one number.", "The result is not right.")
    said = str([task.to_dict() if hasattr(task, "to_dict") else task for task in outcome.results.tasks])
    for form in (f"{HIDDEN},", f"{-HIDDEN} values", f"{-HIDDEN},", f"{HIDDEN} is"):
        assert form not in said


def test_nothing_is_asked_again_where_all_passes(grader: Grader) -> None:
    outcome, test, kernels = grade(grader, {})
    assert test.passed and test.example == "" and kernels == 1
    assert "'example'" not in str(outcome.results.to_dict())


def test_one_kernel_explains_all_failed_tasks(grader: Grader) -> None:
    wrong = {"double": "def double(x):\n    return -1", "square": "def square(x):\n    return -1"}
    outcome, test, kernels = grade(grader, wrong)
    assert kernels == 2 and test.example
    square = next(task for task in outcome.results.tasks if task.task == "square")
    assert any(one.example for one in square.tests)


def test_a_notebook_that_takes_long_is_not_replayed(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "REPLAY_CPU_S", 0.0)
    _, test, kernels = grade(grader, {"double": "def double(x):\n    return abs(2 * x)"})
    assert kernels == 1 and test.example == "" and test.message == "The result is not right."


def test_an_answer_that_is_right_on_public_numbers_keeps_the_fixed_sentence(grader: Grader) -> None:
    _, test, kernels = grade(grader, {"double": f"def double(x):\n    return 2 * x + (x == {HIDDEN})"})
    assert kernels == 2 and test.example == "" and test.message == "The result is not right."


def test_a_kernel_that_ends_while_it_explains_changes_nothing(grader: Grader) -> None:
    ending = f"import os\ndef double(x):\n    if x == {PUBLIC}:\n        os._exit(1)\n    return abs(2 * x)"
    outcome, test, _ = grade(grader, {"double": ending, "square": "def square(x):\n    return -1"})
    assert test.message == "The result is not right." and test.example == ""
    assert outcome.results.score == 1.0 + 2.0


def test_a_kernel_that_somebody_kills_while_it_explains_is_replaced(grader: Grader) -> None:
    kernels: list[Any] = []

    class Killing:
        """The checks, and somebody who kills the kernel that explains first."""

        def __getattr__(self, name: str) -> Any:
            return getattr(grader.checks, name)

        def explain(self, *args: Any, **options: Any) -> Any:
            if len(kernels) == 2:
                os.kill(kernels[-1].pid, signal.SIGKILL)
            return grader.checks.explain(*args, **options)

    def start(*args: Any) -> Any:
        kernels.append(grader.kernels(*args))
        return kernels[-1]

    _, test, _ = grade(Grader(grader.template, Killing(), start), {"double": "def double(x):\n    return abs(2 * x)"})
    assert test.example == f"expected {2 * PUBLIC}, received {-2 * PUBLIC}"
    assert len(kernels) == 3


def test_the_names_that_are_asked_are_those_at_the_check_cell(grader: Grader) -> None:
    later = {"double": "def double(x):\n    return abs(2 * x)", "square": RIGHT["square"] + "\ndouble = None"}
    _, test, _ = grade(grader, later)
    assert test.example.startswith("expected")
