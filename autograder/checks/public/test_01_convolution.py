"""Public checks of assignment 01."""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    if_it_raises,
    misconceptions,
    numbers,
    reference,
    search,
    task,
)
from autograder.checks.speed import LIMIT, gathering


@task("output-size")
def test_it_fits_exactly(student):
    """A 3-wide window fits 5 times into 7 pixels, one pixel apart."""
    expect_equal(student.output_size(7, 3), reference.output_size(7, 3), like=misconceptions.OUTPUT_SIZE)


@task("output-size")
def test_padding_and_stride(student):
    """Padding adds pixels on both sides; the stride is the distance from one window to the next."""
    for size, kernel, stride, padding in [(7, 3, 2, 0), (7, 3, 1, 1), (32, 5, 1, 2), (227, 11, 4, 0), (8, 3, 2, 0)]:
        expect_equal(
            student.output_size(size, kernel, stride=stride, padding=padding),
            reference.output_size(size, kernel, stride=stride, padding=padding), like=misconceptions.OUTPUT_SIZE,
        )


@task("output-size")
def test_dilation(student):
    """A dilated window covers more pixels: 3 taps 2 apart reach over 5."""
    for size, kernel, stride, dilation in [(7, 3, 1, 2), (9, 3, 2, 2), (10, 2, 3, 4)]:
        expect_equal(
            student.output_size(size, kernel, stride=stride, dilation=dilation),
            reference.output_size(size, kernel, stride=stride, dilation=dilation), like=misconceptions.OUTPUT_SIZE,
        )


@task("output-size")
def test_wrong_arguments(student):
    """A stride of 0 and a window wider than the image are refused with a ValueError."""
    with expect_raises("ValueError", naming="stride"):
        student.output_size(7, 3, stride=0)
    with expect_raises("ValueError"):
        student.output_size(2, 3)


@task("same-padding")
def test_odd_kernel(student):
    """An odd kernel at stride 1 needs the same number of pixels on both sides."""
    for size, kernel in [(7, 3), (28, 5), (5, 1)]:
        expect_equal(
            student.same_padding(size, kernel), reference.same_padding(size, kernel),
            like=misconceptions.SAME_PADDING,
        )


@task("same-padding")
def test_odd_number_of_pixels(student):
    """An even kernel needs an odd number of pixels; the extra one goes after the image."""
    for size, kernel in [(6, 2), (7, 4)]:
        expect_equal(
            student.same_padding(size, kernel), reference.same_padding(size, kernel),
            like=misconceptions.SAME_PADDING,
        )


@task("same-padding")
def test_stride(student):
    """With a stride there are ceil(size / stride) windows, and the padding is what the last one lacks."""
    for size, kernel, stride in [(6, 3, 2), (7, 3, 2), (224, 7, 2), (8, 2, 3)]:
        expect_equal(
            student.same_padding(size, kernel, stride), reference.same_padding(size, kernel, stride),
            like=misconceptions.SAME_PADDING,
        )


def layer_of(student, kernels, **options):
    """The student's layer with these kernels; a square kernel's size is given as one number."""
    height, width = kernels.shape[1:3]
    layer = student.Conv2D(len(kernels), height if height == width else (height, width), **options)
    layer.kernels = kernels
    return layer


@task("conv2d")
@search(cases(kernel=st.integers(1, 3), more_rows=st.integers(0, 3), more_columns=st.integers(0, 3)), examples=6)
def test_one_channel(student, case):
    """One filter on an image with one channel: each number of the result is a sum of pixels times weights."""
    image = numbers(case.kernel + case.more_rows, case.kernel + case.more_columns, 1, seed=1)
    kernels = numbers(1, case.kernel, case.kernel, 1, seed=2)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_channels_and_filters(student):
    """A filter sums over all channels, and every filter makes a map of its own."""
    image, kernels = numbers(4, 5, 3, seed=3), numbers(2, 3, 3, 3, seed=4)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_strides(student):
    """The stride is one number, or (down, right)."""
    image, kernels = numbers(8, 8, 1, seed=5), numbers(1, 3, 2, 1, seed=6)
    for stride in (2, (1, 3)):
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            result = layer_of(student, kernels, stride=stride).forward(image)
        expect_close(result, reference.conv2d(image, kernels, stride=stride), like=misconceptions.CONV2D)


@task("conv2d")
def test_same_padding(student):
    """With "same" padding and stride 1 the result is as large as the image; zeros surround it."""
    for side in (3, 2):
        image, kernels = numbers(5, 5, 1, seed=7), numbers(1, side, side, 1, seed=8)
        expect_close(
            layer_of(student, kernels, padding="same").forward(image),
            reference.conv2d(image, kernels, padding="same"), like=misconceptions.CONV2D,
        )


