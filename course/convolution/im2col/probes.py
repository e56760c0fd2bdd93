"""What the hidden checks of im2col run in a kernel: `gather` in one that no student has touched."""


def gather(image, kernel, stride):
    """In the kernel: the windows of one image as columns, by one copy of a view: the way that most would take.

    A copy whose windows lie in rows, as the reference makes it, takes half the time. Nobody is asked for that.
    """
    import numpy

    side = (image.shape[0] - kernel) // stride + 1
    windows = numpy.lib.stride_tricks.sliding_window_view(image, (kernel, kernel), axis=(0, 1))[::stride, ::stride]
    return windows.transpose(3, 4, 2, 0, 1).reshape(-1, side * side)


def product_of(conv2d_im2col, images, matrices, *arguments):
    """In the kernel: a product for which the notebook's `im2col` gives these matrices of these images."""
    import numpy

    names = getattr(conv2d_im2col, "__globals__", {})
    own = names.get("im2col")

    def im2col(image, *how, **more):
        for known, matrix in zip(images, matrices, strict=True):
            if numpy.array_equal(known, image):
                return numpy.array(matrix)
        return own(image, *how, **more)

    if own is None:
        return conv2d_im2col(*arguments)
    names["im2col"] = im2col
    try:
        return conv2d_im2col(*arguments)
    finally:
        names["im2col"] = own
