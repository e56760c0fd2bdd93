# reason: timeout
"""An endless loop that ignores the interrupt."""
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)

def output_size(*a, **k):
    while True:
        pass
