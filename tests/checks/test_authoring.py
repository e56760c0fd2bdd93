"""docs/authoring.md, followed to the letter in a copy of the course, with the commands that the page names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks import worked_example


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with the page's files in it."""
    root = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("autograder", "course"):
        shutil.copytree(worked_example.ROOT / name, root / name, ignore=ignore)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(worked_example.ROOT / name, root)
    (root / "solutions").mkdir()
    for command in worked_example.commands():
        followed = autograder(root, *command)
        assert followed.returncode == 0, followed.stderr
    left = autograder(root, "audit", worked_example.NAME)
    assert left.returncode == 1 and "center_crop/reference.py, line 5: fill in" in left.stdout
    worked_example.fill(root, {})
    return root


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=300)


def autograder(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(root, "-m", "autograder.cli", *arguments)


def test_the_audit_holds(copy: Path) -> None:
    done = autograder(copy, "audit", worked_example.NAME)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything holds." in done.stdout and "center-crop" in done.stdout


def test_a_student_reads_what_the_page_shows(copy: Path) -> None:
    done = python(copy, "try_it.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == worked_example.shown_output()


def test_the_student_version_can_be_released(copy: Path) -> None:
    done = autograder(copy, "release", worked_example.NAME)
    assert done.returncode == 0, done.stderr
    released = (copy / "assignments" / worked_example.NAME / f"{worked_example.NAME}.ipynb").read_text()
    assert "raise NotImplementedError" in released and "rows // 2" not in released and "hidden=True" not in released


def test_an_audit_that_fails_says_why_and_its_exit_code_too(copy: Path) -> None:
    hidden = copy / worked_example.FOLDER / "hidden.py"
    text = hidden.read_text()
    hidden.write_text(text.replace("@points(2)", "@points(3)"))
    try:
        done = autograder(copy, "audit", worked_example.NAME, "--json")
    finally:
        hidden.write_text(text)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert not found["holds"] and "5 points, and the notebook gives 4" in found["problems"][0]


def test_an_unknown_assignment_is_one_sentence(copy: Path) -> None:
    done = autograder(copy, "audit", "99-nothing")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "08-crops" in done.stderr
