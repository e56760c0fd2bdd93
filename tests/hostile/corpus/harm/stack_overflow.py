# reason: died|memory|none
"""The C stack runs over."""
import sys
sys.setrecursionlimit(10**7)

def output_size(*a, **k):
    def down(n):
        return [down(n + 1)]
    return down(0)
