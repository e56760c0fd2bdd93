"""Like answers graded together, each of them in sight."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.desk.answers import answer_of, asked
from autograder.desk.by_hand import NO_ANSWER, Place, comments, inline, place_of, shows_names, wanted
from autograder.desk.grading import Answer
from autograder.desk.likeness import normal
from autograder.desk.pages import fields_of, page, path_to
from autograder.language import sentences_of

_ = sentences_of(__package__)

SHOWN = 50  # answers on one page; what was graded makes room for the next


def together(request: Request) -> Response:
    """The answers that are like one, under one rubric."""
    with place_of(request) as place:
        answers = place.grading.answers()
        group, numbers = _group(request, place, answers), {id: number for number, id in enumerate(answers, 1)}
        claims, root = place.grading.claims(), place.desk.folder.root
        # What waits comes first: grading a large group goes on with those that were not shown.
        group = sorted(group or (), key=lambda one: (not one.standing.waits, one.id))
        rows = [
            (numbers[one.id], one, answer_of(root, place.assignment, place.task, one.student), claims.get(one.student))
            for one in group[:SHOWN]
        ]
        texts = {normal("\n".join(cell.source.text for cell in cells)) for _, _, cells, _ in rows}
        return page(
            request, "together.html.j2", place=place, rows=rows, more=len(group) - len(rows),
            names=shows_names(request), asked=asked(place.assignment, place.task), inline=inline, equal=len(texts) == 1,
            searching=not group, comments=comments(answers), given=request.query_params.get("given"),
        )  # fmt: skip


async def give_together(request: Request) -> Response:
    """Gives the chosen answers the same, all or none, and goes on with what waits."""
    fields = await fields_of(request)

    def act() -> Response:
        with place_of(request) as place:
            seen = dict(value.split(":", 1) for name, value in fields if name == "answer" and ":" in value)
            try:
                want = wanted(fields)
            except ValueError as error:
                raise HTTPException(422, str(error)) from error
            if not seen:
                raise HTTPException(422, _("No answer was chosen; nothing was given."))
            if not want.items and want.free is None:
                raise HTTPException(422, _("Choose what holds, or give points besides; 0 is for none."))
            place.grading.give(dict.fromkeys(seen, want), seen)
            back = path_to(request, "together", {"given": len(seen)}, answer=next(iter(seen)), **place.parts)
            return RedirectResponse(back, 303)

    return await run_in_threadpool(act)


def _group(request: Request, place: Place, answers: dict[str, Answer]) -> Sequence[Answer] | None:
    """The group of the answer that the request names; None while it is being looked for."""
    one = answers.get(request.path_params["answer"])
    if one is None:
        raise HTTPException(404, NO_ANSWER)
    groups = place.groups(answers)
    return None if groups is None else next((group for group in groups if one in group), [one])


_LIKE = "/by-hand/{assignment}/{task}/like/{answer}"
routes = [
    Route(_LIKE, together, name="together"),
    Route(_LIKE, give_together, name="give_together", methods=["POST"]),
]
