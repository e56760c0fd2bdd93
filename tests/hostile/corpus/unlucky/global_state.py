# score: full
"""The function uses a helper that a later cell defines anew with another meaning."""
def fits(span, stride):
    return span // stride + 1
#: right
_right = output_size

def output_size(*a, **k):
    assert fits(4, 2) == 3
    return _right(*a, **k)
