"""NaN where an int was asked for."""
def output_size(*a, **k):
    return float("nan")
