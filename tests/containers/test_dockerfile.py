"""The Dockerfile: what it copies is there and meant to be, versions stand where they belong, and its steps work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.containers.dockerfile import Instruction, read

ROOT = Path(__file__).parents[2]
DOCKERFILES = ("Dockerfile", ".devcontainer/Dockerfile")
BASE = "AUTOGRADER_BASE_ROOT"


@pytest.fixture(scope="module")
def steps() -> list[Instruction]:
    return read(ROOT / "Dockerfile")


def allowed() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*", "everything that is not named stays away"
    return [line[1:] for line in lines if line.startswith("!")]


def test_what_is_copied_is_there_and_is_let_through(steps: list[Instruction]) -> None:
    copied = [name for one in steps if one.name == "COPY" and one.copied[0] is None for name in one.copied[1]]
    assert sorted(copied) == sorted(allowed())
    for name in copied:
        assert (ROOT / name).exists(), name
        tracked = subprocess.run(["git", "ls-files", "--error-unmatch", name], cwd=ROOT, capture_output=True)
        assert tracked.returncode == 0, f"{name} is in nobody else's clone"


def test_no_submission_gradebook_or_secret_is_let_through() -> None:
    private = {"submitted", "autograded", "feedback", "reports", "gradebook.db", ".autograder", ".git", ".venv"}
    assert not private & {name.split("/")[0] for name in allowed()}


@pytest.mark.parametrize("path", DOCKERFILES)
def test_it_begins_with_one_named_version_and_ends_as_an_ordinary_user(path: str) -> None:
    steps = read(ROOT / path)
    stages: set[str] = set()
    for one in (one for one in steps if one.name == "FROM"):
        image, *alias = one.words
        assert image in stages or re.fullmatch(r"debian:\d+\.\d+-slim(@sha256:[0-9a-f]{64})?", image)
        stages |= set(alias[1:])
    (first, *_) = (one.words[0] for one in steps if one.name == "FROM")
    assert first == read(ROOT / DOCKERFILES[0])[0].words[0]
    (user,) = (one.rest for one in steps if one.name == "USER")
    assert user not in ("root", "0", "0:0")


def test_packages_have_the_versions_of_constraints_txt_and_extras_there_are(steps: list[Instruction]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extras,) = (one.rest.partition("=")[2].split(",") for one in steps if one.name == "ARG")
    assert set(extras) <= set(project["optional-dependencies"])
    (install,) = (one.rest for one in steps if one.name == "RUN" and "pip install" in one.rest)
    for command in install.split("&&"):
        assert "pip install" not in command or "-c constraints.txt" in command
    assert "==" not in "".join(one.rest for one in steps)


def test_an_instruction_that_is_not_known_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12.12-slim\nADD https://example.org/x /x\n")
    with pytest.raises(ValueError, match="ADD"):
        read(tmp_path / "Dockerfile")


def test_the_devcontainer_builds_what_make_builds() -> None:
    about = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert (ROOT / ".devcontainer" / about["build"]["dockerfile"]).is_file()
    target = about["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{re.escape(target)}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    (user,) = (one.rest for one in read(ROOT / DOCKERFILES[1]) if one.name == "USER")
    assert about["remoteUser"] == user


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.skipif(BASE not in os.environ, reason=f"{BASE} names no root folder made by debootstrap")
def test_its_steps_make_a_machine_that_grades(tmp_path: Path) -> None:
    """The Dockerfile's own instructions in a folder of Debian's packages, then its first command and a small class."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("only root can lay one folder over another")
    scratch = tmp_path / "layers"
    scratch.mkdir()
    script = (
        "set -e; autograder doctor | sed -n '/^isolation/,/^accel/p'; mkdir -p /class/submitted/ada/01-convolution; "
        "cp solutions/01-convolution/01-convolution.ipynb /class/submitted/ada/01-convolution/; id -u; "
        "autograder grade 01-convolution --course /class --json; touch /srv/course/x 2>/dev/null && echo writable; true"
    )
    build = ["unshare", "--mount", sys.executable, "-m", "tests.containers.build", os.environ[BASE], scratch]
    done = subprocess.run(
        [*build, "sh", "-c", script],
        cwd=ROOT, env={**os.environ, "EXTRAS": "grading"}, capture_output=True, text=True,
    )  # fmt: skip
    print(done.stdout[-4000:], done.stderr[-4000:])
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert "10001" in lines and "writable" not in lines
    (graded,) = json.loads(next(line for line in lines if line.startswith("{")))["graded"]
    assert (graded["score"], graded["max_score"]) == (85.0, 85.0)
