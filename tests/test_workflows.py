"""What continuous integration runs is what everybody can run, under actions that nobody can exchange."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from autograder.release.kit import WORKFLOWS
from tools.reference.commands import commands

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
KITS = ROOT / "autograder" / "release" / "workflows" / "github.yml.txt"
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


def runs(path: Path) -> list[str]:
    return [step["run"] for job in jobs(path).values() for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("path", [*FILES, KITS], ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_the_same_everywhere_and_may_write_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used and all(PINNED.fullmatch(one) for one in used)
    everywhere = {one for each in [*FILES, KITS] for one in re.findall(r"uses: (.+)", each.read_text(encoding="utf-8"))}
    assert len({one.partition("@")[0] for one in everywhere}) == len(everywhere), "an action has two versions"
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert all(job.get("timeout-minutes") and "permissions" not in job for job in jobs(path).values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_they_run_is_there(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = {name.split()[0] for name, _ in commands() if name}
    for command in runs(path):
        for line in command.splitlines():
            words = line.split()
            if words[0] == "make":
                assert re.search(rf"^{re.escape(words[1])}:", makefile, re.MULTILINE), line
            elif words[0] == "bash":
                assert (ROOT / words[1]).is_file(), line
            elif words[0] == "autograder" and len(words) > 1:
                assert words[1] in known, line


def test_every_python_and_every_system_of_a_student_is_tried() -> None:
    ci = jobs(ROOT / ".github" / "workflows" / "ci.yml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in SpecifierSet(project["requires-python"])]
    assert ci["test"]["strategy"]["matrix"]["python"] == wanted
    systems = {name.partition("-")[0] for name in ci["kit"]["strategy"]["matrix"]["os"]}
    assert systems == {"ubuntu", "windows", "macos"}
    assert "make released" in runs(ROOT / ".github" / "workflows" / "ci.yml")


def test_what_is_pinned_is_moved_by_dependabot() -> None:
    about = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    assert {one["package-ecosystem"] for one in about["updates"]} == {"pip", "github-actions", "docker"}
    (docker,) = (one for one in about["updates"] if one["package-ecosystem"] == "docker")
    assert all((ROOT / folder.lstrip("/") / "Dockerfile").is_file() for folder in docker["directories"])


def test_the_kit_brings_the_workflows_that_lie_here() -> None:
    assert {f"{name}.txt" for name in WORKFLOWS} == {path.name for path in KITS.parent.iterdir()}
