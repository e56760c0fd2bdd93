"""What a kernel uses is measured from outside: nothing that runs in it makes the figures smaller."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from autograder.sandbox.limits import MEBI, Limits

from .conftest import run

ROOMY = Limits(memory_bytes=1024 * MEBI, cpu_s=60.0)

BURN = """
import ctypes, os, signal, sys, threading, time
def burn(seconds=0.3):
    end = time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) + seconds
    while time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) < end:
        sum(range(1000))
def numbers(seconds):  # of so many the sum takes about that long here
    start = time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)
    sum(range(4_000_000))
    return range(int(4_000_000 * seconds / (time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID) - start)))
def child(act):
    pid = os.fork()
    if pid == 0:
        act(); os._exit(0)
    return pid
"""
HIDDEN_WORK = {
    "itself": "burn()",
    "while the clocks stand still": "time.thread_time = time.process_time = lambda: 0.0\nburn()",
    "in a thread that ended": "t = threading.Thread(target=burn); t.start(); t.join()",
    "in a child": "os.waitpid(child(burn), 0)",
    "in a child that nobody waits for": "child(burn)",
    "in children that end between two looks": "for _ in range(30): os.waitpid(child(lambda: burn(0.01)), 0)",
    "in children whose end is ignored": (
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nfor _ in range(30): child(lambda: burn(0.01)); time.sleep(0.02)"
    ),
    "in a child of a child that ended": "os.waitpid(child(lambda: child(burn)), 0)",
    "in a child by clone, without a signal": (
        # In such a child the interpreter's other threads are gone, and whoever waits for one of them waits for ever:
        # so the call keeps the lock, and the work is one call that never looks for the threads.
        "pid = ctypes.PyDLL(None).syscall(56, 0, 0, 0, 0, 0)\n"
        "sum(work) if pid == 0 else None\n"
        "if pid == 0: os._exit(0)"
    ),
}


@pytest.mark.parametrize("how", HIDDEN_WORK)
def test_processor_time_is_counted_wherever_it_is_spent(pool, starter, how):
    kernel = starter(pool, limits=ROOMY)
    run(kernel, BURN + "work = numbers(0.6)")
    before = kernel.usage().cpu_s
    ran = run(kernel, HIDDEN_WORK[how])
    assert not ran.error
    until = time.monotonic() + 15
    while (used := kernel.usage().cpu_s - before) < 0.27 and time.monotonic() < until:
        time.sleep(0.05)  # a child works on
    assert 0.27 < used < 1.5


def test_waiting_is_no_processor_time(pool, starter):
    kernel = starter(pool, limits=ROOMY)
    run(kernel, "import time")
    before = kernel.usage().cpu_s
    run(kernel, "time.sleep(0.5)")
    assert kernel.usage().cpu_s - before < 0.1


HIDDEN_MEMORY = {
    "and freed": "a = bytearray(b'1') * (200 << 20); del a",
    "in a mapping": "m = mmap.mmap(-1, 200 << 20); m.write(b'1' * (200 << 20)); m.close()",
    "in a file that is mapped": (
        "f = open('x', 'wb+'); f.truncate(200 << 20); m = mmap.mmap(f.fileno(), 0)\n"
        "m.write(b'1' * (200 << 20)); m.close()"
    ),
    "and sent to the swap": (
        "m = mmap.mmap(-1, 200 << 20); m.write(b'1' * (200 << 20))\n"
        "at = ctypes.addressof(ctypes.c_char.from_buffer(m))\n"
        "assert ctypes.CDLL(None).madvise(ctypes.c_void_p(at), ctypes.c_size_t(200 << 20), 21) == -1"
    ),
    "in a child": (
        "pid = os.fork()\n"
        "if pid == 0:\n    a = bytearray(b'1') * (200 << 20); time.sleep(0.3); os._exit(0)\n"
        "os.waitpid(pid, 0)"
    ),
}


@pytest.mark.parametrize("how", HIDDEN_MEMORY)
def test_the_peak_of_memory_is_seen_although_it_is_over(pool, starter, how):
    kernel = starter(pool, limits=ROOMY)
    run(kernel, "import ctypes, mmap, os, time")
    before = kernel.usage().peak_bytes
    ran = run(kernel, HIDDEN_MEMORY[how])
    assert not ran.error
    assert before < 50 * MEBI
    assert 190 * MEBI < kernel.usage().peak_bytes < 460 * MEBI


def test_what_was_used_is_known_after_the_end(pool, starter):
    kernel = starter(pool, limits=ROOMY)
    run(kernel, BURN + "burn(0.2)\nos._exit(0)")
    assert not kernel.alive()
    assert kernel.usage().cpu_s > 0.2


def test_a_kernel_that_others_keep_from_running_is_known_to_have_waited(pool, starter):
    kernel = starter(pool, limits=ROOMY)
    run(kernel, BURN)
    cpu = min(os.sched_getaffinity(0))
    for pid in (kernel.pid, *psutil.Process(kernel.pid).children()):
        os.sched_setaffinity(pid, {cpu})
    kernel.kept_waiting()
    run(kernel, "import time; time.sleep(0.3)")
    idle = kernel.kept_waiting()
    rival = f"import os\nos.sched_setaffinity(0, {{{cpu}}})\nprint(flush=True)\nwhile True: pass"
    other = subprocess.Popen([sys.executable, "-c", rival], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        run(kernel, "burn(0.3)", timeout=60)
    finally:
        other.kill()
        other.communicate()
    assert kernel.kept_waiting() > idle + 0.05
    kernel.kill()
    assert kernel.kept_waiting() == 0.0
