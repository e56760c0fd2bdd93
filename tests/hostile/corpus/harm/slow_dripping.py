"""Just below every limit for one call, for ever."""
import time

def output_size(*a, **k):
    time.sleep(1.5)
    return 1
