# reason: died|malformed|timeout
"""Every file descriptor is closed."""
import os

def output_size(*a, **k):
    os.closerange(0, 4096)
    return 1
