"""A result as Gradescope takes it: ``results.json`` of its autograder specifications.

Each check that carries points is a test of its own, with what the student's page says of it and nothing else. Public
checks carry no points and show at once. The page comes along as a test without points, so that it shows when the hidden
checks do. What staff has to know is a test that students never see; Gradescope keeps the total from students only for
the sake of tests that show later, not of those that never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from autograder.feedback.clean import clean
from autograder.language import sentences_of

_ = sentences_of(__package__)

Visibility = Literal["visible", "after_due_date", "after_published"]
PAGE, STAFF = _("The whole page"), _("For staff")
# Of where a result comes from; how long each check took would tell their names.
PROVENANCE = ("checks", "environment", "seed", "isolation", "graded_at", "datasets")
PAGE_BYTES = 4_000_000  # what one result may hold: pictures that a notebook drew are in its page


def as_gradescope(
    document: Mapping[str, Any], *, page: str, show: Visibility, notes: Sequence[str] = (), staff: Sequence[str] = ()
) -> dict[str, Any]:
    """The document for Gradescope.

    document: what our own results.json says. page: HTML to be laid into Gradescope's. show: when hidden checks and the
    page show. notes: sentences for the student, shown at once, so they may tell nothing of hidden checks.
    """
    tests = [one for task in document["tasks"] for one in _tests(task, show)]
    fits = len(page.encode()) <= PAGE_BYTES
    if fits:
        tests.append(_no_points(PAGE, page, show, output_format="html"))
    else:
        tests.append(_no_points(PAGE, _("It is too large to be shown here; ask your instructor for it."), show))
    tests.append(_no_points(STAFF, "\n".join(staff), "hidden"))
    return {
        "score": document["score"],
        "output": "\n".join(clean(note) for note in notes),
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {name: document["provenance"][name] for name in PROVENANCE},
    }


def _tests(task: Mapping[str, Any], show: Visibility) -> Iterator[dict[str, Any]]:
    if task["kind"] == "text":  # its points are a manual question's, which would count them a second time here
        told = (
            task["message"] if task["status"] == "not_attempted" else _("A person reads this; it has no points here.")
        )
        yield _no_points(_("{task}: graded by hand").format(task=task["task"]), told, "visible")
        return
    hidden = [test for test in task["tests"] if test["points"]]
    for test in task["tests"]:
        if not test["points"]:
            name = f"{task['task']}: {clean(test['description'])}"
            when: Visibility = show if test["hidden"] else "visible"
            yield _no_points(name, _told(test), when, status=_status(test["passed"]))
    if hidden and sum(test["points"] for test in hidden) == task["max_score"]:
        for test in hidden:
            yield {
                "name": f"{task['task']}: {clean(test['description'])}",
                "score": test["points"] if test["passed"] else 0.0,
                "max_score": test["points"],
                "status": _status(test["passed"]),
                "output": _told(test),
                "visibility": show,
            }
    else:  # nothing could be asked
        passed = task["score"] == task["max_score"]
        yield {
            "name": task["task"], "score": task["score"], "max_score": task["max_score"], "status": _status(passed),
            "output": clean(task["message"]), "visibility": show,
        }  # fmt: skip


def _told(test: Mapping[str, Any]) -> str:
    """What the student's page says of a check: nothing where it passed."""
    if test["passed"]:
        return ""
    lines = [test["message"] or _("This does not work yet.")]
    if test.get("counterexample"):
        lines.append(_("Smallest case found: {counterexample}").format(counterexample=test["counterexample"]))
    if test.get("example"):
        lines += [_("On other numbers than those that were graded:"), test["example"]]
    return clean("\n".join(lines))


def _no_points(name: str, output: str, visibility: str, **more: str) -> dict[str, Any]:
    return {"name": name, "score": 0.0, "max_score": 0.0, "output": output, "visibility": visibility, **more}


def _status(passed: bool) -> str:
    return "passed" if passed else "failed"
