"""What one student's folder can be like: it costs that student at most, and nobody else."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from tests.small.killing import wait_for
from tests.small.small_class import as_json, submit
from tests.soak.faults.place import NAME, SLOW, Place, as_root, each, fault, found, unanswering


def listen_at(path: Path) -> None:
    """Leaves a Unix socket there; its path may be longer than an address."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)


@fault("a folder named like the notebook")
def _(place: Place) -> None:
    folder = place.add("odd")
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").mkdir()
    assert place.grade().code == 0
    assert as_json(place.result("odd"))["reason"] == "malformed"
    place.said.append("0: malformed")
    shutil.rmtree(folder / f"{NAME}.ipynb")
    place.add("odd")
    place.whole(odd=12.0)


@each(
    ("a folder named timestamp.txt", None),
    ("timestamp.txt says yesterday", b"yesterday\n"),
    ("timestamp.txt is binary", b"\x00\xff\xfe\x81" * 99),
    ("timestamp.txt names the year 99999", b"99999-01-01 00:00:00 UTC"),
    ("timestamp.txt is a pipe", os.mkfifo),
    ("timestamp.txt is a socket", listen_at),
    ("timestamp.txt is a link to itself", lambda path: path.symlink_to(path.name)),
    ("timestamp.txt is endless", b"2026-01-01 10:00:00 UTC " * 100_000),
)
def _(place: Place, content: bytes | Callable[[Path], object] | None) -> None:
    path = place.add("odd") / "timestamp.txt"
    path.unlink()
    if callable(content):
        content(path)
    else:
        path.mkdir() if content is None else path.write_bytes(content)
    place.says(place.grade(), "its timestamp.txt", code=0)
    place.whole(odd=12.0)


@fault("timestamp.txt begins with a byte-order mark")
def _(place: Place) -> None:
    (place.add("odd") / "timestamp.txt").write_bytes(b"\xef\xbb\xbf2026-01-01 10:00:00 UTC\n")
    assert place.grade().code == 0
    assert (place.result("odd").parent / "timestamp.txt").read_text() == "2026-01-01 10:00:00 UTC\n"
    place.said.append("0: understood")
    place.whole(odd=12.0)


@fault("a student's folder whose name is no UTF-8")
def _(place: Place) -> None:
    folder = place.add("odd").parent
    odd = os.fsencode(folder.parent) + b"/caf\xe9"
    os.rename(os.fsencode(folder), odd)
    place.says(place.grade(), "is not UTF-8; rename it")
    os.rename(odd, os.fsencode(folder))
    place.whole(odd=12.0)


@each(
    ("autograded/<student> is a file", "file"),
    ("autograded/<student> is a link that leads nowhere", "link"),
    ("autograded/<student>/<assignment> is a file", "deeper"),
    ("a folder in place of the graded notebook", "notebook"),
    ("a folder in place of results.json", "results"),
)
def _(place: Place, what: str) -> None:
    place.add("odd")
    student = place.root / "autograded" / "odd"
    way = {"notebook": student / NAME / f"{NAME}.ipynb", "results": student / NAME / "results.json",
           "deeper": student / NAME}.get(what, student)  # fmt: skip
    way.parent.mkdir(parents=True, exist_ok=True)
    if what == "link":
        way.symlink_to(place.root / "nowhere" / "at" / "all")
    elif what in ("notebook", "results"):
        (way / "x").mkdir(parents=True)
    else:
        way.write_text("in the way")
    place.says(place.grade(), "odd could not be graded")
    shutil.rmtree(way) if way.is_dir() and not way.is_symlink() else way.unlink()
    place.whole(odd=12.0)


