# reason: disk|none|timeout
"""A file of a terabyte that takes no room."""
def output_size(*a, **k):
    with open("holes", "wb") as file:
        file.truncate(1 << 40)
    return 1
