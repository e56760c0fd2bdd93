"""Seconds that the desk takes for its pages of a large class, and for what it keeps of a grader's work."""

from __future__ import annotations

import random
import time

import requests

from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table
from tests.desk.classes import ANSWERS, MODEL, NAME, TASK, make_class
from tests.desk.serving import Served, served

SIZE, ROUNDS = 5_000, 5
WORDS = sorted({word for text in (*ANSWERS, MODEL) for word in text.split()})
HERE = f"/by-hand/{NAME}/{TASK}"


def pages(size: int = SIZE) -> None:
    """Seconds for each page, and for an answer that is given points, with ``size`` submissions."""
    draw = random.Random(1)
    answers = {f"s{number:05}": " ".join(draw.choices(WORDS, k=60)) for number in range(size)}
    with temporary() as folder:
        make_class(folder / "class", answers)
        with served(folder / "class") as desk:
            rows = _measured(desk, desk.session())
    print_table(f"Pages of the desk with {size:,} submissions, seconds", rows)


def _measured(desk: Served, session: requests.Session) -> list[Measured]:
    asked = {"all tasks": "/by-hand", "a task": HERE, "the next answer": f"{HERE}/next", "the rubric": f"{HERE}/rubric"}
    rows = [Measured(name) for name in asked]
    given = Measured("an answer is given points")
    for _ in range(ROUNDS):
        for row, path in zip(rows, asked.values(), strict=True):
            started = time.perf_counter()
            answer = session.get(desk.at(path), timeout=120)
            row.add(time.perf_counter() - started)
            answer.raise_for_status()
        one = session.get(desk.at(f"{HERE}/next"), timeout=120)
        seen = one.text.split('name="seen" value="')[1].split('"')[0]
        started = time.perf_counter()
        session.post(one.url, {"seen": seen, "free": "2", "item": "1"}, timeout=120).raise_for_status()
        given.add(time.perf_counter() - started)
    return [*rows, given]


