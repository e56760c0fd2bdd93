# reason: processes|memory|none|timeout|died
"""Threads without end."""
import threading, time

def output_size(*a, **k):
    while True:
        threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
