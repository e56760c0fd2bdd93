"""Public checks of im2col, and how its speed is asked for.

CPU time is measured from outside, around a request that brings back what only the whole matrix can give.
"""

from typing import Any

import numpy as np

from autograder.checks.api import (
    Handle,
    Student,
    expect,
    expect_close,
    in_kernel,
    measured,
    misconceptions,
    reference,
    second,
)

from ..shared import mirrored_whole, whole

SHAPE, KERNEL, STRIDE = (227, 227, 3), 11, 4
ROWS, POSITIONS = 363, 3025
IMAGES, REPEATS, ROUNDS = 2, 3, 3
LIMIT = 2.0  # times the CPU time of ours
SURE = 1.5  # times faster than asked for: one round is enough, since no slow way is that fast even once
OURS = 1.25  # yardsticks that ours takes, as measured; a test holds this


def first_layer(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Images as AlexNet's first layer reads them, and a weight for each of the windows: both float32."""
    images = rng.random((IMAGES, *SHAPE), dtype=np.float32)
    return images, rng.random(POSITIONS, dtype=np.float32)


def gathering(student: Student, im2col: Handle, images: np.ndarray, weights: np.ndarray) -> tuple[float, Any]:
    """CPU seconds of `im2col` on the images, and each matrix times `weights`: (images, rows).

    Fails where a matrix has another shape.
    """
    ask = in_kernel(student, weighed).weighed
    with measured(student) as used:
        shape, sums = ask(im2col, images, KERNEL, STRIDE, weights)
    right = tuple(shape) == (ROWS, POSITIONS)
    expect(right, f"The matrix of AlexNet's first layer is {ROWS} x {POSITIONS}, and im2col gives another.")
    return used.cpu_s, sums


def weighed(im2col, images, kernel, stride, weights):
    """In the kernel: the shape of the matrices, and for each image the sum of its columns, weighed."""
    import numpy

    sums = []
    for image in images:
        matrix = numpy.asarray(im2col(image, kernel, stride))
        if matrix.ndim != 2 or matrix.shape[1] != len(weights):
            return matrix.shape, None
        sums.append(matrix @ weights)
    return matrix.shape, numpy.array(sums)


def yardstick(images, seed, kernel, stride, weights):
    """In the kernel: copies as many pixels as there are in the windows, in as large steps, from places drawn at random.

    This is what stands for ours in a student's own notebook.
    """
    import numpy

    places = numpy.random.default_rng(seed).integers(0, kernel, (kernel * kernel, 2)).tolist()
    side = (images.shape[1] - kernel) // stride + 1
    sums = []
    for image in images:
        copies = numpy.empty((kernel * kernel, image.shape[2], side, side), image.dtype)
        for copy, (row, column) in zip(copies, places, strict=True):
            part = image[row : row + side * stride : stride, column : column + side * stride : stride]
            copy[...] = part[:side, :side].transpose(2, 0, 1)
        sums.append(copies.reshape(-1, side * side) @ weights)
    return numpy.array(sums)


def decided(seconds: float, limit: float, rounds: int) -> bool:
    """Whether further rounds would change nothing: the best one is far below the limit, or after several not above
    it, or far beyond it. One round alone shows no slow way: memory that is touched for the first time costs more."""
    return seconds * SURE <= limit or (rounds >= REPEATS and not limit < seconds <= 4 * limit)


def yardsticks(student: Student) -> float:
    """CPU time of the student's `im2col` in yardsticks. Each is the best of several, taking turns."""
    images, weights = first_layer(np.random.default_rng(0))
    im2col, copy = student.im2col, in_kernel(student, yardstick).yardstick
    own = other = np.inf
    for repeat in range(REPEATS * ROUNDS):
        own = min(own, gathering(student, im2col, images, weights)[0])
        with measured(student) as used:
            copy(images, repeat, KERNEL, STRIDE, weights)
        other = min(other, used.cpu_s)
        if decided(own, LIMIT * OURS * other, repeat + 1):
            break
    return own / max(other, 1e-9)


def test_matrix(student):
    """One window is one column, in the kernel's order: row by row, column by column, channel by channel."""
    image = np.arange(24.0).reshape(3, 4, 2)
    for size in (2, (2, 3), (3, 1)):
        expect_close(student.im2col(image, size), reference.im2col(image, size), like=misconceptions.IM2COL)


@second(lambda rng: 11)
def test_matrix_with_stride_and_dilation(student, case):
    """A stride leaves windows out; a dilation spreads the pixels of each window."""
    rows = case or 8
    image = np.arange(8.0 * rows).reshape(rows, 8, 1)
    for options in ({"stride": 2}, {"stride": (2, 3)}, {"dilation": 2}):
        expect_close(
            student.im2col(image, 2, **options), reference.im2col(image, 2, **options), like=misconceptions.IM2COL
        )


@second(lambda rng: 6)
def test_product(student, case):
    """Kernels as rows times windows as columns: the convolution, for an image and for a batch."""
    kernels, bias = whole(3, 2, 2, 2, seed=1), np.array([1.0, 20.0, 300.0])
    rows = case or 4
    for shape in ((rows, 5, 2), (2, rows, 5, 2)):
        x = whole(*shape, seed=3)
        expect_close(
            student.conv2d_im2col(x, kernels, bias), reference.conv2d_im2col(x, kernels, bias),
            like=misconceptions.CONV2D_IM2COL,
        )


@second(lambda rng: 7)
def test_product_with_padding(student, case):
    """Stride and "same" padding work as in Conv2D."""
    x = whole(case or 5, 5, 1, seed=4)
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
    ratio = yardsticks(student)
    slow = misconceptions.IM2COL["too-slow"]
    details = f"about {ratio / OURS:.1f} times the CPU time of ours; {LIMIT:g} times is fast enough"
    expect(ratio <= LIMIT * OURS, "im2col is slower than it can be.", diagnosis=slow, details=details)
