from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.checks.result import TestResult
from autograder.submission.results import (
    InvalidResults,
    Provenance,
    Results,
    TaskResult,
    read_results,
    write_results,
)


def example() -> Results:
    test = TestResult(
        "test_a", "Sentence.", True, 3.0, False, "Wrong.", diagnosis="flipped-kernel", counterexample="image 2x2x1"
    )
    tasks = (
        TaskResult("conv2d", "code", 14.5, 20.0, "partial", None, "Some.", (test,)),
        TaskResult("why", "text", None, 5.0, "needs_manual_grade", None, "Waits."),
    )
    return Results("01", "ada", "needs_manual_grade", None, tasks, Provenance("c", "e", 7, ("landlock",), "now", 1.0))


def test_totals_count_automatic_points_alone():
    assert (example().score, example().max_score) == (14.5, 20.0)


def test_a_document_reads_back_as_written(tmp_path: Path):
    write_results(tmp_path, example())
    assert read_results(tmp_path) == example()
    assert json.loads((tmp_path / "results.json").read_text())["schema"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 2},
        {"score": 20.0},
        {"status": "fine"},
        {"reason": "laziness"},
        {"tasks": [{}]},
        {"tasks": None},
        {"provenance": {}},
    ],
)
def test_what_is_not_such_a_document_is_refused(tmp_path: Path, change: dict[str, Any]):
    (tmp_path / "results.json").write_text(json.dumps({**example().to_dict(), **change}))
    with pytest.raises(InvalidResults):
        read_results(tmp_path)


@pytest.mark.parametrize("text", ["", "[", "3", "[]", '"x"'])
def test_other_json_is_refused(tmp_path: Path, text: str):
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(InvalidResults):
        read_results(tmp_path)


def test_measured_values_data_sets_and_the_device_are_read_back(tmp_path: Path):
    old = example()
    test = replace(old.tasks[0].tests[0], measured={"accuracy": 0.9921, "train_seconds": 12.5})
    task = replace(old.tasks[0], tests=(test,))
    provenance = replace(old.provenance, datasets=("mnist",), device="cuda")
    results = replace(old, tasks=(task, old.tasks[1]), provenance=provenance)
    write_results(tmp_path, results)
    assert read_results(tmp_path) == results
    document = json.loads((tmp_path / "results.json").read_text())
    assert document["tasks"][0]["tests"][0]["measured"] == {"accuracy": 0.9921, "train_seconds": 12.5}
    assert (document["provenance"]["datasets"], document["provenance"]["device"]) == (["mnist"], "cuda")


def test_results_of_an_earlier_version_are_read():
    document = example().to_dict()
    assert "measured" not in document["tasks"][0]["tests"][0]
    for name in ("datasets", "device", "task_seconds", "check_seconds"):
        del document["provenance"][name]
    assert Results.from_dict(document) == example()


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "0.99", None])
def test_a_measured_value_that_is_no_finite_number_is_refused(value: object):
    document = example().to_dict()
    document["tasks"][0]["tests"][0]["measured"] = {"accuracy": value}
    with pytest.raises(InvalidResults, match="no finite number"):
        Results.from_dict(document)


def test_more_points_than_there_are_is_refused():
    document = example().to_dict()
    document["tasks"][0]["score"] = document["score"] = 21.0
    with pytest.raises(InvalidResults, match="21"):
        Results.from_dict(document)
