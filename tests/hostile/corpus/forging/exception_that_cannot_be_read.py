"""An exception whose text raises."""
class Unreadable(Exception):
    def __str__(self):
        raise RuntimeError("no")
    __repr__ = __str__

def output_size(*a, **k):
    raise Unreadable
