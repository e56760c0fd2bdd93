# reason: memory|none|timeout
"""All the memory at once."""
def output_size(*a, **k):
    return len(bytearray(64 << 30))
