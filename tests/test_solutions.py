"""Executing the solutions finds a wrong answer: `pytest --nbmake` alone would not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("answer", "code"), [("wrong", 1), ("right", 0)])
def test_a_wrong_answer_in_a_solution_fails_the_run(tmp_path: Path, answer: str, code: int) -> None:
    shutil.copy(ROOT / "conftest.py", tmp_path)
    formula = {"right": "(size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1", "wrong": "size"}[answer]
    cells = [
        "from autograder import check",
        "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n"
        "    for name, value in dict(size=size, kernel=kernel, stride=stride, dilation=dilation).items():\n"
        "        if value < 1:\n            raise ValueError(f'{name} must be at least 1')\n"
        "    if padding < 0:\n        raise ValueError('padding must not be negative')\n"
        "    if dilation * (kernel - 1) + 1 > size + 2 * padding:\n"
        "        raise ValueError('kernel is wider than the padded input')\n"
        f"    return {formula}",
        "check('output-size')",
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "answer.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbmake", "-q", "answer.ipynb"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stdout
