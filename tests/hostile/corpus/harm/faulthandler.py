# reason: died
"""faulthandler's own ways to crash."""
import faulthandler

def output_size(*a, **k):
    faulthandler._sigsegv()
