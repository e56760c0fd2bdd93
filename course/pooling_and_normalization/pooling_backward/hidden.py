"""Hidden checks of pooling-backward."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
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


def gradient(student, x, pool_size, stride=None, *, dtype="float64"):
    """Compares the gradient with the reference's, for a gradient of the result that is drawn for it."""
    down, across = pool_size if stride is None else stride
    rows, columns = (x.shape[-3] - pool_size[0]) // down + 1, (x.shape[-2] - pool_size[1]) // across + 1
    grad = numbers(*x.shape[:-3], rows, columns, x.shape[-1], seed=7, dtype=dtype)
    args = (grad, x, pool_size) if stride is None else (grad, x, pool_size, stride)
    result = student.max_pool_backward(*args)
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
    gradient(student, image_of(case), both(case.window), both(case.stride))


@points(1.5)
@search(TIED)
def test_gradient_of_ties(student, case):
    """Where several pixels are the maximum, the first one in row-major order gets all of the gradient."""
    image = np.random.default_rng(case.seed).integers(0, 3, (case.height, case.width, case.channels)).astype(float)
    gradient(student, image, both(case.window))


@points(1)
@search(cases(batch=st.integers(0, 3), side=st.integers(2, 5), channels=CHANNELS, seed=SEED))
def test_gradient_of_batches(student, case):
    """A batch gives the gradients of its images, also when it holds one image or none."""
    gradient(student, numbers(case.batch, case.side, case.side + 1, case.channels, seed=case.seed), (2, 2))


@points(0.5)
def test_gradient_of_rectangles(student):
    """Window and stride may differ in height and width, and may be single numbers."""
    gradient(student, numbers(7, 6, 2), (3, 1), (1, 2))
    x, grad = numbers(5, 7, 2), numbers(2, 3, 2, seed=1)
    expect_close(student.max_pool_backward(grad, x, 2), reference.max_pool_backward(grad, x, 2), like=BACKWARD)
    args = (numbers(4, 6, 2, seed=1), x, 2, 1)
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args), like=BACKWARD)


@points(0.5)
def test_gradient_dtype(student):
    """The gradient is float32 for a float32 input and float64 otherwise, for integers too."""
    for dtype, wanted in (("float32", "float32"), ("float64", "float64"), ("int64", "float64"), ("uint8", "float64")):
        result = gradient(student, numbers(5, 6, 2, seed=3, dtype=dtype), (2, 2),
                          dtype="float32" if dtype == "float32" else "float64")
        expect(result.dtype == wanted, f"The gradient for a {dtype} input is {result.dtype}, not {wanted}.",
               diagnosis=BACKWARD["always-float64"] if wanted == "float32" else None)


@points(0.5)
def test_gradient_of_negative_images(student):
    """Negative maxima pass their gradient on as well, and neither argument is changed."""
    image = -np.abs(numbers(5, 5, 2)) - 1
    gradient(student, image, (2, 2))
    expect(leaves_unchanged(student, student.max_pool_backward, numbers(2, 2, 2), image, (2, 2)),
           "An argument was changed; write the result into an array of its own.")
