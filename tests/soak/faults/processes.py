"""Kernels, workers and commands that end before their time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tests.small.killing import Command, wait_for
from tests.small.small_class import RIGHT, as_json
from tests.soak.faults.place import KINDS, NAME, SLOW, Place, each, fault, found

TIMER = "import os, threading\nthreading.Timer({}, os._exit, (1,)).start()"


def grading(place: Place, **options: object) -> Command:
    """A run with one worker that is in the midst of an answer of odd's."""
    place.add("odd", square=SLOW)
    command = place.start("grade", NAME, "--jobs", "1", **options)
    found(command, "kernel")
    return command


def below(command: Command) -> list[psutil.Process]:
    """The workers, servers, supervisors and kernels of a run."""
    return psutil.Process(command.pid).children(recursive=True)


def grades_all_the_same(place: Place, command: Command) -> None:
    """The run comes to its end as if nothing had happened."""
    run = place.end(command)
    assert run.code == 0, run.text
    assert place.score("odd") == 12.0
    place.said.append("0: graded all the same")
    place.leaves_nothing()
    place.whole(odd=12.0)


def stops(place: Place, command: Command, left: Sequence[psutil.Process] = ()) -> None:
    """The run ends as on Ctrl-C: with a sentence, and nothing of it is left."""
    place.says(place.end(command), "run the same command to go on", code=130)
    assert not psutil.wait_procs(left, timeout=60)[1], "a process outlived the command"
    place.leaves_nothing()
    place.whole(odd=12.0)


def ends_at_once(place: Place, command: Command, left: Sequence[psutil.Process]) -> None:
    """The run ends without a moment to clear up: no process outlives it, and the next run removes its files."""
    command.communicate()
    assert not psutil.wait_procs(left, timeout=60)[1], "a process outlived the command"
    place.said.append("the next run goes on, and removes what was left")
    place.whole(odd=12.0)
    place.leaves_nothing()


@each(
    ("quit() in an answer", ("quit()", 12.0)),
    ("do_shutdown() in an answer", ("get_ipython().kernel.do_shutdown(False)", 12.0)),
    ("a timer that ends the kernel a moment later", (TIMER.format(0.1), None)),
    ("os.abort() in an answer", ("import os\nos.abort()", 8.0)),
    ("SIGKILL to itself", ("import os\nos.kill(os.getpid(), 9)", 8.0)),
    ("SIGSEGV to itself", ("import os\nos.kill(os.getpid(), 11)", 8.0)),
    ("SIGSTOP to itself", ("import os\nos.kill(os.getpid(), 19)", 8.0)),
    ("SIGKILL to all that it may", ("import os\nos.kill(-1, 9)", None)),
    ("a thread that ends the kernel at some time", (TIMER.format(1.0), None)),
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
    *((f"SIGKILL to a {what}", (what, signal.SIGKILL)) for what in KINDS),
    *((f"SIGTERM to a {what}", (what, signal.SIGTERM)) for what in KINDS),
)
def _(place: Place, case: tuple[str, signal.Signals]) -> None:
    what, number = case
    command = grading(place)
    os.kill(found(command, what), number)
    grades_all_the_same(place, command)


@fault("SIGKILL to all workers, servers, supervisors and kernels at once")
def _(place: Place) -> None:
    command = grading(place)
    for process in below(command):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    grades_all_the_same(place, command)


@fault("SIGKILL to every worker that starts")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    while command.poll() is None:
        for process in psutil.Process(command.pid).children():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.02)
    place.says(place.end(command), "starts no worker process.*doctor|odd could not be graded")
    place.leaves_nothing()
    place.whole(odd=12.0)


@fault("the command is stopped for five seconds, as a laptop's lid does it")
def _(place: Place) -> None:
    command = grading(place)
    everything = [psutil.Process(command.pid), *below(command)]
    for process in everything:
        process.suspend()
    time.sleep(5)
    for process in everything:
        process.resume()
    grades_all_the_same(place, command)


# Signals to the command.


@each(
    ("SIGTERM to the command", (signal.SIGTERM,)),
    ("SIGHUP to the command", (signal.SIGHUP,)),
    ("SIGINT to the command", (signal.SIGINT,)),
    ("SIGINT, SIGTERM and SIGHUP at once", (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)),
)
def _(place: Place, signals: tuple[signal.Signals, ...]) -> None:
    command = grading(place)
    for number in signals:
        command.send_signal(number)
    stops(place, command)


