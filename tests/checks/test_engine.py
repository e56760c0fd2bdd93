# ruff: noqa: E501 - check modules and notebooks stand here as text
"""The checks' engine on a small task of its own: verdicts, diagnosis, counterexamples, exceptions, frozen cases."""

from __future__ import annotations

import gc
import re
import textwrap
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.bridge.student import Session, Student, StudentError
from autograder.bridge.transport import LocalTransport
from autograder.checks.arrays import wrong_shape, wrong_values
from autograder.checks.collecting import number_of
from autograder.checks.compare import expect_close, expect_raises, expect_shape
from autograder.checks.display import as_html, as_text
from autograder.checks.expected import LARGEST, RUNS, Expected, remembered
from autograder.checks.failure import CheckFailure
from autograder.checks.headline import headline
from autograder.checks.once import once
from autograder.checks.refusals import refused
from autograder.checks.result import TestResult
from autograder.checks.runner import CheckSession
from autograder.checks.trial import Trial, begin, end
from autograder.course import ROOT_VARIABLE
from autograder.sandbox.wire import Tensor

REFERENCE = '''
import numpy as np

def shift(image, by=1, fill=0.0):
    """Moves the columns of `image` to the right."""
    if by < 0:
        raise ValueError("by must not be negative")
    result = np.full(image.shape, fill)
    result[:, by:] = image[:, : image.shape[1] - by]
    return result
'''

MISCONCEPTIONS = '''
import numpy as np
from autograder.checks.api import Misconceptions
from .reference import shift

SHIFT = Misconceptions("shift", shift)

@SHIFT.add("left", section="Which way?")
def left(image, by=1, fill=0.0):
    """The image went to the left."""
    result = np.full(image.shape, fill)
    result[:, : image.shape[1] - by] = image[:, by:]
    return result

@SHIFT.add("rows-for-columns")
def rows_for_columns(solve, image, by=1, fill=0.0):
    """Rows were moved, not columns."""
    return solve(image.T, by, fill).T

@SHIFT.add("wraps")
def wraps(image, by=1, fill=0.0):
    """What leaves on the right came back on the left."""
    return np.roll(image, by, axis=1)

@SHIFT.add("fill-forgotten")
def fill_forgotten(solve, image, by=1, fill=0.0):
    """The value to fill with was not used."""
    return solve(image, by, 0.0)

SHIFT.add_source("needs-an-array", "Only arrays of floats were thought of.", "def shift(image, by=1, fill=0): image.foo",
                 raises="AttributeError")
SHIFT.add_source("fails-in-silence", "An error was swallowed.", "def shift(image, by=1, fill=0): return None")
'''

HEAD = '''
import numpy as np
import pytest
from autograder.checks.api import (cases, expect, expect_close, expect_equal, expect_raises,
    if_it_raises, measure, misconceptions, numbers, points, reference, search, second, strategies as st)
'''

SHIFT = HEAD + '''
@points(2)
@search(cases(height=st.integers(1, 4), width=st.integers(1, 4), by=st.integers(0, 1), fill=st.sampled_from([0.0, 7.0])))
def test_any_image(student, case):
    """Columns move to the right, and the fill value comes in."""
    image = numbers(case.height, case.width)
    expect_close(student.shift(image, case.by, case.fill), reference.shift(image, case.by, case.fill),
                 like=misconceptions.SHIFT)

@points(1)
def test_negative(student):
    """A negative shift is refused."""
    with expect_raises("ValueError", naming="by"):
        student.shift(np.ones((2, 2)), -1)

def test_integers(student):
    """Integers work too."""
    with if_it_raises(misconceptions.SHIFT["needs-an-array"]):
        student.shift([[1, 2]])

def test_silence(student):
    """Errors are not swallowed."""
    with if_it_raises(misconceptions.SHIFT["fails-in-silence"]):
        student.shift(np.ones((2, 2)), 1)
'''

