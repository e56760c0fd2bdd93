# reason: timeout
"""An exception whose text never ends."""
class Endless(Exception):
    def __str__(self):
        while True:
            pass

def output_size(*a, **k):
    raise Endless
