"""A newer kit over a folder with work: prose, figures and checks are new, answers stay, and no line is lost.

Which cells a student wrote is known from the old kit's list of itself. A cell as it was released gives way to the new
one. An answer keeps what the student wrote. So does any other cell that the student changed, as long as the new kit
has it unchanged; where both changed it, the student's stands below the new one. Cells that the student added keep
their place behind the same neighbour.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.course import CourseError, UsageError
from autograder.homework import manifest as kits
from autograder.homework.manifest import Manifest, fingerprint, grade_id
from autograder.language import sentences_of

_ = sentences_of(__package__)

FORMER = _("Yours, from before the update:")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".ipynb_checkpoints")
INSTALLED_BY = ("constraints.txt", "pyproject.toml")
ASIDE = _(
    "Nothing was changed. Move it aside and run this again: the new kit brings this notebook as it is handed out."
)


@dataclass(frozen=True)
class Merged:
    """A student's notebook in its new form. kept: cells with the student's words; doubled: those that both changed."""

    notebook: NotebookNode
    kept: int
    doubled: int


@dataclass(frozen=True)
class Updated:
    """What an update did. copy: where the old folder lies. notebooks: by path. replaced: files of the kit that the
    student had changed. install: whether what is to be installed has changed."""

    copy: Path
    notebooks: Mapping[str, Merged]
    replaced: tuple[str, ...]
    install: bool


def update(folder: Path, kit: Path) -> Updated:
    """Takes the kit at `kit`, a folder or a ZIP file, over the student's kit in `folder`.

    Raises `UsageError` where one of them is no kit of the same course, or a notebook cannot be read; then nothing has
    changed.
    """
    folder = folder.resolve()
    old = kits.read(folder)
    if old is None:
        raise UsageError(
            _("{folder} is no kit with a list of itself ({name}); start this in the kit's folder.").format(
                folder=folder, name=kits.NAME
            )
        )
    with _unpacked(kit) as source:
        new = kits.read(source)
        if new is None:
            raise UsageError(_("{kit} is no kit: it has no {name}.").format(kit=kit, name=kits.NAME))
        if new.course != old.course:
            raise UsageError(
                _("{kit} is a kit of the course {course!r}, and this folder of {course2!r}.").format(
                    kit=kit, course=new.course, course2=old.course
                )
            )
        if source == folder:
            raise UsageError(_("{kit} is this folder itself; name the newer kit.").format(kit=kit))
        merged = {name: _merged_file(folder, source, name, old) for name in new.notebooks}
        replaced = tuple(name for name in new.files if name not in new.cells and _changed(folder, name, old))
        copy = _copy_beside(folder)
        for name in new.files:
            data = nbformat.writes(merged[name].notebook).encode() + b"\n" if name in merged else None
            files.write(folder / name, data if data is not None else (source / name).read_bytes())
        for name in set(old.files) - set(new.files) - set(old.cells):
            if not _changed(folder, name, old):
                (folder / name).unlink(missing_ok=True)
        kits.write(folder, new)
    install = any(old.files.get(name) != new.files.get(name) for name in INSTALLED_BY)
    return Updated(copy, merged, replaced, install)


def merge(mine: NotebookNode, released: Mapping[str, str], new: NotebookNode) -> Merged:
    """A student's notebook, made from an earlier release, in the form of the new one.

    released: the fingerprints of the earlier release's cells by id. Raises `CourseError` if a line would be lost.
    """
    owned, added = _sorted_out(mine, released)
    by_task = {grade_id(cell): id for id, cell in owned.items() if grade_id(cell)}
    place_of = {by_task.get(grade_id(cell), cell.id): cell.id for cell in new.cells}
    cells: list[NotebookNode] = []
    kept = doubled = 0
    homeless = _homeless(mine, owned, released, place_of)
    cells += added.get(None, []) + homeless.get(None, [])
    for cell in new.cells:
        id = by_task.get(grade_id(cell), cell.id)
        own = owned.get(id)
        changed = own is not None and fingerprint(own) != released[id]
        if own is None or not changed:
            cells.append(_with_outputs(cell, own))
        elif _is_answer(cell) or (released[id] == fingerprint(cell) and not _is_locked(cell)):
            kept += 1
            cells.append(_with_words(cell, own))
        else:
            doubled += 1
            cells += [cell, _plain(own, marked=True)]
        cells += homeless.get(id, []) + added.get(id, [])
    kept += sum(map(len, added.values())) + sum(map(len, homeless.values()))
    _renumber(cells)
    result = nbformat.v4.new_notebook(cells=cells, metadata=new.metadata)
    _refuse_loss(mine, released, result)
    return Merged(result, kept, doubled)


def _sorted_out(
    mine: NotebookNode, released: Mapping[str, str]
) -> tuple[dict[str, NotebookNode], dict[str | None, list[NotebookNode]]]:
    """The student's cells that were released, by id, and those that were added, by the released cell before them."""
    owned: dict[str, NotebookNode] = {}
    added: dict[str | None, list[NotebookNode]] = {}
    before: str | None = None
    for cell in mine.cells:
        if cell.id in released and cell.id not in owned:
            owned[cell.id], before = cell, cell.id
        elif cell.source.strip():
            added.setdefault(before, []).append(_plain(cell))
    return owned, added


