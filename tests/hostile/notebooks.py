"""Submissions that attack by what the notebook file is, or that honest editors leave behind.

Each function gets the right submission as a dict and returns the bytes that are handed in. Its docstring says what
it tries; the decorator says what must come of it, in the words of `corpus.py`, or "not gradable".
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .corpus import RIGHT, STUB

Notebook = dict[str, Any]
WRONG = "def output_size(*a, **k):\n    return 1"


@dataclass(frozen=True)
class FileAttack:
    """One submitted file and what must come of it."""

    name: str
    make_name: str
    says: str
    make: Callable[[Notebook], bytes]
    score: str


FILES: list[FileAttack] = []


def submission(score: str) -> Callable[[Callable[[Notebook], bytes | Notebook]], Callable[..., Any]]:
    def register(make: Callable[[Notebook], bytes | Notebook]) -> Callable[..., Any]:
        def as_bytes(notebook: Notebook) -> bytes:
            made = make(copy.deepcopy(notebook))
            return made if isinstance(made, bytes) else json.dumps(made).encode()

        name = "file-" + make.__name__.replace("_", "-")
        FILES.append(FileAttack(name, make.__name__, " ".join((make.__doc__ or "").split()), as_bytes, score))
        return make

    return register


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code", "id": f"extra-{abs(hash(source)) % 10**6}", "metadata": metadata, "source": source,
        "outputs": [], "execution_count": None,
    }  # fmt: skip


@submission("zero")
def check_cell_edited(notebook: Notebook) -> Notebook:
    """The check cell's source is a score."""
    cell(notebook, "output-size")["source"] = WRONG
    cell(notebook, "output-size-check")["source"] = "8.0"
    return notebook


@submission("full")
def check_cells_deleted(notebook: Notebook) -> Notebook:
    """All check cells are deleted; the answers are right, and are graded."""
    notebook["cells"] = [
        c for c in notebook["cells"] if not c["metadata"].get("nbgrader", {}).get("grade_id", "").endswith("-check")
    ]
    return notebook


@submission("zero")
def check_cell_deleted_answer_wrong(notebook: Notebook) -> Notebook:
    """The check cell of a wrong answer is deleted."""
    cell(notebook, "output-size")["source"] = WRONG
    notebook["cells"].remove(cell(notebook, "output-size-check"))
    return notebook


@submission("zero")
def check_cell_duplicated(notebook: Notebook) -> Notebook:
    """The check cell stands three times, one of them with outputs that hold a score."""
    cell(notebook, "output-size")["source"] = WRONG
    twin = copy.deepcopy(cell(notebook, "output-size-check"))
    twin["id"], twin["source"] = "twin", "1000.0"
    score = {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}, "execution_count": 1}
    twin["outputs"] = [score]
    notebook["cells"] += [twin, copy.deepcopy(twin) | {"id": "triplet"}]
    return notebook


@submission("zero")
def grade_ids_swapped(notebook: Notebook) -> Notebook:
    """The check of an easier task carries this task's id."""
    cell(notebook, "output-size")["source"] = WRONG
    first, this = cell(notebook, "first-check"), cell(notebook, "output-size-check")
    first["metadata"]["nbgrader"]["grade_id"] = "output-size-check"
    this["metadata"]["nbgrader"]["grade_id"] = "first-check"
    return notebook


@submission("full")
def points_changed(notebook: Notebook) -> Notebook:
    """Points and locks are changed in the metadata: the course's own count."""
    for each in notebook["cells"]:
        meta = each["metadata"].get("nbgrader", {})
        if "points" in meta:
            meta["points"] = 1000
        meta["locked"] = False
    return notebook


@submission("full")
def limits_changed(notebook: Notebook) -> Notebook:
    """Runtime and limits are changed in the metadata: the course's own count."""
    limits = {"wall_s": 10**9, "memory_bytes": 10**15}
    notebook["metadata"]["autograder"] = {"runtime": "torch+tensorflow", "forbidden": [], "limits": limits}
    cell(notebook, "output-size-check")["metadata"]["autograder"] = {"kind": "code", "limits": limits}
    return notebook


@submission("full")
def kernel_changed(notebook: Notebook) -> Notebook:
    """The kernel's name and language are something else."""
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}
    notebook["metadata"]["language_info"] = {"name": "bash"}
    return notebook


