"""Something else stands where a file or a folder of the course should be, and is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.soak.faults.place import Place, each, fault

FILES = {"the gradebook": "gradebook.db", "the record": ".autograder/ledger.db", "the secret": ".autograder/secret"}
FOLDERS = {".autograder/": ".autograder", "autograded/": "autograded"}
PUTS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a file": lambda path: path.write_text("x"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a pipe": os.mkfifo,
}


CASES = {
    f"{what} in place of {name}": (path, put)
    for what, put in PUTS.items()
    for name, path in {"a folder": FILES, "a file": FOLDERS}.get(what, FILES | FOLDERS).items()
}
MENDED = "a link to itself in place of the secret"  # a link that leads nowhere is a secret that is lost


@each(*((tried, case) for tried, case in CASES.items() if tried != MENDED))
def _(place: Place, case: tuple[str, Callable[[Path], object]]) -> None:
    name, put = case
    path = place.root / name
    kept = path.rename(path.with_name("kept"))
    put(path)
    place.says(place.grade(), path.name.lstrip("."))
    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    kept.rename(path)
    place.whole()


@fault(MENDED)
def _(place: Place) -> None:
    name, put = CASES[MENDED]
    path = place.root / name
    kept = path.rename(path.with_name("kept"))
    put(path)
    place.whole()
    assert path.read_bytes() == kept.read_bytes()
    place.said.append("0: the record's copy takes its place")
