"""CPU seconds that the desk takes for its pages on a class, and its memory: a generated class, and a real server.

The seconds are those of the process, with whoever asks in it; what the desk reads ahead in a thread counts there, too.
"""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from autograder.classroom.ledger import Ledger
from autograder.course import Course
from autograder.desk.desk import Desk
from autograder.desk.serve import LOOPBACK, address_of, door_at, listening, server_of
from tests.bench.classes import generate
from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table

NAME, ROUNDS = "01-convolution", 5
PAGES = {
    "the class": "/class/{0}",
    "the class, sorted by a task": "/class/{0}?sort=conv2d&down=1",
    "the class, found by a part of the id": "/class/{0}?find=s04",
    "the class, the last page": "/class/{0}?page=9999",
    "a look whether it has changed": "/class/{0}?v={1}",
    "a student": "/class/{0}/student?student=s00042",
    "tasks and misconceptions": "/tasks/{0}",
    "the answers behind a number": "/tasks/{0}/answers?task=conv2d",
    "two answers side by side": "/tasks/{0}/compare?task=conv2d&student=s00000&student=s00001",
    "what is decided": "/decide/{0}",
}


def pages(size: int = 5000) -> None:
    """A class of ``size``; a course folder in the environment's ``DESK_CLASS`` is taken instead, where there is one."""
    given = os.environ.get("DESK_CLASS")
    with temporary() as folder:
        root = Path(given) if given else folder
        if not given:
            generate(root, NAME, size)
        with _served(root) as (session, base):
            first, rows = _first(session, base), []
            version = session.get(f"{base}/class/{NAME}", timeout=120).text.partition("v=")[2].partition('"')[0]
            for title, path in PAGES.items():
                rows.append(_measured(session, base + path.format(NAME, version), title))
            rows.append(_while_it_is_graded(session, base, root))
    print_table(f"The desk's pages on a class of {size:,}, CPU seconds", [first, *rows])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the process: {memory:.0f} MB.")


def _first(session: requests.Session, base: str) -> Measured:
    """The whole class read, with its report, from nothing."""
    row = Measured("everything read for the first time, in the background")
    started = time.process_time()
    for path in (f"/class/{NAME}", f"/tasks/{NAME}"):
        while "Refresh" in session.get(base + path, timeout=120).headers:
            time.sleep(0.2)
    row.add(time.process_time() - started)
    return row


def _measured(session: requests.Session, address: str, title: str) -> Measured:
    row = Measured(title)
    headers = {"HX-Request": "true"} if "v=" in address else {}
    for _ in range(ROUNDS):
        started = time.process_time()
        answer = session.get(address, headers=headers, timeout=120)
        row.add(time.process_time() - started)
        if answer.status_code not in (200, 204) or "Refresh" in answer.headers:
            raise RuntimeError(f"{title}: the desk answered {answer.status_code}")
    row.note = f"{len(answer.content) / 1024:.0f} KB"
    return row


def _while_it_is_graded(session: requests.Session, base: str, root: Path) -> Measured:
    """One result comes in, and the page is asked for until it has it: what the desk reads for it counts."""
    row = Measured("the class, renewed after one result came in")
    with Ledger(root / ".autograder" / "ledger.db") as ledger:
        for number in range(ROUNDS):
            results, notebook = ledger.files(NAME, f"s{number:05d}")
            seen = session.get(f"{base}/class/{NAME}?sort=graded&down=1", timeout=120).text
            at = f"2027-01-0{number + 1}T00:00:00+00:00"
            ledger.record(
                NAME, f"s{number:05d}", f"new{number}{time.time()}",
                {**results, "provenance": {**results["provenance"], "graded_at": at}}, notebook,
            )  # fmt: skip
            started = time.process_time()
            while session.get(f"{base}/class/{NAME}?sort=graded&down=1", timeout=120).text == seen:
                time.sleep(0.2)
            row.add(time.process_time() - started)
    return row


@contextmanager
def _served(root: Path) -> Iterator[tuple[requests.Session, str]]:
    with listening(LOOPBACK, 0) as sock:
        port = sock.getsockname()[1]
        door = door_at(LOOPBACK, port, {})
        server = server_of(Desk.of(root, Course.here()), door)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        try:
            session, address = requests.Session(), address_of(door, LOOPBACK, port)
            session.get(address, timeout=30).raise_for_status()
            yield session, address.split("?")[0].rstrip("/")
        finally:
            server.should_exit = True
            thread.join()
