"""The commands with their arguments and options, as Typer itself documents them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from autograder.cli import app

ROOT = Path(__file__).parents[2]
INTRODUCTION = """# Commands

Every command has `--help`; `autograder --install-completion` teaches the shell to complete them. This page is written
from the commands themselves.

| exit code | means |
|---|---|
| 0 | done; for `grade`: every submission has a result, fresh or unchanged |
| 1 | not done, or only partly |
| 2 | wrong usage |
| 3 | this machine cannot isolate |
| 130 | interrupted: what was done is kept, and the same command goes on |

"""


def page() -> str:
    """The page in Markdown."""
    command = [sys.executable, "-m", "typer", "autograder.cli", "utils", "docs", "--name", "autograder"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    each = done.stdout[done.stdout.index("\n## ") + 1 :]
    return INTRODUCTION + re.sub(r"^(#+) `autograder ([^`]+)`", r"\1 \2", each, flags=re.MULTILINE)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its name, those of a group with the group's in front, as in `bundle gradescope`."""
    yield from _within(typer.main.get_command(app), "")


def prints_json(command: Any) -> bool:
    """Whether a command has the option `--json`."""
    return any("--json" in parameter.opts for parameter in command.params)


def _within(group: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _within(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command
