# score: full
"""Shared memory, semaphores and message queues of System V and POSIX are left behind."""
import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
print(libc.shmget(0x436E4E, 4096, 0o1666), libc.semget(0x436E4E, 1, 0o1666), libc.msgget(0x436E4E, 0o1666))
try:
    block = shared_memory.SharedMemory(name="cnn-hostile-block", create=True, size=4096)
except Exception as error:
    print(type(error).__name__)
#: right