def _homeless(
    mine: NotebookNode, owned: Mapping[str, NotebookNode], released: Mapping[str, str], places: Mapping[str, str]
) -> dict[str | None, list[NotebookNode]]:
    """Changed cells that the new release has no more, by the last cell before them that it has."""
    found: dict[str | None, list[NotebookNode]] = {}
    before: str | None = None
    for cell in mine.cells:
        if cell.id not in owned or owned[cell.id] is not cell:
            continue
        if cell.id in places:
            before = cell.id
        elif fingerprint(cell) != released[cell.id] and cell.source.strip():
            found.setdefault(before, []).append(_plain(cell, marked=True))
    return found


def _with_words(cell: NotebookNode, own: NotebookNode) -> NotebookNode:
    """The new cell with what the student wrote into it."""
    place = {"id": cell.id, "metadata": cell.metadata, "cell_type": cell.cell_type}
    result: NotebookNode = nbformat.from_dict({**own, **place})
    if cell.cell_type != own.cell_type:  # an answer that was turned into another kind of cell counts by its words
        result = nbformat.from_dict({**cell, "source": own.source})
    return result


def _with_outputs(cell: NotebookNode, own: NotebookNode | None) -> NotebookNode:
    """The new cell; with the outputs that the student's had where it is the same."""
    if own is not None and cell.cell_type == "code" and fingerprint(own) == fingerprint(cell) and not _is_locked(cell):
        made: NotebookNode = nbformat.from_dict(
            {**cell, "outputs": own.outputs, "execution_count": own.execution_count}
        )
        return made
    return cell


def _plain(cell: NotebookNode, *, marked: bool = False) -> NotebookNode:
    """The student's cell as one that no task claims."""
    metadata = {key: value for key, value in cell.metadata.items() if key not in ("nbgrader", "autograder")}
    metadata = {key: value for key, value in metadata.items() if key not in ("deletable", "editable")}
    result: NotebookNode = nbformat.from_dict({**cell, "metadata": metadata})
    if marked:
        result.source = f"# {FORMER}\n{cell.source}" if cell.cell_type == "code" else f"*{FORMER}*\n\n{cell.source}"
    return result


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _is_locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _renumber(cells: list[NotebookNode]) -> None:
    """Gives a cell whose id stands already another one."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.id in seen:
            cell.id = f"own-{number}"
        seen.add(cell.id)


def _refuse_loss(mine: NotebookNode, released: Mapping[str, str], result: NotebookNode) -> None:
    there = {line.strip() for cell in result.cells for line in cell.source.splitlines()}
    for cell in mine.cells:
        if released.get(cell.id) == fingerprint(cell):
            continue
        lost = [line for line in cell.source.splitlines() if line.strip() not in there]
        if lost:
            raise CourseError(
                _("Nothing was changed, because the line {line!r} would have been lost.").format(line=lost[0].strip())
            )


def _merged_file(folder: Path, source: Path, name: str, old: Manifest) -> Merged:
    new = kits.read_notebook(source / name)
    if not (folder / name).exists():
        return Merged(new, 0, 0)
    released = old.cells.get(name, {})
    try:
        own = kits.read_notebook(folder / name)
    except UsageError as error:
        raise UsageError(f"{error} {ASIDE}") from error
    return merge(kits.with_released_ids(own, released), released, new)


def _changed(folder: Path, name: str, old: Manifest) -> bool:
    """Whether a released file is there and is not as it was released."""
    path = folder / name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != old.files.get(name)


def _copy_beside(folder: Path) -> Path:
    """Copies the folder beside itself, without environments and caches."""
    first = folder.with_name(f"{folder.name}-before-{datetime.now():%Y-%m-%d-%H%M%S}")
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    copy = first if not first.exists() else next(other for other in others if not other.exists())

    def left_out(place: str, names: list[str]) -> set[str]:
        environments = {name for name in names if (Path(place) / name / "pyvenv.cfg").is_file()}
        return environments | set(NOT_COPIED(place, names))

    try:
        shutil.copytree(folder, copy, ignore=left_out, symlinks=True)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(copy, ignore_errors=True)
        raise CourseError(
            _("Nothing was changed, because {folder} could not be copied first: {error}").format(
                folder=folder, error=error
            )
        ) from error
    return copy


@contextmanager
def _unpacked(kit: Path) -> Iterator[Path]:
    """The folder with the kit: `kit` itself, or what its ZIP file holds, in its first folder or at its top."""
    if kit.is_dir():
        yield kit.resolve()
        return
    if not zipfile.is_zipfile(kit):
        raise UsageError(_("{kit} is neither a folder nor a ZIP file.").format(kit=kit))
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(kit) as archive:
            archive.extractall(place)  # names with .. or a drive stay inside
        inside = [Path(place), *sorted(path for path in Path(place).iterdir() if path.is_dir())]
        yield next((path for path in inside if (path / kits.NAME).is_file()), inside[0])
