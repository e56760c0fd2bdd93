# reason: memory|timeout
"""Every process has tens of thousands of mappings of nothing, of which Linux keeps a note each."""
import ctypes, mmap, os, time

libc = ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, *[ctypes.c_long] * 5]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]

def output_size(*a, **k):
    at = libc.mmap(None, 60_000 * 4096, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    for page in range(0, 60_000, 2):
        libc.mprotect(at + page * 4096, 4096, mmap.PROT_READ)
    for _ in range(30):
        if not os.fork():
            time.sleep(60)
    time.sleep(60)
