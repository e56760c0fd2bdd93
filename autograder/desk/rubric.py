"""A task's rubric: its items changed, with a look at whose points would follow, and new ones."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.classroom.marks import Item
from autograder.desk.by_hand import Place, inline, place_of, points_in
from autograder.desk.pages import form_of, page, path_to
from autograder.language import sentences_of

_ = sentences_of(__package__)

SHOWN = 60  # answers in a preview
LONGEST = 2_000  # characters that an item says
NO_ITEM = _("There is no such item; somebody has removed it.")


def rubric(request: Request) -> Response:
    """A task's items, each in a form of its own."""
    with place_of(request) as place:
        held = [item for one in place.grading.answers().values() for item in one.mark.items]
        counts = {item.id: held.count(item.id) for item in place.grading.items}
        return page(request, "rubric.html.j2", place=place, counts=counts, inline=inline,
                    changed=request.query_params.get("changed"))  # fmt: skip


def preview(request: Request) -> Response:
    """Whose points would be others with an item as it stands in its form."""
    with place_of(request) as place:
        item = _item(request, place)
        try:
            wanted = _written(item, dict(request.query_params))
        except ValueError as error:
            return page(request, "rubric_preview.html.j2", problem=str(error), rows=[], more=0, count=0)
        numbers = {id: number for number, id in enumerate(place.grading.answers(), 1)}
        found = place.grading.following(wanted)
        rows = [(numbers[one.id], one, score) for one, score in found[:SHOWN]]
        return page(request, "rubric_preview.html.j2", problem="", rows=rows, more=len(found) - len(rows),
                    count=len(found), place=place)  # fmt: skip


async def change(request: Request) -> Response:
    """Changes an item, or adds one, and has the points follow."""
    form = await form_of(request)

    def act() -> Response:
        with place_of(request) as place:
            try:
                if "item" in request.path_params:
                    changed = place.grading.change_item(_written(_item(request, place), form))
                else:
                    new, changed = _written(Item(0, "", 0.0), form), 0
                    place.grading.add_item(new.says, new.points)
            except ValueError as error:
                raise HTTPException(422, str(error)) from error
            return RedirectResponse(path_to(request, "rubric", {"changed": changed}, **place.parts), 303)

    return await run_in_threadpool(act)


def _item(request: Request, place: Place) -> Item:
    wanted = request.path_params["item"]
    found = next((item for item in place.grading.items if item.id == wanted), None)
    if found is None:
        raise HTTPException(404, NO_ITEM)
    return found


def _written(item: Item, form: dict[str, str]) -> Item:
    """An item as a form has it. Raises ``ValueError`` for one that says nothing, or has no points."""
    says, points = form.get("says", "").strip()[:LONGEST], points_in(form.get("points", ""))
    if not says or points is None:
        raise ValueError(_("An item says something, and has points."))
    return replace(item, says=says, points=points)


_RUBRIC = "/by-hand/{assignment}/{task}/rubric"
routes = [
    Route(_RUBRIC, rubric, name="rubric"),
    Route(_RUBRIC, change, name="add_item", methods=["POST"]),
    Route(f"{_RUBRIC}/{{item:int}}", preview, name="preview_item"),
    Route(f"{_RUBRIC}/{{item:int}}", change, name="change_item", methods=["POST"]),
]
