"""Where a fault is tried: a course folder with a graded class, and what is asked of it afterwards."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path

import psutil

from autograder.course import ROOT_VARIABLE, Course
from autograder.submission.notebook import Template
from tests.small import forked
from tests.small.forked import Forked
from tests.small.killing import BELOW, Command, chains, kind_of
from tests.small.small_class import RIGHT, answered, as_json, submit

REPOSITORY = Path(__file__).parents[3]
NAME = "00-small"
KINDS = ("kernel", "supervisor", "server", "worker")
SCORES = {"ada": 12.0, "bob": 8.0}
SLOW = """import os, time
child = os.fork()  # a process of its own is what can be seen from outside, where files cannot
if not child:
    time.sleep(2)
    os._exit(0)
os.waitpid(child, 0)
def square(x):
    return x * x
"""


@dataclass
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """What it said, in one line, without the bar that shows how far it is."""
        lines = f"{self.out}\n{self.err}".splitlines()
        return " ".join(word for line in lines if "━" not in line for word in line.split())


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

    def start(self, *words: str, **options: object) -> Command:
        """A command that runs; one that is started in an odd way is a process of its own from its first line on."""
        command = [*(words or ("grade", NAME)), "--course", str(self.root)]
        if not options and not self.env:
            return Forked(forked.command, command, REPOSITORY, self.environment())
        usual = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": REPOSITORY}
        return subprocess.Popen(
            [sys.executable, "-m", "autograder.cli", *command],
            env=self.environment(), text=True, **{**usual, **options},
        )  # fmt: skip

    def end(self, command: Command, seconds: float = 240) -> Run:
        out, err = command.communicate(timeout=seconds)
        run = Run(command.returncode, out or "", err or "")
        assert "Traceback" not in run.out + run.err, run.out + run.err
        return run

    def run(self, *words: str, **options: object) -> Run:
        """What a command does that runs to its end."""
        return self.end(self.start(*words, **options))

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

    @contextmanager
    def locked(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """Another program holds a database of the course folder for as long as the block runs."""
        program = (
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('begin exclusive'); "
            "print(1, flush=True); sys.stdin.read()"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", program, str(self.root / name)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdout
        holder.stdout.readline()
        try:
            yield holder
        finally:
            holder.communicate()

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


def kind(tried: str) -> str:
    """What a row is about: the name of the module that has it."""
    return FAULTS[tried].__module__.rpartition(".")[2]


def each(*cases: tuple[str, object]) -> Callable[[Callable[[Place, object], None]], None]:
    """A row for each case: what was tried, and what the function gets."""

    def add(act: Callable[[Place, object], None]) -> None:
        for tried, value in cases:

            @wraps(act)
            def one(place: Place, value: object = value) -> None:
                act(place, value)

            fault(tried)(one)

    return add


def found(command: Command, what: str) -> int:
    """The process id of a run's kernel, of its supervisor or its warm server, or of a worker, once the answer ``SLOW``
    is being run."""
    until = time.monotonic() + 120
    while time.monotonic() < until and command.poll() is None:
        for chain in _started_by_kernels(command):
            if what != "worker":
                return chain[BELOW.index(what) - len(BELOW)].pid
            for other in chains(command):
                if kind_of(other) == "worker":
                    return other[-1].pid
        time.sleep(0.02)
    raise AssertionError(f"no {what} was seen")


def _started_by_kernels(command: Command) -> Iterator[list[psutil.Process]]:
    """The processes of a run down to each kernel that has started a process."""
    for chain in chains(command):
        if kind_of(chain[:-1]) == "kernel":
            yield chain[:-1]


def settle(path: Path) -> None:
    """Brings everything of a SQLite file into the one file."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        database.execute("pragma journal_mode = delete")


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


@contextmanager
def unanswering(folder: Path) -> Iterator[None]:
    """A folder lies on a file server that is gone: whoever looks into it waits. Only root can have one."""
    device = os.open("/dev/fuse", os.O_RDWR)  # whose other end is this process, which never reads from it
    try:
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
        subprocess.run(["mount", "-i", "-t", "fuse", "-o", options, "gone", folder], pass_fds=[device], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    finally:
        os.close(device)


@contextmanager
def lying_on(disk: Path, place: Place, *parts: str) -> Iterator[None]:
    """Parts of the course folder lie on that disk, where links lead; afterwards they are as they were before."""
    for part in parts:
        shutil.copytree(place.root / part, disk / part)
        (place.root / part).rename(place.root / f"kept{part}")
        (place.root / part).symlink_to(disk / part)
    yield
    for part in parts:
        (place.root / part).unlink()
        (place.root / f"kept{part}").rename(place.root / part)


@contextmanager
def only_readable(path: Path) -> Iterator[None]:
    """A file or folder on a disk that can only be read; only root can have one."""
    subprocess.run(["mount", "--bind", path, path], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", path], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def as_root(act: Callable[..., None]) -> Callable[..., None]:
    @wraps(act)
    def only(place: Place, *case: object) -> None:
        if os.geteuid() != 0:
            place.said.append("not tried: only root can mount a small disk, and take another account")
        else:
            act(place, *case)

    return only
