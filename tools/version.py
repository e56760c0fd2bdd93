"""`make version V=0.2.0`: gives the project a version, in one commit with its tag.

The version is written into pyproject.toml and CITATION.cff, and what stands under "Unreleased" in CHANGELOG.md goes
under it, with the day. Nothing is pushed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from autograder import files

ROOT = Path(__file__).parents[1]
UNRELEASED = "## Unreleased\n"
WRITTEN = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")


class NotNow(Exception):
    """No version can be given as things stand; the text is one sentence that says why."""


def give(version: str, root: Path = ROOT, day: date | None = None) -> None:
    """Writes, commits and tags a version. Raises `NotNow`, with nothing changed."""
    day = day or date.today()
    try:
        wanted = Version(version)
    except InvalidVersion:
        raise NotNow(f"{version!r} is no version; write one such as 0.2.0.") from None
    if _git(root, "status", "--porcelain"):
        raise NotNow("There are changes that are not committed: commit them, or put them away, first.")
    texts = {name: (root / name).read_text(encoding="utf-8") for name in WRITTEN}
    found = re.search(r'^version = "([^"]+)"$', texts["pyproject.toml"], re.MULTILINE)
    if found is None:
        raise NotNow("pyproject.toml says no version.")
    if wanted <= Version(found[1]):
        raise NotNow(f"The version is {found[1]} already; {version} is not newer.")
    notes = re.search(rf"{UNRELEASED}(.*?)(?=^## |\Z)", texts["CHANGELOG.md"], re.MULTILINE | re.DOTALL)
    if notes is None or not notes[1].strip():
        raise NotNow('CHANGELOG.md says nothing under "Unreleased": write what changed, first.')
    texts["pyproject.toml"] = texts["pyproject.toml"].replace(found[0], f'version = "{version}"', 1)
    texts["CITATION.cff"] = re.sub(
        r"^version: .*$", f"version: {version}", texts["CITATION.cff"], count=1, flags=re.MULTILINE
    )
    texts["CHANGELOG.md"] = texts["CHANGELOG.md"].replace(UNRELEASED, f"{UNRELEASED}\n## {version} ({day})\n", 1)
    for name, text in texts.items():
        files.write(root / name, text.encode())
    _git(root, "commit", "--quiet", "--all", "--message", f"Version {version}")
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"Version {version}\n\n{notes[1].strip()}")


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise NotNow(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    try:
        give(sys.argv[1] if len(sys.argv) > 1 else "")
    except NotNow as error:
        sys.exit(str(error))
