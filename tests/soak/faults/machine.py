"""The machine's own faults: room, folders, descriptors, streams."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from tests.small.small_class import RIGHT
from tests.soak.faults.place import (
    NAME,
    REPOSITORY,
    SLOW,
    Place,
    as_root,
    each,
    fault,
    found,
    lying_on,
    only_readable,
    small_disk,
)


@fault("TMPDIR is full from the start")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    with small_disk(place, "2m") as place.temporary:
        (place.temporary / "full").write_bytes(bytes(1_900_000))
        place.says(place.grade(), "folder for temporary files.*make room")
        assert not place.result("odd").exists()
    place.temporary = Path(tempfile.mkdtemp(dir=place.root))
    place.whole(odd=12.0)


@fault("TMPDIR holds no more files")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    with small_disk(place, "900m", ",nr_inodes=30") as place.temporary:
        place.says(place.grade(), "can hold no more files|has no room left")
        assert not place.result("odd").exists()
    place.temporary = Path(tempfile.mkdtemp(dir=place.root))
    place.whole(odd=12.0)


@fault("an answer writes more than TMPDIR has room for")
@as_root
def _(place: Place) -> None:
    place.add("odd", double="open('big', 'wb').write(bytes(60_000_000))\n" + RIGHT["double"])
    with small_disk(place, "50m") as place.temporary:
        run = place.grade()  # where a kernel has a root of its own, what it writes is not in TMPDIR
        if run.code:
            place.says(run, "folder for temporary files.*make room")
            assert not place.result("odd").exists()
        else:
            place.said.append("0: it wrote to a disk of its own")
    place.temporary = Path(tempfile.mkdtemp(dir=place.root))
    place.whole(odd=12.0)


@fault("TMPDIR fills up midway")
@as_root
def _(place: Place) -> None:
    for student in ("even", "odd"):
        place.add(student, square=SLOW)
    with small_disk(place, "50m") as place.temporary:
        command = place.start("grade", NAME, "--jobs", "1")
        found(command, "kernel")
        (place.temporary / "full").write_bytes(bytes(shutil.disk_usage(place.temporary).free))
        place.says(place.end(command), "folder for temporary files.*make room")
        assert not place.result("odd").exists()
        assert not place.result("even").exists() or place.score("even") == 12.0
    place.temporary = Path(tempfile.mkdtemp(dir=place.root))
    place.whole(odd=12.0, even=12.0)


@fault("the course folder's disk is full")
@as_root
def _(place: Place) -> None:
    for student in ("odd", "even"):
        place.add(student)
    with small_disk(place, "900k") as disk:
        with lying_on(disk, place, "autograded"):
            (disk / "full").write_bytes(bytes(2_000_000)[: shutil.disk_usage(disk).free - 2 * 4096])
            place.says(place.grade(), "no room left; make room")
    place.whole(odd=12.0, even=12.0)


@fault("TMPDIR does not exist")
def _(place: Place) -> None:
    place.add("odd")
    kept, place.temporary = place.temporary, Path("/proc/nowhere")
    assert place.grade().code == 0  # Python falls back on /tmp
    place.said.append("0: another folder is used")
    place.temporary = kept
    place.whole(odd=12.0)


@each(
    ("HOME does not exist", {"HOME": "/proc/nowhere"}),
    ("the cache cannot be written", {"XDG_CACHE_HOME": "/dev/null/cache"}),
    ("HOME is a file", {"HOME": "/etc/passwd", "XDG_CACHE_HOME": ""}),
)
def _(place: Place, env: dict[str, str]) -> None:
    place.add("odd")
    place.env = env
    assert place.grade().code == 0
    place.said.append("0: graded all the same")
    place.env = {}
    place.whole(odd=12.0)


@fault("no file descriptors left")
def _(place: Place) -> None:
    import resource

    place.add("odd")
    run = place.grade(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24)))
    assert run.code in (0, 1), run.text
    place.said.append(f"{run.code}: {run.text[-120:]}")
    place.whole(odd=12.0)


@each(
    ("stdout is closed", ("stdout", None)),
    ("stderr is closed", ("stderr", None)),
    ("stdout is a full disk", ("stdout", "/dev/full")),
    ("nobody reads stdout", ("stdout", "pipe")),
)
def _(place: Place, case: tuple[str, str | None]) -> None:
    place.add("odd")
    stream, target = case
    if target == "pipe":
        reading, writing = os.pipe()
        os.close(reading)
        command = place.start(stdout=writing)
        os.close(writing)
    elif target is None:
        number = 1 if stream == "stdout" else 2
        command = place.start(preexec_fn=lambda: os.close(number))
    else:
        with open(target, "w") as opened:
            command = place.start(stdout=opened)
    run = place.end(command)
    assert run.code in (0, 1), run
    place.said.append(f"{run.code}: {run.text[-100:]}")
    assert place.score("odd") == 12.0
    place.whole(odd=12.0)


@fault("two runs at once on a new gradebook")
def _(place: Place) -> None:
    shutil.rmtree(place.root / ".autograder")
    shutil.rmtree(place.root / "autograded")
    (place.root / "gradebook.db").unlink()
    runs = [place.end(command) for command in [place.start(), place.start()]]
    assert [run.code for run in runs] == [0, 0], [run.text for run in runs]
    place.said.append("0, 0: both wait and finish")
    place.whole()


@each(("one submission", "--student"), ("all of them", "--force"))
def _(place: Place, option: str) -> None:
    words = (option, "ada") if option == "--student" else (option,)
    place.grade(*words)
    place.whole()
    place.said.append("0: the same scores")


@fault("TMPDIR can only be read")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    with only_readable(place.temporary):
        run = place.grade()  # Python falls back on /tmp
        assert run.code == 0, run.text
    place.said.append("0: another folder is used")
    place.whole(odd=12.0)


@each(
    ("TMPDIR has a path of 150 characters", "x" * 150),
    ("TMPDIR has blanks, quotes and an umlaut in its name", "a b'c\"d ü"),
)
def _(place: Place, name: str) -> None:
    place.add("odd")
    (place.temporary / name).mkdir()
    kept, place.temporary = place.temporary, place.temporary / name
    assert place.grade().code == 0
    place.leaves_nothing()
    place.said.append("0: graded all the same")
    (place.temporary).rmdir()
    place.temporary = kept
    place.whole(odd=12.0)


@each(
    ("a terminal of ASCII alone, and a student called Zoë", {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}),
    ("PATH is empty", {"PATH": ""}),
    ("TZ names no zone", {"TZ": "Nowhere/Land"}),
    ("a terminal one column wide", {"COLUMNS": "1", "TERM": "dumb"}),
    ("PYTHONOPTIMIZE leaves out what is asserted", {"PYTHONOPTIMIZE": "2"}),
    ("PYTHONSTARTUP and PYTHONHASHSEED are set", {"PYTHONSTARTUP": "/nowhere.py", "PYTHONHASHSEED": "1"}),
)
def _(place: Place, env: dict[str, str]) -> None:
    place.add("Zoë", double="def double(x):\n    return None")
    place.env = env
    run = place.grade()
    assert run.code == 0, run.text
    assert place.score("Zoë") == 8.0
    place.said.append("0: graded all the same")
    place.env = {}
    place.whole(**{"Zoë": 8.0})


@fault("the folder that the command was started in is gone")
def _(place: Place) -> None:
    place.add("odd")
    gone = place.root / "gone"
    gone.mkdir()
    place.env = {"PYTHONPATH": str(REPOSITORY)}
    run = place.grade(cwd=gone, preexec_fn=gone.rmdir)
    assert run.code in (0, 1), run.text
    place.said.append(f"{run.code}: {run.text[-100:]}")
    place.env = {}
    place.whole(odd=12.0)


@fault("stdin is closed")
def _(place: Place) -> None:
    place.add("odd")
    assert place.grade(preexec_fn=lambda: os.close(0)).code == 0
    place.said.append("0: graded all the same")
    place.whole(odd=12.0)


@each(
    ("a course folder whose name looks like a test's, an address and markup", "[x]::{y}#5%&'\"<b>"),
    ("a course folder whose name is no UTF-8", os.fsdecode(b"caf\xe9")),
)
def _(place: Place, name: str) -> None:
    moved = Place(place.root.with_name(name), place.temporary)
    shutil.copytree(place.root, moved.root, symlinks=True)
    moved.add("odd")
    moved.whole(odd=12.0)
    place.said.append("0: graded as anywhere")


@each(
    ("a course folder with a question mark in its name", "which?"),
    ("a course folder with a quoted blank in its name", "a%20b"),
)
def _(place: Place, name: str) -> None:
    moved = Place(place.root.with_name(name), place.temporary)
    shutil.copytree(place.root, moved.root, symlinks=True)
    others = set(place.root.parent.iterdir())
    moved.says(moved.grade(), "mean something else in the address of a database; rename the folder")
    place.said += moved.said
    assert set(place.root.parent.iterdir()) == others, "no gradebook was made elsewhere"
    place.whole()