@each(
    (
        "a cell whose type is a list",
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": []}]}',
    ),
    (
        "a notebook nested a hundred thousand deep",
        b'{"nbformat": 4, "cells": ' + b"[" * 100_000 + b"}",
    ),
    ("a notebook whose format is a number of 5,000 digits", b'{"nbformat": ' + b"4" * 5000 + b', "cells": []}'),
    ("a notebook of NUL bytes", bytes(5000)),
    ("a notebook in UTF-16 that breaks off", '{"nbformat": 4'.encode("utf-16")),
    ("a notebook whose cells are null", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": null}'),
    ("a notebook of a later format", b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}'),
    ("a notebook that is NaN", b"NaN"),
    ("a notebook of a hundred thousand empty cells", (
        b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": ['
        + b", ".join([b'{"cell_type": "markdown", "metadata": {}, "source": ""}'] * 100_000) + b"]}"
    )),
    ("a notebook whose metadata are a list", b'{"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": []}'),
    ("a notebook with half a surrogate", b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}'),
)
def _(place: Place, content: bytes) -> None:
    submit(place.root, "odd", content)
    assert place.grade().code == 0
    assert place.score("odd") == 0
    again = place.grade()
    assert "3 unchanged" in again.text, again.text
    place.said.append("0: recorded, not run again")
    place.add("odd")
    place.whole(odd=12.0)


@fault("a submission that is a link to a neighbour's folder")
def _(place: Place) -> None:
    (place.root / "submitted" / "odd").mkdir()
    (place.root / "submitted" / "odd" / NAME).symlink_to(place.root / "submitted" / "ada" / NAME)
    assert place.grade().code == 0
    assert place.score("odd") == 0
    place.said.append("0: malformed")
    (place.root / "submitted" / "odd" / NAME).unlink()
    place.add("odd")
    place.whole(odd=12.0)


@each(
    ("a named pipe in place of the notebook", lambda path: os.mkfifo(path)),
    ("a link to /etc/passwd in place of the notebook", lambda path: path.symlink_to("/etc/passwd")),
    ("a device in place of the notebook", lambda path: path.symlink_to("/dev/zero")),
    ("a socket in place of the notebook", lambda path: listen_at(path)),
    ("a link to itself in place of the notebook", lambda path: path.symlink_to(path.name)),
    ("a notebook of 60 MB", lambda path: path.write_bytes(b" " * 60_000_000)),
    ("an empty notebook", lambda path: path.write_bytes(b"")),
)
def _(place: Place, put: Callable[[Path], object]) -> None:
    path = place.add("odd") / f"{NAME}.ipynb"
    path.unlink()
    put(path)
    assert place.grade().code == 0
    assert as_json(place.result("odd"))["reason"] == "malformed"
    place.said.append("0: malformed")
    path.unlink()
    place.add("odd")
    place.whole(odd=12.0)


@each(
    ("a thousand files beside the notebook", "many"),
    ("a pipe, a link in a circle and a folder fifty deep beside the notebook", "odd"),
    ("a results.json, a gradebook and a secret of the student's own", "forged"),
    ("a socket, a file with a hole of a terabyte and a link to a device beside the notebook", "nodes"),
    ("files beside the notebook whose names are no UTF-8, have a line break or 255 bytes", "names"),
    ("folders within folders, deeper than any path reaches", "deep"),
    ("files beside the notebook that are named like modules", "modules"),
)
def _(place: Place, what: str) -> None:
    folder = place.add("odd")
    if what == "many":
        for number in range(1000):
            (folder / f"{number}.txt").write_text("x")
    elif what == "odd":
        os.mkfifo(folder / "pipe")
        (folder / "circle").symlink_to(folder)
        folder.joinpath(*["d"] * 50).mkdir(parents=True)
    elif what == "nodes":
        listen_at(folder / "socket")
        with open(folder / "hole", "wb") as file:
            file.truncate(1 << 40)
        (folder / "zero").symlink_to("/dev/zero")
    elif what == "names":
        for name in (b"caf\xe9.csv", b"two\nlines.csv", b"x" * 251 + b".csv", b"$(touch x); .csv", b"-rf"):
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("1")
    elif what == "deep":
        make_deep(folder, 60)
    elif what == "modules":
        for name in ("numpy", "json", "IPython", "sitecustomize", "ipython_config", "autograder", "small_course", "os"):
            (folder / f"{name}.py").write_text("raise SystemExit('mine')")
    else:
        for name in ("results.json", "gradebook.db", "ledger.db", "secret"):
            (folder / name).write_text('{"score": 1000}')
    assert place.grade().code == 0
    place.said.append("0: graded all the same")
    place.whole(odd=12.0)


def make_deep(folder: Path, count: int) -> None:
    """Makes so many folders within each other, whose names have 200 characters."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(count):
        os.mkdir("d" * 200, dir_fd=at)
        below = os.open("d" * 200, os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


@each(
    ("a student whose name is 200 characters long", "x" * 200),
    ("a student whose name is 255 bytes long", "x" * 255),
    ("a student whose name looks like an option", "--force"),
    ("a student whose name ends in a blank and a dot", " ada ."),
    ("a student whose name is written from right to left and beeps", "\u202eada\x07"),
    ("a student whose name is a backslash and a percent sign", "%s\\%d{0}"),
    ("a student whose name has a line break", "two\nlines"),
    ("a student whose name is markup", "[bold]<b>&amp;[red"),
    ("a student whose name is a pattern and a quotation", "*'\"; drop table grade; --"),
)
def _(place: Place, name: str) -> None:
    place.add(name)
    assert place.grade().code == 0
    assert place.end(place.start("feedback", NAME)).code == 0
    place.said.append("0: graded, and a page was made")
    place.whole(**{name: 12.0})


@fault("files among the students' folders")
def _(place: Place) -> None:
    for name in (".DS_Store", "Thumbs.db", "ada.zip", "grades of 2026.xlsx"):
        (place.root / "submitted" / name).write_bytes(b"\x00\xff")
    (place.root / "submitted" / "empty").mkdir()
    (place.root / "submitted" / "circle").symlink_to("circle")
    os.mkfifo(place.root / "submitted" / "pipe")
    listen_at(place.root / "submitted" / "socket")
    place.whole()
    place.said.append("0: passed over")


@each(
    ("a submission that is removed while the class is graded", lambda folder: shutil.rmtree(folder)),
    ("a submission that gives way to a file while the class is graded",
     lambda folder: (shutil.rmtree(folder), folder.write_text("x"))),
    ("a submission that gives way to a link to itself while the class is graded",
     lambda folder: (shutil.rmtree(folder), folder.symlink_to(folder.name))),
)
def _(place: Place, change: Callable[[Path], object]) -> None:
    place.add("even", square=SLOW)
    folder = place.add("odd")
    command = place.start("grade", NAME, "--jobs", "1")
    found(command, "kernel")  # of even, while odd waits for its turn
    change(folder)
    place.says(place.end(command), "odd could not be graded: The submission was removed")
    assert place.score("even") == 12.0
    assert not place.result("odd").exists()
    folder.unlink() if not folder.is_dir() and (folder.is_symlink() or folder.exists()) else None
    place.add("odd")
    place.whole(odd=12.0, even=12.0)


@fault("a submission on a network folder that does not answer")
@as_root
def _(place: Place) -> None:
    folder = place.add("odd")
    place.add("even")
    with unanswering(folder):
        place.says(place.grade(), "odd could not be graded: .*/odd/00-small does not answer")
        assert place.score("even") == 12.0
        assert not place.result("odd").exists()
    place.whole(odd=12.0, even=12.0)


@fault("Ctrl-C while a network folder does not answer")
@as_root
def _(place: Place) -> None:
    folder = place.add("odd")
    with unanswering(folder):
        command = place.start("grade", NAME)
        wait_for(lambda: waits_without_end(command.pid), command)
        command.send_signal(signal.SIGINT)
        place.says(place.end(command), "Stopped; run the same command again", code=130)
    place.whole(odd=12.0)


def waits_without_end(pid: int) -> bool:
    """Whether a thread of a process waits for what no signal interrupts."""
    stats = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    return any(stat.rpartition(")")[2].split()[0] == "D" for stat in stats)
