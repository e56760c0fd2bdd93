"""The rows of the class's table: those that are asked for, in the order that is asked for, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.desk.board import Board
from autograder.feedback.render import number
from autograder.feedback.report_students import Student, tasks_of
from autograder.language import marked

ON_A_PAGE = 100
STATES = (
    marked("waits for a person"), marked("to be graded"), marked("late"), marked("missing"), marked("stopped"),
    marked("not gradable"), marked("graded"),
)  # fmt: skip
BY_STUDENT, BY_SCORE, BY_STATE, BY_GRADED = "student", "score", "state", "graded"
_STEPS = 4  # of the shade that goes with a cell's points


@dataclass(frozen=True)
class Asked:
    """What of a class is asked for: a part of an id or name, a state, a section, an order (a task's id, too), and which
    page of it, the first of which is 1."""

    find: str = ""
    state: str = ""
    section: str = ""
    sort: str = BY_STUDENT
    down: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Asked:
        """From an address's query; what makes no sense there is left out."""
        page = query.get("page", "")
        return cls(
            query.get("find", "").strip()[:200], query.get("state", ""), query.get("section", "")[:200],
            query.get("sort", "") or BY_STUDENT, query.get("down", "") == "1",
            int(page) if page.isdecimal() and len(page) < 6 and int(page) > 0 else 1,
        )  # fmt: skip

    def query(self, **other: Any) -> dict[str, Any]:
        """As an address's query, with some of it changed; what is as usual is None."""
        now = {
            "find": self.find, "state": self.state, "section": self.section, "sort": self.sort,
            "down": "1" if self.down else "", "page": self.page, **other,
        }  # fmt: skip
        usual = {"sort": BY_STUDENT, "page": 1}
        return {name: None if value in ("", None, usual.get(name)) else value for name, value in now.items()}


@dataclass(frozen=True)
class CellOf:
    """One task of one student: the points as text, a step from 0 to 4 for the shade, what there is to say besides."""

    task: str
    text: str
    step: int
    status: str


@dataclass(frozen=True)
class Row:
    """One student as the table has them. ``name`` is what the gradebook knows, empty where that is the id alone."""

    id: str
    label: str
    name: str
    section: str
    cells: tuple[CellOf, ...]
    score: str
    penalty: float
    states: tuple[str, ...]
    graded_at: str


@dataclass(frozen=True)
class Page:
    """A page of rows. ``found`` is how many rows there are on all pages; ``counts`` how many students of the whole
    class are in each state, ``students`` how many there are."""

    rows: tuple[Row, ...]
    found: int
    page: int
    pages: int
    counts: Mapping[str, int]
    students: int


def page_of(board: Board, asked: Asked) -> Page:
    """The rows that are asked for. A page that there is not is the last one."""
    states, chosen = board.all_states, _chosen(board, asked)
    pages = max(1, -(-len(chosen) // ON_A_PAGE))
    page = min(asked.page, pages)
    shown = chosen[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    counts = dict.fromkeys(STATES, 0)
    for all_of_it in states.values():
        for state in all_of_it or ("graded",):
            counts[state] += 1
    rows = tuple(row_of(board, id, states[id]) for id in shown)
    return Page(rows, len(chosen), page, pages, counts, len(states))


def row_of(board: Board, id: str, states: tuple[str, ...]) -> Row:
    """A student's row."""
    one = board.students[id]
    tasks = tasks_of(one.result)
    cells = []
    for name, most in board.columns.items():
        task, points = tasks.get(name), one.points(name)
        share = points / most if points and most else 0.0
        status = str(task["status"]).replace("_", " ") if task else marked("nothing there")
        if task and task["status"] == "needs_manual_grade" and points is not None:
            status = marked("graded by hand")
        cells.append(CellOf(name, number(points), int(_STEPS * min(max(share, 0.0), 1.0)), status))
    about = one.result["provenance"] if one.result else {}
    penalty = one.final.penalty if one.final else 0.0
    return Row(
        id, one.label, name_of(one), board.sections.get(id, ""), tuple(cells), number(one.score), penalty, states,
        str(about.get("graded_at", "")),
    )  # fmt: skip


def name_of(one: Student) -> str:
    """A student's name as the gradebook has it; empty where it has none."""
    person = one.final.person if one.final else None
    return " ".join(part for part in (person.first_name, person.last_name) if part) if person else ""


def neighbours(board: Board, asked: Asked, id: str) -> tuple[str | None, str | None]:
    """Who stands before and after a student among those that are asked for."""
    chosen = _chosen(board, asked)
    if id not in chosen:
        return None, None
    at = chosen.index(id)
    return chosen[at - 1] if at else None, chosen[at + 1] if at + 1 < len(chosen) else None


def _chosen(board: Board, asked: Asked) -> list[str]:
    """Who is asked for, in the order that is asked for."""
    states = board.all_states
    chosen = [id for id in board.students if _is_asked(board, asked, id, states[id])]
    chosen.sort(key=_order(board, asked.sort, states), reverse=asked.down)
    return chosen


def _is_asked(board: Board, asked: Asked, id: str, states: Sequence[str]) -> bool:
    if asked.state and asked.state not in (states or ("graded",)):
        return False
    if asked.section and board.sections.get(id, "") != asked.section:
        return False
    wanted = asked.find.casefold()
    if not wanted:
        return True
    one = board.students[id]
    mail = one.final.person.email if one.final else ""
    return any(wanted in text.casefold() for text in (id, name_of(one), mail))


def _order(board: Board, sort: str, states: Mapping[str, tuple[str, ...]]) -> Callable[[str], tuple[Any, ...]]:
    """What rows are ordered by; those without it come first, as the least."""
    students = board.students
    if sort == BY_SCORE:
        return lambda id: (_or_less(students[id].score), id)
    if sort == BY_STATE:
        return lambda id: (STATES.index((states[id] or ("graded",))[0]), id)
    if sort == BY_GRADED:
        return lambda id: (str((students[id].result or {"provenance": {}})["provenance"].get("graded_at", "")), id)
    if sort in board.columns:
        return lambda id: (_or_less(students[id].points(sort)), id)
    return lambda id: (id.casefold(), id)


def _or_less(value: float | None) -> float:
    return float("-inf") if value is None else value
