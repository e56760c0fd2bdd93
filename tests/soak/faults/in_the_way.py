"""Something else stands where a file or a folder of the course should be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.soak.faults.place import Place, each


@each(
    ("a folder in place of the gradebook", "gradebook.db"),
    ("a folder in place of the record", ".autograder/ledger.db"),
    ("a folder in place of the secret", ".autograder/secret"),
    ("a file in place of .autograder/", ".autograder"),
    ("a file in place of autograded/", "autograded"),
)
def _(place: Place, name: str) -> None:
    path = place.root / name
    in_its_place(place, path, lambda: path.write_text("x") if path.with_name("kept").is_dir() else path.mkdir())


@each(
    ("a link to itself in place of the gradebook", "gradebook.db"),
    ("a link to itself in place of the record", ".autograder/ledger.db"),
    ("a link to itself in place of .autograder/", ".autograder"),
    ("a link to itself in place of autograded/", "autograded"),
)
def _(place: Place, name: str) -> None:
    path = place.root / name
    in_its_place(place, path, lambda: path.symlink_to(path.name))


@each(
    ("a pipe in place of the gradebook", "gradebook.db"),
    ("a pipe in place of the record", ".autograder/ledger.db"),
    ("a pipe in place of the secret", ".autograder/secret"),
    ("a pipe in place of autograded/", "autograded"),
)
def _(place: Place, name: str) -> None:
    path = place.root / name
    in_its_place(place, path, lambda: os.mkfifo(path))


def in_its_place(place: Place, path: Path, put: Callable[[], object]) -> None:
    """Something else stands where a file or a folder of the course should be, and is named."""
    kept = path.rename(path.with_name("kept"))
    put()
    place.says(place.grade(), path.name.lstrip("."))
    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    kept.rename(path)
    place.whole()
