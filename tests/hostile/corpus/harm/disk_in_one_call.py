# reason: disk|none|died|timeout
"""A gigabyte of disk is taken by one call of fallocate, beyond the end of the file."""
import ctypes, os

def output_size(*a, **k):
    file = os.open("x", os.O_CREAT | os.O_RDWR)
    if ctypes.CDLL(None).fallocate(file, 1, ctypes.c_long(0), ctypes.c_long(1 << 30)) == 0:
        print("CANARY_DISK")
    return 1