@submission("full")
def script_in_markdown_and_metadata(notebook: Notebook) -> Notebook:
    """Script and HTML in a markdown cell, in metadata, in an attachment and in an old output."""
    evil = "<script>window.HOSTILE=1</script><img src=x onerror=window.HOSTILE=2>[a](javascript:window.HOSTILE=3)"
    notebook["cells"].insert(0, {
        "cell_type": "markdown", "id": "evil", "metadata": {"name": evil}, "source": evil,
        "attachments": {"x.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSkvPg=="}},
    })  # fmt: skip
    old = code("1")
    old["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": evil}}]
    notebook["cells"].append(old)
    notebook["metadata"]["title"] = evil
    return notebook


@submission("full")
def cells_reversed_but_for_setup(notebook: Notebook) -> Notebook:
    """The tasks stand in the opposite order."""
    notebook["cells"] = [notebook["cells"][0], *reversed(notebook["cells"][1:])]
    return notebook


@submission("full")
def answer_cell_deleted(notebook: Notebook) -> Notebook:
    """The answer cell is gone; its code stands in a new cell."""
    position = notebook["cells"].index(cell(notebook, "output-size"))
    notebook["cells"][position] = code(RIGHT)
    return notebook


@submission("full")
def answer_after_the_check(notebook: Notebook) -> Notebook:
    """The answer stands in the notebook's last cell."""
    cell(notebook, "output-size")["source"] = STUB
    notebook["cells"].append(code(RIGHT))
    return notebook


@submission("full")
def ids_missing(notebook: Notebook) -> Notebook:
    """Format 4.4: no cell ids."""
    for each in notebook["cells"]:
        each.pop("id", None)
    notebook["nbformat_minor"] = 4
    return notebook


@submission("full")
def format_4_0(notebook: Notebook) -> Notebook:
    """Format 4.0, sources as lists of lines, no language info."""
    for each in notebook["cells"]:
        each.pop("id", None)
        each["source"] = each["source"].splitlines(keepends=True)
    notebook["nbformat_minor"] = 0
    return notebook


@submission("full")
def ids_duplicated(notebook: Notebook) -> Notebook:
    """All cells have the same id."""
    for each in notebook["cells"]:
        each["id"] = "same"
    return notebook


@submission("full")
def saved_by_colab(notebook: Notebook) -> Notebook:
    """Colab's metadata, and its outputs."""
    notebook["metadata"]["colab"] = {"provenance": [], "gpuType": "T4"}
    notebook["metadata"]["accelerator"] = "GPU"
    for each in notebook["cells"]:
        each["metadata"] |= {"id": "a1B2c3", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "x"}
    return notebook


@submission("full")
def saved_by_vs_code(notebook: Notebook) -> Notebook:
    """VS Code's metadata."""
    for each in notebook["cells"]:
        each["metadata"]["vscode"] = {"languageId": "python"}
    mode = {"name": "ipython", "version": 3}
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.13.0", "codemirror_mode": mode}
    return notebook


@submission("full")
def windows_line_endings(notebook: Notebook) -> bytes:
    """Windows line endings, in the file and in the sources."""
    for each in notebook["cells"]:
        each["source"] = each["source"].replace("\n", "\r\n")
    return json.dumps(notebook, indent=1).replace("\n", "\r\n").encode()


@submission("full")
def byte_order_mark(notebook: Notebook) -> bytes:
    """A byte-order mark before the JSON."""
    return b"\xef\xbb\xbf" + json.dumps(notebook).encode()


@submission("full")
def fifty_megabytes_of_outputs(notebook: Notebook) -> Notebook:
    """Outputs of 50 MB that nobody needs."""
    big = code("print('x')")
    big["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}]
    notebook["cells"].append(big)
    return notebook


@submission("not gradable")
def not_json(notebook: Notebook) -> bytes:
    """A text that is no notebook."""
    return b"I did it in class.\n"


@submission("not gradable")
def truncated(notebook: Notebook) -> bytes:
    """The file ends in the middle."""
    data = json.dumps(notebook).encode()
    return data[: len(data) // 2]


@submission("not gradable")
def empty(notebook: Notebook) -> bytes:
    """An empty file."""
    return b""


@submission("not gradable")
def binary(notebook: Notebook) -> bytes:
    """Bytes without meaning."""
    return bytes(range(256)) * 100


@submission("not gradable")
def json_of_another_kind(notebook: Notebook) -> bytes:
    """JSON, but no notebook."""
    return b'{"cells": 5, "nbformat": "four", "metadata": []}'


@submission("not gradable")
def nested_without_end(notebook: Notebook) -> bytes:
    """JSON of a hundred thousand brackets."""
    return b"[" * 100_000


@submission("zero")
def no_cells(notebook: Notebook) -> Notebook:
    """A notebook with nothing in it."""
    notebook["cells"] = []
    return notebook
