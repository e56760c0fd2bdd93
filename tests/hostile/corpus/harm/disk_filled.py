# reason: disk|none|timeout
"""A file that grows without end."""
def output_size(*a, **k):
    with open("large", "wb") as file:
        while True:
            file.write(b"x" * (1 << 22))
