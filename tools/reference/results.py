"""The contract of ``results.json``, from the types that write it: ``docs/results.schema.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_type_hints

from autograder.checks.result import TestResult
from autograder.submission.results import (
    DEVICES,
    EXAMPLE_FIELD,
    SCHEMA,
    TEST_FIELDS,
    Results,
)

from .schema import DIALECT, schema_of

PLACE = Path(__file__).parents[2] / "docs" / "results.schema.json"
# What the types do not say.
SAID = {
    "": {
        "schema": "The number of this contract; a change that a reader notices has another.",
        "score": "Automatic points earned. A text task's points are a person's, and stand in the gradebook.",
        "max_score": "Automatic points to be earned.",
        "reason": "Why the submission is not gradable; null for any other.",
        "notes": "What was done with the notebook as a whole, sentences for the student; only where there are any.",
        "status": "Whether a person still has to grade a text answer, or nothing could be graded.",
    },
    "task": {
        "task": "The task's id: the answer cell's `grade_id`.",
        "score": "The points of the tests that passed; null for a text task.",
        "max_score": "For a text task the points that a person may give; they are outside the totals.",
        "reason": "What stopped the student's code; null where nothing did.",
        "message": "One sentence for the student.",
        "tests": "In the order in which they ran, public ones first.",
    },
    "test": {
        "name": "The check function's name; students do not see a hidden one's.",
        "description": "The check's docstring: what the student reads of it.",
        "points": "A public test has 0.",
        "message": "One sentence for the student; of a hidden test one that nothing in the answer has chosen.",
        "diagnosis": "The id of the wrong idea that explains what was compared, `a+b` for two; null for none.",
        "counterexample": "The smallest case that failed; null for none.",
        "measured": "Numbers that the check measured itself, such as an accuracy.",
        EXAMPLE_FIELD: "What the same answer gives on public inputs, where a hidden test failed.",
    },
    "provenance": {
        "checks": "A digest of everything of the course that decided the result.",
        "environment": "A digest of the libraries that the notebook's runtime loads.",
        "seed": "Names the course's secret without telling it.",
        "isolation": "What kept the notebook apart; empty for `--isolation off`.",
        "graded_at": "UTC, ISO 8601.",
        "seconds": "Wall time from the notebook's bytes to this result.",
        "datasets": "The images that the notebook could load.",
        "device": "Where it could compute.",
        "task_seconds": "By task id, the wall time of its cells and its checks, where any ran.",
        "check_seconds": "By task id and the check's name, the wall time of the check.",
    },
}
MAY_BE_MISSING = {"measured", EXAMPLE_FIELD}


def results_schema() -> dict[str, Any]:
    """The schema of a results document."""
    whole = schema_of(Results)
    task = whole["properties"]["tasks"]["items"]
    test = _test()
    task["properties"]["tests"]["items"] = test
    task["properties"]["score"]["minimum"] = 0
    provenance = whole["properties"]["provenance"]
    provenance["properties"]["device"] = {"enum": sorted(DEVICES)}
    order = ["schema", "assignment", "student", "status", "reason", "score", "max_score", "tasks", "provenance"]
    fields = {**whole["properties"], "schema": {"const": SCHEMA, "type": "integer"}, **_totals()}
    whole |= {"properties": {name: fields[name] for name in (*order, "notes")}, "required": order}
    for part, name in ((whole, ""), (task, "task"), (test, "test"), (provenance, "provenance")):
        for field, sentence in SAID[name].items():
            part["properties"][field]["description"] = sentence
    return {"$schema": DIALECT, "title": "results.json", **whole}


def _totals() -> dict[str, Any]:
    return {name: {"type": "number", "minimum": 0} for name in ("score", "max_score")}


def _test() -> dict[str, Any]:
    hints = get_type_hints(TestResult)
    names = [*TEST_FIELDS, *sorted(MAY_BE_MISSING)]
    fields = {name: schema_of(hints[name]) for name in names}
    fields["measured"] = {"type": "object", "additionalProperties": {"type": "number"}}
    return {
        "description": "One test of a task.",
        "type": "object",
        "properties": fields,
        "required": list(TEST_FIELDS),
        "additionalProperties": False,
    }


def as_file(schema: dict[str, Any]) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
