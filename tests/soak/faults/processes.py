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


@each(*((f"SIGTERM {seconds:g} s after the command was started", seconds) for seconds in (0.05, 0.3, 0.6, 1.2, 2.4)))
def _(place: Place, seconds: float) -> None:
    place.add("odd", square=SLOW)
    command = place.start("grade", NAME, stdin=subprocess.DEVNULL)
    time.sleep(seconds)
    command.send_signal(signal.SIGTERM)
    run = place.end(command)
    assert run.code in (130, -signal.SIGTERM), run  # before its first line the signal does what it does to any program
    place.said.append(f"{run.code}: {run.text[-100:]}")
    place.leaves_nothing()
    place.whole(odd=12.0)


@each(
    ("Ctrl-C in a terminal, which reaches every process of the run", signal.SIGINT),
    ("SIGTERM to every process of the run, as a service is stopped", signal.SIGTERM),
    ("SIGHUP to every process of the run, as a terminal is closed", signal.SIGHUP),
)
def _(place: Place, number: signal.Signals) -> None:
    place.add("odd", square=SLOW)
    command = place.start("grade", NAME, start_new_session=True)
    found(command, "kernel")
    below = psutil.Process(command.pid).children(recursive=True)
    os.killpg(command.pid, number)
    place.says(place.end(command), "run the same command to go on", code=130)
    assert not psutil.wait_procs(below, timeout=30)[1], "a process outlived the command"
    place.leaves_nothing()
    place.whole(odd=12.0)


@each(
    ("SIGQUIT to the command", signal.SIGQUIT),
    ("SIGUSR1 to the command", signal.SIGUSR1),
    ("SIGABRT to the command", signal.SIGABRT),
)
def _(place: Place, number: signal.Signals) -> None:
    place.add("odd", square=SLOW)
    command = place.start()
    found(command, "kernel")
    below = psutil.Process(command.pid).children(recursive=True)
    command.send_signal(number)
    command.communicate()
    assert not psutil.wait_procs(below, timeout=30)[1], "a process outlived the command"
    place.said.append("it ends as any program does; the next run goes on, and removes what was left")
    place.whole(odd=12.0)
    place.leaves_nothing()


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
