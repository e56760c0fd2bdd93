"""What holds for every task of every assignment; what is special to one is in the test file of its name.

That every misconception fails and is called by its name, the audit holds.
"""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from autograder.checks import freezing
from autograder.checks.audit import beside
from autograder.checks.compare import ENOUGH_TO_ACCUSE
from autograder.checks.hints_in_steps import hints_of
from autograder.checks.notebook import check
from autograder.checks.places import folder_of, sample_answers
from autograder.checks.registry import gives_away, reference_names, registries
from autograder.checks.runner import CheckSession
from autograder.checks.variant import all_variants, variant
from autograder.course import Course
from autograder.release.audit_run import audit_assignment
from tests.checks import table
from tests.checks.helpers import (
    STUDENT,
    imported,
    namespace,
    points_of,
    run_frozen,
    run_task,
    score,
    solution,
    untouched,
    wrong_answers,
)

from .curriculum import CURRICULUM

COURSE = Course.here()
AUTOMATIC = [
    pytest.param(name, task, id=f"{name[:2]}-{task}") for name in COURSE.names for task in CURRICULUM[name].automatic
]
VARIANTS = [
    pytest.param(name, task, id=f"{name[:2]}-{task}") for name in COURSE.names for task in CURRICULUM[name].variants
]
ANSWERS = [one for one in AUTOMATIC if one.values[1] in CURRICULUM[one.values[0]].answers]
every_task = pytest.mark.parametrize(("assignment", "task"), AUTOMATIC)
every_assignment = pytest.mark.parametrize("assignment", COURSE.names)


def is_code(assignment: str, task: str) -> bool:
    return task not in CURRICULUM[assignment].answers


def hidden_score(assignment: str, task: str, names: dict[str, Any] | str) -> float:
    return score(run_task(assignment, task, names, parts=("hidden",)))


# the course ----------------------------------------------------------------------------------------------------------


@every_assignment
def test_tasks_are_those_of_the_curriculum(assignment):
    fixed, tasks = CURRICULUM[assignment], COURSE.assignment(assignment).tasks
    assert {task.id: task.points for task in tasks} == fixed.points
    assert {task.id for task in tasks if task.kind == "text"} == set(fixed.texts)
    assert {task.id for task in tasks if task.kind == "answer"} == set(fixed.answers)
    assert {task.id for task in tasks if task.variant} == set(fixed.variants)
    assert COURSE.assignment(assignment).max_score == sum(fixed.points[task] for task in fixed.automatic)


@every_task
def test_hidden_checks_have_the_points_of_their_task(assignment, task):
    assert points_of(assignment, task) == CURRICULUM[assignment].points[task]