# one test, one case: what it shows is not enough for a name
PLAIN = HEAD + '''
def shifted(student, image, *more):
    expect_close(student.shift(image, *more), reference.shift(image, *more), like=misconceptions.SHIFT)

@points(1)
def test_on_paper(student):
    """The example of the text."""
    image = numbers(1, 3)
    shifted(student, image)

@points(1)
def test_further(student):
    """Two columns further."""
    image = numbers(1, 4)
    shifted(student, image, 2)
    shifted(student, numbers(3, 5), 2, 7.0)

@points(1)
def test_named(student):
    """What a check names itself."""
    result = student.shift(numbers(2, 3), 1, 7.0)
    expect(result[0, 0] == 7, "The fill value is not there.", diagnosis=misconceptions.SHIFT["fill-forgotten"])
'''
WITH_SECOND = PLAIN.replace("@points(1)\ndef test_on_paper(student):", "@second(lambda rng: (6, 5))\n@points(1)\ndef test_on_paper(student, case):")
WITH_SECOND = WITH_SECOND.replace("image = numbers(1, 3)", "image = numbers(*(case or (1, 3)))")


OTHER = HEAD + '''
@points(1)
def test_other(student):
    """Something else."""
    measure("accuracy", student.other() / 4)
    expect_equal(student.other(), 3)
'''

WHERE = HEAD + '''
@points(1)
def test_where(student, device):
    """The device is handed on."""
    expect_equal(student.where(device), "here: " + device)

@points(1)
def test_odd(student):
    """A number that is none."""
    measure("accuracy", float("nan"))
'''

BY_PYTEST = HEAD + '''
@pytest.fixture
def three():
    return 3

@points(1)
@pytest.mark.parametrize("more", [0, 1])
def test_with_a_fixture_of_its_own(student, rng, three, more):
    """Three, and so many more."""
    assert 0 <= rng.random() < 1
    expect_equal(student.counted(more), three + more)
'''

FIXTURE = HEAD + """
@pytest.fixture
def fixture(): return 3
"""
ENDS = {
    "exits": "raise SystemExit(0)", "ends_pytest": "pytest.exit('x')", "skips": "pytest.skip('x')",
    "fails": "pytest.fail('x')", "is_known_to_fail": "pytest.xfail('x')", "is_closed": "raise GeneratorExit('x')",
    "is_cancelled": "import asyncio; raise asyncio.CancelledError('x')",
}  # fmt: skip
MARKED = """
@points(1)
@pytest.mark.skipif(True, reason="Not on this machine.")
def test_left_out(student):
    '''It is right.'''

@points(1)
@pytest.mark.xfail
def test_known_to_fail(student):
    '''It is right.'''
    1 / 0
"""


def ending(lines: dict[str, str], fixture: str = "") -> str:
    """Checks that end with these lines, each of which is run by pytest where it asks for a fixture."""
    return "".join(
        f"\n@points(1)\ndef test_{name}(student{fixture}):\n    '''It is right.'''\n    {line}\n"
        for name, line in lines.items()
    )


INTERRUPTED = {"interrupted": "raise KeyboardInterrupt"}
IN_A_FIXTURE = """
import pytest
from autograder.checks.api import points

@pytest.fixture
def stopped(): raise KeyboardInterrupt

@points(1)
def test_interrupted(student, stopped):
    '''It is right.'''
"""

RIGHT = """
import numpy as np
def shift(image, by=1, fill=0.0):
    if by < 0: raise ValueError("by is negative")
    image = np.asarray(image)
    out = np.full(image.shape, fill, dtype=float)
    for row in range(image.shape[0]):
        for column in range(by, image.shape[1]):
            out[row, column] = image[row, column - by]
    return out
def other(): return 3
def where(device): return "here: " + device
"""
LEFT = "import numpy as np\ndef shift(image, by=1, fill=0.0):\n    o = np.full(image.shape, fill)\n"
LEFT += "    o[:, :image.shape[1] - by] = image[:, by:]\n    return o\n"
BOTH = "import numpy as np\ndef shift(image, by=1, fill=0.0):\n    image = np.asarray(image); o = np.zeros(image.shape)\n"
BOTH += "    o[by:] = image[: image.shape[0] - by]\n    return o\n"


