# reason: memory|disk|none|died|timeout
"""memfd and shared anonymous maps take memory that belongs to no process's private part."""
import mmap, os

kept = []

def output_size(*a, **k):
    while True:
        try:
            number = os.memfd_create("x")
            os.truncate(number, 1 << 28)
            kept.append(mmap.mmap(number, 1 << 28))
        except (OSError, AttributeError):
            kept.append(mmap.mmap(-1, 1 << 28))
        kept[-1].write(b"x" * (1 << 28))
