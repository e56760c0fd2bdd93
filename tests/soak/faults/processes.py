"""Kernels, workers and commands that end before their time."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress

import psutil

from tests.small.small_class import RIGHT, as_json
from tests.soak.faults.place import KINDS, NAME, SLOW, Place, each, fault, found

TIMER = "import os, threading\nthreading.Timer({}, os._exit, (1,)).start()"


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
    place.add("odd", square=SLOW)
    command = place.start()
    os.kill(found(command, what), number)
    run = place.end(command)
    assert run.code == 0, run.text
    assert place.score("odd") == 12.0
    place.said.append("0: graded all the same")
    place.leaves_nothing()
    place.whole(odd=12.0)


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
    command = place.start("grade", NAME, stdin=subprocess.DEVNULL)
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


@fault("SIGKILL to all workers, servers, supervisors and kernels at once")
def _(place: Place) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    for process in psutil.Process(command.pid).children(recursive=True):
        process.kill()
    run = place.end(command)
    assert run.code == 0, run.text
    place.said.append("0: graded all the same")
    place.leaves_nothing()
    place.whole(odd=12.0)


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
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    everything = [psutil.Process(command.pid), *psutil.Process(command.pid).children(recursive=True)]
    for process in everything:
        process.suspend()
    time.sleep(5)
    for process in everything:
        process.resume()
    run = place.end(command)
    assert run.code == 0, run.text
    place.said.append("0: graded all the same")
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


@fault("SIGTERM while another program holds the gradebook")
def _(place: Place) -> None:
    place.add("odd")
    with place.locked("gradebook.db"):
        command = place.start()
        time.sleep(6)
        command.send_signal(signal.SIGTERM)
        run = place.end(command)
    assert run.code in (1, 130), run
    place.said.append(f"{run.code}: {run.text[-100:]}")
    place.leaves_nothing()
    place.whole(odd=12.0)