@pytest.fixture(scope="module")
def session(tmp_path_factory) -> Iterator[CheckSession]:
    """The checks of a course of their own, whose package has a name that no other has."""
    root = tmp_path_factory.mktemp("course")
    package = f"course_of_{root.name}"
    (root / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n')
    hidden = {"shift": SHIFT, "other": OTHER, "where": WHERE, "counted": BY_PYTEST, "plain": PLAIN, "second": WITH_SECOND,
              "ends": HEAD + ending(ENDS), "ends_by_pytest": FIXTURE + ending(ENDS, ", fixture") + MARKED,
              "interrupted": HEAD + ending(INTERRUPTED),
              "interrupted_by_pytest": FIXTURE + ending(INTERRUPTED, ", fixture"),
              "interrupted_in_a_fixture": IN_A_FIXTURE}  # fmt: skip
    for task, text in hidden.items():
        folder = root / package / "moving" / task
        folder.mkdir(parents=True)
        (folder / "hidden.py").write_text(text)
        for home in (folder, folder.parent, folder.parents[1]):
            (home / "__init__.py").touch()
    for task in ("shift", "plain", "second"):
        (root / package / "moving" / task / "reference.py").write_text(REFERENCE)
        (root / package / "moving" / task / "misconceptions.py").write_text(MISCONCEPTIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ROOT_VARIABLE, str(root))
        patch.syspath_prepend(str(root))
        yield CheckSession("00-moving")


@pytest.mark.parametrize("name", ["[x]", "a::b", "[x::y] #1"])
def test_checks_are_found_in_a_folder_whose_name_looks_like_a_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    package, here = f"odd_{tmp_path.name}", Path.cwd()
    folder = tmp_path / name / package / "moving" / "plain"
    folder.mkdir(parents=True)
    (tmp_path / name / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n')
    (folder / "hidden.py").write_text(PLAIN)
    (folder / "reference.py").write_text(REFERENCE)
    for home in (folder, folder.parent, folder.parents[1]):
        (home / "__init__.py").touch()
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / name))
    monkeypatch.syspath_prepend(str(tmp_path / name))
    assert CheckSession("00-moving").tests("plain") and Path.cwd() == here


def run(session: CheckSession, code: str, task: str = "shift", **options) -> dict[str, TestResult]:
    names: dict = {}
    exec(compile(textwrap.dedent(code), "<cell>", "exec"), names)
    results = session.run(task, Student(LocalTransport(names)), **{"seed": b"seed", **options})
    return {result.name: result for result in results}


def test_an_independent_right_answer_passes(session):
    results = run(session, RIGHT)
    assert all(result.passed for result in results.values()), results
    assert sum(result.points for result in results.values()) == 3


def test_tasks_points_and_descriptions_come_from_the_module(session):
    assert {"counted", "other", "plain", "second", "shift", "where"} <= set(session.tasks)
    assert ("test_negative", True, 1.0) in session.tests("shift")
    assert run(session, RIGHT)["test_any_image"].description == "Columns move to the right, and the fill value comes in."


def test_what_a_check_measured_is_kept_whether_it_passes_or_not(session):
    assert run(session, RIGHT, task="other")["test_other"].measured == {"accuracy": 0.75}
    failed = run(session, "def other(): return 2", task="other")["test_other"]
    assert not failed.passed and failed.measured == {"accuracy": 0.5}
    assert all(result.measured is None for result in run(session, RIGHT).values())


def test_what_is_not_finite_is_not_measured(session):
    odd = run(session, RIGHT, task="where")["test_odd"]
    assert odd.broken and odd.measured is None


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_device_is_a_fixture(session, device):
    assert run(session, RIGHT, task="where", device=device)["test_where"].passed


