"""`python -m tests.soak faults [WORD...]`: what the world does to a course, tried on the real command.

Each row breaks one thing, lets the command run, puts the thing right where the remedy says so, and lets it run again:
in the end every submission has the score of the undisturbed class. No row may end in a traceback.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from autograder.course import ROOT_VARIABLE
from autograder.submission.notebook import Template
from tests.small.small_class import RIGHT, answered, as_json, small_course, submit

REPOSITORY = Path(__file__).parents[2]
NAME = "00-small"
SCORES = {"ada": 12.0, "bob": 8.0}
SLOW = "import time\ntime.sleep(1.5)\ndef square(x):\n    return x * x"


@dataclass
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return " ".join((self.out + " " + self.err).split())


@dataclass
class Place:
    """A course folder with a graded class, and an own folder for temporary files."""

    root: Path
    temporary: Path
    env: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        own = {ROOT_VARIABLE: str(self.root), "TMPDIR": str(self.temporary), "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
        return {**os.environ, "CNN_COURSE_OFFLINE": "1", **own, **self.env}

    def start(self, *words: str, **options: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "autograder.cli", *(words or ("grade", NAME))]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(
            [*command, "--course", str(self.root)], cwd=REPOSITORY, env=self.environment(), text=True, **pipes
        )

    def end(self, command: subprocess.Popen[str], seconds: float = 240) -> Run:
        out, err = command.communicate(timeout=seconds)
        run = Run(command.returncode, out or "", err or "")
        assert "Traceback" not in run.out + run.err, run.out + run.err
        return run

    def grade(self, *words: str, **options: object) -> Run:
        return self.end(self.start("grade", NAME, *words, **options))

    def says(self, run: Run, pattern: str, code: int = 1) -> None:
        """The command ended with that code, having said what was wrong; kept for the table."""
        found = re.search(pattern, run.text)
        assert run.code == code and found, f"exit {run.code}, wanted {code} and {pattern!r}: {run.text}"
        start = max(
            run.text.rfind(". ", 0, found.start()) + 2, run.text.rfind("autograder: ", 0, found.start()) + 12, 0
        )
        self.said.append(f"{code}: {run.text[start : found.end() + 90]}")

    def add(self, student: str, **answers: str) -> Path:
        return submit(self.root, student, self.notebook(**answers))

    def notebook(self, **answers: str) -> bytes:
        from autograder.course import Course

        given = {name.replace("_", "-"): source for name, source in answers.items()}
        return answered(Template.load(Course(self.root).assignment(NAME)), {**RIGHT, **given})

    def result(self, student: str) -> Path:
        return self.root / "autograded" / student / NAME / "results.json"

    def score(self, student: str) -> float:
        return as_json(self.result(student))["score"]

    def whole(self, **more: float) -> None:
        """After one more run nothing is lost: every score is there, in the files and in the gradebook."""
        run = self.grade()
        assert run.code == 0, run.text
        wanted = {**SCORES, **more}
        assert {student: self.score(student) for student in wanted} == wanted
        with closing(sqlite3.connect(self.root / "gradebook.db")) as database:
            rows = database.execute(
                "select a.student_id, sum(g.auto_score) from grade g join submitted_notebook n on g.notebook_id = n.id "
                "join submitted_assignment a on n.assignment_id = a.id group by 1"
            ).fetchall()
        assert {student: score for student, score in rows if student in wanted} == wanted

    def leaves_nothing(self) -> None:
        left = [path.name for path in self.temporary.iterdir()]
        assert not left, left


FAULTS: dict[str, Callable[[Place], None]] = {}


def fault(tried: str) -> Callable[[Callable[[Place], None]], Callable[[Place], None]]:
    def add(act: Callable[[Place], None]) -> Callable[[Place], None]:
        assert tried not in FAULTS
        FAULTS[tried] = act
        return act

    return add


def each(*cases: tuple[str, object]) -> Callable[[Callable[[Place, object], None]], None]:
    """A row for each case: what was tried, and what the function gets."""

    def add(act: Callable[[Place, object], None]) -> None:
        for tried, value in cases:
            fault(tried)(lambda place, value=value: act(place, value))

    return add


# One student's folder.


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
)
def _(place: Place, content: bytes | None) -> None:
    path = place.add("odd") / "timestamp.txt"
    path.unlink()
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
        way.symlink_to("/nowhere/at/all")
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


# A kernel that ends later than its cell, or is ended.

TIMER = "import os, threading\nthreading.Timer({}, os._exit, (1,)).start()"


@each(
    ("quit() in an answer", ("quit()", 12.0)),
    ("do_shutdown() in an answer", ("get_ipython().kernel.do_shutdown(False)", 12.0)),
    ("a timer that ends the kernel a moment later", (TIMER.format(0.1), None)),
    ("os.abort() in an answer", ("import os\nos.abort()", 8.0)),
    ("SIGKILL to itself", ("import os\nos.kill(os.getpid(), 9)", 8.0)),
)
def _(place: Place, case: tuple[str, float | None]) -> None:
    source, score = case
    place.add("odd", double=f"{RIGHT['double']}\n{source}", square=SLOW)
    assert place.grade().code == 0
    found = {task["task"]: task["score"] for task in as_json(place.result("odd"))["tasks"]}
    assert (found["square"], found["tiny-sum"]) == (6.0, 2.0), found
    assert score is None or sum(filter(None, found.values())) == score, found
    place.said.append(f"0: the others' points are there; the cell itself {found['double']:g} of 4")
    place.whole()


@each(
    ("SIGKILL to a kernel, once", "kernel"),
    ("SIGKILL to a supervisor", "supervisor"),
    ("SIGKILL to a warm server", "server"),
    ("SIGKILL to a worker", "worker"),
)
def _(place: Place, what: str) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    victim = found(command, what)
    time.sleep(0.5)
    os.kill(victim, signal.SIGKILL)
    run = place.end(command)
    assert run.code == 0, run.text
    assert place.score("odd") == 12.0
    place.said.append("0: graded all the same")
    place.leaves_nothing()
    place.whole(odd=12.0)


def found(command: subprocess.Popen[str], what: str) -> int:
    """The process id of a run's kernel, supervisor, warm server or worker, once there is a kernel."""
    until = time.monotonic() + 90
    while time.monotonic() < until and command.poll() is None:
        for process in psutil.Process(command.pid).children(recursive=True):
            try:
                chain = [process, *process.parents()]
            except psutil.Error:
                continue
            if len(chain) > 4 and chain[4].pid == command.pid:  # kernel, supervisor, server, worker, command
                return chain[("kernel", "supervisor", "server", "worker").index(what)].pid
        time.sleep(0.02)
    raise AssertionError(f"no {what} was seen")


