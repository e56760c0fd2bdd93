"""A different kind of nonsense at every call: NaN, huge ints, deep lists, bytes, generators, modules."""
import itertools, sys

def deep():
    value = []
    for _ in range(5000):
        value = [value]
    return value

ANSWERS = itertools.cycle([float("nan"), 10**5000, deep(), b"x" * 100, (i for i in ()), sys, None, {1: {2: {}}}, "5"])

def output_size(*a, **k):
    return next(ANSWERS)
