"""How a submission comes to be: the released notebook, with some cells filled in, changed or added."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.checks.places import folder_of, sample_answers
from autograder.course import Assignment

_MARKERS = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*(\n|\Z)", re.MULTILINE)
SUBMISSIONS = Path(__file__).parent / "submissions"


def released(assignment: Assignment) -> NotebookNode:
    """The notebook as students get it."""
    return nbformat.read(assignment.release_path, as_version=4)


def solutions(assignment: Assignment) -> dict[str, str]:
    """The course's own answers, task id to source."""
    notebook = nbformat.read(assignment.solution_path, as_version=4)
    tasks = {task.answer_id for task in assignment.tasks}
    return {id_of(cell): _MARKERS.sub("", cell.source) for cell in notebook.cells if id_of(cell) in tasks}


def samples(assignment: Assignment, name: str) -> dict[str, str]:
    """The course's sample answers of that quality, text task's id to text."""
    texts = [task.id for task in assignment.tasks if task.kind == "text"]
    return {task: sample_answers(folder_of(task))[name][1] for task in texts}


def answers_in(name: str) -> dict[str, str]:
    """The answers in ``submissions/<name>.py``, where a line ``# task: <id>`` stands before each."""
    text = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")
    parts = re.split(r"^# task: (\S+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def filled_in(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """The notebook with these answers, by task id."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = answers.get(id_of(cell), cell.source)
    return notebook


def with_cell(notebook: NotebookNode, before: str, source: str) -> NotebookNode:
    """The notebook with one more code cell, before the cell with that id."""
    notebook = copy.deepcopy(notebook)
    position = [id_of(cell) for cell in notebook.cells].index(before)
    notebook.cells.insert(position, new_code_cell(source))
    return notebook


def with_forged_metadata(notebook: NotebookNode) -> NotebookNode:
    """The notebook with every check cell replaced by full marks, and more points than there are."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if id_of(cell).endswith("-check"):
            cell.source = "100.0"
            cell.metadata["nbgrader"].update(points=100, locked=False)
            cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "100.0"})]
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    """The file as JupyterLab writes it."""
    return (nbformat.writes(notebook) + "\n").encode()


def saved_by_another_editor(notebook: NotebookNode) -> bytes:
    """The file as an older editor on Windows writes it: format 4.2, no cell ids, its own metadata, outputs of its own,
    a byte-order mark and Windows line endings."""
    document: dict[str, Any] = json.loads(nbformat.writes(notebook))
    document["nbformat_minor"] = 2
    document["metadata"] = {"colab": {"provenance": [], "toc_visible": True}, "vscode": {"interpreter": {"hash": "0"}}}
    for cell in document["cells"]:
        del cell["id"]
        cell["metadata"]["colab"] = {"base_uri": "https://localhost:8080/"}
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["from last time\r\n"]}]
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


def cut_off(data: bytes) -> bytes:
    """A file whose upload broke off half-way."""
    return data[: len(data) // 2]


def id_of(cell: NotebookNode) -> str:
    """A cell's nbgrader id, or an empty text."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
