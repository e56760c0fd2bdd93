"""Public checks of im2col, and how fast it gathers its windows.

The speed is measured where student code runs, and against a yardstick run beside it, which copies as many pixels in as
large steps, so that a slow, busy or small machine slows both alike.
"""

from typing import Any

import numpy as np

from autograder.checks.api import Handle, Student, expect, expect_close, in_kernel, misconceptions, reference

from ..shared import mirrored_whole, whole

SHAPE, KERNEL, STRIDE = (227, 227, 3), 11, 4
COLUMNS = 55  # every 55th column comes back to be compared: one for each row of windows
REPEATS = 5
REFERENCE = 1.25  # yardsticks that the reference takes, as measured; a test holds this
LIMIT = 2 * REFERENCE
ROUNDS = 3


def gathering(student: Student, im2col: Handle, seed: int) -> tuple[float, list[np.ndarray]]:
    """Times `im2col` on AlexNet's first layer: (its CPU time in yardsticks, a sample of each result).

    Both are the best of five, on five images. A ratio above the limit is measured again, twice at the most,
    so that a busy machine costs nobody anything.
    """
    measure = in_kernel(student, race).race
    ratio, samples = np.inf, []
    for _ in range(ROUNDS):
        own, yardstick, samples = measure(im2col, seed, SHAPE, KERNEL, STRIDE, REPEATS, COLUMNS)
        ratio = min(ratio, float(own) / max(float(yardstick), 1e-9))
        if ratio <= LIMIT:
            break
    return ratio, samples


def expect_fast(ratio: float, slow: Any) -> None:
    """Passes up to the limit; names the misconception `slow` above it."""
    details = f"{ratio:.1f} times as long as copying so many pixels once; {LIMIT:g} times is fast enough"
    expect(ratio <= LIMIT, "im2col is slower than it can be.", diagnosis=slow, details=details)


def race(im2col: Any, seed: int, shape: Any, kernel: int, stride: int, repeats: int, step: int) -> Any:
    """In the kernel: best CPU seconds of `im2col` and of the yardstick, taking turns; every `step`-th column.

    The yardstick copies strided parts of the image from places drawn at random, kernel x kernel times. The thread's
    clock is read, because the process's ticks only every few milliseconds where its CPU time is limited.
    """
    import time

    import numpy

    side = (shape[0] - kernel) // stride + 1
    own, yardstick, samples = [], [], []
    for number in range(repeats):
        rng = numpy.random.default_rng([seed, number])
        image = rng.random(shape, dtype=numpy.float32)
        places = rng.integers(0, kernel, (kernel * kernel, 2)).tolist()
        start = time.thread_time()
        result = im2col(image, kernel, stride)
        own.append(time.thread_time() - start)
        samples.append(numpy.array(result)[:, ::step])
        del result

        start = time.thread_time()
        copies = numpy.empty((kernel * kernel, shape[2], side, side), image.dtype)
        for copy, (row, column) in zip(copies, places, strict=True):
            part = image[row : row + side * stride : stride, column : column + side * stride : stride]
            copy[...] = part[:side, :side].transpose(2, 0, 1)
        yardstick.append(time.thread_time() - start)
        del copies
        if sum(own) > 1.0:  # far too slow: no need to wait for the other repetitions
            break
    return min(own), min(yardstick), samples


def test_matrix(student):
    """One window is one column, in the kernel's order: row by row, column by column, channel by channel."""
    image = np.arange(24.0).reshape(3, 4, 2)
    for size in (2, (2, 3), (3, 1)):
        expect_close(student.im2col(image, size), reference.im2col(image, size), like=misconceptions.IM2COL)


def test_matrix_with_stride_and_dilation(student):
    """A stride leaves windows out; a dilation spreads the pixels of each window."""
    image = np.arange(64.0).reshape(8, 8, 1)
    for options in ({"stride": 2}, {"stride": (2, 3)}, {"dilation": 2}):
        expect_close(
            student.im2col(image, 2, **options), reference.im2col(image, 2, **options), like=misconceptions.IM2COL
        )


def test_product(student):
    """Kernels as rows times windows as columns: the convolution, for an image and for a batch."""
    kernels, bias = whole(3, 2, 2, 2, seed=1), np.array([1.0, 20.0, 300.0])
    for shape in ((4, 5, 2), (2, 4, 5, 2)):
        x = whole(*shape, seed=3)
        expect_close(
            student.conv2d_im2col(x, kernels, bias), reference.conv2d_im2col(x, kernels, bias),
            like=misconceptions.CONV2D_IM2COL,
        )


def test_product_with_padding(student):
    """Stride and "same" padding work as in Conv2D."""
    x = whole(5, 5, 1, seed=4)
    for side, options in (
        (3, {"padding": "same"}), (2, {"padding": "same"}), (2, {"stride": 2}), (3, {"stride": 2, "padding": "same"})
    ):
        kernels = mirrored_whole(1, side, 1, seed=5)
        expect_close(
            student.conv2d_im2col(x, kernels, **options), reference.conv2d_im2col(x, kernels, **options),
            like=misconceptions.CONV2D_IM2COL,
        )


def test_fast_enough(student):
    """AlexNet's first layer (227x227x3, 11x11, stride 4) is gathered without a Python loop over its 3,025 windows."""
    im2col, image = student.im2col, np.arange(90.0).reshape(5, 6, 3)
    expect_close(im2col(image, 2, 3), reference.im2col(image, 2, 3), like=misconceptions.IM2COL)
    ratio, _ = gathering(student, im2col, seed=0)
    expect_fast(ratio, misconceptions.IM2COL["window-by-window"])
