"""A folder laid out as Gradescope's container has it, below any path."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

from autograder.course import ROOT_VARIABLE
from tests.small.in_docker import in_docker

DUE = "2026-10-31T23:00:00.000000-07:00"


def unpack(bundle: Path, root: Path) -> Path:
    """Unpacks a bundle as Gradescope does; returns the folder that it calls /autograder."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(root / "source")
    for name in ("submission", "results"):
        (root / name).mkdir()
    for script in ("setup.sh", "run_autograder"):
        (root / "source" / script).chmod(0o755)
    return root


def install_from_here(root: Path) -> None:
    """What setup.sh leaves, without the network: the bundle's wheel, and what it depends on from this environment."""
    venv.create(root / "env", with_pip=False, symlinks=True)
    (packages,) = (root / "env" / "lib").glob("python3*/site-packages")
    with zipfile.ZipFile(next((root / "source").glob("*.whl"))) as wheel:
        wheel.extractall(packages)
    others = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (packages / "zz-others.pth").write_text("".join(f"{path}\n" for path in others))


def hand_in(root: Path, files: dict[str, bytes], **about: Any) -> None:
    """Lays a submission where Gradescope's harness does, with what it says of it."""
    for name, data in files.items():
        path = root / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (root / "submission_metadata.json").write_text(json.dumps(metadata(**about)))


def metadata(
    emails: tuple[str, ...] = ("ada@example.org",), created: str = "2026-10-30T12:00:00.000000-07:00",
    own: dict[str, str] | None = None,
) -> dict[str, Any]:
    """As Gradescope documents it."""
    users = [{"email": email, "id": number, "name": "A Student"} for number, email in enumerate(emails)]
    if own:
        users[0]["assignment"] = own
    return {
        "id": 123456, "created_at": created, "users": users, "previous_submissions": [],
        "assignment": {
            "due_date": DUE, "group_size": 4, "group_submission": True, "id": 25828, "course_id": 1234,
            "late_due_date": None, "release_date": "2026-10-02T00:00:00.000000-07:00", "title": "Programming",
            "total_points": "20.0", "submission_method": "upload",
        },
    }  # fmt: skip


def run(root: Path, *, landlock: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs the bundle's script, as Gradescope does for a submission, with what Docker leaves it. landlock: whether its
    filter lets that through."""
    inherited = {name: value for name, value in os.environ.items() if name not in (ROOT_VARIABLE, "PYTHONPATH")}
    command = in_docker(root / "source" / "run_autograder", root, landlock=landlock)
    return subprocess.run(command, cwd=root, env=inherited, capture_output=True, text=True, check=False)


def results(root: Path) -> dict[str, Any]:
    """What Gradescope would read."""
    found: dict[str, Any] = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return found


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """An `autograder` command in a course."""
    inherited = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    return subprocess.run(
        [sys.executable, "-m", "autograder.cli", *arguments], cwd=cwd, env=inherited, capture_output=True, text=True,
        check=False,
    )
