"""Which file of a submitted folder is the notebook, and one sentence where none is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import files
from autograder.language import sentences_of
from autograder.notebook_file import SUFFIX
from autograder.submission.text import one_line

_ = sentences_of(__package__)

DEEPEST = 4  # folders within folders that are looked into
LISTED = 3
MOST = 2_000  # files that are looked at
_HIDDEN_ENDS = (".txt", ".json", ".html", ".zip", ".pdf", ".docx", ".download")


@dataclass(frozen=True)
class Found:
    """The notebook of a submission, or a sentence in ``missing``. ``note`` tells the student, and ``remark`` the
    instructor, that it has another name."""

    path: Path | None = None
    missing: str = ""
    note: str = ""
    remark: str = ""


def find_notebook(folder: Path, assignment: str) -> Found:
    """The notebook that was handed in: the one of the assignment's name, or the only one in the folder.

    Raises ``OSError`` where the folder may not be looked into: that is no submission without a notebook."""
    name = assignment + SUFFIX
    if os.path.lexists(folder / name):
        return Found(folder / name)
    beside = sorted(path for path in _files(folder, 0) if path.suffix.lower() == SUFFIX)
    if len(beside) == 1:
        other = one_line(beside[0].name, 60)
        note = _("The notebook is called {other}; it was graded as {name}, because there is no other.").format(
            other=other, name=name
        )
        return Found(beside[0], note=note, remark=_("its notebook is called {other}").format(other=other))
    return Found(
        missing=_("The submission has no file {name}{instead}.").format(
            name=name, instead=_instead(folder, name, beside)
        )
    )


def _instead(folder: Path, name: str, beside: list[Path]) -> str:
    """What there is instead, and what to do about it."""
    if beside:
        return _("; of {beside}, hand in one, and call it {name}").format(beside=_names(beside), name=name)
    within = sorted(_files(folder, DEEPEST))
    nested = [path for path in within if path.suffix.lower() == SUFFIX]
    if nested:
        place = one_line(nested[0].relative_to(folder).as_posix(), 100)
        return _(", but {place}: hand in the file itself, not a folder with it").format(place=place)
    ends = [path for path in within if path.with_suffix("").name.lower() == name.lower()]
    ends = [path for path in ends if path.suffix.lower() in _HIDDEN_ENDS]
    if ends:
        return _(", but {name}: take {suffix} off its name, if it is the notebook").format(
            name=one_line(ends[0].name, 80), suffix=ends[0].suffix
        )
    return _("; it has {within}").format(within=_names(within)) if within else _("; it is empty")


def _names(paths: list[Path]) -> str:
    names = [one_line(path.name, 60) for path in paths[:LISTED]]
    return ", ".join(names) + (_(" and {paths} more").format(paths=len(paths) - LISTED) if len(paths) > LISTED else "")


def _files(folder: Path, deepest: int) -> Iterator[Path]:
    """The regular files in a folder, and in folders within it; links and what is hidden are passed over."""
    count = 0
    for parent, folders, names in os.walk(folder, onerror=files.refuse):
        depth = len(Path(parent).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")) and depth < deepest)
        for name in sorted(names):
            path = Path(parent) / name
            count += 1
            if count > MOST:
                return
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path