def test_nothing_there_is_not_attempted(session):
    for code in ("", "def shift(image, by=1, fill=0.0):\n    raise NotImplementedError()"):
        results = run(session, code)
        assert not any(result.passed or result.attempted for result in results.values() if "any" in result.name)
    assert headline("shift", list(run(session, "").values())) == "shift: not attempted yet"


def test_a_misconception_is_named_with_its_sentence_and_section(session):
    result = run(session, LEFT)["test_any_image"]
    assert (result.diagnosis, result.message, result.section) == ("left", "The image went to the left.", "Which way?")


def test_two_misconceptions_together_are_named_as_a_pair(session):
    result = run(session, BOTH)["test_any_image"]
    assert result.diagnosis == "fill-forgotten+rows-for-columns"
    assert "Rows were moved" in result.message and "not used" in result.message


def test_the_counterexample_is_the_smallest(session):
    result = run(session, "import numpy as np\ndef shift(image, by=1, fill=0.0): return np.roll(image, by, axis=1)")
    assert result["test_any_image"].diagnosis == "wraps"
    assert result["test_any_image"].counterexample == "image 1x1, by 1, fill 0.0"


def test_a_wrong_answer_of_no_known_kind_is_described_without_expected_values(session):
    result = run(session, "def shift(image, by=1, fill=0.0): return image + 12345.0")["test_any_image"]
    assert result.diagnosis is None and "differ" in result.message
    assert "12345" not in str(result) and not result.details


def test_the_same_seed_gives_the_same_result_and_another_seed_the_same_score(session):
    first, again = run(session, LEFT), run(session, LEFT)
    assert first == again
    other = run(session, LEFT, seed=b"another")
    assert [result.passed for result in other.values()] == [result.passed for result in first.values()]


@pytest.mark.parametrize("value", ["None", "'text'", "[[1.0]]", "3", "object()", "np.float16(1)", "np.array(['a'])", "{}"])
def test_a_wrong_type_is_a_failure_with_a_sentence_not_a_crash(session, value):
    result = run(session, f"import numpy as np\ndef shift(image, by=1, fill=0.0): return {value}")["test_any_image"]
    assert not result.passed and not result.broken and result.message.endswith((".", "?"))


def test_a_name_that_is_no_function_fails_without_a_traceback(session):
    result = run(session, "shift = 5")["test_any_image"]
    assert not result.passed and result.attempted and "Traceback" not in result.message


def test_an_exception_is_told_with_line_and_hint_and_no_frame_of_ours(session):
    code = "import numpy as np\ndef shift(image, by=1, fill=0.0):\n    return np.zeros((9, 7)) + np.ones((9, 9))\n"
    result = run(session, code, source=code)["test_any_image"]
    assert "ValueError" in result.message and "shapes" in result.message
    assert "autograder" not in result.message


def test_a_hidden_test_does_not_repeat_what_student_code_says(session):
    """An exception's text is the student's: it must not carry hidden inputs into the feedback."""
    code = """
    class Smuggled_1_2_3(ValueError): pass
    def shift(image, by=1, fill=0.0): raise Smuggled_1_2_3(repr(image))
    """
    result = run(session, code)["test_any_image"]
    assert "ValueError" in result.message
    assert "Smuggled" not in result.message and "array" not in result.message


def test_a_check_names_what_does_not_show_in_values(session):
    assert run(session, "def shift(image, by=1, fill=0.0): return image.foo")["test_integers"].diagnosis == "needs-an-array"


def test_an_exception_gives_a_name_only_where_the_registry_says_which(session):
    other = run(session, "def shift(image, by=1, fill=0.0): raise KeyError('foo')")["test_integers"]
    assert other.diagnosis is None and "KeyError" in other.message
    assert run(session, "def shift(image, by=1, fill=0.0): return image.foo")["test_silence"].diagnosis is None