# Every wrong turn of some of their tasks trains a network, makes several of 60 million numbers, or has TensorFlow trace
# a pipeline anew. That takes minutes, so `make long` audits the whole of them.
AUDITED_LATER = ("04-lenet", "05-alexnet", "07-transfer-learning")
LARGE = frozenset(("alexnet-torch", "alexnet-keras", "keras-cnn", "pipeline", "fine-tune"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "assignment",
    [pytest.param(name, marks=[pytest.mark.long] if name in AUDITED_LATER else []) for name in COURSE.names],
)
def test_the_audit_holds(assignment):
    assert audit_assignment(assignment).problems == ()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("assignment", AUDITED_LATER)
def test_the_audit_holds_of_what_trains_nothing(assignment):
    automatic = {task.id for task in COURSE.assignment(assignment).automatic}
    quick = {task for task in automatic - LARGE if not folder_of(task).has("training")}
    assert audit_assignment(assignment, tasks=quick).problems == ()


# right and wrong answers ---------------------------------------------------------------------------------------------


@every_task
def test_there_are_right_answers_that_nobody_wrote_from_the_reference(assignment, task):
    """That each of them gets every point, as the solution does, the audit holds."""
    assert len(beside(task, "ANSWERS")) >= (2 if is_code(assignment, task) else 0)


# Of these the right answers take a minute and more, too.
DEAR = frozenset(("alexnet-keras", "keras-cnn", "fine-tune"))


@pytest.mark.parametrize(
    ("assignment", "task"),
    [pytest.param(*one.values, id=one.id, marks=[pytest.mark.long] if one.values[1] in DEAR else [])
     for one in AUTOMATIC if one.values[1] in LARGE],
)
def test_right_answers_get_every_point_where_the_audit_is_for_later(assignment, task):
    _, failed = table.right_ones(assignment, task)
    assert not failed


@every_task
def test_the_reference_passes_whatever_is_drawn(assignment, task):
    results = run_task(assignment, task, reference_names(task, STUDENT), seed=b"another", parts=("hidden",))
    assert all(result.passed for result in results), [result for result in results if not result.passed]


@every_assignment
def test_the_solution_notebook_is_one_program(assignment):
    """Each answer builds on the notebook's own earlier ones, as it does for a student."""
    cells, names, automatic = solution(assignment), imported(assignment), CURRICULUM[assignment].automatic
    for task in automatic:
        names = namespace(cells[task], names)
    assert names.keys() >= {name for task in automatic for name in reference_names(task, STUDENT)}


@every_task
def test_an_untouched_cell_scores_nothing(assignment, task):
    names = {**imported(assignment), **table.earlier_names(assignment, task)}
    if is_code(assignment, task):  # the stub of an answer only raises, and so defines nothing
        names = namespace(untouched(assignment)[task], names)
    results = run_task(assignment, task, names)
    assert score(results) == 0 and not any(result.attempted for result in results)


# Their neighbours are layers with the same windows, dtypes and errors, all of which are asked for on their own.
SIBLINGS = ("max-pooling", "min-pooling")

SAMPLES = ("good", "short", "half", "copied", "poor", "wrong")


@every_task
def test_the_right_answer_of_another_task_scores_nothing(assignment, task):
    automatic = CURRICULUM[assignment].automatic
    other = automatic[(automatic.index(task) + 1) % len(automatic)]
    values = list(reference_names(other, STUDENT).values())
    borrowed = {name: values[n % len(values)] for n, name in enumerate(reference_names(task, STUDENT))}
    if task in SIBLINGS:
        assert hidden_score(assignment, task, borrowed) < 0.5 * points_of(assignment, task)
    else:
        assert hidden_score(assignment, task, borrowed) == 0


def places(answer: Any) -> list[Any]:
    """The values of an answer, one by one."""
    if isinstance(answer, dict):
        return [place for value in answer.values() for place in places(value)]
    return [place for value in answer for place in places(value)] if isinstance(answer, list | tuple) else [answer]


@pytest.mark.parametrize(("assignment", "task"), VARIANTS)
def test_a_neighbours_numbers_score_nothing_and_are_called_so_where_that_is_plain(assignment, task):
    (registry,) = registries(task).values()
    mine, name = registry.reference(**variant(task, STUDENT)), task.replace("-", "_")
    others = [answer for one in all_variants(task) if (answer := registry.reference(**one)) != mine]
    assert others
    for theirs in others[:: max(1, len(others) // 5)]:
        results = run_task(assignment, task, {name: theirs}, parts=("hidden",))
        if sum(a != b for a, b in zip(places(mine), places(theirs), strict=True)) >= ENOUGH_TO_ACCUSE:
            assert score(results) == 0
            assert {result.diagnosis for result in results} == {"another-variant"}
        else:  # what happens to agree is right, and nobody is accused
            assert "another-variant" not in {result.diagnosis for result in results}
            assert score(results) < points_of(assignment, task)


@pytest.mark.long
@every_task
def test_wrong_answers_are_named_whatever_is_drawn(assignment, task):
    for wrong, names in wrong_answers(task):
        results = run_task(assignment, task, names, seed=b"another", parts=("hidden",))
        assert {result.diagnosis for result in results if result.diagnosis} == {wrong.id}, wrong.id


@pytest.mark.long
@pytest.mark.timeout(1800)
@every_task
def test_every_mutant_is_killed_or_explained(assignment, task):
    _, survivors = table.survivors_of(assignment, task)
    assert not survivors


@pytest.mark.parametrize(("assignment", "task"), ANSWERS)
def test_a_students_way_to_an_answer_can_be_tried_on_an_example(assignment, task):
    session = CheckSession(assignment, parts=("public",))
    ((_, ((right, like),)),) = session.record(task, reference_names(task))["test_example"]
    assert check(task, example=right.value).passed
    assert not gives_away(task, right.value), "no entry is right for some student's own numbers"
    assert not check(task, example=dict.fromkeys(right.value)).passed
    for id, wrong, sentence in like.answers() if like is not None else ():
        (result,) = check(task, example=right.distorted(id, wrong)).tests
        assert (result.diagnosis, result.message) == (id, sentence)


# the kit and the texts -----------------------------------------------------------------------------------------------


@every_task
def test_public_checks_work_from_frozen_cases(assignment, task, tmp_path, monkeypatch):
    results = run_frozen(assignment, task, reference_names(task, STUDENT), tmp_path, monkeypatch)
    assert results and all(result.passed for result in results)
    # A task that trains has no cases to freeze, and every run of its checks is two trainings.
    for wrong, names in list(wrong_answers(task))[: 1 if folder_of(task).has("training") else 4]:
        results = run_frozen(assignment, task, names, tmp_path, monkeypatch)
        assert not any(result.broken for result in results), wrong.id
        assert {result.diagnosis for result in results} <= {None, wrong.id}, wrong.id


@every_assignment
def test_frozen_cases_are_small(assignment):
    assert sum(map(len, freezing.freeze(assignment).values())) < 400_000


@every_assignment
def test_code_tasks_have_hints_that_give_no_code_away(assignment):
    for task in COURSE.assignment(assignment).automatic:
        if task.kind != "code":
            continue
        hints = hints_of(folder_of(task.id))
        assert len(hints) in (2, 3), task.id
        model = {line.strip() for line in solution(assignment)[task.id].splitlines() if len(line.strip()) > 12}
        for hint in hints:
            assert not model & {line.strip() for line in hint.splitlines()}, task.id
            assert "```python" not in hint and len(hint) < 900, task.id


@every_assignment
def test_text_tasks_have_a_rubric_and_sample_answers(assignment):
    fixed = CURRICULUM[assignment]
    for task in fixed.points:
        samples = sample_answers(folder_of(task))
        if task not in fixed.texts:
            assert not samples
            continue
        assert samples.keys() == set(SAMPLES)
        marks = {name: mark for name, (mark, _) in samples.items()}
        assert all(text for _, text in samples.values()) and len({text for _, text in samples.values()}) == len(SAMPLES)
        assert fixed.points[task] == marks["good"] == marks["short"]
        assert min(marks["good"], marks["short"]) > max(marks["half"], marks["copied"]) > marks["wrong"] >= 0
        assert marks["good"] > marks["poor"] >= marks["wrong"]
        criteria = rubric_points(assignment, task)
        assert 3 <= len(criteria) <= 6 and sum(criteria) == fixed.points[task], criteria


def test_two_marks_of_a_sample_answer_are_a_point_apart_at_most():
    """As docs/marking.md has them; the mark in the file is their mean, to the half point."""
    page = (COURSE.root / "docs" / "marking.md").read_text(encoding="utf-8")
    heads = next(line for line in page.splitlines() if line.startswith("| task |")).strip("| ").split(" | ")[1:]
    assert set(heads) == set(SAMPLES)
    rows = {
        task: [tuple(map(float, cell.split(" / "))) for cell in cells.strip("| ").split(" | ")]
        for task, cells in re.findall(r"^\| `([a-z0-9-]+)` \| (.* / .*)$", page, re.MULTILINE)
    }
    assert rows.keys() == {task for fixed in CURRICULUM.values() for task in fixed.texts}
    by_hand = sum(fixed.points[task] for fixed in CURRICULUM.values() for task in fixed.texts)
    all_points = sum(sum(fixed.points.values()) for fixed in CURRICULUM.values())
    assert f"Of the course's {all_points} points {by_hand} are for text" in page
    for task, readings in rows.items():
        samples = sample_answers(folder_of(task))
        for name, (one, other) in zip(heads, readings, strict=True):
            assert abs(one - other) <= 1, (task, name)
            assert abs(samples[name][0] - (one + other) / 2) <= 0.25, (task, name)


def rubric_points(assignment: str, task: str) -> list[float]:
    """The points of each criterion: the last column of the table in the task's rubric cell."""
    notebook = nbformat.read(COURSE.assignment(assignment).solution_path, as_version=4)
    (source,) = (
        cell.source for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{task}-rubric"
    )  # fmt: skip
    rows = [line.strip().strip("|").split("|") for line in source.splitlines() if line.startswith("|")]
    return [float(row[-1]) for row in rows[2:]]
