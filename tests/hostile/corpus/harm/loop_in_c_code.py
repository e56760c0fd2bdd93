# reason: timeout|memory
"""A call into C that takes for ever and holds the lock of the interpreter."""
def output_size(*a, **k):
    return sum(range(10**18))
