"""Grading by hand: how an answer stands, giving, undoing, and what follows from a changed rubric.

Two places are read together. The gradebook has points and comment, and what stands there counts; the record has which
rubric items they were made of. Where they differ, somebody gave others in the formgrader, and the items count no more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.classroom import marks
from autograder.classroom.ledger import Ledger
from autograder.classroom.marks import Act, Item, Mark, Step
from autograder.classroom.seeds import Secret
from autograder.course import CourseError, Task
from autograder.desk.desk import Desk
from autograder.gradebook.acting import who
from autograder.gradebook.giving import Gift, Standing
from autograder.language import sentences_of

_ = sentences_of(__package__)

POINTS, ITEM, NEW_ITEM = "points", "item", "new item"  # what a step is about


class Refused(CourseError):
    """Nothing was given, since things stand otherwise than the page shows them; one sentence."""


@dataclass(frozen=True)
class Answer:
    """An answer as it is graded: ``id`` names it without its student. ``mark`` is what the points are made of;
    ``elsewhere`` says that they were given in the formgrader after the desk gave its own."""

    id: str
    standing: Standing
    mark: Mark
    elsewhere: bool = False

    @property
    def student(self) -> str:
        return self.standing.person.id

    @property
    def seen(self) -> str:
        """Stands for what somebody has seen of it; another one where anything is another."""
        parts = (
            self.standing.score, self.standing.extra, self.standing.comment, self.standing.waits, self.mark.items,
            self.mark.free,
        )  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, object]:
        """What a step of an act keeps of it."""
        return {"items": list(self.mark.items), "free": self.mark.free, "score": self.standing.score,
                "comment": self.standing.comment}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a grader wants to stand there."""

    items: frozenset[int]
    free: float | None
    comment: str


