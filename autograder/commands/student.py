"""`hand-in`, `update`, and `autograder` alone in a kit: what a student does from the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.common import DONE, NOTHING_GRADED, AsJson, one_sentence
from autograder.course import Course, CourseError, UsageError

if TYPE_CHECKING:
    from autograder.homework.hand_in import HandedIn


def hand_in(
    notebook: Annotated[Path | None, typer.Argument(help="A notebook of the course.")] = None,
    begun: Annotated[bool, typer.Option("--begun", help="Every notebook of the kit that has an answer.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a notebook as it will be graded, say what is amiss, and pack the file that is handed in."""
    amiss = False
    with one_sentence():
        from autograder.homework import glance
        from autograder.homework.hand_in import hand_in as command

        if (notebook is None) != begun or (begun and as_json):
            raise UsageError("Name a notebook, or write --begun alone for all that have an answer.")
        root = Course.here().root
        seen = [] if notebook else glance.look(root)
        chosen = [notebook] if notebook else [root / one.path for one in seen if one.begun or one.problem]
        if not chosen:
            print("No notebook has an answer yet.")
        for one in chosen:
            if begun:
                print(f"{one.stem}:", flush=True)
            found = command(one)
            amiss = amiss or bool(found.problems)
            if as_json:
                told = {"file": str(found.file), "assignment": found.assignment, "checks": found.checks}
                print(json.dumps({**told, "untouched": found.untouched, "problems": found.problems}))
            else:
                _say(found)
    raise typer.Exit(NOTHING_GRADED if amiss else DONE)


def _say(found: HandedIn) -> None:
    """Prints what `hand-in` found of a notebook."""
    print(*found.checks, sep="\n")
    if found.untouched:
        print(f"Without an answer: {', '.join(found.untouched)}.")
    if found.problems:
        print("", "To be looked at:", *(f"  {one}" for one in found.problems), sep="\n")
    print("", f"Packed: {found.file}. Hand in this file; whatever the system that takes it calls it, it is known.",
          sep="\n")


def update(kit: Annotated[Path, typer.Argument(help="The newer kit: its folder, or its ZIP file.")]) -> None:
    """Take a newer kit over this one: what is taught and checked is new, your answers stay."""
    with one_sentence():
        from autograder.homework.update import update as command

        done = command(Course.here().root, kit)
    for name, merged in done.notebooks.items():
        if merged.kept or merged.doubled:
            doubled = f"; {merged.doubled} stand below a new version of theirs" if merged.doubled else ""
            print(f"{name}: {merged.kept + merged.doubled} cells of yours are kept{doubled}.")
    if done.replaced:
        print(f"Replaced, although you had changed them: {', '.join(done.replaced)}.")
    print(f"The kit is up to date. The folder as it was is in {done.copy}.")
    if done.install:
        print("What has to be installed has changed: install once more, as the README says.")


def glance(context: typer.Context) -> None:
    """Shows a student the course at a glance, where no command is named; elsewhere what commands there are."""
    if context.invoked_subcommand is not None:
        return
    with one_sentence():
        from autograder.homework import glance as command

        try:
            found = command.look(Course.here().root)
        except CourseError:
            found = []
    print(command.as_text(found) if found else context.get_help())
