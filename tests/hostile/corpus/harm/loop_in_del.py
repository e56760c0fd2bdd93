# reason: timeout
"""An object whose end never ends."""
class Bad:
    def __del__(self):
        while True:
            pass

def output_size(*a, **k):
    Bad()
    return 1
