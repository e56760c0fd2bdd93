"""Grading by hand: what waits for a person, a task across the class, and one answer after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from autograder.classroom.ledger import Ledger
from autograder.course import Assignment, CourseError, Task, UsageError
from autograder.desk.answers import answer_of, asked
from autograder.desk.desk import Desk
from autograder.desk.grading import Answer, Grading, Refused, Wanted
from autograder.desk.pages import desk_of, fields_of, page, path_to
from autograder.feedback.markdown import as_html
from autograder.gradebook import attribution
from autograder.gradebook.texts_by_hand import standings
from autograder.language import sentences_of

_ = sentences_of(__package__)

ON_A_PAGE = 100
REUSED = 12  # earlier comments that are offered
MOST_POINTS = 1e6
NAMES = "autograder-desk-names"  # the cookie of whoever wants to see names
NO_TASK = _("There is no such text task; `By hand` lists those that there are.")
NO_ANSWER = _("There is no such answer; the submission was removed or handed in anew.")
TROUBLE = _("What you gave could not be kept: {} It is sent again.")


@dataclass(frozen=True)
class Place:
    """A text task that is graded, for one request."""

    desk: Desk
    ledger: Ledger
    assignment: Assignment
    grading: Grading

    @property
    def task(self) -> Task:
        return self.grading.task

    @property
    def parts(self) -> Mapping[str, Any]:
        """What addresses of the task's pages have."""
        return {"assignment": self.assignment.name, "task": self.task.id}

    def groups(self, answers: Mapping[str, Answer]) -> Sequence[Sequence[Answer]] | None:
        """The answers that are alike, by groups; None while they are being looked for."""
        by_student = {one.student: one for one in answers.values()}
        found = self.desk.alike.groups(
            self.desk.folder.root, self.ledger, self.assignment, self.task, sorted(by_student)
        )
        if found is None:
            return None
        return [sorted((by_student[one] for one in group), key=lambda one: one.id) for group in found]


@contextmanager
def place_of(request: Request) -> Iterator[Place]:
    """The task that a request is about. Raises ``HTTPException`` where there is none."""
    desk = desk_of(request)
    try:
        assignment = desk.course.assignment(request.path_params["assignment"])
        task = assignment.task(request.path_params["task"])
    except (UsageError, KeyError) as error:
        raise HTTPException(404, NO_TASK) from error
    if task.kind != "text":
        raise HTTPException(404, NO_TASK)
    with desk.open_ledger() as ledger:
        grading = Grading(desk, ledger, assignment.name, task, asked(assignment, task).items)
        yield Place(desk, ledger, assignment, grading)


def by_hand(request: Request) -> Response:
    """Every text task that somebody handed in, and how far it is."""
    desk = desk_of(request)
    found = {(one.assignment, one.task): one for one in standings(desk.folder.root, desk.course)}
    rows = [
        (assignment, [(task, found[assignment.name, task.id]) for task in assignment.tasks
                      if task.kind == "text" and (assignment.name, task.id) in found])
        for assignment in desk.course
    ]  # fmt: skip
    return page(request, "by_hand.html.j2", rows=[(assignment, tasks) for assignment, tasks in rows if tasks])


def text_task(request: Request) -> Response:
    """A task's answers in their order: how each stands, and who graded it."""
    with place_of(request) as place:
        answers = place.grading.answers()
        given = attribution.latest(place.desk.grades.given_to_all(*place.grading.of), "points")
        groups = place.groups(answers)
        claims = place.grading.claims()
        numbers = {id: number for number, id in enumerate(answers, 1)}
        pages = max(1, math.ceil(len(answers) / ON_A_PAGE))
        asked_for = request.query_params.get("page", "")
        chosen = min(max(int(asked_for) if asked_for.isdecimal() else 1, 1), pages)
        rows = [
            (numbers[one.id], one, given.get((one.student, place.task.id)), claims.get(one.student))
            for one in list(answers.values())[(chosen - 1) * ON_A_PAGE : chosen * ON_A_PAGE]
        ]
        return page(
            request, "text_task.html.j2", place=place, rows=rows, pages=pages, chosen=chosen,
            names=shows_names(request), count=len(answers), numbers=numbers,
            waiting=sum(one.standing.waits for one in answers.values()),
            groups=None if groups is None else [group for group in groups if len(group) > 1],
        )  # fmt: skip


def answer(request: Request) -> Response:
    """One answer beside what it is graded by; whoever opens it has it for a while."""
    with place_of(request) as place:
        answers = place.grading.answers()
        one = _one(request, answers)
        task = asked(place.assignment, place.task)
        groups = place.groups(answers)
        order = list(answers)
        at = order.index(one.id)
        return page(
            request, "answer.html.j2", place=place, one=one, asked=task, names=shows_names(request),
            claimed_by=place.grading.claim(one), number=at + 1, count=len(order),
            before=order[at - 1] if at else None, after=order[at + 1] if at + 1 < len(order) else None,
            cells=answer_of(place.desk.folder.root, place.assignment, place.task, one.student),
            given=place.desk.grades.given(place.assignment.name, one.student, place.task.id),
            like=None if groups is None else next((group for group in groups if one in group), [one]),
            comments=comments(answers, one), can_undo=place.grading.last_act() is not None, inline=inline,
            waiting=sum(other.standing.waits for other in answers.values()),
        )  # fmt: skip


