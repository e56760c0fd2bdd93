# reason: died
"""A read from address 0."""
import ctypes

def output_size(*a, **k):
    return ctypes.string_at(0)
