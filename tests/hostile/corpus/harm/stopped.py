# reason: timeout|died
"""The process stops itself."""
import os, signal

def output_size(*a, **k):
    os.kill(os.getpid(), signal.SIGSTOP)