@each(
    ("Ctrl-C in a terminal, which reaches the command's whole group", signal.SIGINT),
    ("SIGHUP to the command's whole group, as a terminal is closed", signal.SIGHUP),
)
def _(place: Place, number: signal.Signals) -> None:
    command = grading(place, start_new_session=True)
    left = below(command)
    os.killpg(command.pid, number)
    stops(place, command, left)


@fault("SIGTERM to every process of the run, the command last, as a service is stopped")
def _(place: Place) -> None:
    command = grading(place)
    left = below(command)
    for process in (*left, psutil.Process(command.pid)):
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    stops(place, command, left)


@each(*((f"SIGTERM {seconds:g} s after the command was started", seconds) for seconds in (0.05, 0.3, 0.6, 1.2, 2.4)))
def _(place: Place, seconds: float) -> None:
    place.add("odd", square=SLOW)
    command = place.start("grade", NAME, stdin=subprocess.DEVNULL)
    time.sleep(seconds)
    command.send_signal(signal.SIGTERM)
    run = place.end(command)
    # Before its first line the signal does what it does to any program. Where it came while Python compiled something,
    # Python ends with SIGINT at last, of which a shell makes 130 too.
    assert run.code in (130, -signal.SIGTERM, -signal.SIGINT), run
    assert run.code == -signal.SIGTERM or "Stopped" in run.text, run
    place.said.append(f"{run.code}: {run.text[-100:]}")
    place.leaves_nothing()
    place.whole(odd=12.0)


@fault("SIGTERM while another program holds the gradebook")
def _(place: Place) -> None:
    place.add("odd")
    with place.locked("gradebook.db"):
        command = place.start()
        wait_for(lambda: has_open(command, "gradebook.db"), command)
        command.send_signal(signal.SIGTERM)
        place.says(place.end(command), "Stopped.* run the same command", code=130)
    place.leaves_nothing()
    place.whole(odd=12.0)


def has_open(command: Command, name: str) -> bool:
    """Whether the command has a file of that name open."""
    return any(Path(file.path).name == name for file in psutil.Process(command.pid).open_files())


@each(
    ("SIGQUIT to the command", signal.SIGQUIT),
    ("SIGUSR1 to the command", signal.SIGUSR1),
    ("SIGABRT to the command", signal.SIGABRT),
    ("SIGKILL to the command", signal.SIGKILL),
)
def _(place: Place, number: signal.Signals) -> None:
    command = grading(place)
    left = below(command)
    command.send_signal(number)
    ends_at_once(place, command, left)


@each(
    ("SIGTERM while a result is being booked", signal.SIGTERM),
    ("SIGKILL while a result is being booked", signal.SIGKILL),
)
def _(place: Place, number: signal.Signals) -> None:
    for student in ("even", "odd"):
        place.add(student)
    command = place.start()
    while command.poll() is None and not (place.result("even").exists() or place.result("odd").exists()):
        time.sleep(0.001)
    command.send_signal(number)
    out, err = command.communicate()
    assert "Traceback" not in out + err, out + err
    assert command.returncode in (0, 130, -signal.SIGKILL), (command.returncode, out, err)
    place.said.append(f"{command.returncode}: the next run goes on")
    place.whole(odd=12.0, even=12.0)
    place.leaves_nothing()


# Several commands at once.


@each(
    ("five runs at once", ("grade", NAME)),
    ("three runs at once that grade everybody anew", ("grade", NAME, "--force")),
)
def _(place: Place, words: tuple[str, ...]) -> None:
    place.add("odd")
    runs = [place.end(command) for command in [place.start(*words) for _ in range(3 if len(words) > 2 else 5)]]
    assert [run.code for run in runs] == [0] * len(runs), [run.text for run in runs]
    place.said.append("0: all wait and finish")
    place.whole(odd=12.0)


@fault("feedback, export and history while a class is graded")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    grading = place.start()
    others = [place.start("feedback", NAME), place.start("export"), place.start("history", "ada", NAME)]
    assert [place.end(command).code for command in (grading, *others)] == [0, 0, 0, 0]
    place.said.append("0: each does its work")
    place.whole(odd=12.0)


@fault("SIGKILL to one of two runs")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    first, second = place.start(), place.start()
    found(first, "kernel")
    first.kill()
    first.communicate()
    run = place.end(second)
    assert run.code == 0, run.text
    place.said.append("0: the other finishes")
    place.whole(odd=12.0)
