# reason: malformed|died|timeout
"""Bytes of the student's choice are written to every socket of the process, in place of the answer."""
import os, socket, stat

def output_size(*a, **k):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                os.write(number, b"CNNB\x01\0\0\0" + b"\xff" * 64)
        except OSError:
            continue
    return 1
