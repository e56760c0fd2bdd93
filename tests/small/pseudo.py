"""``python -m tests.small.pseudo ROOT``: what a small class and its staff read, as JSON on stdout, by where they read
it. Started in a language, since a process has one."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

from autograder.cli import app
from autograder.submission.notebook import Template
from tests.desk.classes import NAME, lay_out
from tests.desk.serving import served
from tests.small.small_class import LOOKS, answered, submit

STUDENTS = ("s000", "s001", "s002", "s003")


def helps() -> dict[str, str]:
    """The help of every command."""
    names = sorted(typer.main.get_command(app).list_commands(None))
    return {f"{name} --help": CliRunner().invoke(app, [name, "--help"]).output for name in names} | {
        "--help": CliRunner().invoke(app, ["--help"]).output
    }


def run(*words: str) -> str:
    """What a command prints, on stdout and stderr."""
    return CliRunner().invoke(app, [str(word) for word in words]).output


def a_class(root: Path) -> dict[str, str]:
    """A class graded, with what is printed and written on the way."""
    template = Template.load(lay_out(root).assignment(NAME))
    for student, look in zip(STUDENTS, LOOKS, strict=True):
        submit(root, student, answered(template, look))
    os.chdir(root)
    own = root / "own.ipynb"
    own.write_bytes(answered(template, {**LOOKS[0], "double": "def double(x):\n    return 3 * x"}))
    said = {
        "check": run("check", own),
        "grade": run("grade", NAME, "--jobs", "2"),
        "grade again": run("grade", NAME),
        "preview": run("grade", NAME, "--force", "--preview"),
        "feedback": run("feedback", NAME),
        "report": run("report", NAME),
        "history": run("history", "s002"),
        "late": run("late"),
        "due": run("due"),
        "export": run("export", "--by", "task"),
        "leaderboard": run("leaderboard"),
        "similar": run("similar", NAME),
        "request": run("request"),
        "release": run("release"),
        "doctor": run("doctor"),
    }
    said |= {page.name: page.read_text("utf-8") for page in sorted(root.glob("feedback/*/*/*.html"))}
    said |= {page.parent.parent.name: page.read_text("utf-8") for page in sorted(root.glob("feedback/*/*/*.html"))}
    said |= {page.name: page.read_text("utf-8") for page in sorted(root.glob("reports/*.html"))}
    return said


def errors(root: Path) -> dict[str, str]:
    """A command of each room that cannot do what it is asked for."""
    (root / "no.ipynb").write_bytes(b"")
    asked = {
        "course": ("grade", "99-none"),
        "classroom": ("grade", NAME, "--student", "nobody"),
        "commands": ("request", "--close", "1"),
        "checks": ("check", "no.ipynb"),
        "gradebook": ("roster", "none.csv"),
        "homework": ("hand-in", "none.ipynb"),
        "release": ("new", "task", "Wrong Name", "--assignment", NAME),
        "desk": ("desk", "--port", "80", "--host", "0.0.0.0"),
        "times": ("extend", "nobody", NAME, "--by", "2x"),
    }
    return {f"error of {room}": run(*words) for room, words in asked.items()}


def pages(root: Path) -> dict[str, str]:
    """The desk's pages: the first, one of each kind that is linked to, and one that is not there."""
    with served(root) as desk:
        session, origin, home = desk.session(), "/".join(desk.address.split("/")[:3]), f"{desk.base}/"
        found, waiting = {}, [home.removeprefix(origin)]
        kinds = {_kind(waiting[0])}
        while waiting:
            path = waiting.pop(0)
            text = session.get(origin + path, timeout=30).text
            found[f"desk {_kind(path)}"] = text
            for link in re.findall(r'href="(/[^"#]*)', text):
                if _kind(link) not in kinds and "/static/" not in link:
                    kinds.add(_kind(link))
                    waiting.append(link.replace("&amp;", "&"))
        return found | {"desk, a page that is not there": session.get(desk.at("/nothing"), timeout=30).text}


def _kind(path: str) -> str:
    """A page's path without what says whose it is."""
    parts = path.split("?")[0].strip("/").split("/")[1:]
    return "/".join(part for part in parts if not re.search(r"\d", part))


def main() -> None:
    """Prints all of it."""
    root = Path(sys.argv[1])
    print(json.dumps(helps() | a_class(root) | errors(root) | pages(root)))


if __name__ == "__main__":
    main()
