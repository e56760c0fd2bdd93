"""Every command that takes a while, stopped by each signal that means Ctrl-C at a moment of its work: it ends with a
sentence and exit code 130, leaves no process and no temporary file, and does its work when it is given again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import psutil

from autograder.course import ROOT_VARIABLE
from tests.small.courses import read_json
from tests.small.small_class import RIGHT
from tests.soak.faults.place import NAME, REPOSITORY, SLOW, Place, Run, each

# Each at a share of the processor time that the command takes when nobody stops it.
SIGNALS = ((signal.SIGTERM, 0.7), (signal.SIGHUP, 0.5), (signal.SIGINT, 0.9))
ENDLESS = {"watch", "desk"}
LONG = f"{RIGHT['square']}\nsum(number * number for number in range(5_000_000))"
FOR_SURE_S = 1.5  # of which a command that goes on until it is told to has begun


@each(
    ("audit", ("audit", NAME)),
    ("check", ("check", "mine/{name}.ipynb")),
    ("hand-in", ("hand-in", "{name}.ipynb")),
    ("release", ("release", NAME)),
    ("release --kit", ("release", "--kit", "{root}/kit")),
    ("grade", ("grade", NAME, "--force")),
    ("grade --preview", ("grade", NAME, "--preview", "--force")),
    ("watch", ("watch", NAME)),
    ("desk", ("desk", "--no-browser", "--port", "0")),
    ("collect", ("collect", "{root}/class.zip", "--assignment", NAME)),
    ("feedback", ("feedback", NAME)),
    ("report", ("report", NAME)),
    ("similar", ("similar", NAME)),
    ("export", ("export",)),
    ("history", ("history", "ada")),
    ("late", ("late", NAME)),
    ("bundle", ("bundle", "gradescope", NAME, "--output", "{root}/bundle.zip")),
    ("doctor", ("doctor",)),
)
def _(place: Place, words: tuple[str, ...]) -> None:
    _lay_out(place, in_a_kit=words[0] == "hand-in")
    command = [word.format(root=place.root, name=NAME) for word in words]
    endless = words[0] in ENDLESS
    seconds, code = (FOR_SURE_S, 130) if endless else _undisturbed(place, command)
    stops = []
    for number, moment in SIGNALS:
        run = _stopped(place, command, number, moment * seconds, endless)
        stopped = "autograder: " in run.err
        # Where it came while Python compiled something, Python ends with SIGINT at last, of which a shell makes 130.
        assert run.code in ((130, -signal.SIGINT) if stopped else (code,)), (number.name, moment, run)
        place.leaves_nothing()
        assert not [*(place.root / "runtime").glob("kernel*")]
        stops.append(stopped)
    assert any(stops)
    place.said.append(f"130: stopped {sum(stops)} of {len(stops)} times before it was done")
    if not endless:
        assert _undisturbed(place, command)[1] == code
    place.env = {}
    place.whole()


def _undisturbed(place: Place, words: list[str]) -> tuple[float, int]:
    """The processor time of a command that nobody stops, and its exit code."""
    before = os.times()
    run = _end(place, _start(place, words))
    after = os.times()
    assert run.code in (0, 1), run
    return after.children_user + after.children_system - before.children_user - before.children_system, run.code


def _lay_out(place: Place, in_a_kit: bool = False) -> None:
    """What the commands need besides: an archive of the class, and a student's notebook that takes a while, in the kit
    where that is where they are started."""
    place.env = {"PYTHONPATH": str(REPOSITORY), "JUPYTER_RUNTIME_DIR": str(place.root / "runtime")}
    place.add("odd", square=SLOW)
    with zipfile.ZipFile(place.root / "class.zip", "w") as archive:
        for path in (place.root / "submitted").rglob("*.ipynb"):
            archive.write(path, path.relative_to(place.root / "submitted"))
    mine = place.root / "mine" / f"{NAME}.ipynb"
    mine.parent.mkdir()
    mine.write_bytes(place.notebook(square=LONG))
    place.grade()
    if in_a_kit:
        kit = place.root / "kit"
        assert _end(place, _start(place, ["release", "--kit", str(kit)])).code == 0
        (found,) = kit.rglob(mine.name)
        notebook = read_json(found)
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "square":
                cell["source"] = LONG
        found.write_text(json.dumps(notebook))
        place.env[ROOT_VARIABLE], place.env["PWD"] = str(kit), str(found.parent)


def _start(place: Place, words: list[str]) -> subprocess.Popen[str]:
    """A command that is started in the course's folder, in a session of its own; what it says goes to a file."""
    return subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", *words], cwd=place.env.get("PWD", place.root),
        env=place.environment(), text=True,
        stdout=open(place.root / "said", "w"), stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def _end(place: Place, command: subprocess.Popen[str]) -> Run:
    """What a command did, of which nothing runs any more."""
    err = command.communicate(timeout=600)[1]
    out = (place.root / "said").read_text()
    assert "Traceback" not in out + err, out + err
    until = time.monotonic() + 60
    while (left := _left(place)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left, left
    return Run(command.returncode, out, err)


def _stopped(place: Place, words: list[str], number: signal.Signals, after_s: float, endless: bool) -> Run:
    """What a command does that gets a signal once it and what it started have computed for so long, or once one that
    goes on until it is told to has said that it is there."""
    command = _start(place, words)
    ready = lambda: endless and (place.root / "said").stat().st_size > 0  # noqa: E731
    while command.poll() is None and _processor_s(command.pid) < after_s and not ready():
        time.sleep(0.01)
    command.send_signal(number)
    return _end(place, command)


def _processor_s(pid: int) -> float:
    """The processor time of a process and all below it, those that ended too."""
    seconds = 0.0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                seconds += sum(one.cpu_times()[:4])
    return seconds


def _left(place: Place) -> list[str]:
    """What still runs of the commands that were started here."""
    mark = f"TMPDIR={place.temporary}"
    left = []
    for process in psutil.process_iter():
        with suppress(OSError, psutil.Error):
            environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
            if mark.encode() in environment and process.status() != psutil.STATUS_ZOMBIE:
                left.append(" ".join(process.cmdline()))
    return left
