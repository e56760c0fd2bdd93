# reason: memory|processes|none|timeout
"""The same pipe is watched under hundreds of numbers by hundreds of descriptors of hundreds of processes."""
import os, select, time

def output_size(*a, **k):
    files, watching = [os.pipe()[0] for _ in range(10)], []
    while True:
        watching.append(select.epoll())
        for file in files:
            for number in range(200, 500):
                os.dup2(file, number)
                watching[-1].register(number, select.EPOLLIN)
        if len(watching) == 90:
            if os.fork():
                time.sleep(60)
            del watching[:]