@task("conv2d")
def test_dilated_layer(student):
    """A dilation of 2 reads every second pixel under the kernel."""
    image, kernels = numbers(7, 7, 1, seed=9), numbers(1, 3, 3, 1, seed=10)
    expect_close(
        layer_of(student, kernels, dilation=2).forward(image), reference.conv2d(image, kernels, dilation=2),
        like=misconceptions.CONV2D,
    )


@task("conv2d")
def test_bias(student):
    """Each filter adds its bias to its whole map."""
    image, kernels, bias = numbers(4, 4, 2, seed=11), numbers(3, 2, 2, 2, seed=12), numbers(3, seed=13)
    layer = layer_of(student, kernels)
    layer.bias = bias
    expect_close(layer.forward(image), reference.conv2d(image, kernels, bias), like=misconceptions.CONV2D)


@task("conv2d")
def test_batch_and_dtype(student):
    """A batch gives a batch; a float32 image gives a float32 result, integers give float64."""
    batch, kernels = numbers(2, 4, 4, 2, seed=14, dtype="float32"), numbers(2, 3, 3, 2, seed=15)
    result = layer_of(student, kernels).forward(batch)
    expect_close(result, reference.conv2d(batch, kernels), like=misconceptions.CONV2D)
    is_float32 = isinstance(result, np.ndarray) and result.dtype == np.float32
    expect(is_float32, "A float32 image gives a float32 result.", diagnosis=misconceptions.CONV2D["always-float64"])
    image = numbers(4, 4, 2, seed=16, dtype="int64")
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_fresh_kernels(student):
    """A new layer has no kernels and a bias of zeros; the first image it sees makes it draw its kernels."""
    layer = student.Conv2D(4, (3, 2))
    expect(layer.kernels is None, "Before the first forward pass kernels is None.")
    expect_close(layer.bias, np.zeros(4), what="the bias of a new layer")
    layer.forward(numbers(5, 5, 3))
    shape = getattr(layer.kernels, "shape", None)
    expect(shape == (4, 3, 2, 3), "The kernels' shape is (filters, kernel height, kernel width, channels).")


@task("conv2d")
def test_arguments(student):
    """A stride of 0, an unknown padding and an image without channels are refused with a ValueError."""
    with expect_raises("ValueError", naming="stride"):
        student.Conv2D(2, 3, stride=0).forward(numbers(5, 5, 1))
    with expect_raises("ValueError", naming="padding"):
        student.Conv2D(2, 3, padding="full").forward(numbers(5, 5, 1))
    with expect_raises("ValueError", naming="image"):
        student.Conv2D(2, 3).forward(numbers(5, 5))


@task("im2col")
def test_matrix(student):
    """One window is one column, in the kernel's order: row by row, column by column, channel by channel."""
    image = np.arange(24.0).reshape(3, 4, 2)
    for size in (2, (2, 3), (3, 1)):
        expect_close(student.im2col(image, size), reference.im2col(image, size), like=misconceptions.IM2COL)


@task("im2col")
def test_matrix_with_stride_and_dilation(student):
    """A stride leaves windows out; a dilation spreads the pixels of each window."""
    image = np.arange(64.0).reshape(8, 8, 1)
    for options in ({"stride": 2}, {"stride": (2, 3)}, {"dilation": 2}):
        expect_close(
            student.im2col(image, 2, **options), reference.im2col(image, 2, **options), like=misconceptions.IM2COL
        )


@task("im2col")
def test_product(student):
    """Kernels as rows times windows as columns: the convolution, for an image and for a batch."""
    kernels, bias = numbers(3, 2, 2, 2, seed=1), numbers(3, seed=2)
    for shape in ((4, 5, 2), (2, 4, 5, 2)):
        x = numbers(*shape, seed=3)
        expect_close(
            student.conv2d_im2col(x, kernels, bias), reference.conv2d_im2col(x, kernels, bias),
            like=misconceptions.CONV2D_IM2COL,
        )


@task("im2col")
def test_product_with_padding(student):
    """Stride and "same" padding work as in Conv2D."""
    x, kernels = numbers(5, 5, 1, seed=4), numbers(1, 2, 2, 1, seed=5)
    for options in ({"padding": "same"}, {"stride": 2}, {"stride": 2, "padding": "same"}):
        expect_close(
            student.conv2d_im2col(x, kernels, **options), reference.conv2d_im2col(x, kernels, **options),
            like=misconceptions.CONV2D_IM2COL,
        )


@task("im2col")
def test_fast_enough(student):
    """AlexNet's first layer (227x227x3, 11x11, stride 4) is gathered without a Python loop over its 3,025 windows."""
    im2col = student.im2col
    ratio, _ = gathering(student, im2col, seed=0)
    expect(
        ratio <= LIMIT, "im2col is slower than it can be.", diagnosis=misconceptions.IM2COL["window-by-window"],
        details=f"{ratio:.1f} times the time of copying as many pixels; {LIMIT:g} times is fast enough",
    )
