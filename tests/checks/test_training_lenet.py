"""Assignment 04's training tasks on the digits: right answers pass, wrong turns fail and are named."""

from __future__ import annotations

import pytest

from autograder.checks.runner import right_answers

from .helpers import points_of, run_task, score, verdict, wrong_answers

NAME = "04-lenet"
POINTS = {"lenet-train": 15, "mnist-challenge": 15}
WRONG = [(task, wrong.id) for task in POINTS for wrong, _ in wrong_answers(task)]


@pytest.mark.parametrize("task", POINTS)
def test_the_reference_gets_every_point(task):
    results = run_task(NAME, task, right_answers(task))
    assert all(result.passed for result in results), [(r.name, r.message, r.details) for r in results if not r.passed]
    assert score(results) == points_of(NAME, task) == POINTS[task]


@pytest.mark.parametrize(("task", "id"), WRONG)
def test_a_misconception_fails_and_is_named(task, id):
    names = next(names for wrong, names in wrong_answers(task) if wrong.id == id)
    results = run_task(NAME, task, names)
    found = verdict(results)
    assert found.caught and found.named(id) and not found.named_wrongly(id), found
    assert not any(result.broken for result in results), [r.details for r in results if r.broken]
    assert {result.diagnosis for result in results if not result.hidden} <= {id, None}
    assert score(results) < POINTS[task]
