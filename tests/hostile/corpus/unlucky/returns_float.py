"""A float where an int was asked for."""
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    return float((size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
