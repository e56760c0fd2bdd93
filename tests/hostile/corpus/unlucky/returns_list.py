"""A list where a number was asked for."""
def output_size(*a, **k):
    return [5]
