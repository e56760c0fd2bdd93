# reason: timeout
"""A result with a property that never returns."""
class Size(int):
    @property
    def real(self):
        while True:
            pass
    def __index__(self):
        while True:
            pass
    __int__ = __index__

def output_size(*a, **k):
    return Size(3)
