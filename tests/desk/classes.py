"""A class for the desk: a small course whose text task has a question and a mark scheme, graded without kernels."""

from __future__ import annotations

import base64
import copy
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell
from PIL import Image

from autograder.course import Course
from autograder.submission.notebook import Template
from tests.small.courses import code_task, editable, locked, make_course, text_task
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, STUBS, answered, submit

NAME = "00-small"
TASK = "why"
MODEL = "A convolution shares its weights, and so has few parameters.\n\nA shape is found wherever it stands."
QUESTION = "## Why a convolution\n\nGive **two reasons** for a convolution on images, and one limit."
SCHEME = """**MARK SCHEME**

| criterion | points |
|---|---|
| Shared weights: few parameters, whatever the size of the image | 2 |
| Translation equivariance: a *shifted* object gives a shifted map | 2 |
| Limit: no invariance to rotation | 1 |
"""
CONFIG = """from pathlib import Path
from autograder.gradebook.nbgrader_setup import configure
c = get_config()
configure(c, root=Path(__file__).parent)
"""
ANSWERS = (
    "It shares its weights, so it has few parameters. It finds a shape wherever it stands.",
    "Because of **weight sharing** there are fewer parameters:\n\n* a kernel of 3x3\n* at every place",
    "it shares its weights, so it has few parameters.  It finds a shape wherever it stands",
    "It shares its weights so it has few parameters, and it finds a shape wherever it stands!",
    "A neuron sees a small window. If the picture is turned, the map is another one.",
    "I do not know.",
    "i do not know",
    "| layer | parameters |\n|---|---|\n| dense | 7,840 |\n| convolution | 90 |\n\nSo $w$ is shared.",
    "A convolution is translation equivariant: $f(Tx) = Tf(x)$. It is not invariant to rotation.",
    "![the window](attachment:window.png)\n\nThe same window slides over the picture.",
)


def cells() -> list[Any]:
    """The notebook's cells, as the instructor wrote them."""
    scheme = new_markdown_cell(SCHEME)
    scheme.metadata["nbgrader"] = {
        "grade_id": f"{TASK}-rubric", "grade": False, "solution": False, "task": False, "locked": True,
        "schema_version": 3, "cell_type": "markdown",
    }  # fmt: skip
    return [
        new_markdown_cell("# A small assignment\n\nTwo functions and a number."),
        editable("student-id", 'STUDENT_ID = "me"'),
        locked("setup", "import math"),
        new_markdown_cell(QUESTION),
        *text_task(TASK, f"### BEGIN SOLUTION\n{MODEL}\n### END SOLUTION", 5),
        scheme,
        *code_task("double", "def double(x):\n    return 2 * x", 4),
        *code_task("square", "class _Hidden:\n    pass\n\ndef square(x):\n    return x * x", 6, limits={"wall_s": 5}),
        *code_task("tiny-sum", 'tiny_sum = {"total": 3}', 2, kind="answer", variant=True),
    ]


def lay_out(root: Path) -> Course:
    """The course in ``root``, with a release version that has stubs and no mark scheme."""
    make_course(root, NAME, cells(), limits={"wall_s": 3})
    path = root / "assignments" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    released = [copy.deepcopy(cell) for cell in cells() if not _id(cell).endswith("-rubric")]
    for cell in released:
        cell.source = STUBS.get(_id(cell), cell.source)
    notebook.cells = released
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return Course(root)


def make_class(root: Path, answers: Mapping[str, str] | None = None) -> list[str]:
    """A graded class in ``root``, by default with ``ANSWERS`` of s000 to s009; returns the students."""
    template = Template.load(lay_out(root).assignment(NAME))
    answers = {f"s{number:03}": text for number, text in enumerate(ANSWERS)} if answers is None else answers
    (root / "nbgrader_config.py").write_text(CONFIG)
    for number, (student, text) in enumerate(answers.items()):
        code = RIGHT if number % 3 else {**RIGHT, "double": "def double(x):\n    return abs(2 * x)"}
        submit(root, student, with_pictures(answered(template, {**code, TASK: text})))
    grade(root)
    return list(answers)


def with_pictures(data: bytes) -> bytes:
    """A notebook whose text answers have the pictures that they name."""
    notebook = nbformat.reads(data.decode("utf-8", "surrogatepass"), as_version=4)
    for cell in notebook.cells:
        if "attachment:window.png" in cell.source:
            cell["attachments"] = {"window.png": {"image/png": _png()}}
    return nbformat.writes(notebook).encode("utf-8", "surrogatepass")


def _png() -> str:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((120, 80)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
