"""In a container without privileges: what is refused there is said, and grading goes on with what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import ROOT_VARIABLE
from autograder.submission.notebook import Template
from tests.small.courses import REPOSITORY
from tests.small.in_docker import in_docker
from tests.small.small_class import RIGHT, answered, as_json, small_course, submit


@pytest.mark.parametrize("root", [True, False], ids=["root", "an ordinary user"])
def test_where_namespaces_are_refused_a_class_is_graded_all_the_same(root: bool, tmp_path: Path) -> None:
    submit(tmp_path, "ada", answered(Template.load(small_course(tmp_path)), RIGHT))
    environment = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    environment["PYTHONPATH"] = str(REPOSITORY)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = in_docker(sys.executable, "-m", "autograder.cli", *arguments, root=root)
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    facts = {fact["name"]: fact["ok"] for fact in json.loads(run("doctor", "--json").stdout)["facts"]}
    assert not facts["own-root"] and facts["landlock"] and facts["seccomp"]
    done = run("grade", "00-small", "--json")
    assert done.returncode == 0, done.stderr
    (graded,) = json.loads(done.stdout)["graded"]
    assert graded["score"] == 12.0
    result = as_json(tmp_path / "autograded" / "ada" / "00-small" / "results.json")
    assert "landlock" in result["provenance"]["isolation"] and "own-root" not in result["provenance"]["isolation"]
