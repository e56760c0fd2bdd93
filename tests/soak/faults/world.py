"""The world around a course while it is graded: the clock, shared memory, its folder, its disk, and other runs.

The clock is changed for the command and its workers alone, by a few lines of C that are asked in place of the system's.
What waits looks at another clock, which nobody sets."""

from __future__ import annotations

import ctypes
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps

import psutil

from tests.small.killing import Command, wait_for
from tests.small.small_class import as_json, submit
from tests.soak.faults.place import (
    NAME,
    SLOW,
    Place,
    as_root,
    each,
    fault,
    found,
    lying_on,
    only_readable,
    settle,
    small_disk,
)

OTHER_CLOCK = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_SHIFT"), "r");
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
    return failed;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}
"""
DAY = 24 * 3600
NEW_MOUNTS, PRIVATE, READ_ONLY = 0x20000, (1 << 18) | (1 << 14), 1

# The clock.


def set_clock(place: Place, seconds: int) -> None:
    """Has commands that start from now on see another time, and those that run and do already."""
    library, path = place.root / "clock.so", place.root / "clock"
    path.write_text(str(seconds))
    if not library.exists():
        command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library]
        subprocess.run(command, input=OTHER_CLOCK, text=True, check=True)
    place.env = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(path)}


def with_compiler(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def only(place: Place, *case: object) -> None:
        if shutil.which("cc") is None:
            place.said.append("not tried: there is no C compiler, for a clock of its own")
        else:
            act(place, *case)

    return only


@each(
    ("the clock is set back by a day between two runs", -DAY),
    ("the clock is set forward by a year between two runs", 365 * DAY),
    ("the clock stands in 1971", -55 * 365 * DAY),
    ("the clock stands behind the year 2038", 20 * 365 * DAY),
)
@with_compiler
def _(place: Place, seconds: int) -> None:
    place.add("odd")
    set_clock(place, seconds)
    run = place.grade()
    assert run.code == 0, run.text
    graded_at = datetime.fromisoformat(as_json(place.result("odd"))["provenance"]["graded_at"])
    assert abs(time.time() + seconds - graded_at.timestamp()) < DAY / 2, "it is another clock"
    place.said.append("0: graded all the same")
    place.whole(odd=12.0)
    assert "3 unchanged" in place.grade().text
    place.env = {}
    assert "3 unchanged" in place.grade().text
    place.add("odd", double="def double(x):\n    return None")
    place.whole(odd=8.0)
    told = place.run("history", "odd", NAME).out.splitlines()
    first, last = (line for line in told if "12" in line)
    assert "8" in last and "12" in first, (first, last)


@each(
    ("the clock is set back by an hour while a class is graded", -DAY // 24),
    ("the clock is set forward by a day while a class is graded", DAY),
)
@with_compiler
def _(place: Place, seconds: int) -> None:
    place.add("odd", square=SLOW)
    set_clock(place, 0)
    command = place.start()
    found(command, "kernel")
    set_clock(place, seconds)
    run = place.end(command)
    assert run.code == 0, run.text
    place.said.append("0: graded all the same")
    place.leaves_nothing()
    place.env = {}
    assert "3 unchanged" in place.grade().text
    place.whole(odd=12.0)


# Shared memory.

SHARES = """import multiprocessing
from multiprocessing import shared_memory
def double(x):
    lock, held = multiprocessing.Lock(), shared_memory.SharedMemory(create=True, size=1 << 20)
    with lock, multiprocessing.Pool(2) as pool:
        found = pool.map(abs, [x])
    held.close()
    held.unlink()
    return 2 * x if found else None
