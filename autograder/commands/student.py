"""`hand-in`, `update`, and `autograder` alone in a kit: what a student does from the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.commands.common import DONE, NOTHING_GRADED, AsJson, one_sentence
from autograder.course import Course, CourseError, UsageError
from autograder.language import sentences_of

if TYPE_CHECKING:
    from autograder.homework.hand_in import HandedIn

_ = sentences_of(__package__)


def hand_in(
    notebook: Annotated[Path | None, typer.Argument(help=_("A notebook of the course."))] = None,
    begun: Annotated[bool, typer.Option("--begun", help=_("Every notebook of the kit that has an answer."))] = False,
    as_json: AsJson = False,
) -> None:
    """Run a notebook as it will be graded, say what is amiss, and pack the file that is handed in."""
    amiss = False
    with one_sentence():
        from autograder.homework import glance
        from autograder.homework.hand_in import hand_in as command

        if (notebook is None) != begun or (begun and as_json):
            raise UsageError(_("Name a notebook, or write --begun alone for all that have an answer."))
        root = Course.here().root
        seen = [] if notebook else glance.look(root)
        chosen = [notebook] if notebook else [root / one.path for one in seen if one.begun or one.problem]
        if not chosen:
            print(_("No notebook has an answer yet."))
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
        print(_("Without an answer: {untouched}.").format(untouched=", ".join(found.untouched)))
    if found.problems:
        print("", _("To be looked at:"), *(f"  {one}" for one in found.problems), sep="\n")
    print(
        "",
        _("Packed: {file}. Hand in this file; whatever the system that takes it calls it, it is known.").format(
            file=found.file
        ),
        sep="\n",
    )


def update(kit: Annotated[Path, typer.Argument(help=_("The newer kit: its folder, or its ZIP file."))]) -> None:
    """Take a newer kit over this one: what is taught and checked is new, your answers stay."""
    with one_sentence():
        from autograder.homework.update import update as command

        done = command(Course.here().root, kit)
    for name, merged in done.notebooks.items():
        if merged.kept or merged.doubled:
            doubled = (
                _("; {doubled} stand below a new version of theirs").format(doubled=merged.doubled)
                if merged.doubled
                else ""
            )
            print(
                _("{name}: {kept} cells of yours are kept{doubled}.").format(
                    name=name, kept=merged.kept + merged.doubled, doubled=doubled
                )
            )
    if done.replaced:
        print(_("Replaced, although you had changed them: {replaced}.").format(replaced=", ".join(done.replaced)))
    print(_("The kit is up to date. The folder as it was is in {copy}.").format(copy=done.copy))
    if done.install:
        print(_("What has to be installed has changed: install once more, as the README says."))


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
