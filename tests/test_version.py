"""One command gives the project a version: three files, a commit and a tag."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from tools.version import NotNow, give

FILES = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "0.1.0"\n',
    "CITATION.cff": "title: x\nversion: 0.1.0\nlicense: MIT\n",
    "CHANGELOG.md": "# Changelog\n\n## Unreleased\n\n- Something.\n\n## 0.1.0\n\n- First.\n",
}


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for part in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{part}_NAME", "x")
        monkeypatch.setenv(f"GIT_{part}_EMAIL", "x@example.org")
    git(tmp_path, "init", "--quiet")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    return tmp_path


def test_a_version_is_three_files_a_commit_and_a_tag(project: Path) -> None:
    give("0.2.0", project, date(2026, 12, 1))
    assert 'version = "0.2.0"' in (project / "pyproject.toml").read_text()
    assert "version: 0.2.0\nlicense" in (project / "CITATION.cff").read_text()
    log = (project / "CHANGELOG.md").read_text()
    assert "## Unreleased\n\n## 0.2.0 (2026-12-01)\n\n- Something.\n\n## 0.1.0" in log
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "-1", "--format=%s").strip() == "Version 0.2.0"
    assert "- Something." in git(project, "tag", "--list", "v0.2.0", "--format=%(contents)")


@pytest.mark.parametrize(
    ("version", "said"),
    [("0.1.0", "not newer"), ("0.0.9", "not newer"), ("soon", "is no version"), ("", "is no version")],
)
def test_a_version_that_is_none_or_not_newer_changes_nothing(project: Path, version: str, said: str) -> None:
    with pytest.raises(NotNow, match=said):
        give(version, project)
    assert {name: (project / name).read_text() for name in FILES} == FILES


def test_nothing_is_tagged_over_changes_that_are_not_committed_or_without_a_word_on_what_changed(project: Path) -> None:
    give("0.2.0", project)
    with pytest.raises(NotNow, match="says nothing"):
        give("0.3.0", project)
    (project / "CITATION.cff").write_text("", encoding="utf-8")
    with pytest.raises(NotNow, match="not committed"):
        give("0.3.0", project)