ROLLED = "import numpy as np\ndef shift(image, by=1, fill=0.0): return np.roll(image, by, axis=1)"
# on the example of the text like a left shift, and in no other case
LEFT_FOR_THREE = "import numpy as np\ndef shift(image, by=1, fill=0.0):\n    o = np.full(image.shape, fill)\n"
LEFT_FOR_THREE += "    if image.shape == (1, 3): o[:, :2] = image[:, 1:]\n    else: o[:, by:] = image[:, :-by]\n    return o\n"


def test_one_case_alone_earns_no_name_and_a_second_one_does(session):
    """All of the answer's failed tests count together, and each of them with every comparison that it makes."""
    assert run(session, LEFT_FOR_THREE, task="plain")["test_on_paper"].diagnosis is None
    left = run(session, LEFT, task="plain")
    assert left["test_on_paper"].diagnosis == left["test_further"].diagnosis == "left"


def test_a_second_case_is_drawn_for_the_purpose(session):
    unnamed = run(session, LEFT_FOR_THREE, task="second")["test_on_paper"]
    assert not unnamed.passed and unnamed.diagnosis is None
    only_here = LEFT.replace("    return o", "    if by == 2: raise KeyError(by)\n    return o")
    assert run(session, only_here, task="plain")["test_on_paper"].diagnosis is None
    assert run(session, only_here, task="second")["test_on_paper"].diagnosis == "left"


def test_what_one_failed_test_contradicts_is_said_of_none(session):
    mixed = LEFT.replace("    return o", "    return o if by == 1 else o + 5")
    results = run(session, mixed, task="plain")
    assert not results["test_on_paper"].passed and not results["test_further"].passed
    assert {result.diagnosis for result in results.values()} <= {None, "fill-forgotten"}


def test_a_name_foretells_no_failure_of_a_test_that_passed(session):
    """To the left, and yet to the right where it goes two columns."""
    both = LEFT.replace("    return o", "    if by == 2:\n        o[:] = fill\n        o[:, by:] = image[:, :-by]\n    return o")
    results = run(session, both, task="second")
    assert results["test_further"].passed and not results["test_on_paper"].passed
    assert results["test_on_paper"].diagnosis is None


def test_a_comparison_behind_the_failing_one_counts_too(session):
    """Wraps on the first image of the test, and something else on the second, which the test itself never reaches."""
    mixed = ROLLED.replace("return np.roll", "return image * 3 if image.shape == (3, 5) else np.roll")
    assert run(session, ROLLED, task="plain")["test_further"].diagnosis == "wraps"
    assert run(session, mixed, task="plain")["test_further"].diagnosis is None


def test_a_name_that_a_check_gives_is_dropped_where_values_contradict_it(session):
    named = run(session, "import numpy as np\n" + RIGHT.replace("np.full(image.shape, fill, dtype=float)", "np.zeros(image.shape)"), task="plain")
    assert named["test_named"].diagnosis == "fill-forgotten"
    both = run(session, LEFT.replace("fill)", "0.0)"), task="plain")["test_named"]
    assert both.diagnosis == "fill-forgotten"  # with another mistake beside it
    other = run(session, LEFT.replace("return o", "return o + 5"), task="plain")["test_named"]
    assert other.diagnosis is None and other.message == "The fill value is not there."


def test_exceptions_of_the_right_type_must_name_the_argument(session):
    result = run(session, "def shift(image, by=1, fill=0.0): raise ValueError('no')")["test_negative"]
    assert not result.passed and '"by"' in result.message


def test_a_student_who_answers_differently_each_time_fails_and_harms_nothing(session):
    code = "import numpy as np, random\ndef shift(image, by=1, fill=0.0): return np.full(image.shape, random.random())"
    result = run(session, code)["test_any_image"]
    assert not result.passed and not result.broken


def test_the_table_escapes_what_it_shows(session):
    row = TestResult("t", "a < b", True, 1, False, message="<script>alert(1)</script>", details="secret", counterexample="<b>")
    page, text = as_html("task", [row]), as_text("task", [row])
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "secret" not in page and "secret" not in text  # details of a hidden test stay with the grader


