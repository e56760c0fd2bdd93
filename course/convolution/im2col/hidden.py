"""Hidden checks of im2col."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..conv2d.hidden import expect_channels_refused, mirrored
from ..shared import seeds, small
from .public import COLUMNS, KERNEL, SHAPE, STRIDE, expect_fast, gathering


def image_number(number: int, seed: int) -> np.ndarray:
    """The image that the repetition `number` gathers: float32, drawn in the kernel in the same way."""
    return np.random.default_rng([seed, number]).random(SHAPE, dtype=np.float32)


def expect_matrix(student, image, kernel_size, **options):
    expect_close(
        student.im2col(image, kernel_size, **options), reference.im2col(image, kernel_size, **options),
        like=misconceptions.IM2COL,
    )


def expect_product(student, x, kernels, bias=None, **options):
    result = student.conv2d_im2col(x, kernels, bias, **options)
    expect_close(result, reference.conv2d_im2col(x, kernels, bias, **options), like=misconceptions.CONV2D_IM2COL)
    return result


@points(2)
@search(cases(height=small, width=small, more_rows=st.integers(0, 3), more_columns=st.integers(0, 3),
              channels=small, seed=seeds), examples=12)
def test_columns_in_the_right_order(student, case):
    """Each window is a column in the order (row, column, channel); windows follow row by row."""
    image = numbers(case.height + case.more_rows, case.width + case.more_columns, case.channels, seed=case.seed)
    expect_matrix(student, image, (case.height, case.width))
    expect_matrix(student, numbers(4, 5, 2, seed=case.seed), 2)


@points(1)
@search(cases(side=st.integers(4, 8), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_columns_with_a_stride(student, case):
    """Only the windows that the stride reaches have a column."""
    for stride in (2, (2, 3), (case.down, case.right)):
        expect_matrix(student, numbers(case.side, case.side, 1, seed=case.seed), case.kernel, stride=stride)


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 3), dilation=st.integers(2, 3), seed=seeds), examples=12)
def test_columns_with_dilation(student, case):
    """Dilation spreads the pixels of a window."""
    side = case.dilation * (case.kernel - 1) + 1 + case.more
    expect_matrix(student, numbers(side, side, 1, seed=case.seed), case.kernel, dilation=case.dilation)


@points(2)
@search(
    cases(rows=small, columns=small, channels=small, filters=small, height=small, width=small, seed=seeds), examples=12
)
def test_product_is_the_convolution(student, case):
    """The matrix product, with the bias, is the convolution."""
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    image = numbers(case.height - 1 + case.rows, case.width - 1 + case.columns, case.channels, seed=case.seed)
    expect_product(student, image, kernels, numbers(case.filters, seed=case.seed) + 2)
    expect_product(student, numbers(4, 5, 2, seed=case.seed), numbers(3, 2, 2, 2, seed=case.seed), None)


@points(1)
@search(cases(side=st.integers(2, 6), kernel=st.integers(2, 4), stride=st.integers(1, 3), seed=seeds), examples=12)
def test_product_with_stride_and_padding(student, case):
    """Stride and "same" padding work as in Conv2D."""
    drawn = (case.side, case.kernel, case.stride)
    for side, kernel, stride in ((3, 3, 1), drawn, (3, 2, 1), (4, 3, 2), (4, 3, (1, 2))):
        for padding in ("same", "valid") if kernel <= side else ("same",):
            image = numbers(side, side, 1, seed=case.seed)
            expect_product(student, image, mirrored(1, kernel, 1), stride=stride, padding=padding)


@points(1)
def test_product_for_batches(student, rng):
    """A batch gives a batch: of several images, of one, and of none."""
    for images in (3, 1, 0):
        expect_product(student, rng.random((images, 4, 3, 1)), mirrored(2, 2, 1))


@points(1)
def test_product_dtypes(student, rng):
    """float32 stays float32, integers become float64, and the image is not changed."""
    kernels = mirrored(2, 2, 1)
    for image, dtype in ((rng.random((4, 4, 1)).astype("float32"), "float32"), (rng.random((4, 4, 1)), "float64"),
                         (rng.integers(0, 9, (4, 4, 1)), "float64")):
        result = expect_product(student, image, kernels)
        expect(result.dtype.name == dtype, f"The result for a {image.dtype.name} image is {dtype}.")
        unchanged = leaves_unchanged(student, student.conv2d_im2col, image, kernels)
        expect(unchanged, "conv2d_im2col changed the image or the kernels that it was given.")


@points(1)
def test_im2col_refuses_wrong_arguments(student):
    """Arguments out of range, and images that do not fit, raise a ValueError that names the argument."""
    image = numbers(5, 5, 2)
    for name, values in {"kernel_size": [0, (2, 0), (6, 1), (1, 6)], "stride": [0, (1, 0)], "dilation": [0]}.items():
        for value in values:
            with expect_raises("ValueError", naming=name):
                student.im2col(image, **{"kernel_size": 2, name: value})
    with expect_raises("ValueError", naming="image"):
        student.im2col(numbers(5, 5), 2)
    kernels = numbers(1, 2, 2, 2)
    with expect_raises("ValueError", naming="image"):
        student.conv2d_im2col(numbers(5, 5), kernels)
    with expect_raises("ValueError", naming="padding"):
        student.conv2d_im2col(image, kernels, padding="full")
    for stride in (0, (1, 0)):
        with expect_raises("ValueError", naming="stride"):
            student.conv2d_im2col(image, kernels, stride=stride)
    for size in ((6, 1), (1, 6)):
        with expect_raises("ValueError", naming="kernel"):
            student.conv2d_im2col(image, numbers(1, *size, 2))
    expect_channels_refused(lambda: student.conv2d_im2col(image, numbers(1, 2, 2, 3)))


@points(2)
def test_gathers_fast(student, rng):
    """AlexNet's first layer is gathered right, and as fast as NumPy copies: no Python loop over the windows."""
    im2col, seed = student.im2col, int(rng.integers(1 << 30))
    ratio, samples = gathering(student, im2col, seed)
    for number, sample in enumerate(samples):
        right = reference.im2col(image_number(number, seed), KERNEL, STRIDE).value[:, ::COLUMNS]
        expect_close(sample, right, what="im2col of AlexNet's first layer")
    expect_fast(ratio, misconceptions.IM2COL["window-by-window"])
