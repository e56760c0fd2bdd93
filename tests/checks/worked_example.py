"""The task that docs/authoring.md makes, for tests: its files as the page has them, and a place to break them."""

from __future__ import annotations

import re
import shlex
from itertools import count
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import ROOT_VARIABLE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "authoring.md"
NAME = "08-crops"
FOLDER = "course/crops/center_crop"
NOTEBOOK = f"solutions/{NAME}/{NAME}.ipynb"
CELL = "cell "
_courses = count(1)


def files() -> dict[str, str]:
    """The page's files by the path in their first line."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return dict(blocks)


def cells() -> dict[str, str]:
    """The page's cells of the notebook by the name in their first line."""
    blocks = re.findall(r"```\w+\n# cell (\S+)\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return dict(blocks)


def commands() -> list[list[str]]:
    """The page's calls of `autograder new`, without the program."""
    lines = re.findall(r"^    \.venv/bin/autograder (new (?:assignment|task) .*)", PAGE.read_text(), flags=re.MULTILINE)
    return [shlex.split(line) for line in lines]


def shown_output() -> list[str]:
    """The lines of the page's one text block."""
    return re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)[1].splitlines()


def fill(root: Path, changes: dict[str, tuple[str, str]], package: str = "course") -> None:
    """Fills in what `autograder new` wrote below `root`, the course's modules in `package`.

    changes: a file's path, or `CELL` with a cell's name, or `NOTEBOOK`, to (old, new) text, which must stand there.
    """
    for name, text in files().items():
        path = root / name.replace("course/", f"{package}/", 1)
        path.write_text(_changed(text, *changes.get(name, ("", ""))), encoding="utf-8")
    path = root / NOTEBOOK
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id in cells():
            cell.source = _changed(cells()[cell.id], *changes.get(CELL + cell.id, ("", "")))
    text = nbformat.writes(notebook)
    path.write_text(_changed(text, *changes.get(NOTEBOOK, ("", ""))), encoding="utf-8")


def _changed(text: str, old: str, new: str) -> str:
    assert old in text, f"there is no {old!r}"
    return text.replace(old, new, 1) if old else text


def write_course(root: Path, changes: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes `root` a course with the files, and until the test ends the one that this process works on.

    Its package has a name that no other has: this process keeps the modules of all of them.
    """
    package = f"worked_example_{next(_courses)}"
    (root / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n', encoding="utf-8")
    (root / package).mkdir()
    (root / package / "__init__.py").touch()
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    monkeypatch.syspath_prepend(str(root))
    for command in commands():
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
    fill(root, changes, package)
