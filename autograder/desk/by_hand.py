"""Grading by hand: what waits for a person, task by task."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.desk.pages import desk_of, page
from autograder.gradebook.texts_by_hand import standings


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


routes = [Route("/by-hand", by_hand, name="by_hand")]
