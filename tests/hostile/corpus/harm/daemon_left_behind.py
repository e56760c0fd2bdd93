# score: full
"""A daemon that leaves session and parent, to live on: the answer is right, the daemon must be gone afterwards."""
import os, time

if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(3, 64):
        try:
            os.close(number)
        except OSError:
            continue
    while True:
        time.sleep(0.2)
#: right
