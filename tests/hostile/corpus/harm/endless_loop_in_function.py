# reason: timeout
"""The function never returns."""
def output_size(*a, **k):
    while True:
        pass