class Grading:
    """One text task across a class, for one request: opened with the record, which its thread alone uses."""

    def __init__(self, desk: Desk, ledger: Ledger, assignment: str, task: Task, scheme: Sequence[tuple[str, float]]):
        self._desk, self._ledger, self._assignment, self.task = desk, ledger, assignment, task
        self._secret = Secret.of_course(desk.folder.state, ledger)
        self.items = marks.begin_items(ledger, assignment, task.id, scheme)

    @property
    def of(self) -> tuple[str, str]:
        """The assignment and the task."""
        return self._assignment, self.task.id

    def answers(self) -> dict[str, Answer]:
        """By their ids, in the order in which they are graded: those of everybody who wrote something."""
        standings = self._desk.grades.standings(*self.of)
        given = marks.marks(self._ledger, *self.of)
        found = [self._answer(one, given.get(student, Mark())) for student, one in standings.items() if one.to_grade]
        return {one.id: one for one in sorted(found, key=lambda one: one.id)}

    def _answer(self, standing: Standing, mark: Mark) -> Answer:
        id = self._secret.answer_id(*self.of, standing.person.id)
        if mark.score == standing.score:
            return Answer(id, standing, mark)
        return Answer(id, standing, Mark(free=standing.score), elsewhere=mark.score is not None)

    def claims(self) -> dict[str, str]:
        """By student, who else is at their answer."""
        return {student: by for student, by in marks.claims(self._ledger, *self.of).items() if by != who()}

    def claim(self, answer: Answer, *, take: bool = False) -> str | None:
        """Has an answer be one's own; who else is at it, if somebody is."""
        by = marks.claim(self._ledger, *self.of, answer.student, take=take)
        return by if by != who() else None

    def leave(self, answer: Answer) -> None:
        """Lets others have an answer."""
        marks.leave(self._ledger, *self.of, answer.student)

    def give(self, wanted: Mapping[str, Wanted], seen: Mapping[str, str]) -> dict[str, Answer]:
        """Gives answers, by their ids, what is wanted, all or none; how they stand then.

        seen: by id, what the grader saw of each. One that stands otherwise by now is refused, unless it stands as
        wanted already: then it was sent twice."""
        # Of the whole class no more is read than who is who: this is asked for with every key.
        known = {self._secret.answer_id(*self.of, one): one for one in self._desk.grades.students(self._assignment)}
        if wanted.keys() - known.keys():
            raise Refused(_("This answer is not there any more; the submission was removed or handed in anew."))
        others = self.claims()
        for id in wanted:
            if by := others.get(known[id]):
                raise Refused(_("{by} is at this answer; take it over, or leave it to them.").format(by=by))
        whose = {known[id]: one for id, one in wanted.items()}
        return self._write(whose, {known[id]: seen.get(id, "") for id in wanted}, ())

    def _write(
        self, wanted: Mapping[str, Wanted], seen: Mapping[str, str], before: Sequence[Step], *, log: bool = True
    ) -> dict[str, Answer]:
        """Writes into the gradebook, then into the record, what students' answers are to be given."""
        only = next(iter(wanted)) if len(wanted) == 1 else None
        given = marks.marks(self._ledger, *self.of, only)
        steps: list[Step] = list(before)
        new: dict[str, Mark] = {}

        def decide(standings: Mapping[str, Standing]) -> Mapping[str, Gift]:
            gifts = {}
            del steps[len(before) :]  # of a try that the database refused
            for student, want in wanted.items():
                now = self._answer(standings[student], given.get(student, Mark()))
                mark = self._mark(want, now.standing.most)
                if seen[student] != now.seen and not _is_given(now, mark, want):
                    raise Refused(_("Somebody has graded this answer meanwhile; what they gave is shown now."))
                new[student] = mark
                gifts[student] = Gift(mark.score, want.comment)
                if not _is_given(now, mark, want):
                    then = replace(now.standing, score=mark.score, comment=want.comment)
                    after = replace(now, mark=mark, standing=then)
                    steps.append(Step(student, POINTS, now.as_json(), after.as_json()))
            return gifts

        if wanted:
            standings = self._desk.grades.give(*self.of, decide, frozenset(wanted))
            marks.put(self._ledger, *self.of, new)
        else:
            standings = {}
        if log and steps:
            marks.note(self._ledger, *self.of, steps)
        return {(one := self._answer(standing, new[student])).id: one for student, standing in standings.items()}

    def _mark(self, want: Wanted, most: float) -> Mark:
        held = tuple(sorted(want.items & {item.id for item in self.items}))
        mark = Mark(held, want.free)
        return replace(mark, score=mark.total(self.items, most))

    # What follows from a changed rubric

    def following(self, item: Item) -> list[tuple[Answer, float | None]]:
        """The answers whose score another item in place of one would change, with the new one. Where somebody gave
        other points in the formgrader, they stay."""
        items = [item if one.id == item.id else one for one in self.items]
        held = [one for one in self.answers().values() if item.id in one.mark.items]
        scores = ((answer, answer.mark.total(items, answer.standing.most)) for answer in held)
        return [(answer, score) for answer, score in scores if score != answer.standing.score]

    def add_item(self, says: str, points: float) -> None:
        """Adds an item, which holds nowhere yet."""
        marks.add_items(self._ledger, *self.of, [(says, points)])
        self.items = marks.items(self._ledger, *self.of)
        steps = [Step("", NEW_ITEM, {}, marks.as_json(max(self.items, key=lambda one: one.id)))]
        marks.note(self._ledger, *self.of, steps)

    def change_item(self, item: Item) -> int:
        """Has an item say, or be worth, something else, in every answer that it was given to; how many scores are
        others by that."""
        old = next(one for one in self.items if one.id == item.id)
        follow = [answer for answer, _ in self.following(item)]
        self.items = [item if one.id == item.id else one for one in self.items]
        wanted = {one.student: Wanted(frozenset(one.mark.items), one.mark.free, one.standing.comment) for one in follow}
        seen = {one.student: one.seen for one in follow}
        self._write(wanted, seen, [Step("", ITEM, marks.as_json(old), marks.as_json(item))])
        marks.change_item(self._ledger, item)  # last: where somebody gave something meanwhile, all stays as it was
        return len(follow)

    # Undo

    def last_act(self) -> Act | None:
        """What can be undone."""
        return marks.last_act(self._ledger, *self.of)

    def undo(self) -> Act:
        """Undoes what whoever acts did last here. Raises ``Refused`` where there is nothing, and where somebody has
        given something else since."""
        act = self.last_act()
        if act is None:
            raise Refused(_("There is nothing of yours to undo in this task."))
        steps = [step for step in act.steps if step.what == POINTS]
        now = {answer.student: answer for answer in self.answers().values()}
        for step in steps:
            stands = now.get(step.student)
            if stands is None or any(stands.as_json()[part] != step.after[part] for part in ("score", "comment")):
                raise Refused(_("What you did last was changed by somebody since; it stays as it is."))
        back = {one.id: one for step in act.steps if step.what == ITEM for one in [_item(step.before)]}
        self.items = [back.get(item.id, item) for item in self.items]
        seen = {step.student: now[step.student].seen for step in steps}
        self._write({step.student: _wanted(step.before) for step in steps}, seen, (), log=False)
        for item in back.values():
            marks.change_item(self._ledger, item)
        for step in act.steps:
            if step.what == NEW_ITEM:
                marks.remove_item(self._ledger, _item(step.after).id)
        self.items = marks.items(self._ledger, *self.of)
        marks.drop_act(self._ledger, act)
        return act


def _is_given(now: Answer, mark: Mark, want: Wanted) -> bool:
    """Whether an answer stands as it is wanted, and does not wait for another look."""
    same = now.standing.score == mark.score and now.standing.comment == want.comment
    return same and now.mark.items == mark.items and now.mark.free == mark.free and not _looks_again(now, mark)


def _looks_again(now: Answer, mark: Mark) -> bool:
    return now.standing.waits and mark.score is not None


def _item(kept: Mapping[str, object]) -> Item:
    return Item(int(str(kept["id"])), str(kept["says"]), float(str(kept["points"])))


def _wanted(kept: Mapping[str, object]) -> Wanted:
    items, free = kept["items"], kept["free"]
    held = frozenset(items) if isinstance(items, list) else frozenset()
    return Wanted(held, None if free is None else float(str(free)), str(kept["comment"]))
