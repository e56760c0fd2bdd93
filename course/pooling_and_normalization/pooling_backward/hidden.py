"""Hidden checks of pooling-backward."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_steady,
    kernel_says,
    later,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..max_pooling.hidden import SIDE, STRIDED, VALID, both, image_of
from ..shared import CHANNELS, SEED

BACKWARD = misconceptions.POOLING_BACKWARD
TIED = cases(height=SIDE, width=SIDE, channels=CHANNELS, window=st.integers(2, 3), seed=SEED)


def one_in_each_window(case):
    """An image with a 1 in every window of case.window x case.window pixels, wherever it lies, and 0 elsewhere."""
    row, column = np.random.default_rng(case.seed).integers(0, case.window, 2)
    image = np.zeros((case.height, case.width, 1))
    image[row :: case.window, column :: case.window] = 1
    return image


def tied(case):
    """An image of zeros and ones in which every touching window has a 1, often several."""
    image = np.random.default_rng(case.seed).integers(0, 2, (case.height, case.width, case.channels)).astype(float)
    image[case.window - 1 :: case.window, case.window - 1 :: case.window] = 1
    return image


def gradient(student, x, pool_size, stride=None, *, dtype="float64"):
    """Compares the gradient with the reference's, for a gradient of the result that is drawn for it."""
    down, across = pool_size if stride is None else stride
    rows, columns = (x.shape[-3] - pool_size[0]) // down + 1, (x.shape[-2] - pool_size[1]) // across + 1
    grad = numbers(*x.shape[:-3], rows, columns, x.shape[-1], seed=7, dtype=dtype)
    args = (grad, x, pool_size) if stride is None else (grad, x, pool_size, stride)
    result = later(student.max_pool_backward, *args)
    expect_close(result, reference.max_pool_backward(*args), like=BACKWARD)
    return result


@points(2)
@search(VALID)
def test_gradient_of_touching_windows(student, case):
    """Each window's gradient goes to its maximum; all other pixels, and those left over, get 0."""
    gradient(student, image_of(case), both(case.window))


@points(2)
@search(STRIDED)
def test_gradient_of_overlapping_windows(student, case):
    """A pixel that is the maximum of several windows gets the sum of their gradients."""
    gradient(student, one_in_each_window(case), both(case.window), both(case.stride))


@points(1.5)
@search(TIED)
def test_gradient_of_ties(student, case):
    """Where several pixels are the maximum, the first one in row-major order gets all of the gradient."""
    gradient(student, tied(case), both(case.window))


@points(0.5)
@search(cases(batch=st.integers(0, 3), side=st.integers(2, 5), channels=CHANNELS, seed=SEED))
def test_gradient_of_batches(student, case):
    """A batch gives the gradients of its images, also when it holds one image or none."""
    x = np.ones((case.batch, case.side, case.side + 1, case.channels))
    gradient(student, x, (1, 1))
    shape = {"height": case.side, "width": case.side + 1, "window": 2}
    apart = [one_in_each_window(type(case)(shape, seed=case.seed + number)) for number in range(4)]
    gradient(student, np.stack(apart), (2, 2))
    grad, other = numbers(*x.shape, seed=case.seed), numbers(*x.shape, seed=case.seed + 1)
    expect_steady(lambda grad: later(student.max_pool_backward, grad, x, (1, 1)),
                  lambda grad: reference.max_pool_backward(grad, x, (1, 1)), grad, other, like=BACKWARD)


@points(0.5)
def test_gradient_of_rectangles(student):
    """Window and stride may differ in height and width, and may be single numbers."""
    gradient(student, numbers(7, 6, 2), (3, 1), (3, 2))
    gradient(student, numbers(6, 7, 2), (1, 2), (2, 2))
    x, grad = numbers(5, 7, 2), numbers(2, 3, 2, seed=1)
    for args in ((grad, x, 2), (grad, x, np.int64(2), np.int64(2)), (numbers(2, 2, 2), x, 2, 3)):
        expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args), like=BACKWARD)


@points(0.5)
def test_gradient_dtype(student):
    """The gradient is float32 for a float32 input and float64 otherwise, for integers too."""
    for dtype, wanted in (("float32", "float32"), ("float64", "float64"), ("int64", "float64"), ("uint8", "float64")):
        of = "float32" if dtype == "float32" else "float64"
        images = [np.ones(shape, dtype) for shape in ((5, 6, 2), (2, 3, 4, 1))]
        found = [gradient(student, image, (1, 1), dtype=of).value.dtype for image in images]
        expect(set(found) == {np.dtype(wanted)}, f"The gradient for a {dtype} input is {found[0]}, not {wanted}.",
               diagnosis=BACKWARD["always-float64"] if wanted == "float32" else None)


@points(0.5)
def test_gradient_of_negative_images(student):
    """Negative maxima pass their gradient on as well."""
    gradient(student, -np.abs(numbers(5, 5, 2)) - 1, (2, 2))
    gradient(student, -np.abs(numbers(6, 7, 1)) - 1, (3, 3))


@points(0.5)
@kernel_says
def test_gradient_leaves_its_arguments_alone(student):
    """Neither the image nor the gradient that came in is changed."""
    for stride in (2, 1):
        args = numbers(4 // stride, 4 // stride, 2), numbers(5, 5, 2), (2, 2), (stride, stride)
        expect(leaves_unchanged(student, student.max_pool_backward, *args),
               "An argument was changed; write the result into an array of its own.")
