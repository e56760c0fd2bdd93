# reason: timeout
"""A regular expression that backtracks without end."""
import re

def output_size(*a, **k):
    return re.match(r"(a+)+$", "a" * 60 + "b")
