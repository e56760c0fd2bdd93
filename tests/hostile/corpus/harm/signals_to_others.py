# reason: none|died
"""Signals to the parent, to everybody, and guesses around the own number, which may hit its own threads."""
import os, signal

for target in {os.getppid(), 1, -1, 0 if False else os.getppid(), os.getpid() - 1, os.getpid() - 2, os.getpid() + 1}:
    if target == os.getpid():
        continue
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try:
            os.kill(target, number)
        except OSError:
            continue

def output_size(*a, **k):
    return 1
