# reason: memory|disk|none|died|timeout
"""/dev/shm is filled, and left full."""
import os

def output_size(*a, **k):
    with open("/dev/shm/cnn-hostile", "wb") as file:
        for _ in range(1 << 14):
            file.write(b"x" * (1 << 20))
    return 1
