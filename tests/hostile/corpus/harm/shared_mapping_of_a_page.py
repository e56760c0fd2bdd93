# reason: memory|disk|none|died|timeout
"""Shared memory is filled and unmapped but for a page: it stays, and no process seems to have it."""
import ctypes, mmap

kept = []
libc = ctypes.CDLL(None)

def output_size(*a, **k):
    while True:
        held = mmap.mmap(-1, 1 << 26)
        held.write(b"x" * len(held))
        at = ctypes.addressof(ctypes.c_char.from_buffer(held))
        libc.munmap(ctypes.c_void_p(at + 4096), ctypes.c_size_t(len(held) - 4096))
        kept.append(held)
