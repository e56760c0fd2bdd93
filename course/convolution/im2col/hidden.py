"""Hidden checks of im2col."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    current,
    expect,
    expect_close,
    expect_refusals,
    fresh,
    in_kernel,
    kernel_says,
    later,
    leaves_unchanged,
    look_at,
    misconceptions,
    numbers,
    points,
    reference,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..conv2d.hidden import expect_channels_refused
from ..conv2d.reference import as_batch, pad_images, pair_of
from ..shared import mirrored, seeds, small
from .probes import gather, product_of
from .public import LIMIT, REPEATS, ROUNDS, decided, first_layer, gathering

# Where a product is wrong, the student's process gets the right matrices of its images (`of_right_matrices`). So these
# are drawn from seeds of their own: no matrix that is sent is one that a test of `im2col` asks for.
OF_PRODUCTS = 1000


def image_of_a_product(*shape, seed):
    return numbers(*shape, seed=OF_PRODUCTS + seed)


def expect_matrix(student, image, kernel_size, **options):
    expect_close(
        later(student.im2col, image, kernel_size, **options), reference.im2col(image, kernel_size, **options),
        like=misconceptions.IM2COL,
    )


def expect_product(student, x, kernels, bias=None, **options):
    """The product, compared with the right one. Where it is wrong, it may still be right of the right matrices: a wrong
    `im2col` costs the points of its own tests."""
    result = later(student.conv2d_im2col, x, kernels, bias, **options)
    right = reference.conv2d_im2col(x, kernels, bias, **options)

    def compare(found):
        observed = list(current().observations)
        try:
            expect_close(found, right, like=misconceptions.CONV2D_IM2COL)
        except CheckFailure:
            if not is_right_of_right_matrices(student, right, x, kernels, bias, **options):
                raise
            current().observations[:] = observed  # it was the matrix, which other tests look at

    look_at(result, compare)
    return result


def is_right_of_right_matrices(student, right, x, kernels, bias, **options):
    observed = list(current().observations)
    try:
        expect_close(of_right_matrices(student, x, kernels, bias, **options), right)
    except (CheckFailure, StudentError):
        return False
    finally:
        current().observations[:] = observed
    return True


def of_right_matrices(student, x, kernels, bias, stride=1, padding="valid"):
    """What the student's `conv2d_im2col` gives where `im2col` gives the right matrix of each of the padded images.

    The student's process gets these matrices, and never the code that makes them.
    """
    size, strides = kernels.shape[1:3], pair_of(stride, "stride")
    images = pad_images(as_batch(x), size, strides, padding, (1, 1))
    matrices = [reference.im2col(image, size, stride=strides).value for image in images]
    kernel = in_kernel(student, product_of)
    arguments = (x, kernels, bias, stride, padding)
    return kernel.product_of(student.conv2d_im2col, list(images), matrices, size, strides, *arguments)


@points(2)
@search(cases(height=small, width=small, more_rows=st.integers(0, 3), more_columns=st.integers(0, 3),
              channels=small, seed=seeds), examples=8)
def test_columns_in_the_right_order(student, case):
    """Each window is a column in the order (row, column, channel); windows follow row by row."""
    image = numbers(case.height + case.more_rows, case.width + case.more_columns, case.channels, seed=case.seed)
    expect_matrix(student, image, (case.height, case.width))
    expect_matrix(student, numbers(4, 5, 2, seed=case.seed), 2)


@points(2)
@search(cases(side=st.integers(4, 8), more=st.integers(0, 3), taps=st.integers(2, 3), dilation=st.integers(2, 3),
              down=small, right=small, seed=seeds), examples=8)
def test_columns_with_stride_and_dilation(student, case):
    """A stride leaves out windows, with a number of its own in each direction; dilation spreads a window's pixels."""
    for stride in (2, (2, 3), (case.down, case.right)):
        expect_matrix(student, numbers(case.side, 7, 1, seed=case.seed), 1, stride=stride)
    covers = case.dilation * (case.taps - 1) + 1
    for image, size in (((covers + case.more, 1, 1), (case.taps, 1)), ((1, covers + case.more, 1), (1, case.taps))):
        expect_matrix(student, numbers(*image, seed=case.seed), size, dilation=case.dilation)
    expect_matrix(student, numbers(9, 11, 1, seed=case.seed), (1, 3), stride=(3, 2), dilation=case.dilation)


@points(2)
@search(cases(rows=small, columns=small, channels=small, filters=small, height=small, width=small, images=small,
              seed=seeds), examples=12)
def test_product_is_the_convolution(student, case):
    """The matrix product, with the bias, is the convolution: of an image, and of a batch of several, one or none."""
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    height, width = case.height - 1 + case.rows, case.width - 1 + case.columns
    image = image_of_a_product(height, width, case.channels, seed=case.seed)
    expect_product(student, image, kernels, numbers(case.filters, seed=case.seed) + 2)
    expect_product(student, image_of_a_product(4, 5, 2, seed=case.seed), numbers(3, 2, 2, 2, seed=case.seed), None)
    for images in (case.images, 3, 0):  # so that drawn cases fail with batches of two sizes
        bias = numbers(3, seed=case.seed)
        batch = image_of_a_product(images, 4, 3, 2, seed=case.seed)
        expect_product(student, batch, numbers(3, 2, 3, 2, seed=case.seed), bias)


