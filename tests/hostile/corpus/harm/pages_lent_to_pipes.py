# reason: memory|none|died|timeout
"""Pages are lent to pipes by vmsplice, and the memory that they came from is given back."""
import ctypes, mmap, os

libc = ctypes.CDLL(None, use_errno=True)

class Part(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]

kept = []

def output_size(*a, **k):
    for _ in range(100):
        held = mmap.mmap(-1, 1 << 16, mmap.MAP_PRIVATE)
        held.write(b"x" * len(held))
        kept.append(os.pipe())
        part = Part(ctypes.addressof(ctypes.c_char.from_buffer(held)), len(held))
        if libc.vmsplice(kept[-1][1], ctypes.byref(part), 1, 0) > 0:
            print("CANARY_PIPES")
    return 1
