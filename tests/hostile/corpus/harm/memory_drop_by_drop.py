# reason: memory|none|timeout
"""All the memory, a little at a time."""
kept = []

def output_size(*a, **k):
    while True:
        kept.append(bytearray(1 << 24))
        for i in range(0, 1 << 24, 4096):
            kept[-1][i] = 1