def test_a_test_that_needs_more_of_pytest_is_run_by_pytest(session):
    assert len(session.tests("counted")) == 2
    assert all(result.passed for result in run(session, "def counted(more): return 3 + more", task="counted").values())
    wrong = list(run(session, "def counted(more): return 3", task="counted").values())
    assert [result.passed for result in wrong] == [True, False] and not any(result.broken for result in wrong)


@pytest.mark.parametrize(("task", "count"), [("ends", 7), ("ends-by-pytest", 9)])
def test_a_check_that_does_not_come_to_its_end_is_broken_and_passes_nobody(session, task, count):
    results = run(session, "", task=task)
    assert [(result.passed, result.broken) for result in results.values()] == [(False, True)] * count
    said = " ".join(result.why for result in results.values())
    assert all(word in said for word in ("SystemExit: 0", "Skipped: x", "Failed: x", "GeneratorExit: x", "Cancelled"))


@pytest.mark.parametrize("task", ["interrupted", "interrupted-by-pytest", "interrupted-in-a-fixture"])
def test_an_interrupt_ends_the_check_however_it_is_run_and_passes_nobody(session, task):
    with pytest.raises(KeyboardInterrupt):
        run(session, "", task=task)
    (stopped,) = run(session, "", task=task, interruptible=True).values()
    assert (stopped.passed, stopped.reason) == (False, "interrupted")


@pytest.mark.parametrize("task", ["interrupted", "interrupted-by-pytest", "interrupted-in-a-fixture"])
def test_where_nobody_can_interrupt_it_is_the_check_that_is_broken(session, task):
    deaf = CheckSession("00-moving", deaf=True)
    (broken,) = run(deaf, "", task=task).values()
    assert (broken.passed, broken.broken, broken.why) == (False, True, "KeyboardInterrupt")
    student = Student(LocalTransport({}))
    assert deaf.explain(task, student, ["test_interrupted"])["test_interrupted"].broken


def test_an_interrupt_while_checks_are_collected_leaves_none_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = f"stopped_{tmp_path.name}"
    folder = tmp_path / package / "moving" / "plain"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n')
    (folder / "hidden.py").write_text(f"{PLAIN}\ndef pytest_generate_tests(metafunc): raise KeyboardInterrupt\n")
    for home in (folder, *folder.parents[:2]):
        (home / "__init__.py").touch()
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        CheckSession("00-moving")


def test_inputs_depend_on_the_seed_of_the_submission():
    assert number_of(b"a", "t") != number_of(b"b", "t") and number_of(b"a", "t") == number_of(b"a", "t")
    assert np.random.default_rng(number_of(b"a", "t")).random() != np.random.default_rng(number_of(b"b", "t")).random()


@pytest.mark.parametrize(("answer", "right"), [("float64", "float32"), ("float32", "float64")])
def test_values_are_compared_as_coarsely_as_the_coarser_side(answer: str, right: str) -> None:
    values = np.random.default_rng(0).random((8, 8)) * 10
    rounded = {"float32": values.astype("float32"), "float64": values}
    expect_close(rounded[answer], rounded[right])
    with pytest.raises(CheckFailure):
        expect_close(rounded["float64"] * (1 + 1e-5), rounded["float64"])


def _asked_twice(notebook: dict[str, object], answer: str) -> Session:
    """Asks twice for what one call makes; the notebook's session, which everything else of it hangs on."""
    student = Student(LocalTransport(notebook))
    first, again = (once(student, "a model", getattr(student, answer)) for _ in range(2))
    assert first is again
    return student._session