def next_answer(request: Request) -> Response:
    """The next answer that waits for a person and is nobody else's, from one on and around."""
    with place_of(request) as place:
        answers = place.grading.answers()
        order, claims = list(answers), place.grading.claims()
        after = request.query_params.get("after", "")
        if after in answers:
            place.grading.leave(answers[after])
            at = order.index(after) + 1
            order = order[at:] + order[:at]
        for id in order:
            if answers[id].standing.waits and answers[id].student not in claims and id != after:
                return RedirectResponse(path_to(request, "answer", **place.parts, answer=id), 303)
        return RedirectResponse(path_to(request, "text_task", {"done": 1}, **place.parts), 303)


async def give(request: Request) -> Response:
    """Keeps what a grader gave an answer, as the page sends it while they work."""
    fields = await fields_of(request)
    return await run_in_threadpool(_give, request, fields)


def _give(request: Request, fields: Sequence[tuple[str, str]]) -> Response:
    sent = dict(fields)
    try:
        with place_of(request) as place:
            id = request.path_params["answer"]
            answers = place.grading.give({id: wanted(fields)}, {id: sent.get("seen", "")})
            return JSONResponse(_said(answers[id]))
    except Refused as error:
        return JSONResponse({"sentence": str(error)}, 409)
    except ValueError as error:
        return JSONResponse({"sentence": str(error)}, 422)
    except CourseError as error:
        return JSONResponse({"sentence": TROUBLE.format(error)}, 503)


def _said(one: Answer) -> dict[str, Any]:
    score = one.standing.score
    return {"seen": one.seen, "score": None if score is None else f"{score:g}", "most": f"{one.standing.most:g}",
            "items": list(one.mark.items)}  # fmt: skip


async def take(request: Request) -> Response:
    """Takes an answer over from another grader."""

    def act() -> Response:
        with place_of(request) as place:
            one = _one(request, place.grading.answers())
            place.grading.claim(one, take=True)
            return RedirectResponse(path_to(request, "answer", **place.parts, answer=one.id), 303)

    return await run_in_threadpool(act)


async def undo(request: Request) -> Response:
    """Undoes what the grader did last in a task, and shows where that was."""

    def act() -> Response:
        with place_of(request) as place:
            undone = place.grading.undo()
            changed = [step.student for step in undone.steps if step.student]
            ids = {one.student: one.id for one in place.grading.answers().values()}
            if len(changed) == 1 and changed[0] in ids:
                return RedirectResponse(path_to(request, "answer", **place.parts, answer=ids[changed[0]]), 303)
            return RedirectResponse(path_to(request, "text_task", {"undone": len(changed)}, **place.parts), 303)

    return await run_in_threadpool(act)


async def show_names(request: Request) -> Response:
    """Shows or hides names, from now on and in this browser."""
    sent = dict(await fields_of(request))
    below = path_to(request, "by_hand")
    back = sent.get("back", "")
    response = RedirectResponse(back if back.startswith(f"{below}/") else below, 303)
    response.set_cookie(NAMES, sent.get("names", "0"), path=below, httponly=True, samesite="strict")
    return response


def wanted(fields: Sequence[tuple[str, str]]) -> Wanted:
    """What a form wants to be given. Raises ``ValueError`` for points that are no number, in a sentence."""
    sent = dict(fields)
    items = frozenset(int(value) for name, value in fields if name == "item" and value.isdigit())
    return Wanted(items, points_in(sent.get("free", "")), sent.get("comment", "").replace("\r\n", "\n").strip())


def comments(answers: Mapping[str, Answer], besides: Answer | None = None) -> list[str]:
    """Comments that were given to other answers of the task, those first that were given most often."""
    counts: dict[str, int] = {}
    for one in answers.values():
        if one.standing.comment.strip() and (besides is None or one.id != besides.id):
            counts[one.standing.comment] = counts.get(one.standing.comment, 0) + 1
    return sorted(counts, key=lambda text: -counts[text])[:REUSED]


def inline(text: str) -> Markup:
    """A line of Markdown without a paragraph around it, to stand in a button."""
    html = str(as_html(text)).strip()
    return Markup(html.removeprefix("<p>").removesuffix("</p>") if html.count("<p>") == 1 else html)


def _one(request: Request, answers: Mapping[str, Answer]) -> Answer:
    found = answers.get(request.path_params["answer"])
    if found is None:
        raise HTTPException(404, NO_ANSWER)
    return found


def shows_names(request: Request) -> bool:
    """Whether whoever asks wants to see names, which are hidden by default."""
    return request.cookies.get(NAMES) == "1"


def points_in(text: str) -> float | None:
    """Points as people write them; None for nothing. Raises ``ValueError`` for what is no number, in a sentence."""
    if not text.strip():
        return None
    try:
        found = float(text.strip().replace(",", ".").replace("−", "-"))
    except ValueError:
        found = math.nan
    if not abs(found) < MOST_POINTS:
        raise ValueError(_("“{text}” is no number of points.").format(text=text.strip()[:20]))
    return found


_TASK = "/by-hand/{assignment}/{task}"
routes = [
    Route("/by-hand", by_hand, name="by_hand"),
    Route("/by-hand/names", show_names, name="show_names", methods=["POST"]),
    Route(_TASK, text_task, name="text_task"),
    Route(f"{_TASK}/next", next_answer, name="next_answer"),
    Route(f"{_TASK}/undo", undo, name="undo", methods=["POST"]),
    Route(f"{_TASK}/answers/{{answer}}", answer, name="answer"),
    Route(f"{_TASK}/answers/{{answer}}", give, name="give", methods=["POST"]),
    Route(f"{_TASK}/answers/{{answer}}/take", take, name="take", methods=["POST"]),
]
