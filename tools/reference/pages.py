"""Writes the pages of the documentation that come from the code."""

from __future__ import annotations

from pathlib import Path

from autograder import files

from . import commands, interface
from .printed import printed_page
from .results import results_schema
from .schema import table

FIELDS = "| field | what stands there | |\n|---|---|---|\n"


def write(folder: Path) -> None:
    """Writes them into a folder, each where it differs from what lies there."""
    pages = {
        "commands.md": commands.page(),
        "checks.md": interface.checks_page(),
        "notebook.md": interface.notebook_page(),
        "results.md": results_page(),
        "json.md": printed_page(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        place = folder / name
        if not place.is_file() or place.read_text(encoding="utf-8") != text:
            files.write(place, text.encode())


def results_page() -> str:
    """The fields of `results.json`."""
    schema = results_schema()
    return (
        "# results.json\n\n"
        "`autograded/<student>/<assignment>/results.json` says what a submission earned, and why. It is written last: "
        "where it lies, the folder is complete. This page and the "
        "[JSON schema](../results.schema.json) are written from the code.\n\n"
        f"{FIELDS}" + "\n".join(table(schema)) + "\n"
    )