@points(2)
@search(cases(side=st.integers(2, 6), kernel=st.integers(2, 4), stride=st.integers(1, 3), seed=seeds), examples=12)
def test_product_with_stride_and_padding(student, case):
    """Stride and "same" padding work as in Conv2D, also for oblong kernels and a pair of strides."""
    drawn = (case.side, case.kernel, case.stride)
    for side, kernel, stride in ((3, 3, 1), drawn, (3, 2, 1), (4, 3, 2), (4, 3, (1, 2)), (5, 2, 2)):
        for padding in ("same", "valid") if kernel <= side else ("same",):
            kernels = mirrored(numbers(1, kernel, kernel, 1, seed=case.seed))
            image = image_of_a_product(side, side, 1, seed=case.seed)
            expect_product(student, image, kernels, stride=stride, padding=padding)
    kernels = mirrored(numbers(1, 4, 2, 1, seed=case.seed))
    for stride in ((2, 1), (1, 3)):
        image = image_of_a_product(6, 5, 1, seed=case.seed)
        expect_product(student, image, kernels, stride=stride, padding="same")


@points(1)
@kernel_says
def test_dtypes_and_arguments(student, rng):
    """float32 stays float32, integers become float64, and what the functions are given stays as it was."""
    kernels, bias = mirrored(numbers(2, 2, 2, 1)), numbers(2)
    images = [rng.random((4, 4, 1)).astype("float32"), rng.random((4, 4, 1)), rng.integers(0, 9, (4, 4, 1)),
              rng.random((5, 4, 1)) > 0.5]
    results = [expect_product(student, image, kernels, bias).value for image in images]
    for image, result in zip(images, results, strict=True):
        right = "float32" if image.dtype.name == "float32" else "float64"
        expect(result.dtype.name == right, f"The result for a {image.dtype.name} image is {right}.")
    batch = numbers(2, 4, 4, 1)
    unchanged = [
        leaves_unchanged(student, student.im2col, batch[0], 2),
        leaves_unchanged(student, student.conv2d_im2col, batch[0], kernels, bias),
        leaves_unchanged(student, student.conv2d_im2col, batch, kernels, bias, 1, "same"),
    ]
    expect(all(unchanged), "The image, the kernels or the bias were changed.")


@points(1)
def test_im2col_refuses_wrong_arguments(student):
    """Arguments out of range, and images that do not fit, raise a ValueError that names the argument."""
    image = numbers(5, 5, 2)
    wrong = {"kernel_size": [0, (2, 0), (6, 1), (1, 6)], "stride": [0, (1, 0)], "dilation": [0]}
    no_image, too_wide = refused("ValueError", naming="image"), refused("ValueError", naming=("kernel_size", "kernel"))
    kernels, im2col, product = numbers(1, 2, 2, 2), student.im2col, student.conv2d_im2col
    expect_refusals(student, [
        *((refused("ValueError", naming=name), partial(im2col, image, **{"kernel_size": 2, name: value}))
          for name, values in wrong.items() for value in values),
        (no_image, partial(im2col, numbers(5, 5), 2)),
        (no_image, partial(product, numbers(5, 5), kernels)),
        (refused("ValueError", naming="padding"), partial(product, image, kernels, padding="full")),
        *((refused("ValueError", naming="stride"), partial(product, image, kernels, stride=stride))
          for stride in (0, (1, 0))),
        *((too_wide, partial(product, image, numbers(1, *size, 2))) for size in ((6, 1), (1, 6))),
        (expect_channels_refused, partial(product, image, numbers(1, 2, 2, 3))),
    ])


@points(2)
def test_gathers_fast(student, rng):
    """AlexNet's first layer is gathered right, and in at most twice the CPU time of ours."""
    im2col, own, ours = student.im2col, np.inf, np.inf
    with fresh(student, []) as untouched:
        right = in_kernel(untouched, gather).gather
        for repeat in range(REPEATS * ROUNDS):
            images, weights = first_layer(rng)
            seconds, sums = gathering(student, im2col, images, weights)
            own = min(own, seconds)
            seconds, known = gathering(untouched, right, images, weights)
            ours = min(ours, seconds)
            expect_close(sums, known, what="im2col of AlexNet's first layer")
            if decided(own, LIMIT * ours, repeat + 1):
                break
    slow = misconceptions.IM2COL["too-slow"]
    details = f"{own / max(ours, 1e-9):.1f} times the CPU time of ours"
    expect(own <= LIMIT * ours, "im2col is slower than it can be.", diagnosis=slow, details=details)
