# reason: memory|processes|timeout|none
"""The memory is taken by children."""
import os, time

def output_size(*a, **k):
    for _ in range(8):
        if os.fork() == 0:
            kept = []
            for _ in range(600):
                kept.append(bytearray(b"x" * (1 << 22)))
            time.sleep(60)
            os._exit(0)
    time.sleep(60)
