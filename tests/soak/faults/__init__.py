"""`python -m tests.soak faults [KIND or WORD...]`: what the world does to a course, tried on the real command.

Each row breaks one thing, lets the command run, puts the thing right where the remedy says so, and lets it run again:
in the end every submission has the score of the undisturbed class. No row may end in a traceback.
"""

from __future__ import annotations

import multiprocessing
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.submission.notebook import Template
from tests.small import forked
from tests.small.small_class import RIGHT, answered, small_course, submit
from tests.soak.faults import (
    courses,
    endings,
    in_the_way,
    machine,
    permissions,
    processes,
    records,
    shell,
    stopping,
    submissions,
    world,
)
from tests.soak.faults.place import FAULTS, Place, kind

__all__ = [
    "courses", "endings", "in_the_way", "machine", "permissions", "processes", "records", "run", "shell",
    "stopping", "submissions", "world",
]  # fmt: skip

AT_ONCE = 3


def calm(folder: Path) -> Path:
    """A graded class that nothing has happened to."""
    root = folder / "calm"
    template = Template.load(small_course(root))
    submit(root, "ada", answered(template, RIGHT))
    submit(root, "bob", answered(template, {**RIGHT, "double": "def double(x):\n    return None"}))
    place = Place(root, folder)
    place.env["XDG_CACHE_HOME"] = str(folder / "cache")
    assert place.grade().code == 0
    return root


def try_one(tried: str, undisturbed: Path, folder: Path) -> str:
    """Tries a fault on a copy of the undisturbed class; returns what came of it."""
    root = folder / "course"
    shutil.copytree(undisturbed, root, symlinks=True)
    temporary = folder / "tmp"
    temporary.mkdir()
    for each_folder in (folder, temporary):
        each_folder.chmod(0o755)
    place = Place(root, temporary)
    FAULTS[tried](place)
    return "; ".join(place.said)


@dataclass(frozen=True)
class Outcome:
    """What came of a fault, and after how many seconds; ``wrong`` where it was not as it should be."""

    tried: str
    said: str
    seconds: float
    wrong: bool = False


def outcome(tried: str, undisturbed: Path, folder: Path) -> Outcome:
    """What came of a fault, also where something went wrong."""
    folder.mkdir()
    started = time.monotonic()
    try:
        said, wrong = try_one(tried, undisturbed, folder), False
    except Exception as error:
        text = str(error) if len(str(error)) < 1200 else f"{str(error)[:600]} ... {str(error)[-600:]}"
        said, wrong = f"{type(error).__name__}: {text}", True
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(tried, said, time.monotonic() - started, wrong)


def outcomes(chosen: list[str]) -> Iterator[Outcome]:
    """What came of each fault, as it comes; some are tried at once, since a fault waits more than it computes."""
    forked.load()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has what it starts in the background do
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="f-") as top:
        Path(top).chmod(0o755)
        undisturbed = calm(Path(top))
        # Forked while this process has one thread: from theirs, the command is forked.
        with ProcessPoolExecutor(AT_ONCE, multiprocessing.get_context("fork")) as tries:
            ways = [tries.submit(outcome, tried, undisturbed, Path(top, str(n))) for n, tried in enumerate(chosen)]
            for done in as_completed(ways):
                yield done.result()


def run(words: tuple[str, ...] = ()) -> str:
    """Tries all faults, or those of a kind (a module here) or whose names have one of the words; prints the table."""
    chosen = [tried for tried in FAULTS if not words or any(word in tried or word == kind(tried) for word in words)]
    came: dict[str, Outcome] = {}
    for number, one in enumerate(outcomes(chosen), 1):
        came[one.tried] = one
        verdict = "WRONG" if one.wrong else "as it should be"
        print(f"{number}/{len(chosen)} {one.tried}: {verdict} ({one.seconds:.0f} s)", flush=True)
    table = Table("kind", "tried", "outcome: exit code, and what was said", "nothing lost")
    for tried in chosen:
        one = came[tried]
        table.add_row(*map(escape, (kind(tried), tried, one.said)), "NO" if one.wrong else "yes",
                      style="red" if one.wrong else None)  # fmt: skip
    Console(width=170).print(table)
    wrong = [tried for tried in chosen if came[tried].wrong]
    if wrong:
        raise SystemExit(f"{len(wrong)} of {len(chosen)} went wrong: {', '.join(wrong)}")
    return f"{len(chosen)} faults, each said in a sentence or mended, and nothing lost"
