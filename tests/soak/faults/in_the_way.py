"""Something else stands where a file or a folder of the course should be, and is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.soak.faults.place import Place, each

FILES = {"the gradebook": "gradebook.db", "the record": ".autograder/ledger.db", "the secret": ".autograder/secret"}
FOLDERS = {".autograder/": ".autograder", "autograded/": "autograded"}
PUTS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a file": lambda path: path.write_text("x"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a pipe": os.mkfifo,
}


@each(
    *(
        (f"{what} in place of {name}", (path, put))
        for what, put in PUTS.items()
        for name, path in {"a folder": FILES, "a file": FOLDERS}.get(what, FILES | FOLDERS).items()
    )
)
def _(place: Place, case: tuple[str, Callable[[Path], object]]) -> None:
    name, put = case
    path = place.root / name
    kept = path.rename(path.with_name("kept"))
    put(path)
    place.says(place.grade(), path.name.lstrip("."))
    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    kept.rename(path)
    place.whole()
