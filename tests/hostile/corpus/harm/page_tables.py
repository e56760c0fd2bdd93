# reason: memory|timeout
"""Addresses are looked at where nothing was ever written: no page is taken, and page tables without end."""
import ctypes, mmap

libc = ctypes.CDLL(None)
libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, *[ctypes.c_long] * 5]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]

def output_size(*a, **k):
    size = 2**40
    at = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, -1, 0)
    libc.madvise(at, size, 15)
    for offset in range(0, size, 2**21):
        ctypes.c_char.from_address(at + offset).value
