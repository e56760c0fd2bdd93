"""The kit's list of itself: what was released in it, so that what a student wrote can be told from it.

``kit.json`` beside the notebooks, written by ``release --kit``: the fingerprint of every file, and for each notebook
the fingerprint of every cell by its id.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.course import UsageError
from autograder.language import sentences_of
from autograder.notebook_file import NotANotebook, document_of

_ = sentences_of(__package__)

NAME = "kit.json"
ID = re.compile(r"[\w-]{1,64}", re.ASCII)  # what may be a cell's id
MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Manifest:
    """What was released in a kit. course: its id. files: sha256 by path. cells: by notebook's path, then by cell id.

    Paths are relative to the kit's folder, with slashes.
    """

    course: str
    files: Mapping[str, str]
    cells: Mapping[str, Mapping[str, str]]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The paths of the assignments' notebooks, in the order of the course."""
        return tuple(sorted(self.cells))


def fingerprint(cell: NotebookNode) -> str:
    """Of a cell's kind and source."""
    return hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode("utf-8", "replace")).hexdigest()[:16]


def list_kit(folder: Path, course: str) -> Manifest:
    """The manifest of a kit that lies in `folder`, whole and untouched."""
    listed = {path.relative_to(folder).as_posix(): path for path in sorted(_files(folder))}
    return Manifest(
        course,
        {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in listed.items()},
        {
            name: {cell.id: fingerprint(cell) for cell in nbformat.read(path, as_version=4).cells}
            for name, path in listed.items() if path.suffix == ".ipynb"
        },
    )  # fmt: skip


def write(folder: Path, manifest: Manifest) -> None:
    files.write(folder / NAME, json.dumps(asdict(manifest), indent=1).encode())


def read(folder: Path) -> Manifest | None:
    """The manifest of the kit in `folder`; None where there is none. Raises `UsageError` for one that says nothing."""
    data = files.read_whole(folder / NAME, MOST_BYTES)
    if data is None:
        return None
    try:
        said = json.loads(data)
        return Manifest(str(said["course"]), dict(said["files"]), {k: dict(v) for k, v in said["cells"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            _("{folder} is damaged; take it from the kit that you were given.").format(folder=folder / NAME)
        ) from None


def read_notebook(path: Path) -> NotebookNode:
    """A notebook of a student. Raises `UsageError` where there is none that can be read."""
    if path.is_dir():
        raise UsageError(_("{path} is a folder; name the notebook in it.").format(path=path))
    data = files.read_whole(path, 4 * MOST_BYTES)
    if data is None:
        raise UsageError(_("There is no file {path}.").format(path=path))
    try:
        notebook: NotebookNode = nbformat.reads(json.dumps(document_of(data)), as_version=4)
    except NotANotebook as error:
        raise UsageError(f"{path} {error}") from None
    except Exception as error:  # nbformat raises what its schema library raises
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise UsageError(
            _("{path} is not a notebook that can be read: {first}").format(path=path, first=first)
        ) from error
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):  # older tools write none, and copies of files have the same twice
        if cell.get("id", "") in seen or not cell.get("id"):
            known = (cell.metadata.get("id"), grade_id(cell))  # Colab keeps a cell's id among its metadata
            usable = (one for one in known if isinstance(one, str) and ID.fullmatch(one) and one not in seen)
            cell["id"] = next(usable, f"cell-{number}")
        seen.add(cell["id"])
    return notebook


def with_released_ids(notebook: NotebookNode, released: Mapping[str, str]) -> NotebookNode:
    """The notebook, in which cells that a tool gave new ids have their released ones again.

    released: fingerprints by id, in the order of the release. A task's cells are known by nbgrader's id, cells that
    nobody changed by their words, and what stands alone between two known neighbours by its place, where most ids are
    new.
    """
    known = Counter(cell.id for cell in notebook.cells if cell.id in released)
    renewed = 2 * len(known) < min(len(released), len(notebook.cells))
    by_words = {words: id for id, words in released.items()}  # of two alike, the last: its place tells the other
    for cell in notebook.cells:
        if cell.id in released:
            continue
        id = grade_id(cell) if grade_id(cell) in released else by_words.get(fingerprint(cell), "")
        if id and not known[id]:
            cell.id, known[id] = id, 1
    if renewed:
        _know_by_place(notebook.cells, list(released))
    return notebook


def _know_by_place(cells: Sequence[NotebookNode], ids: Sequence[str]) -> None:
    """Gives the cells between two known neighbours the ids between these, where there are as many."""
    place = {id: number for number, id in enumerate(ids)}
    start, before = 0, -1
    for number in range(len(cells) + 1):
        here = place.get(cells[number].id) if number < len(cells) else len(ids)
        if here is None:
            continue
        if 0 < number - start == here - before - 1:
            for cell, id in zip(cells[start:number], ids[before + 1 : here], strict=True):
                cell.id = id
        start, before = number + 1, here


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's id of a cell; empty for a cell that is no task's."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name != NAME and path.suffix != ".pyc")
