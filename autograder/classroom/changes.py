"""What is different between two results of a submission: points, checks, sentences, and what they were graded with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True)
class CheckChange:
    """A check that says something else: whether it passed (None: it was not there) and its sentence, then and now."""

    description: str
    before: bool | None
    now: bool | None
    said: str
    says: str


@dataclass(frozen=True)
class TaskChange:
    """A task whose points, status or checks changed. Points are None where there were none."""

    task: str
    before: float | None
    now: float | None
    status_before: str
    status_now: str
    checks: tuple[CheckChange, ...]


@dataclass(frozen=True)
class Change:
    """What changed in a submission's result; ``before`` and ``now`` are its automatic points."""

    student: str
    before: float | None
    now: float
    tasks: tuple[TaskChange, ...]
    because: tuple[str, ...]

    @property
    def by(self) -> float:
        """How many points more."""
        return round(self.now - (self.before or 0.0), 6)

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {**asdict(self), "by": self.by}


SUBMISSION = _("the submission")
_PROVENANCE = (
    ("checks", _("the checks or the released notebook")),
    ("environment", _("the environment")),
    ("seed", _("the course's secret")),
    ("isolation", _("the isolation")),
    ("device", _("the device")),
)


def compare(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Change:
    """What is different in ``new``; of a submission that had no result, all of it.

    The documents are those of ``results.json``. ``because`` names what the new result was graded with that differs;
    where nothing does, it was the submission.
    """
    before = {task["task"]: task for task in old["tasks"]} if old else {}
    tasks = [change for task in new["tasks"] if (change := _task(before.get(task["task"]), task)) is not None]
    because: tuple[str, ...] = ()
    if old:
        was, now = old["provenance"], new["provenance"]
        differs = tuple(words for field, words in _PROVENANCE if was.get(field) != now.get(field))
        because = differs or (SUBMISSION,)
    return Change(new["student"], old["score"] if old else None, new["score"], tuple(tasks), because)


def in_words(change: Change) -> list[str]:
    """The change as lines: a task each, and below it the checks with the old and the new sentence."""
    lines = []
    for task in change.tasks:
        points = (
            ""
            if task.now is None
            else _(": {before} to {now}").format(before=_points(task.before), now=_points(task.now))
        )
        status = task.status_now.replace("_", " ")
        lines.append(f"{task.task}{points}{f' ({status})' if task.status_before != task.status_now else ''}")
        for check in task.checks:
            was, now = _verdict(check.before), _verdict(check.now)
            turned = _(" {was} before, {now} now.").format(was=was, now=now) if was != now else ""
            lines.append(f"    {check.description}{turned}")
            if check.said != check.says:
                lines += [_("        before: {said}").format(said=check.said)] if check.said else []
                lines += [_("        now: {said}").format(said=check.says)] if check.says else []
    return lines


def _task(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> TaskChange | None:
    checks = tuple(_checks(old["tests"] if old else [], new["tests"]))
    was = (old["score"], old["status"]) if old else (None, "")
    if was == (new["score"], new["status"]) and not checks:
        return None
    return TaskChange(new["task"], was[0], new["score"], was[1], new["status"], checks)


def _checks(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> list[CheckChange]:
    before = {(test["name"], test["description"]): test for test in old}
    found = []
    for test in new:
        was = before.pop((test["name"], test["description"]), None)
        if was is None or (was["passed"], was["message"]) != (test["passed"], test["message"]):
            passed, said = (was["passed"], was["message"]) if was else (None, "")
            found.append(CheckChange(test["description"], passed, test["passed"], said, test["message"]))
    found += [CheckChange(test["description"], test["passed"], None, test["message"], "") for test in before.values()]
    return found


def _verdict(passed: bool | None) -> str:
    return _("was not there") if passed is None else _("passed") if passed else _("failed")


def _points(value: float | None) -> str:
    return _("none") if value is None else f"{value:g}"