def test_where_another_check_is_about_the_form_a_misconception_of_the_form_foretells_no_failure() -> None:
    def turned(answer: np.ndarray, right: np.ndarray) -> np.ndarray:
        return answer if answer.shape == right.shape else answer.T

    token, rows = begin(trial := Trial()), np.arange(6.0).reshape(2, 3)
    try:
        right = Expected(lambda image: image, (rows,), {})
        expect_close(rows.T, right, form=turned)
        seen = trial.observations[-1]
        assert seen.same(seen.actual, rows.T) and not seen.same(seen.actual, rows.T + 1)
        with pytest.raises(CheckFailure):
            expect_close(rows.T + 1, right, form=turned)
    finally:
        end(token)


def test_cases_are_told_apart_by_sizes_within_and_by_what_their_words_leave_out() -> None:
    def case(size: int, **left_out: Any) -> Any:
        layers = {"fc6": {"weights": np.zeros((size, 2)), "biases": [1.0]}, "fc7": {"weights": np.zeros(2)}}
        return Expected(lambda layers, _report="output", _seed=0: layers, (layers,), left_out).case()

    assert case(3) == case(3) and hash(case(3)) == hash(case(3))
    assert len({case(3), case(4), case(3, _report="shape"), case(3, _seed=1)}) == 4


def test_one_run_of_a_reference_serves_all_its_reports() -> None:
    runs: list[object] = []

    def run(answer: Callable[..., Any], *asked: Any) -> Any:
        runs.append(answer)
        return {"sum": answer(*asked), "asked": len(asked)}

    known = remembered(run)
    small, large = np.arange(3.0), np.zeros(LARGEST + 1)
    assert known(np.add, small, small) is known(np.add, small.copy(), small.copy()) and len(runs) == 1
    assert known(np.add, small, small + 1)["sum"].tolist() == [1, 3, 5] and len(runs) == 2
    assert known(np.subtract, small, small)["sum"].tolist() == [0, 0, 0] and len(runs) == 3
    assert known(np.add, large, 1) is not known(np.add, large, 1) and len(runs) == 5  # too much to compare and keep
    for number in range(RUNS):
        known(np.add, number, 1)
    known(np.add, small, small)
    assert len(runs) == 5 + RUNS + 1


def test_what_is_asked_once_is_kept_as_long_as_the_notebook_and_no_longer() -> None:
    class Model:
        """Something large, which stays in the notebook."""

    made = []
    session = weakref.ref(_asked_twice({"make": lambda: made.append(1) or Model()}, "make"))
    assert len(made) == 1
    gc.collect()
    assert session() is None


def test_what_an_answer_raises_is_kept_too() -> None:
    calls = []

    def broken() -> None:
        calls.append(1)
        raise ValueError("no")

    student = Student(LocalTransport({"broken": broken}))
    for _ in range(2):
        with pytest.raises(StudentError, match="no"):
            once(student, "broken", student.broken)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("text", "naming", "named"),
    [
        ("k must be positive", "k", True), ("the kernel is broken", "k", False), ("kernel_size=0", "kernel_size", True),
        ("Kernel size is 0", "kernel_size", True), ("bad strides: (0, 1)", "stride", True), ("rating", "rate", False),
        ("`x` has 2 axes", "x", True), ("maximum exceeded", "x", False), ("pool_size", "size", False),
        ("the kernel is too wide", ("kernel_size", "kernel"), True), ("self.rate is 1", "rate", True),
        ("bias", "bias", True), ("", "k", False),
    ],
)  # fmt: skip
def test_an_argument_is_named_by_a_word_of_its_own(text, naming, named):
    def refuse():
        with expect_raises("ValueError", naming=naming):
            raise StudentError("ValueError", ("ValueError", "Exception"), text, None)

    if named:
        refuse()
    else:
        with pytest.raises(CheckFailure, match="its text does not name"):
            refuse()


def test_what_is_no_argument_is_not_called_one():
    with pytest.raises(CheckFailure, match='its text does not name the class "pear"'):
        with expect_raises("ValueError", naming="pear", named="class"):
            raise StudentError("ValueError", ("ValueError", "Exception"), "too few", None)


