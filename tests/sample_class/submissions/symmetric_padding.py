"""Half of the kernel on both sides, which is right for odd kernels with stride 1 and for no others."""

# task: same-padding
def same_padding(size, kernel, stride=1, dilation=1):
    for name, value in (("size", size), ("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1")
    around = (dilation * (kernel - 1)) // 2
    return around, around
