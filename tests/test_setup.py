"""Versions stand in constraints.txt alone; whatever installs the project uses them."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NAMED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines]


def pins() -> dict[str, str]:
    """Package to version, every line of constraints.txt."""
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    found = dict(re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", line).groups() for line in lines)
    assert len(found) == len(lines), "constraints.txt pins a package twice"
    return {canonicalize_name(name): version for name, version in found.items()}


@pytest.mark.parametrize("requirement", NAMED + EXTRAS, ids=str)
def test_a_dependency_is_named_once_and_pinned_once(requirement: Requirement) -> None:
    assert not requirement.specifier, "its version belongs in constraints.txt"
    assert canonicalize_name(requirement.name) in pins()


# In Python 3.12 and later only setuptools' own copies of these are there.
VENDORED = ("importlib-metadata", "zipp")
OURS = ("autograder", "course", "tests", "tools")


# A fuzzer that `make soak` uses where it is installed, and says so where it is not.
OPTIONAL = ("atheris",)


def imported() -> dict[str, set[str]]:
    """Every library that the package and its tests import at whatever depth, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in (path for folder in OURS for path in (ROOT / folder).rglob("*.py")):
        if "corpus" in path.parts:  # submissions import what they like
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(path.name)
    return {name: files for name, files in found.items() if name not in {*sys.stdlib_module_names, *OURS, *OPTIONAL}}


def test_every_library_that_is_imported_is_named() -> None:
    named = {canonicalize_name(requirement.name) for requirement in NAMED + EXTRAS}
    distributions = importlib.metadata.packages_distributions()
    for library, files in imported().items():
        providers = {canonicalize_name(name) for name in distributions.get(library, [library])}
        assert providers & named, f"{', '.join(sorted(files))} import {library}, which pyproject.toml does not name"


def test_the_versions_that_the_course_promises() -> None:
    assert pins()["torch"] == "2.13.0"
    assert pins()["tensorflow"].startswith("2.21.")
    assert pins()["nbgrader"] == "0.9.6"
    assert PROJECT["requires-python"] == ">=3.11,<3.14"


def test_what_is_installed_here_is_what_is_pinned() -> None:
    installed: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        # The first one on the path is the one that is imported; setuptools appends copies of its own.
        installed.setdefault(canonicalize_name(distribution.name), distribution.version.split("+")[0])
    differ = {n: (installed[n], version) for n, version in pins().items() if installed.get(n, version) != version}
    # An environment that `make` did not set up may have a setuptools and wheel of its own; nothing runs with them.
    assert not {name: pair for name, pair in differ.items() if name not in ("setuptools", "wheel", *VENDORED)}


OLDEST_AND_NEWEST = ("3.11.0", "3.11.2", "3.11.14", "3.12.0", "3.12.12", "3.13.0", "3.13.9")


@pytest.mark.parametrize("python", OLDEST_AND_NEWEST)
def test_what_is_pinned_runs_on_every_patch_of_the_versions_that_are_named(python: str) -> None:
    """Debian 12 brings 3.11.2, Ubuntu 24.04 3.12.3; a pin that asks for a later patch locks their users out."""
    pinned = pins()
    refused = {
        f"{one.name} {one.version}": asked
        for one in importlib.metadata.distributions()
        if pinned.get(canonicalize_name(one.name)) == one.version and (asked := one.metadata.get("Requires-Python"))
        and not SpecifierSet(asked).contains(python)
    }  # fmt: skip
    assert not refused


@pytest.mark.long
@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.0", "3.13.0"])
def test_the_pins_resolve_for_that_python_without_installing(python: str, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run",
        "--ignore-installed", "--only-binary=:all:", "--python-version", python, "--target", str(tmp_path),
        "-c", str(ROOT / "constraints.txt"),
        *(str(requirement.name) for requirement in NAMED + EXTRAS),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_conda_and_binder_install_the_same() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [item for item in environment["dependencies"] if isinstance(item, str)]
    (pip,) = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    assert pip == ["-c constraints.txt", "-e .[torch,tensorflow,grading]"]
    assert sorted(re.split("[=<>]", item)[0] for item in conda) == ["pip", "python"]
    (python,) = [item.split("=")[1] for item in conda if item.startswith("python=")]
    assert python in ("3.11", "3.12", "3.13")


@pytest.mark.parametrize("path", ["Makefile", ".ci/run", ".github/workflows/ci.yml", ".github/workflows/gpu.yml"])
def test_no_version_of_a_package_stands_elsewhere(path: str) -> None:
    text = (ROOT / path).read_text()
    assert not re.findall(r"[A-Za-z][\w-]*\s*[=~]=\s*[0-9]", text)
    for line in text.splitlines():
        assert "pip install" not in line or "-c constraints.txt" in line


def test_the_command_and_the_provisioner_are_declared() -> None:
    assert PROJECT["scripts"] == {"autograder": "autograder.cli:main"}
    (point,) = PROJECT["entry-points"]["jupyter_client.kernel_provisioners"].items()
    assert point == ("autograder-sandbox", "autograder.sandbox.provisioner:WarmProvisioner")


# --- make ---------------------------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that set-up reads, in a folder of their own."""
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS")) and k != "PYTHON"}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder, env=clean | environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip


def shim(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What make says besides its own last line."""
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1 and done.stdout == ""
    return lines[0]


def test_a_repeated_make_installs_nothing(clone: Path) -> None:
    assert make(clone, "-q", ".venv/.stamp").returncode == 1
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".stamp").touch()
    assert make(clone, "-q", ".venv/.stamp").returncode == 0


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_changed_pin_installs_again(clone: Path, name: str) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".stamp").touch()
    later = (clone / ".venv" / ".stamp").stat().st_mtime + 5
    os.utime(clone / name, (later, later))
    assert make(clone, "-q", ".venv/.stamp").returncode == 1


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_demo_and_the_tests_set_up_first(clone: Path, target: str) -> None:
    assert "pip install" in make(clone, "-n", target).stdout


def test_a_python_of_the_wrong_version_is_said_in_one_sentence(clone: Path, tmp_path: Path) -> None:
    old = shim(tmp_path / "bin", "python3.9", "exit 1")
    assert sentence(make(clone, "demo", f"PYTHON={old}")) == (
        f"{old} is not Python 3.11, 3.12 or 3.13 with its venv module."
    )
    assert not (clone / ".venv").exists()


def test_no_python_at_all_is_said_in_one_sentence(clone: Path, tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        shim(bin, name, "exit 1")
    done = make(clone, "demo", PATH=f"{bin}:{os.environ['PATH']}")
    assert sentence(done) == "This needs Python 3.11, 3.12 or 3.13 with its venv module; none was found."


def test_another_system_is_said_in_one_sentence(clone: Path, tmp_path: Path) -> None:
    shim(tmp_path / "bin", "uname", "echo Darwin")
    done = make(clone, "demo", PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert sentence(done).startswith("This needs Linux")
