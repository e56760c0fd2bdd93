"""The task that docs/authoring.md makes, for tests: its files as the page has them, and a place to break them."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest

from autograder.course import ROOT_VARIABLE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "authoring.md"
NAME = "08-crops"
FOLDER = "course/crops/center_crop"
_courses = count(1)


def files() -> dict[str, str]:
    """The page's Python blocks by the path in their first line."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return dict(blocks)


def shown_output() -> list[str]:
    """The lines of the page's one text block."""
    return re.search(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)[1].splitlines()


def write(root: Path, changes: dict[str, tuple[str, str]], package: str = "course") -> None:
    """Writes the files below `root`, the course's as `package`.

    changes: path to (old, new) text, which must stand there.
    """
    for name, text in files().items():
        old, new = changes.get(name, ("", ""))
        assert old in text, f"{name} has no {old!r}"
        path = root / name.replace("course/", f"{package}/", 1)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    folder = root / FOLDER.replace("course/", f"{package}/", 1)
    for package_folder in (folder, folder.parent, folder.parents[1]):
        (package_folder / "__init__.py").touch()


def write_course(root: Path, changes: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes `root` a course with the files, and until the test ends the one that this process works on.

    Its package has a name that no other has: this process keeps the modules of all of them.
    """
    package = f"worked_example_{next(_courses)}"
    write(root, changes, package)
    (root / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n', encoding="utf-8")
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    monkeypatch.syspath_prepend(str(root))
