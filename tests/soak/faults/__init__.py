"""`python -m tests.soak faults [KIND or WORD...]`: what the world does to a course, tried on the real command.

Each row breaks one thing, lets the command run, puts the thing right where the remedy says so, and lets it run again:
in the end every submission has the score of the undisturbed class. No row may end in a traceback.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.submission.notebook import Template
from tests.small.small_class import RIGHT, answered, small_course, submit
from tests.soak.faults import courses, endings, in_the_way, machine, permissions, processes, records, submissions
from tests.soak.faults.place import FAULTS, Place, kind

__all__ = ["courses", "endings", "in_the_way", "machine", "permissions", "processes", "records", "run", "submissions"]


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


def run(words: tuple[str, ...] = ()) -> str:
    """Tries all faults, or those of a kind (a module here) or whose names have one of the words; prints the table."""
    chosen = [tried for tried in FAULTS if not words or any(word in tried or word == kind(tried) for word in words)]
    table = Table("kind", "tried", "outcome: exit code, and what was said", "nothing lost")
    wrong: list[str] = []
    console = Console(width=170)
    with tempfile.TemporaryDirectory(prefix="f-") as top:
        Path(top).chmod(0o755)
        undisturbed = calm(Path(top))
        for number, tried in enumerate(chosen):
            folder = Path(top, str(number))
            folder.mkdir()
            started = time.monotonic()
            try:
                table.add_row(kind(tried), tried, try_one(tried, undisturbed, folder), "yes")
            except Exception as error:
                wrong.append(tried)
                text = str(error) if len(str(error)) < 1200 else f"{str(error)[:600]} ... {str(error)[-600:]}"
                table.add_row(kind(tried), tried, f"{type(error).__name__}: {text}", "NO", style="red")
            shutil.rmtree(folder, ignore_errors=True)
            verdict = "WRONG" if tried in wrong else "as it should be"
            print(f"{number + 1}/{len(chosen)} {tried}: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
    console.print(table)
    assert not wrong, f"{len(wrong)} of {len(chosen)} went wrong: {', '.join(wrong)}"
    return f"{len(chosen)} faults, each said in a sentence or mended, and nothing lost"