def test_a_call_that_is_refused_may_name_what_is_no_argument_too():
    def few():
        raise StudentError("ValueError", ("ValueError", "Exception"), "too few", None)

    with pytest.raises(CheckFailure, match='its text does not name the class "pear"'):
        refused("ValueError", naming="pear", named="class")(few)


def test_what_should_have_been_refused_is_said():
    with pytest.raises(CheckFailure, match='naming "k" should be raised here for an even k, and nothing'):
        with expect_raises("ValueError", naming="k", about="an even k"):
            pass


@pytest.mark.parametrize(("kind", "text"), [
    ("NameError", "name 'n' is not defined"), ("SystemExit", ""), ("RecursionError", "maximum recursion depth exceeded"),
    ("TypeError", "f() got an unexpected keyword argument 'k'"), ("TypeError", "C() takes no arguments"),
])
def test_a_slip_of_the_code_is_not_a_wrong_kind_of_refusal(kind, text):
    """It is told as what it is, and so told once with the other checks that it makes fail."""
    with pytest.raises(StudentError):
        with expect_raises("ValueError", naming="k"):
            raise StudentError(kind, (kind,), text, None)
    with pytest.raises(CheckFailure, match='A ValueError naming "k" should be raised here, not a TypeError'):
        with expect_raises("ValueError", naming="k"):
            raise StudentError("TypeError", ("TypeError",), "k must be an int", None)


def test_a_wrong_shape_is_told_in_words():
    def told(got, right, what="the result"):
        return wrong_shape(np.zeros(got), np.zeros(right), what).message

    assert told((2, 2, 3), (3, 4, 5)).endswith("(the numbers of rows, columns and channels are off).")
    assert told((2, 2), (3, 2)).endswith("(the number of rows is off).")
    assert told((1, 2, 2, 1), (2, 3, 3, 1), "grad_kernels").endswith("(the numbers of filters, rows and columns are off).")
    assert told((), (2, 3)) == "The result is a single number; an array of shape 2x3 is right here."
    assert told((4,), (4, 4)).endswith("(1 dimension instead of 2).")


def test_the_axes_of_a_tensor_have_pytorchs_names():
    right = Tensor(np.zeros((1, 3, 4, 4)), "torch", "float64")
    turned, spoilt = np.zeros((1, 3, 2, 2)), np.zeros((1, 3, 4, 4))
    spoilt[0, 1] = 7
    for got, said in ((turned, "(the numbers of rows and columns are off)"), (spoilt, "all of them in channel 1")):
        with pytest.raises(CheckFailure, match=re.escape(said)):
            expect_close(Tensor(got, "torch", "float64"), right, framework="torch")


def test_what_came_is_told_as_what_it_is():
    right = np.ones((2, 2, 1))
    with pytest.raises(CheckFailure, match="The result is a list of 2 values; a NumPy array is right here"):
        expect_close([[1, 1], [1, 1]], right)
    with pytest.raises(CheckFailure, match="The result is a text; a number is right here"):
        expect_close("one", 1.0)
    with pytest.raises(CheckFailure, match="1 of 4 values differs") as found:
        expect_close(np.array([[1, 1], [1, 3.0]])[..., None], right)
    assert found.value.details == "expected\n[[1. 1.]\n [1. 1.]]\nreceived\n[[1. 1.]\n [1. 3.]]"
    expect_shape(right, (2, 2, 1))
    with pytest.raises(CheckFailure, match="The result has shape 2x2x1, expected 2x2"):
        expect_shape(right, (2, 2))
    with pytest.raises(CheckFailure, match="The result is None. Is a return missing"):
        expect_shape(None, (2, 2))


def test_a_large_array_is_cut_at_its_first_difference():
    right = np.arange(2 * 9 * 8 * 3.0).reshape(2, 9, 8, 3)
    wrong = right.copy()
    wrong[1, 8, 0, 2] = 7777
    details = wrong_values(wrong, right, wrong != right, "the result").details
    assert "at [1, 4:9, 0:5, 2]" in details and details.count("7777") == 2 and details.count("\n") == 12