# Signals to the command.


@each(
    ("SIGTERM to the command", (signal.SIGTERM,)),
    ("SIGHUP to the command", (signal.SIGHUP,)),
    ("SIGINT to the command", (signal.SIGINT,)),
    ("SIGINT, SIGTERM and SIGHUP at once", (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)),
)
def _(place: Place, signals: tuple[signal.Signals, ...]) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    for number in signals:
        command.send_signal(number)
    place.says(place.end(command), "run the same command to go on", code=130)
    place.leaves_nothing()
    place.whole(odd=12.0)


@fault("SIGTERM while the command is being loaded")
def _(place: Place) -> None:
    command = place.start()
    time.sleep(0.6)
    command.send_signal(signal.SIGTERM)
    run = place.end(command)
    assert run.code in (130, -signal.SIGTERM), run
    place.said.append(f"{run.code}")
    place.whole()


@fault("SIGKILL to the command")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    below = psutil.Process(command.pid).children(recursive=True)
    command.kill()
    command.communicate()
    assert not psutil.wait_procs(below, timeout=30)[1], "a process outlived the command"
    place.said.append("the next run goes on, and removes what was left")
    place.whole(odd=12.0)
    place.leaves_nothing()


# Damage to what is kept.


@each(
    ("results.json truncated", ("results.json", lambda data: data[: len(data) // 2])),
    ("results.json empty", ("results.json", lambda data: b"")),
    ("results.json zeroed in the middle", ("results.json", lambda data: data[:50] + bytes(50) + data[100:])),
    ("results.json lost", ("results.json", None)),
    ("the graded notebook truncated", (f"{NAME}.ipynb", lambda data: data[: len(data) // 2])),
    ("the graded notebook empty", (f"{NAME}.ipynb", lambda data: b"")),
    ("the graded notebook of the same size but zeroed", (f"{NAME}.ipynb", lambda data: bytes(len(data)))),
    ("the graded notebook lost", (f"{NAME}.ipynb", None)),
)
def _(place: Place, case: tuple[str, Callable[[bytes], bytes] | None]) -> None:
    name, damage = case
    path = place.result("ada").with_name(name)
    before = path.read_bytes()
    path.unlink() if damage is None else path.write_bytes(damage(before))
    place.whole()
    assert path.read_bytes() == before
    place.said.append("0: written again from the record")


@fault("a student's whole autograded folder lost")
def _(place: Place) -> None:
    shutil.rmtree(place.root / "autograded")
    place.whole()
    place.said.append("0: written again from the record")


@each(
    ("the record is garbage", (lambda data: b"garbage " * 4000, "is damaged")),
    ("the record is truncated", (lambda data: data[: len(data) // 3 // 4096 * 4096 + 100], "is damaged")),
    ("the record is zeroed behind its head", (lambda data: data[:4096] + bytes(len(data) - 4096), "is damaged")),
    ("the record is of a later version", (None, "later version")),
)
def _(place: Place, case: tuple[Callable[[bytes], bytes] | None, str]) -> None:
    damage, pattern = case
    path = place.root / ".autograder" / "ledger.db"
    settle(path)
    before = path.read_bytes()
    if damage is None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("pragma user_version = 99")
        settle(path)
    else:
        path.write_bytes(damage(before))
    place.says(place.grade(), f"ledger.db [^.]*{pattern}")
    path.unlink()
    place.whole()


@each(("the record is empty", b""), ("the record is lost", None))
def _(place: Place, content: bytes | None) -> None:
    path = place.root / ".autograder" / "ledger.db"
    settle(path)
    path.unlink() if content is None else path.write_bytes(content)
    place.whole()
    place.said.append("0: graded anew, the same scores")


@fault("one row of the record is corrupt, and its files are lost")
def _(place: Place) -> None:
    with closing(sqlite3.connect(place.root / ".autograder" / "ledger.db")) as database:
        database.execute("update graded set notebook = x'0011' where student = 'ada'")
        database.commit()
    place.result("ada").unlink()
    place.whole()
    place.said.append("0: that submission is graded anew")


def settle(path: Path) -> None:
    """Brings everything of a SQLite file into the one file."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        database.execute("pragma journal_mode = delete")


@each(("the secret is lost", None), ("the secret is truncated", b"short"), ("the secret is empty", b""))
def _(place: Place, content: bytes | None) -> None:
    path = place.root / ".autograder" / "secret"
    before = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    place.whole()
    assert path.read_bytes() == before
    place.said.append("0: put back from the record")


@fault("the secret is another one")
def _(place: Place) -> None:
    path = place.root / ".autograder" / "secret"
    path.write_bytes(b"x" * 32)
    place.says(place.grade(), "is not the one that earlier results were drawn with")
    path.unlink()
    place.whole()


@each(
    ("the gradebook is garbage", lambda data: b"garbage " * 4000),
    ("the gradebook is truncated", lambda data: data[: len(data) // 2]),
    ("the gradebook is zeroed in the middle", lambda data: data[:8192] + bytes(len(data) - 16384) + data[-8192:]),
    ("the gradebook is zeroed from its head on", lambda data: bytes(8192) + data[8192:]),
)
def _(place: Place, damage: Callable[[bytes], bytes]) -> None:
    path = place.root / "gradebook.db"
    path.write_bytes(damage(path.read_bytes()))
    place.says(place.grade(), "gradebook.*move it away")
    path.unlink()
    place.whole()


@each(("the gradebook is lost", None), ("the gradebook is empty", b""))
def _(place: Place, content: bytes | None) -> None:
    path = place.root / "gradebook.db"
    path.unlink() if content is None else path.write_bytes(content)
    place.whole()
    place.said.append("0: filled again from the record")


@fault("the gradebook is locked for 8 seconds")
def _(place: Place) -> None:
    place.add("odd")
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sqlite3, sys, time; d = sqlite3.connect(sys.argv[1]); "
         "d.execute('begin exclusive'); print(1, flush=True); time.sleep(8)", str(place.root / "gradebook.db")],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout
    holder.stdout.readline()
    assert place.grade().code == 0
    holder.communicate()
    place.said.append("0: waited for")
    place.whole(odd=12.0)


@each(("a folder in place of the gradebook", "gradebook.db"), ("a file in place of .autograder/", ".autograder"))
def _(place: Place, name: str) -> None:
    path = place.root / name
    kept = path.rename(path.with_name("kept"))
    path.mkdir() if name == "gradebook.db" else path.write_text("x")
    run = place.grade()
    place.says(run, "gradebook|autograder")
    path.rmdir() if path.is_dir() else path.unlink()
    kept.rename(path)
    place.whole()


@each(
    ("nbgrader_config.py names another course", "c = get_config()\nc.CourseDirectory.course_id = 'physics'\n"),
    ("nbgrader_config.py does not compile", "c = get_config(\n"),
    ("nbgrader_config.py raises", "1 / 0\n"),
)
def _(place: Place, text: str) -> None:
    path = place.root / "nbgrader_config.py"
    before = path.read_text() if path.exists() else None
    (place.root / "gradebook.db").rename(place.root / "kept.db")
    path.write_text(text)
    place.says(place.grade(), "nbgrader_config.py")
    assert not (place.root / "gradebook.db").exists()
    path.unlink() if before is None else path.write_text(before)
    (place.root / "kept.db").rename(place.root / "gradebook.db")
    place.whole()


@fault("feedback on a damaged result, then grade")
def _(place: Place) -> None:
    path = place.result("ada")
    path.write_bytes(path.read_bytes()[:100])
    place.says(place.end(place.start("feedback", NAME)), "is damaged; grade")
    place.whole()
    assert place.end(place.start("feedback", NAME)).code == 0


# The machine.


@contextmanager
def small_disk(place: Place, size: str, options: str = "") -> Iterator[Path]:
    """A disk of that size; only root can have one."""
    folder = place.root / "small-disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755{options}", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def as_root(act: Callable[[Place], None]) -> Callable[[Place], None]:
    def only(place: Place) -> None:
        if os.geteuid() != 0:
            place.said.append("not tried: only root can mount a small disk")
        else:
            act(place)

    return only


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


@fault("TMPDIR fills up midway")
@as_root
def _(place: Place) -> None:
    place.add("odd", double="open('big', 'wb').write(bytes(60_000_000))\n" + RIGHT["double"])
    with small_disk(place, "50m") as place.temporary:
        place.says(place.grade(), "folder for temporary files.*make room")
        assert not place.result("odd").exists()
    place.temporary = Path(tempfile.mkdtemp(dir=place.root))
    place.whole(odd=12.0)


@fault("the course folder's disk is full")
@as_root
def _(place: Place) -> None:
    for student in ("odd", "even"):
        place.add(student)
    with small_disk(place, "900k") as disk:
        shutil.copytree(place.root / "autograded", disk / "autograded")
        (disk / "full").write_bytes(bytes(2_000_000)[: shutil.disk_usage(disk).free - 2 * 4096])
        (place.root / "autograded").rename(place.root / "kept")
        (place.root / "autograded").symlink_to(disk / "autograded")
        place.says(place.grade(), "no room left; make room")
        (place.root / "autograded").unlink()
        (place.root / "kept").rename(place.root / "autograded")
    place.whole(odd=12.0, even=12.0)


@fault("TMPDIR does not exist")
def _(place: Place) -> None:
    place.add("odd")
    kept, place.temporary = place.temporary, Path("/nowhere/at/all")
    assert place.grade().code == 0  # Python falls back on /tmp
    place.said.append("0: another folder is used")
    place.temporary = kept
    place.whole(odd=12.0)


@each(
    ("HOME does not exist", {"HOME": "/nowhere/at/all"}),
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


def calm(folder: Path) -> Path:
    """A graded class that nothing has happened to."""
    root = folder / "calm"
    template = Template.load(small_course(root))
    submit(root, "ada", answered(template, RIGHT))
    submit(root, "bob", answered(template, {**RIGHT, "double": "def double(x):\n    return None"}))
    place = Place(root, folder)
    place.env["XDG_CACHE_HOME"] = str(folder / "cache")
    assert place.grade().code == 0
    return root


def try_one(tried: str, undisturbed: Path, folder: Path) -> str:
    """Tries a fault on a copy of the undisturbed class; returns what came of it."""
    root = folder / "course"
    shutil.copytree(undisturbed, root, symlinks=True)
    temporary = folder / "tmp"
    temporary.mkdir()
    for each_folder in (folder, temporary):
        each_folder.chmod(0o755)
    place = Place(root, temporary)
    FAULTS[tried](place)
    return "; ".join(place.said)


def run(words: tuple[str, ...] = ()) -> str:
    """Tries all faults, or those whose names have one of the words in them, and prints the table."""
    chosen = [tried for tried in FAULTS if not words or any(word in tried for word in words)]
    table = Table("tried", "outcome: exit code, and what was said", "nothing lost")
    wrong: list[str] = []
    console = Console(width=170)
    with tempfile.TemporaryDirectory(prefix="f-") as top:
        Path(top).chmod(0o755)
        undisturbed = calm(Path(top))
        for number, tried in enumerate(chosen):
            folder = Path(top, str(number))
            folder.mkdir()
            started = time.monotonic()
            try:
                table.add_row(tried, try_one(tried, undisturbed, folder), "yes")
            except Exception as error:
                wrong.append(tried)
                table.add_row(tried, f"{type(error).__name__}: {str(error)[:600]}", "NO", style="red")
            shutil.rmtree(folder, ignore_errors=True)
            verdict = "WRONG" if tried in wrong else "as it should be"
            print(f"{number + 1}/{len(chosen)} {tried}: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
    console.print(table)
    assert not wrong, f"{len(wrong)} of {len(chosen)} went wrong: {', '.join(wrong)}"
    return f"{len(chosen)} faults, each said in a sentence or mended, and nothing lost"
