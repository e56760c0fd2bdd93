"""A recursion without an end, which Python stops by itself."""
def output_size(*a, **k):
    return output_size(*a, **k)
