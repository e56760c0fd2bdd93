"""What commands print with ``--json``, for other programs. ``tests/test_reference.py`` holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from autograder.checks.audit import TaskAudit
from autograder.classroom.changes import TaskChange
from autograder.classroom.leaderboard import Board
from autograder.classroom.notes import Request
from autograder.classroom.run import Graded
from autograder.doctor import Fact
from autograder.feedback.measures import Spread
from autograder.feedback.report_findings import HandGraded, Stop, Then
from autograder.gradebook.by_hand import Given, ManualGrade
from autograder.submission.results import Provenance

from .schema import DIALECT, paragraph, schema_of, table


class Change(TypedDict):
    """What changed in a submission's result."""

    student: str
    before: Annotated[float | None, "Automatic points; null where there was no result."]
    now: float
    by: Annotated[float, "How many points more."]
    tasks: list[TaskChange]
    because: Annotated[list[str], "What made it be graded again."]


class Grade(TypedDict):
    """What a run did."""

    schema: int
    assignment: str
    graded: Annotated[list[Graded], "Those whose notebooks were run."]
    unchanged: Annotated[list[Graded], "Those whose result stands from an earlier run."]
    other_dates: Annotated[list[str], "Those of them whose dates have changed since: judged by the new ones."]
    remarks: Annotated[Mapping[str, str], "What is odd about a submission, by student."]
    failed: Annotated[Mapping[str, str], "Why a submission could not be graded, by student."]
    broken_checks: Annotated[Mapping[str, list[str]], "Checks that failed by their own fault, by student."]
    changes: Annotated[list[Change], "Results that are others than before."]
    seconds: float


Taken = TypedDict(
    "Taken",
    {"student": str, "state": Literal["new", "replaced", "unchanged", "older"], "from": str, "remark": str,
     "when": Annotated[str | None, "UTC, ISO 8601; null where the archive does not say."]},
)  # fmt: skip
Taken.__doc__ = "A submission of an archive."


class Collected(TypedDict):
    """What came of an archive."""

    assignment: str
    layout: Annotated[str, "Whose archive it is; empty where nothing of it was recognised."]
    taken: list[Taken]
    left_out: Annotated[list[str], "A sentence each."]
    missing: Annotated[list[str], "Students without a submission."]


class Uncollected(TypedDict):
    """A collection that was undone, with `--undo`."""

    undone: str
    back: list[str]
    gone: list[str]


class Forgotten(TypedDict):
    """What was removed of a student."""

    student: str
    removed: Annotated[list[str], "A line each."]


class HandedIn(TypedDict):
    """What was found and packed."""

    file: str
    assignment: str
    checks: Annotated[list[str], "The first line of each task's check."]
    untouched: Annotated[list[str], "Tasks without an answer."]
    problems: Annotated[list[str], "What will be otherwise while it is graded, a sentence each."]


class PastResult(TypedDict):
    """One of a student's results."""

    number: int
    counts: bool
    can_go_back: bool
    by: Annotated[str, "Who had it graded; empty where that is not on record."]
    score: float
    max_score: float
    provenance: Provenance
    change: Change


class GivenTime(TypedDict):
    """More time."""

    assignment: str
    student: str
    by: Annotated[float, "Seconds."]
    why: str
    granted_by: str
    at: str


class Story(TypedDict):
    """Everything on record of a student's assignment."""

    student: str
    assignment: str
    results: list[PastResult]
    manual: Annotated[Mapping[str, ManualGrade], "By task."]
    given: Annotated[list[Given], "How the manual grades came to be."]
    late_penalty: float
    extension: GivenTime | None
    requests: list[Request]


class ReportedStudent(TypedDict):
    """A student of the class."""

    student: str
    score: float | None
    state: str
    waits: bool
    penalty: float
    tasks: Annotated[Mapping[str, float | None], "Points by task."]


class ReportedTask(TypedDict):
    """A task over the class; the measures are there where somebody has a result."""

    task: str
    kind: str
    max_score: float
    mean: float | None
    complete: int | None
    passed: NotRequired[int]
    of: NotRequired[int]
    not_attempted: NotRequired[int]
    stopped: NotRequired[int]
    discrimination: NotRequired[float | None]
    seconds: NotRequired[Annotated[float | None, "The median time that its cells and checks took."]]
    train_seconds: NotRequired[Annotated[float | None, "The median time of its training."]]
    share: NotRequired[float]


class ReportedCheck(TypedDict):
    """A check over the class."""

    task: str
    description: str
    points: float
    passed: int
    of: int
    not_attempted: Annotated[int, "Of those who did not pass."]
    stopped: Annotated[int, "Of those who did not pass."]
    discrimination: float | None
    seconds: Annotated[float | None, "The median time that it took."]
    share: float


class Belief(TypedDict):
    """A misconception that was named."""

    task: str
    id: str
    sentence: str
    students: list[str]


class Need(TypedDict):
    """A student who may need help."""

    student: str
    reasons: list[str]


class Report(TypedDict):
    """The class report."""

    schema: int
    assignment: str
    max_score: float
    final_scores: bool
    spread: Spread | None
    students: list[ReportedStudent]
    tasks: list[ReportedTask]
    checks: list[ReportedCheck]
    graded_by_hand: list[HandGraded]
    misconceptions: list[Belief]
    stopped: list[Stop]
    needs_help: list[Need]
    seconds: float | None
    last_term: list[Then]
    page: Annotated[str, "The path of the page."]


class Pair(TypedDict):
    """Two answers that are much alike."""

    task: str
    students: list[str]
    shares: Annotated[list[float], "How much of each is in the other, from 0 to 1."]


class SameNumbers(TypedDict):
    """A student with numbers of others' variants."""

    task: str
    student: str
    others: list[str]
    numbers: list[str]
    how: str


class Similar(TypedDict):
    """Answers that are more alike than a class's are by themselves."""

    assignment: str
    compared: int
    left_out: list[str]
    pairs: list[Pair]
    same_files: list[list[str]]
    numbers: list[SameNumbers]
    page: Annotated[str, "The path of the page."]


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
    "collect": Collected | Uncollected,
    "doctor": Doctor,
    "due": Mapping[str, str | None],
    "feedback": Feedback,
    "forget": Forgotten,
    "grade": Grade,
    "hand-in": HandedIn,
    "history": list[Story] | Change,
    "late": list[Standing],
    "leaderboard": Leaderboard,
    "report": Report,
    "request": list[Request],
    "roster": Roster,
    "similar": Similar,
}
SAID = {
    "audit": "One object for one assignment, a list for several.",
    "collect": "What came of an archive; with `--undo`, `undone`, `back` and `gone`.",
    "history": "A list of all that is on record; with `--back-to`, one change.",
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

