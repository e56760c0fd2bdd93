"""Hidden checks of conv2d-backward."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..conv2d.hidden import expect_channels_refused, mirrored
from ..shared import seeds, small


def backward_case(x_shape, kernels, seed, **options):
    """A gradient of the right shape for the output, and the image."""
    x = numbers(*x_shape, seed=seed)
    shape = reference.conv2d(x, kernels, **options).value.shape
    return numbers(*shape, seed=seed + 1), x


def expect_gradients(student, x_shape, kernels, seed, parts=(0, 1, 2), **options):
    grad, x = backward_case(x_shape, kernels, seed, **options)
    found = student.conv2d_backward(grad, x, kernels, **options)
    three = isinstance(found, (tuple, list)) and len(found) == 3
    expect(three, "conv2d_backward returns three arrays: grad_x, grad_kernels, grad_bias.")
    right = reference.conv2d_backward(grad, x, kernels, **options)
    for part in parts:
        what = ("grad_x", "grad_kernels", "grad_bias")[part]
        expect_close(found[part], right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)
    return found


plain = cases(height=small, width=small, down=small, right=small, channels=small, filters=small, seed=seeds)


def expect_plain(student, case, part):
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    shape = (case.height - 1 + case.down, case.width - 1 + case.right, case.channels)
    expect_gradients(student, shape, kernels, case.seed, parts=(part,))
    expect_gradients(student, (4, 5, 2), numbers(2, 2, 3, 2, seed=case.seed), case.seed, parts=(part,))


@points(3)
@search(plain, examples=12)
def test_gradient_of_the_image(student, case):
    """grad_x: every pixel collects from all windows and filters that have read it."""
    expect_plain(student, case, 0)


@points(2)
@search(plain, examples=12)
def test_gradient_of_the_kernels(student, case):
    """grad_kernels: every weight collects from all windows in which it was used."""
    expect_plain(student, case, 1)


@points(1)
@search(plain, examples=10)
def test_gradient_of_the_bias(student, case):
    """grad_bias: every bias collects from its whole map."""
    expect_plain(student, case, 2)


@points(2)
@search(cases(side=st.integers(3, 7), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_gradients_with_a_stride(student, case):
    """With a stride the windows of the way back are those of the way there; pixels that nobody read get 0."""
    for stride in (2, (2, 3), (case.down, case.right)):
        expect_gradients(student, (case.side, case.side, 1), mirrored(1, case.kernel, 1), case.seed, stride=stride)


@points(2)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 4), stride=st.integers(1, 2), seed=seeds), examples=12)
def test_gradients_with_same_padding(student, case):
    """With "same" padding grad_x is as large as the image: what the zeros would get is dropped."""
    for kernel, stride in ((4, 1), (3, 1), (case.kernel, case.stride)):
        shape = (kernel + case.more, kernel + case.more, 1)
        expect_gradients(student, shape, mirrored(1, kernel, 1), case.seed, stride=stride, padding="same")
    for shape in ((4, 3, 1), (3, 4, 1)):
        expect_gradients(student, shape, mirrored(1, 3, 1), case.seed, stride=2, padding="same")


@points(1)
def test_gradients_of_a_batch(student):
    """For a batch, grad_x is a batch; the gradients of kernels and bias are sums over it, and float32 stays float32."""
    kernels = mirrored(2, 2, 1, 5)
    for images in (3, 1):
        expect_gradients(student, (images, 3, 3, 1), kernels, seed=images)
    x, grad = numbers(3, 3, 1, dtype="float32"), numbers(2, 2, 2, dtype="float32")
    found = student.conv2d_backward(grad, x, kernels.astype("float32"))
    dtypes = [getattr(part, "dtype", None) == np.float32 for part in found]
    expect(all(dtypes), "For a float32 image, kernels and grad_output the gradients are float32.")


@points(1)
def test_backward_refuses_wrong_arguments(student):
    """What no layer could have computed raises a ValueError: it names the image, kernel_size, stride or padding."""
    image, kernels, grad = numbers(5, 5, 2), numbers(1, 2, 2, 2), numbers(4, 4, 1)
    with expect_raises("ValueError", naming="image"):
        student.conv2d_backward(grad, numbers(5, 5), kernels)
    with expect_raises("ValueError", naming="padding"):
        student.conv2d_backward(grad, image, kernels, padding="full")
    for stride in (0, (1, 0), (0, 1)):
        with expect_raises("ValueError", naming="stride"):
            student.conv2d_backward(grad, image, kernels, stride=stride)
    for size in ((6, 1), (1, 6)):
        with expect_raises("ValueError", naming="kernel"):
            student.conv2d_backward(grad, image, numbers(1, *size, 2))
    expect_channels_refused(lambda: student.conv2d_backward(grad, image, numbers(1, 2, 2, 3)))
    for shape in ((3, 4, 1), (4, 3, 1), (4, 4, 2)):
        with expect_raises("ValueError"):
            student.conv2d_backward(numbers(*shape), image, kernels)
