"""What commands print with ``--json``, for other programs. ``tests/test_reference.py`` holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict

from autograder.checks.audit import TaskAudit
from autograder.classroom.leaderboard import Board
from autograder.classroom.run import Graded
from autograder.doctor import Fact

from .schema import DIALECT, paragraph, schema_of, table


class Grade(TypedDict):
    """What a run did."""

    schema: int
    assignment: str
    graded: Annotated[list[Graded], "Those whose notebooks were run."]
    unchanged: Annotated[list[Graded], "Those whose result stands from an earlier run."]
    remarks: Annotated[Mapping[str, str], "What is odd about a submission, by student."]
    failed: Annotated[Mapping[str, str], "Why a submission could not be graded, by student."]
    broken_checks: Annotated[Mapping[str, list[str]], "Checks that failed by their own fault, by student."]
    seconds: float


class Feedback(TypedDict):
    """The pages that were written."""

    pages: Annotated[Mapping[str, str], "The path of each student's page."]
    report: Annotated[str, "The path of the class report."]
    unreleasable: Annotated[list[str], "Students whose page the exchange cannot hand back."]


class Standing(TypedDict):
    """A student who is late, has handed in nothing, or has more time."""

    student: str
    assignment: str
    state: Literal["on time", "late", "missing", "not yet"]
    hours_late: float
    extension_hours: float
    why: Annotated[str, "The reason of the extension; empty where none was given."]
    penalty: Annotated[float | None, "Points that the last run took; null where none has graded it."]


class Roster(TypedDict):
    """Who was made known to the gradebook."""

    new: Annotated[int, "How many it did not know."]
    people: Annotated[int, "How many the list has."]
    left_out: Annotated[list[str], "A sentence for each line that could not be taken."]


class Leaderboard(TypedDict):
    """The boards of a challenge, by pseudonym."""

    schema: int
    assignment: str
    task: str
    boards: Annotated[list[Board], "One for each data set."]
    graded: Annotated[int, "How many submissions have a result."]
    left_out: Annotated[Mapping[str, int], "How many are not shown, by the reason."]


class Audit(TypedDict):
    """What the audit of an assignment found."""

    assignment: str
    holds: bool
    problems: Annotated[list[str], "A sentence each; there are none where everything holds."]
    warnings: Annotated[list[str], "What is still to be added, a sentence each."]
    tasks: list[TaskAudit]


class Checked(TypedDict):
    """One task of a notebook that was checked here."""

    task: str
    passed: bool
    text: Annotated[str, "The table that the notebook shows."]


class Doctor(TypedDict):
    """What this machine has."""

    schema: int
    isolated: Annotated[bool, "Whether grading with isolation is possible."]
    facts: list[Fact]


PRINTED: dict[str, Any] = {
    "audit": Audit | list[Audit],
    "check": list[Checked],
    "doctor": Doctor,
    "due": Mapping[str, str | None],
    "feedback": Feedback,
    "grade": Grade,
    "late": list[Standing],
    "leaderboard": Leaderboard,
    "roster": Roster,
}
SAID = {
    "audit": "One object for one assignment, a list for several.",
    "due": "By assignment the moment at which it is due, UTC in ISO 8601, or null.",
}


def printed_schema(command: str) -> dict[str, Any]:
    """The schema of what a command prints with ``--json``."""
    return {"$schema": DIALECT, "title": f"autograder {command} --json", **schema_of(PRINTED[command])}


def printed_page() -> str:
    """The page about all of them."""
    parts = [
        "# What commands print with `--json`\n\n"
        "Every command with `--json` prints one document on stdout; what else there is to say is on stderr, and the "
        "exit codes stay. This page is written from the code, and a test holds the commands to it.\n"
    ]
    for name in sorted(PRINTED):
        schema = printed_schema(name)
        said = SAID.get(name) or paragraph(PRINTED[name]) or schema.get("items", {}).get("description", "")
        one = schema["anyOf"][0] if "anyOf" in schema else schema
        rows = table(one.get("items", one), "[]" if "items" in one else "")
        head = ["| field | what stands there | |", "|---|---|---|", *rows]
        parts.append(f"\n## {name}\n\n{said}\n" + ("\n" + "\n".join(head) + "\n" if rows else ""))
    return "".join(parts)

