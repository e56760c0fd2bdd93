"""Two small assignments for the measurements, once for the project and once as stock nbgrader would have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import Course
from tests.small.courses import code_task, editable, make_course

ANSWERS = {
    "output-size": "def output_size(size, kernel, stride=1):\n    return (size - kernel) // stride + 1",
    "relu": "import numpy as np\n\ndef relu(x):\n    return np.maximum(x, 0)",
    "blur": (
        "import numpy as np\n\ndef blur(image):\n    out = np.zeros((image.shape[0] - 2, image.shape[1] - 2))\n"
        "    for row in range(out.shape[0]):\n        for column in range(out.shape[1]):\n"
        "            out[row, column] = image[row : row + 3, column : column + 3].mean()\n    return out"
    ),
}
ASSERTS = {
    "output-size": "for size in range(5, 20):\n    assert output_size(size, 3) == size - 2",
    "relu": "x = np.random.default_rng(0).standard_normal((8, 8))\nassert np.allclose(relu(x), x * (x > 0))",
    "blur": "x = np.random.default_rng(0).random((8, 8))\nassert np.allclose(blur(x)[0, 0], x[:3, :3].mean())",
}
POINTS = {"output-size": 4.0, "relu": 3.0, "blur": 3.0}
SETUP = {"numpy": "import numpy as np", "torch+tensorflow": "import numpy as np\nimport torch\nimport tensorflow as tf"}


def ours(root: Path, runtime: str, students: int) -> tuple[Course, str]:
    """A course of the project's kind with right submissions; the course and the assignment's name."""
    name = "80-bench"
    cells = [editable("setup", SETUP[runtime])]
    for task, answer in ANSWERS.items():
        cells += code_task(task, answer, POINTS[task])
    make_course(root, name, cells, runtime=runtime)
    data = (root / "solutions" / name / f"{name}.ipynb").read_bytes()
    for number in range(students):
        place = root / "submitted" / f"s{number:05d}" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.ipynb").write_bytes(data)
    return Course(root), name


def stock(root: Path, runtime: str, students: int) -> None:
    """The same for stock nbgrader: source notebook with hidden tests in its cells, and right submissions."""
    root.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'stock'\n")
    cells = [new_code_cell(SETUP[runtime])]
    for task, answer in ANSWERS.items():
        cells += [_cell(task, f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", solution=True)]
        check = f"### BEGIN HIDDEN TESTS\n{ASSERTS[task]}\n### END HIDDEN TESTS"
        cells += [_cell(f"{task}-check", check, points=POINTS[task])]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for place in (root / "source" / "a1", *(root / "submitted" / f"s{n}" / "a1" for n in range(students))):
        place.mkdir(parents=True)
        nbformat.write(notebook, place / "a1.ipynb")


def _cell(grade_id: str, source: str, *, solution: bool = False, points: float = 0.0) -> Any:
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {
        "grade_id": grade_id, "solution": solution, "grade": not solution, "locked": not solution, "task": False,
        "schema_version": 3, "cell_type": "code", **({} if solution else {"points": points}),
    }  # fmt: skip
    return cell
