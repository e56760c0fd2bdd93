"""Cells and outputs of a notebook, of parts that are known to be right.

nbformat's own functions hold every node against the notebook's schema, half a millisecond each, of a hundred in a
submission. What is made here has the fields that the schema asks for; that whole notebooks follow it is tested.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

CELL_KINDS = ("code", "markdown", "raw")


def new_cell(kind: str, source: str = "", metadata: Mapping[str, Any] | None = None) -> NotebookNode:
    """A cell (`kind`: one of `CELL_KINDS`) that has not been run, with an id of its own."""
    cell = NotebookNode(id=uuid.uuid4().hex[:8], cell_type=kind, metadata=NotebookNode(metadata or {}), source=source)
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


def printed(name: str, text: str) -> NotebookNode:
    """What was printed to a stream (`name`: stdout or stderr)."""
    return NotebookNode(output_type="stream", name=name, text=text)


def shown(data: Mapping[str, Any]) -> NotebookNode:
    """What was displayed, by MIME type."""
    return NotebookNode(output_type="display_data", metadata=NotebookNode(), data=NotebookNode(data))


def result(data: Mapping[str, Any], count: int | None = None) -> NotebookNode:
    """A cell's last value, by MIME type; `count`: the number of the cell's run."""
    return NotebookNode(
        output_type="execute_result", metadata=NotebookNode(), data=NotebookNode(data), execution_count=count
    )


def raised(name: str, value: str, traceback: list[str]) -> NotebookNode:
    """An exception: its class, its text, and the lines of its traceback."""
    return NotebookNode(output_type="error", ename=name, evalue=value, traceback=traceback)
