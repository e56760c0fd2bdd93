"""Drawing cases leaves nothing where it is done: a notebook's folder is handed out, or in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = """
from hypothesis import strategies as st
from autograder.checks.api import cases
from autograder.checks.search import drawn
print(len(drawn(cases(size=st.integers(1, 9)), 5, 0)))
"""


def test_drawing_cases_writes_nothing_beside_the_notebook(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    done = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "5\n"
    assert list(tmp_path.iterdir()) == []
