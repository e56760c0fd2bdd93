"""What the hidden checks of im2col run in a kernel that no student has touched."""


def gather(image, kernel, stride):
    """In the kernel: the windows of one image as columns, by one copy of a view: the way that most would take.

    A copy whose windows lie in rows, as the reference makes it, takes half the time. Nobody is asked for that.
    """
    import numpy

    side = (image.shape[0] - kernel) // stride + 1
    windows = numpy.lib.stride_tricks.sliding_window_view(image, (kernel, kernel), axis=(0, 1))[::stride, ::stride]
    return windows.transpose(3, 4, 2, 0, 1).reshape(-1, side * side)
