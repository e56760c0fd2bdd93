"""Answers that end their kernel in every odd way, or leave it so that it ends later: it costs their cell at most."""

from __future__ import annotations

from tests.small.small_class import RIGHT, as_json
from tests.soak.faults.place import SLOW, Place, each, fault

LATER = "import threading, os, time\n"


@each(
    ("os._exit in a thread at once", LATER + "threading.Thread(target=os._exit, args=(1,)).start()"),
    ("os._exit when the interpreter ends", "import atexit, os\natexit.register(os._exit, 7)"),
    ("SIGALRM a second later", "import signal\nsignal.alarm(1)"),
    ("an interval timer that goes on", "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.3, 0.3)"),
    ("a timer of CPU time", "import signal\nsignal.setitimer(signal.ITIMER_PROF, 0.05)"),
    ("faulthandler that exits later", "import faulthandler\nfaulthandler.dump_traceback_later(0.5, exit=True)"),
    ("all the kernel's files closed", "import os\nos.closerange(3, 4096)"),
    ("stdin, stdout and stderr closed", "import os\nfor number in range(3): os.close(number)"),
    ("all the kernel's files led to /dev/null", (
        "import os\nnull = os.open('/dev/null', os.O_RDWR)\n"
        "for number in range(100):\n    try: os.dup2(null, number)\n    except OSError: pass"
    )),
    ("sys.exit() in a thread", LATER + "import sys\nthreading.Thread(target=sys.exit, args=(1,)).start()"),
    ("the kernel's loop stopped", "get_ipython().kernel.io_loop.stop()"),
    ("the running event loop stopped", "import asyncio\nasyncio.get_event_loop().stop()"),
    ("os._exit called by the event loop later",
     "import asyncio, os\nasyncio.get_event_loop().call_later(0.5, os._exit, 1)"),
    ("os._exit by the event loop as soon as the cell is done",
     "import asyncio, os\nasyncio.get_event_loop().call_soon(os._exit, 1)"),
    ("another program in the kernel's place", "import os\nos.execv('/bin/true', ['true'])"),
    ("a fork whose child goes on as a second kernel", "import os\nos.fork()"),
    ("a fork whose parent ends", "import os\nif os.fork(): os._exit(0)"),
    ("a child that kills its parent later", (
        "import os, time\nif not os.fork():\n    time.sleep(0.5)\n    os.kill(os.getppid(), 9)\n    os._exit(0)"
    )),
    ("one second of CPU time allowed, which is used up", (
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    )),
    ("no more files may be opened", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))"),
    ("a recursion without end", "import sys\nsys.setrecursionlimit(10**9)\ndef again(): again()\nagain()"),
    ("a read at address 0", "import ctypes\nctypes.string_at(0)"),
    ("a thread that never ends",
     LATER + "threading.Thread(target=lambda: [time.sleep(1) for _ in iter(int, 1)]).start()"),
    ("all signals blocked, and an endless loop", (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
    )),
    ("SIGKILL to the parent", "import os\nos.kill(os.getppid(), 9)"),
    ("SIGTERM to itself", "import os\nos.kill(os.getpid(), 15)"),
    ("SIGHUP to itself", "import os\nos.kill(os.getpid(), 1)"),
    ("SIGPIPE to itself", "import os\nos.kill(os.getpid(), 13)"),
    ("a session of its own", "import os\nos.setsid()"),
    ("raise SystemExit in a callback of IPython",
     "import sys\nget_ipython().events.register('post_run_cell', lambda *_: sys.exit(3))"),
    ("os._exit in a callback of IPython",
     "import os\nget_ipython().events.register('post_execute', lambda *_: os._exit(3))"),
    ("os._exit when the garbage is collected",
     "import os\nclass End:\n    def __del__(self): os._exit(5)\nEnd()"),
    ("os._exit when the next cell begins",
     "import os\nget_ipython().events.register('pre_run_cell', lambda *_: os._exit(3))"),
    ("os._exit in an audit hook",
     "import os, sys\nsys.addaudithook(lambda name, _: os._exit(4) if name == 'exec' else None)"),
    ("os._exit in a trace function", LATER + "import sys\nsys.settrace(lambda *_: os._exit(6))"),
)  # fmt: skip
def _(place: Place, source: str) -> None:
    place.add("odd", double=f"{RIGHT['double']}\n{source}", square=SLOW)
    run = place.grade()
    assert run.code == 0, run.text
    tasks = {task["task"]: task for task in as_json(place.result("odd"))["tasks"]}
    scores = {name: task["score"] for name, task in tasks.items()}
    reasons = {name: task["reason"] for name, task in tasks.items() if task["reason"]}
    assert (scores["square"], scores["tiny-sum"]) == (6.0, 2.0), (scores, reasons)
    why = f" ({tasks['double']['reason']})" if tasks["double"]["reason"] else ""
    place.said.append(f"0: the others' points are there; the cell itself {scores['double']:g} of 4{why}")
    place.leaves_nothing()
    place.whole()


# What ends no kernel and goes on in it is the notebook's own, as in the student's own session.
@each(
    ("a signal's handler that raises, again and again", (
        "import signal\ndef handler(*_): raise RuntimeError('again')\n"
        "signal.signal(signal.SIGALRM, handler)\nsignal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)"
    )),
    ("a thread that interrupts the kernel for ever", LATER + (
        "import _thread\ndef interrupt():\n    while True:\n        time.sleep(0.05)\n"
        "        _thread.interrupt_main()\nthreading.Thread(target=interrupt, daemon=True).start()"
    )),
    ("SIGINT to itself a moment later", LATER + "threading.Timer(0.3, os.kill, (os.getpid(), 2)).start()"),
)  # fmt: skip
def _(place: Place, source: str) -> None:
    place.add("odd", double=f"{RIGHT['double']}\n{source}", square=SLOW)
    place.add("even")
    run = place.grade()
    assert run.code == 0, run.text
    assert place.score("even") == 12.0
    place.said.append(f"0: the notebook has {place.score('odd'):g} of 12, the others have all of theirs")
    place.leaves_nothing()
    place.whole()


@fault("each answer ends the kernel in another way, one after the other")
def _(place: Place) -> None:
    place.add("odd", double="import os\nos._exit(0)", square="quit()", tiny_sum=RIGHT["tiny-sum"])
    assert place.grade().code == 0
    scores = {task["task"]: task["score"] for task in as_json(place.result("odd"))["tasks"]}
    assert scores["tiny-sum"] == 2.0, scores
    place.said.append("0: the third task has its points")
    place.whole()
