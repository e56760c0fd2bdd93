"""The audit finds what it promises to find: the worked example of docs/authoring.md, broken in every way."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checks.audit import Audit
from autograder.course import Course, CourseError
from autograder.release.audit_run import audit_assignment, prices, table
from tests.checks import worked_example

WRONG, PUBLIC, HIDDEN, ANSWERS = (
    f"{worked_example.FOLDER}/{part}.py" for part in ("misconceptions", "public", "hidden", "right_answers")
)
ANSWER = f"{worked_example.CELL}center-crop"
TEACH = f"{worked_example.CELL}center-crop-teach"
Auditing = Callable[[dict[str, tuple[str, str]]], Audit]


@pytest.fixture
def audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Auditing:
    """Audits the worked example, with pieces of its files exchanged."""

    def run(changes: dict[str, tuple[str, str]]) -> Audit:
        worked_example.write_course(tmp_path, changes, monkeypatch)
        return audit_assignment(worked_example.NAME, Course(tmp_path))

    return run


def test_the_worked_example_holds(audited: Auditing) -> None:
    found = audited({})
    assert found.problems == () and found.holds
    (task,) = found.tasks
    assert (task.points, task.solution, task.untouched) == (4, 4, 0)
    assert (task.misconceptions, task.caught, task.named, task.named_wrongly) == (3, 3, 3, 0)
    assert (task.pairs, task.told_apart) == (3, 3)
    assert (task.right, task.passed, task.unregistered, task.unregistered_caught) == (1, 1, 3, 3)
    assert task.prices == {"cropped-at-the-corner": 0.25, "odd-pixel-cut-off-above": 0.25, "rows-for-columns": 0.5}
    assert task.believed == {} and prices(found).row_count == 3
    assert json.loads(json.dumps(found.as_json()))["holds"] is True
    assert table(found).row_count == 1


MIDDLE = 'section="The middle of an image"'
CORNER = "The crop starts at the corner of the image: how much is left over was not shared between the two sides."
# What is broken: the file, what stands there, what stands there instead, and what the audit says.
BROKEN = {
    "a wrong solution": (ANSWER, "rows // 2 : rows // 2", "rows : rows", "the solution fails test_equal_margins"),
    "a solution that raises": (
        ANSWER, "def center_crop", "[][0]\ndef center_crop", "The solution notebook raises IndexError"),
    "an untouched notebook that earns points": (
        ANSWER, "    ### BEGIN SOLUTION\n",
        "    if size < 1 or size > min(image.shape[:2]):\n        raise ValueError('size')\n    ### BEGIN SOLUTION\n",
        "the untouched notebook earns 2 points"),
    "points that do not add up": (HIDDEN, "@points(2)", "@points(3)", "have 5 points, and the notebook gives 4"),
    "a hidden test without points": (
        HIDDEN, "@points(2)\n", "",
        "test_a_size_that_does_not_fit is a hidden test without points"),
    "a public test with points": (
        PUBLIC, "def test_a_size", '@__import__("pytest").mark.points(1)\ndef test_a_size',
        "is a public test with points"),
    "a test without a docstring": (
        HIDDEN, '    """One row and one column too many are cut off below and on the right."""\n', "",
        "test_one_pixel_too_many has no docstring"),
    "a task that the notebook lacks": (
        worked_example.NOTEBOOK, '"grade_id": "center-crop"', '"grade_id": "corner-crop"',
        "a task 'center-crop', which the notebook lacks"),
    "a misconception that earns everything": (
        WRONG, "image[:size, :size]", "right.center_crop(image, size)", "'cropped-at-the-corner' earns all points"),
    "a misconception that nothing names": (
        HIDDEN, "case.size), like=misconceptions.CENTER_CROP", "case.size)", "'cropped-at-the-corner' is not named"),
    "two misconceptions that are one": (
        WRONG, "solve(image.swapaxes(0, 1), size)", "cropped_at_the_corner(image, size)",
        "no hidden input tells 'cropped-at-the-corner' and 'rows-for-columns' apart"),
    "a misconception under another's name": (
        WRONG, "    return solve(image.swapaxes(0, 1), size)\n",
        "    return solve(image.swapaxes(0, 1), size)\n\n\n"
        "CENTER_CROP.add_source(\n    'another', 'Another sentence.',\n"
        "    'def center_crop(image, size):\\n    return image[:size, :size]',\n)\n",
        "'another' is called 'cropped-at-the-corner'"),
    "a misconception without a section": (
        WRONG, MIDDLE, 'section="Elsewhere"', "points to the section 'Elsewhere', which the notebook lacks"),
    "a check that breaks": (
        HIDDEN, "image = numbers(case.size + 1", "image = nobody(case.size + 1",
        "breaks on the misconception 'rows-for-columns': NameError: name 'nobody' is not defined"),
    "a check without a seed": (
        HIDDEN, "image = numbers(case.size + 2 * case.rows,",
        "image = numbers(case.size + 2 * (__import__('time').perf_counter_ns() // 1000 % 99),",
        "the same seed gives the misconception 'cropped-at-the-corner' another result"),
    "a name of a hidden test in the notebook": (
        TEACH, "A network wants all", "See test_one_pixel_too_many. All",
        "The student version names the hidden test test_one_pixel_too_many"),
    "a name of a hidden test in a sentence": (
        WRONG, CORNER, "See test_one_pixel_too_many.",
        "The feedback page names the hidden test test_one_pixel_too_many"),
    "a solution in a sentence": (
        WRONG, CORNER, "rows, columns = image.shape[0] - size, image.shape[1] - size", "shows a line of a solution"),
    "a public check that names another misconception": (
        PUBLIC, "    expect_close(student.center_crop(image, 2), reference",
        "    from autograder.checks.api import expect\n"
        "    first, like = student.center_crop(image, 2)[0, 0, 0], misconceptions.CENTER_CROP\n"
        "    expect(first == image[1, 2, 0], '', diagnosis=like['rows-for-columns'])\n"
        "    expect_close(student.center_crop(image, 2), reference",
        "'cropped-at-the-corner' is called 'rows-for-columns'"),
    "a slip that costs too much": (
        HIDDEN, "@points(1)\n@search(cases(size=sizes, rows=few", "@points(5)\n@search(cases(size=sizes, rows=few",
        "the misconception 'rows-for-columns' costs 150% of the points; a slip costs 10% to 50%"),
    "a right answer that loses points": (
        ANSWERS, "(rows + 1) // 2", "rows // 2", "the right answer 'by slices from both ends' fails test_one_pixel"),
    "an answer that cannot run": (
        ANSWERS, 'mirrored": "', 'mirrored": "1/0\\n',
        "the wrong answer 'from the other corner, mirrored' raises ZeroDivisionError"),
    "a wrong answer without a name that earns everything": (
        ANSWERS, '"def center_crop(image, size): return image[-size:, -size:][:, ::-1]"',
        'ANSWERS["by slices from both ends"]',
        "the wrong answer 'from the other corner, mirrored' earns all points"),
    "a wrong answer that is given a name": (
        ANSWERS, "return image[-size:, -size:][:, ::-1]", "return image[:size, :size]",
        "the wrong answer 'from the other corner, mirrored', which has no name, is called 'cropped-at-the-corner'"),
    "too few wrong answers without a name": (
        ANSWERS, "}\nWRONG = {", "}\nLEFT_OUT = {", "it has 0 wrong answers without a name"),
    "points on what the kernel says": (
        HIDDEN, "@points(2)", "@__import__('pytest').mark.kernel_says\n@points(2)",
        "2 points rest on what the kernel says of itself (test_a_size_that_does_not_fit); 1 may"),
    "a test that believes the kernel without a word": (
        HIDDEN, "    image = numbers(case.size + 1, case.size + 1, 1)\n",
        "    image = numbers(case.size + 1, case.size + 1, 1)\n"
        "    from autograder.checks.api import leaves_unchanged\n"
        "    leaves_unchanged(student, student.center_crop, image, 1)\n",
        "test_one_pixel_too_many believes what the kernel says of itself, and is not marked @kernel_says"),
    "a public check that cannot be frozen": (
        PUBLIC, "    image = numbers(4, 6, 1)\n",
        "    image = numbers(4, 6, 1)\n    reference.center_crop(image, 9).value\n", "cannot be frozen for the kit"),
}


def test_what_the_caller_froze_is_frozen_after_an_audit_too(audited: Auditing) -> None:
    assert gc.get_freeze_count() > 0, "tests/conftest.py freezes what was collected"
    audited({})
    assert gc.get_freeze_count() > 0


def test_a_model_answer_that_is_no_python_is_refused(audited: Auditing) -> None:
    with pytest.raises(CourseError, match="not valid Python"):
        audited({ANSWER: ("return image[rows", "return return image[rows")})


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_said_in_a_sentence(name: str, audited: Auditing) -> None:
    path, old, new, sentence = BROKEN[name]
    found = audited({path: (old, new)})
    assert not found.holds
    for problem in found.problems:
        assert "\n" not in problem and len(problem) < 400
    assert any(sentence in problem for problem in found.problems), found.problems


def test_one_task_can_be_looked_at_alone(audited: Auditing, tmp_path: Path) -> None:
    audited({})
    course = Course(tmp_path)
    found = audit_assignment(worked_example.NAME, course, tasks=["center-crop"])
    assert found.holds and [task.task for task in found.tasks] == ["center-crop"]
    with pytest.raises(CourseError, match="has no task 'center-crops'.*It has: center-crop"):
        audit_assignment(worked_example.NAME, course, tasks=["center-crops"])
