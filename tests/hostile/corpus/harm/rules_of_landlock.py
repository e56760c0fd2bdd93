# reason: none|memory|died|timeout
"""The kernel of Linux is given rules to keep, 65,536 in each of hundreds of sets, none of which is put in force."""
import ctypes

libc = ctypes.CDLL(None, use_errno=True)

def output_size(*a, **k):
    while True:
        made = libc.syscall(444, (ctypes.c_uint64 * 3)(0, 3, 0), ctypes.c_size_t(24), 0)
        if made < 0:
            return 1
        print("CANARY_RULES")
        for port in range(65536):
            libc.syscall(445, made, 2, (ctypes.c_uint64 * 2)(1, port), 0)
