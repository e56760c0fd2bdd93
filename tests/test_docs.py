"""What the README and the guides name exists: files, commands with their options, make's targets, variables."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "reference"),  # those are written
]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8", errors="ignore")
    for folder in ("autograder", "tests", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.name != "test_docs.py" and path.suffix in (".py", "")
)


def pages(test: object) -> object:
    return pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))(test)


def code(page: Path) -> list[str]:
    """Code spans, and the lines of indented and fenced blocks."""
    text = page.read_text(encoding="utf-8")
    fenced = [line for block in re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S) for line in block.splitlines()]
    indented = [line.strip() for line in re.findall(r"^(?: {4}|\t)(.+)$", text, re.M)]
    return fenced + indented + re.findall(r"`([^`\n]+)`", text)


@pages
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#|reference/", target):  # the last are written with the site, and tested there
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name} links to {target}"


@pages
def test_every_command_exists_with_its_options(page: Path) -> None:
    from autograder.cli import app

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for line in code(page):
        for name, rest in re.findall(r"(?<!from )(?<![\w-])autograder ([a-z][\w-]*)([^;|&]*)", line.split("  #")[0]):
            assert name in commands, f"{page.name}: autograder {name}"
            known = {option for parameter in commands[name].params for option in parameter.opts} | {"--help"}
            assert set(re.findall(r"--[a-z][\w-]*", rest)) <= known, f"{page.name}: {line}"


@pages
def test_every_target_of_make_exists(page: Path) -> None:
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {name for line in code(page) for name in re.findall(r"^make ([a-z][\w-]*)", line)}
    assert named <= targets


@pages
def test_every_variable_is_read_somewhere(page: Path) -> None:
    for name in re.findall(r"\b(?:CNN|NBGRADER)_[A-Z_]+\b", page.read_text(encoding="utf-8")):
        assert name in SOURCES, f"{page.name}: {name}"


def test_the_student_guide_says_what_a_training_may_bring() -> None:
    from autograder.training.brought import MOST, MOST_BESIDE

    said = " ".join((ROOT / "docs" / "student-guide.md").read_text(encoding="utf-8").split())
    assert f"code may have {MOST:,} bytes when it is compressed" in said and f"beside it {MOST_BESIDE:,} in all" in said


def test_the_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


@pages
def test_pages_name_no_machine(page: Path) -> None:
    assert not re.findall(r"(?<![\w.])/(?:root|work|tmp|home)/\S*", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("target", ["help", "demo", "test", "bench", "soak", "solutions", "lint", "release", "clean"])
def test_makes_targets_can_be_made(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
