# reason: timeout
"""It only sleeps: no CPU time passes."""
import time

def output_size(*a, **k):
    time.sleep(10**6)
