"""The function has another name."""
def outputsize(size, kernel, stride=1, padding=0, dilation=1):
    return 1
