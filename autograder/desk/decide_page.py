"""Decide: what a corrected check would change, more time, feedback, answers that are alike, exports."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from threading import Lock
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.classroom import changes
from autograder.classroom.export import FORMATS, LEVELS, export
from autograder.classroom.preview import Waiting, drop, waiting
from autograder.classroom.previewed import Previewed
from autograder.classroom.times import give_time, in_words, read_length
from autograder.course import Assignment, UsageError
from autograder.desk.board import Board
from autograder.desk.chosen import assignment_of, board_of, boards_of, latest_of, not_ready
from autograder.desk.desk import Desk
from autograder.desk.door import GRADER
from autograder.desk.jobs import TITLES, Jobs
from autograder.desk.pages import desk_of, form_of, page, path_to
from autograder.desk.renewed import Renewed, stamp_of
from autograder.desk.rows import Asked
from autograder.feedback.feedback_run import FEEDBACK
from autograder.feedback.report_page import percent
from autograder.language import marked, sentences_of

_ = sentences_of(__package__)
LEVEL_WORDS = (marked("assignment"), marked("task"), marked("check"))  # those of `LEVELS`

CHANGES_ON_A_PAGE = 50
PAIRS_SHOWN = 200
EXTENSIONS_SHOWN = 500
SECTION = {"preview": "regrade", "accept": "regrade", "feedback": "feedback", "release": "feedback", "similar": "alike"}
_making = Lock()


@dataclass(frozen=True)
class Trouble:
    """What could not be done, in the section where it was asked for, and what was filled in there."""

    section: str = ""
    sentence: str = ""
    student: str = ""
    by: str = ""
    why: str = ""


class _Deciding:
    """What these pages keep of a desk: its jobs, and what previews found, by assignment."""

    def __init__(self, desk: Desk) -> None:
        self.jobs = Jobs(desk)
        self._desk = desk
        self._waiting: dict[str, Renewed[Waiting]] = {}

    def waiting(self, name: str, *, at_once: bool = False) -> Waiting | None:
        """What previews of an assignment found; None where it is being read for the first time."""
        desk = self._desk
        paths = [desk.ledger, Previewed(desk.folder).path]
        paths += [path.with_name(f"{path.name}-wal") for path in paths]
        with _making:
            if name not in self._waiting:
                self._waiting[name] = Renewed(
                    lambda: stamp_of(*paths), lambda _: waiting(desk.folder.root, name, desk.course)
                )
            kept = self._waiting[name]
        return kept.get(5.0, at_once=True) if at_once else kept.get()


def deciding(request: Request) -> _Deciding:
    """What is kept of the desk that answers."""
    state = request.app.state
    with _making:
        if not hasattr(state, "deciding"):
            state.deciding = _Deciding(desk_of(request))
    found: _Deciding = state.deciding
    return found


def decisions(request: Request) -> Response:
    """To the assignment that was looked at last, or graded last."""
    return RedirectResponse(path_to(request, "decide", assignment=latest_of(request)), 303)


def decide(request: Request) -> Response:
    """Everything that is decided about a class."""
    board = board_of(request)
    if board is None:
        return not_ready(request)
    return _page(request, board, Trouble(student=request.query_params.get("student", "")))


def _page(request: Request, board: Board, trouble: Trouble, status: int = 200) -> Response:
    assignment, kept, asked = assignment_of(request), deciding(request), Asked.of(request.query_params)
    found = kept.waiting(assignment.name)
    rows = list(found.changes.items()) if found else []
    pages = max(1, math.ceil(len(rows) / CHANGES_ON_A_PAGE))
    at = min(asked.page, pages)
    jobs = {kind: kept.jobs.last(kind, assignment.name) for kind in TITLES}
    return page(
        request, "decide.html.j2", status, board=board, assignment=assignment, trouble=trouble,
        assignments=list(desk_of(request).course), waiting=found, at=at, pages=pages, jobs=jobs, percent=percent,
        rows=rows[(at - 1) * CHANGES_ON_A_PAGE : at * CHANGES_ON_A_PAGE], in_words=changes.in_words,
        length=in_words, extensions=list(board.extensions.values())[:EXTENSIONS_SHOWN],
        formats=FORMATS, levels={level: _(level) for level in LEVELS},
        pages_written=_pages_written(desk_of(request), assignment), pairs_shown=PAIRS_SHOWN,
    )  # fmt: skip


def _pages_written(desk: Desk, assignment: Assignment) -> int:
    """How many students have a page in ``feedback/``."""
    folder, below = desk.folder.root / FEEDBACK, f"{assignment.name}/{assignment.name}.html"
    if not folder.is_dir():
        return 0
    return sum(os.path.isfile(f"{entry.path}/{below}") for entry in os.scandir(folder))


def job(request: Request) -> Response:
    """How far a job is: the part that renews itself while it goes on. When it has ended, the page is asked for anew."""
    kind, assignment = request.path_params["kind"], assignment_of(request)
    if kind not in TITLES:
        raise HTTPException(404)
    found = deciding(request).jobs.last(kind, assignment.name)
    answer = page(request, "job.html.j2", job=found, kind=kind, assignment=assignment)
    if found is None or not found.running:
        answer.headers["HX-Refresh"] = "true"
    return answer


async def begin(request: Request) -> Response:
    """Begins a job: a preview, booking what it found, pages, their release, a comparison."""
    kind, assignment, form = request.path_params["kind"], assignment_of(request), await form_of(request)
    if kind not in TITLES:
        raise HTTPException(404)
    jobs = deciding(request).jobs
    try:
        if form.get("stop"):
            jobs.stop(kind, assignment.name)
        else:
            jobs.start(kind, assignment.name, request.scope[GRADER], **_more(request, kind, assignment, form))
    except UsageError as error:
        return _refused(request, Trouble(SECTION[kind], str(error)))
    return RedirectResponse(_back_to(request, assignment, SECTION[kind]), 303)


def _more(request: Request, kind: str, assignment: Assignment, form: dict[str, str]) -> dict[str, object]:
    """What a job is told besides its assignment. Raises ``UsageError`` for what makes no sense."""
    if kind == "similar":
        least = form.get("least", "80")
        if not least.isdecimal() or not 1 <= int(least) <= 100:
            raise UsageError(_("{least!r} is no share from 1 to 100 per cent.").format(least=least))
        return {"least": int(least) / 100}
    if kind == "accept":
        found = deciding(request).waiting(assignment.name, at_once=True)
        students = [id for id in (found.changes if found else ()) if _is_there(request, assignment, id)]
        if not students:
            raise UsageError(_("There is nothing to book: no preview has found a change."))
        return {"students": students}
    return {}


def _is_there(request: Request, assignment: Assignment, student: str) -> bool:
    return desk_of(request).folder.is_submitted(student, assignment.name)


def dropped(request: Request) -> Response:
    """Forgets what previews found, as if nobody had asked."""
    assignment, kept = assignment_of(request), deciding(request)
    for kind in ("preview", "accept"):
        found = kept.jobs.last(kind, assignment.name)
        if found is not None and found.running:
            return _refused(
                request, Trouble("regrade", _("{title} is still going on; stop it first.").format(title=found.title))
            )
    drop(desk_of(request).folder.root, assignment.name)
    kept.waiting(assignment.name, at_once=True)
    return RedirectResponse(_back_to(request, assignment, "regrade"), 303)


async def more_time(request: Request) -> Response:
    """Gives a student more time, as ``autograder extend`` does."""
    form = await form_of(request)
    desk, assignment = desk_of(request), assignment_of(request)
    student, by, why = (form.get(name, "").strip() for name in ("student", "by", "why"))
    student = request.query_params.get("student", student)
    try:
        give_time(desk.folder.root, student, assignment.name, read_length(by), why[:1000], desk.course)
    except UsageError as error:
        return _refused(request, Trouble("time", str(error), student, by, why))
    board_of(request, at_once=True)
    return RedirectResponse(_back_to(request, assignment, "time"), 303)


def exported(request: Request) -> Response:
    """Final scores as a file, as ``autograder export`` writes it."""
    desk, assignment, query = desk_of(request), assignment_of(request), request.query_params
    names = [] if query.get("all") == "1" else [assignment.name]
    try:
        text = export(
            desk.folder.root, names, format=query.get("format", "csv"), by=query.get("by", "assignment"),
            course=desk.course,
        )  # fmt: skip
    except UsageError as error:
        return _refused(request, Trouble("exports", str(error)))
    name = f"{desk.course.id if query.get('all') == '1' else assignment.name}-{query.get('format', 'csv')}.csv"
    return Response(
        text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )  # fmt: skip


def _refused(request: Request, trouble: Trouble) -> Response:
    """The page with the sentence that says what could not be done, where it was asked for."""
    board = boards_of(request).of(assignment_of(request).name)
    return not_ready(request) if board is None else _page(request, board, trouble, 422)


def _back_to(request: Request, assignment: Assignment, section: str) -> str:
    return f"{path_to(request, 'decide', assignment=assignment.name)}#{section}"


routes = [
    Route("/decide", decisions, name="decisions"),
    Route("/decide/{assignment}", decide, name="decide"),
    Route("/decide/{assignment}/drop", dropped, name="drop", methods=["POST"]),
    Route("/decide/{assignment}/time", more_time, name="more_time", methods=["POST"]),
    Route("/decide/{assignment}/export", exported, name="export"),
    Route("/decide/{assignment}/jobs/{kind}", job, name="job", methods=["GET"]),
    Route("/decide/{assignment}/jobs/{kind}", begin, name="begin", methods=["POST"]),
]
