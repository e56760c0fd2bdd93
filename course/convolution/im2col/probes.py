"""What the hidden checks of im2col run in a kernel: `gather` in one that no student has touched."""


def gather(image, kernel, stride):
    """In the kernel: the windows of one image as columns, by one copy of a view: the way that most would take.

    A copy whose windows lie in rows, as the reference makes it, takes half the time. Nobody is asked for that.
    """
    import numpy

    side = (image.shape[0] - kernel) // stride + 1
    windows = numpy.lib.stride_tricks.sliding_window_view(image, (kernel, kernel), axis=(0, 1))[::stride, ::stride]
    return windows.transpose(3, 4, 2, 0, 1).reshape(-1, side * side)


def product_of(conv2d_im2col, images, matrices, size, strides, *arguments):
    """In the kernel: a product for which the notebook's `im2col` gives these matrices of these images.

    It does so only where it is asked for windows of this size at these strides, (down, right), without a dilation.
    """
    import numpy

    names = getattr(conv2d_im2col, "__globals__", {})
    own = names.get("im2col")

    def same(asked, right):
        return numpy.array_equal(numpy.broadcast_to(asked, 2), numpy.broadcast_to(right, 2))

    def im2col(image, kernel_size, stride=1, dilation=1):
        if same(kernel_size, size) and same(stride, strides) and same(dilation, 1):
            for known, matrix in zip(images, matrices, strict=True):
                if numpy.array_equal(known, image):
                    return numpy.array(matrix)
        return own(image, kernel_size, stride, dilation)

    if own is None:
        return conv2d_im2col(*arguments)
    names["im2col"] = im2col
    try:
        return conv2d_im2col(*arguments)
    finally:
        names["im2col"] = own