"""


def with_shared_memory(options: str, flags: int) -> Callable[[], None]:
    """Has a command start where /dev/shm is another one, which nobody else sees."""
    libc = ctypes.CDLL(None, use_errno=True)

    def mount() -> None:
        asked = (
            libc.unshare(NEW_MOUNTS), libc.mount(None, b"/", None, PRIVATE, None),
            libc.mount(b"none", b"/dev/shm", b"tmpfs", flags, options.encode()),
        )  # fmt: skip
        if any(asked):
            raise OSError(ctypes.get_errno(), "/dev/shm could not be replaced")

    return mount


@each(
    ("/dev/shm has no room", ("size=4k,nr_inodes=1", 0)),
    ("/dev/shm can only be read", ("size=1m", READ_ONLY)),
    ("/dev/shm may be used by nobody", ("size=1m,mode=0", 0)),
)
@as_root
def _(place: Place, case: tuple[str, int]) -> None:
    place.add("odd", double=SHARES)
    run = place.grade(preexec_fn=with_shared_memory(*case))
    assert run.code == 0, run.text
    assert place.score("odd") == 12.0
    place.said.append("0: graded all the same, with an answer that shares memory between its processes")
    place.leaves_nothing()
    place.whole(odd=12.0)


# The course's folder and its disk.


@each(
    ("the course folder is renamed while a class is graded", ("", "was moved or removed")),
    ("submitted/ is renamed while a class is graded", ("submitted", "submission was removed")),
    ("autograded/ is renamed while a class is graded", ("autograded", "2 graded, 2 unchanged")),
    (".autograder/ is renamed while a class is graded", (".autograder", "2 graded, 2 unchanged")),
    ("the gradebook is renamed while a class is graded", ("gradebook.db", "was moved or removed")),
)
def _(place: Place, case: tuple[str, str]) -> None:
    name, pattern = case
    for student in ("even", "odd"):
        place.add(student, square=SLOW)
    command = place.start("grade", NAME, "--jobs", "1")
    found(command, "kernel")
    path = place.root / name if name else place.root
    moved = path.rename(path.with_name("moved"))
    run = place.end(command)
    place.says(run, pattern, code=0 if "graded" in pattern else 1)
    place.leaves_nothing()
    if path.is_dir():  # made anew
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    moved.rename(path)
    place.whole(odd=12.0, even=12.0)


@fault("submitted/ is on a disk that can only be read")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    with only_readable(place.root / "submitted"):
        run = place.grade()
        assert run.code == 0, run.text
        place.whole(odd=12.0)
    place.said.append("0: graded all the same")
    place.whole(odd=12.0)


@fault("the course folder's disk holds no more files")
@as_root
def _(place: Place) -> None:
    for student in ("odd", "even"):
        place.add(student)
    with small_disk(place, "9m", ",nr_inodes=16") as disk:
        with lying_on(disk, place, "autograded"):
            place.says(place.grade(), "can hold no more files|has no room left")
    place.whole(odd=12.0, even=12.0)


@each(
    ("the disk is full while feedback's pages are written", ("feedback", ("feedback", NAME))),
    ("the disk is full while scores are exported", ("scores", ("export", "--output", "{root}/scores/all.csv"))),
    ("the disk is full while the class's report is written", ("reports", ("report", NAME))),
)
@as_root
def _(place: Place, case: tuple[str, tuple[str, ...]]) -> None:
    name, words = case
    with small_disk(place, "40k") as disk:
        (disk / "full").write_bytes(bytes(shutil.disk_usage(disk).free))
        (place.root / name).symlink_to(disk)
        command = [word.format(root=place.root) for word in words]
        place.says(place.run(*command), "no room left|make room")
        (place.root / name).unlink()
    (place.root / name).mkdir()
    assert place.run(*command).code == 0
    place.whole()


@fault("the record's disk is full while it is compacted")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    place.whole(odd=12.0)
    settle(place.root / ".autograder" / "ledger.db")
    with small_disk(place, "3m") as disk:
        with lying_on(disk, place, ".autograder"):
            (disk / "full").write_bytes(bytes(shutil.disk_usage(disk).free))
            place.says(place.run("forget", "odd", "--yes"), "no room left|is full|make room")
            (disk / "full").unlink()
            assert place.run("forget", "odd", "--yes").code == 0
    place.add("odd")
    place.whole(odd=12.0)


@fault("the limit of open files is reached midway")
def _(place: Place) -> None:
    for student in ("even", "odd"):
        place.add(student, square=SLOW)
    command = place.start("grade", NAME, "--jobs", "1")
    kernel = found(command, "kernel")
    below = psutil.Process(command.pid).children()
    for pid in (command.pid, *(process.pid for process in below)):
        opened = psutil.Process(pid).num_fds()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (opened + 1, opened + 1))
    assert psutil.pid_exists(kernel)
    run = place.end(command)
    assert run.code in (0, 1), run.text
    place.said.append(f"{run.code}: {run.text[:200]}")
    for student in ("even", "odd"):
        assert not place.result(student).exists() or place.score(student) == 12.0
    place.leaves_nothing()
    place.whole(odd=12.0, even=12.0)


# Other runs, and other hands.


@fault("a submission is replaced while it is graded")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    submit(place.root, "odd", place.notebook(double="def double(x):\n    return None"))
    run = place.end(command)
    assert run.code == 0, run.text
    first = place.score("odd")
    assert first == 12.0, "what was read is what was graded"
    place.whole(odd=8.0)
    place.said.append("0: the one that was read is graded, and the new one by the next run")


def watching(place: Place) -> Command:
    """`watch` that has begun."""
    command = place.start("watch", NAME, "--log", str(place.root / "log"))
    wait_for(lambda: (place.root / "log").exists(), command)
    return command


@each(
    ("two watches on one course", ("watch", NAME)),
    ("watch beside a run that grades the same", ("grade", NAME)),
    ("watch beside a run that grades everybody anew", ("grade", NAME, "--force")),
)
def _(place: Place, words: tuple[str, ...]) -> None:
    first = watching(place)
    place.add("odd", square=SLOW)
    place.add("even", double="def double(x):\n    return None")
    second = place.end(place.start(*words))
    if words[0] == "watch":
        place.says(second, "is watched in .* already, by another command", code=2)
    else:
        assert second.code == 0, second.text
        place.said.append("0: both do their work")
    wait_for(lambda: place.result("odd").exists() and place.result("even").exists(), first)
    first.send_signal(signal.SIGTERM)
    run = place.end(first)
    assert run.code == 130, run.text
    place.leaves_nothing()
    place.whole(odd=12.0, even=8.0)
