from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.results import (
    CheckedTest,
    InvalidResults,
    Provenance,
    Results,
    TaskResult,
    read_results,
    write_results,
)


def example() -> Results:
    test = CheckedTest("test_a", "Sentence.", True, 3.0, False, "Wrong.", "flipped-kernel", "image 2x2x1")
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


def test_more_points_than_there_are_is_refused():
    document = example().to_dict()
    document["tasks"][0]["score"] = document["score"] = 21.0
    with pytest.raises(InvalidResults, match="21"):
        Results.from_dict(document)
