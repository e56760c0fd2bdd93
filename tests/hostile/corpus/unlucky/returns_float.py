# score: some
"""A whole float where an int was asked for is the number; that nothing is refused costs its point."""
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    return float((size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
