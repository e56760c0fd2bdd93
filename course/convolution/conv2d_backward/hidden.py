"""Hidden checks of conv2d-backward."""

from functools import partial

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_refusals,
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
from ..conv2d.reference import pair_of
from ..shared import mirrored, seeds, small
from .public import GRADIENTS, by_shape, expect_in_order


def backward_case(x_shape, kernels, seed, *, stride=1, padding="valid"):
    """A gradient of the right shape for the output, and the image."""
    down_right, same = pair_of(stride, "stride"), padding == "same"
    places = [-(-size // step) if same else (size - taps) // step + 1
              for size, taps, step in zip(x_shape[-3:-1], kernels.shape[1:3], down_right, strict=True)]
    return numbers(*x_shape[:-3], *places, len(kernels), seed=seed + 1), numbers(*x_shape, seed=seed)


def expect_gradients(student, x_shape, kernels, seed, parts=(0, 1, 2), order=False, **options):
    """Some of the gradients, wherever they stand; with `order`, where they should."""
    grad, x = backward_case(x_shape, kernels, seed, **options)
    right = reference.conv2d_backward(grad, x, kernels, **options)

    def compare(found):
        ordered = by_shape(found, x, kernels)
        for part in parts:
            expect_close(
                ordered[part], right, part=part, what=GRADIENTS[part], like=misconceptions.CONV2D_BACKWARD
            )
        if order:
            expect_in_order(found, ordered)

    look_at(later(student.conv2d_backward, grad, x, kernels, **options), compare)


plain = cases(height=small, width=small, down=small, right=small, channels=small, filters=small, seed=seeds)


def expect_plain(student, case, part):
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    shape = (case.height - 1 + case.down, case.width - 1 + case.right, case.channels)
    expect_gradients(student, shape, kernels, case.seed, parts=(part,))
    expect_gradients(student, (4, 5, 2), numbers(2, 2, 3, 2, seed=case.seed), case.seed, parts=(part,))


def even_kernels(filters, side, seed):
    """Square kernels for one channel that look the same mirrored and turned."""
    return mirrored(numbers(filters, side, side, 1, seed=seed))


@points(2)
@search(plain, examples=8)
def test_gradient_of_the_image(student, case):
    """grad_x: every pixel collects from all windows and filters that have read it."""
    expect_plain(student, case, 0)


@points(2)
@search(plain, examples=8)
def test_gradient_of_the_kernels(student, case):
    """grad_kernels: every weight collects from all windows in which it was used."""
    expect_plain(student, case, 1)


@points(1)
@search(plain, examples=8)
def test_gradient_of_the_bias(student, case):
    """grad_bias: every bias collects from its whole map."""
    expect_plain(student, case, 2)


@points(1)
@search(cases(height=st.integers(3, 7), width=st.integers(3, 7), down=small, right=small, seed=seeds), examples=8)
def test_gradients_with_a_stride(student, case):
    """With a stride the windows of the way back are those of the way there; pixels that nobody read get 0."""
    for stride in (2, (2, 3), (case.down, case.right)):
        kernels, shape = even_kernels(1, 1, case.seed), (case.height, case.width, 1)
        expect_gradients(student, shape, kernels, case.seed, parts=(0, 1), stride=stride)


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 4), stride=st.integers(1, 2), seed=seeds), examples=12)
def test_gradients_with_same_padding(student, case):
    """With "same" padding grad_x is as large as the image: what the zeros would get is dropped."""
    for kernel, stride in ((4, 1), (3, 1), (case.kernel, case.stride)):
        shape, kernels = (kernel + case.more, kernel + case.more, 1), even_kernels(1, kernel, case.seed)
        expect_gradients(student, shape, kernels, case.seed, parts=(0, 1), stride=stride, padding="same")
    for shape in ((4, 3, 1), (3, 4, 1)):
        kernels = even_kernels(1, 3, case.seed)
        expect_gradients(student, shape, kernels, case.seed, parts=(0, 1), stride=2, padding="same")


@points(1)
@search(cases(images=st.integers(2, 3), channels=small, seed=seeds), examples=8)
def test_gradients_of_a_batch(student, case):
    """For a batch, grad_x is a batch; the gradients of kernels and bias are sums over it."""
    for images in (case.images, 3, 1):  # of one pixel each
        kernels = numbers(1 if images > 1 else 2, 1, 1, case.channels, seed=case.seed)
        expect_gradients(student, (images, 1, 1, case.channels), kernels, case.seed)


@points(2)
@search(cases(height=small, width=small, down=small, right=small, padding=st.sampled_from(["valid", "same"]),
              filters=small, channels=small, seed=seeds), examples=8)
def test_everything_together(student, case):
    """All options at once, on a batch; for one batch, for another, and for the first again."""
    drawn = (
        (3, case.height + 3, case.width + 4, case.channels), (case.filters, case.height, case.width, case.channels),
        {"stride": (case.down, case.right), "padding": case.padding},
    )
    fixed = [((3, 7, 8, 2), (2, 2, 3, 2), {"stride": (2, 3), "padding": padding}) for padding in ("valid", "same")]
    narrow = (2, 5, 4, 1), (2, 4, 3, 1), {"stride": (1, 2), "padding": "same"}
    for shape, kernel_shape, options in (*fixed, narrow, drawn):
        kernels = numbers(*kernel_shape, seed=case.seed)
        for seed in (case.seed, case.seed + 1, case.seed):
            expect_gradients(student, shape, kernels, seed, order=True, **options)


@points(1)
@kernel_says
def test_dtypes_and_arguments(student):
    """float32 stays float32, integers become float64, and what the function is given stays as it was."""
    for dtype in ("float32", "float64", "int64"):
        floats = "float32" if dtype == "float32" else "float64"
        x, grad = numbers(1, 1, 2, dtype=dtype), numbers(1, 1, 1, dtype=floats)
        kernels = numbers(1, 1, 1, 2, dtype=floats)
        found = by_shape(student.conv2d_backward(grad, x, kernels), x, kernels)
        for part, what in enumerate(GRADIENTS):
            expect_close(found[part], reference.conv2d_backward(grad, x, kernels), part=part, what=what)
            expect(found[part].dtype.name == floats, f"For an image of {dtype} the gradients are {floats}.")
    kernels = numbers(2, 2, 2, 1)
    grad, x = backward_case((2, 3, 3, 1), kernels, 1)
    unchanged = [
        leaves_unchanged(student, student.conv2d_backward, grad, x, kernels),
        leaves_unchanged(student, student.conv2d_backward, grad[0], x[0], kernels),
    ]
    expect(all(unchanged), "grad_output, the image or the kernels were changed.")


@points(1)
def test_backward_refuses_wrong_arguments(student):
    """What no layer could have computed raises a ValueError: it names the image, kernel_size, stride or padding."""
    image, kernels, grad = numbers(5, 5, 2), numbers(1, 2, 2, 2), numbers(4, 4, 1)
    too_wide = refused("ValueError", naming=("kernel_size", "kernel"))
    other_shape = refused("ValueError", about="a grad_output of another shape than the result")
    backward = student.conv2d_backward
    expect_refusals(student, [
        (refused("ValueError", naming="image"), partial(backward, grad, numbers(5, 5), kernels)),
        (refused("ValueError", naming="padding"), partial(backward, grad, image, kernels, padding="full")),
        *((refused("ValueError", naming="stride"), partial(backward, grad, image, kernels, stride=stride))
          for stride in (0, (1, 0), (0, 1))),
        *((too_wide, partial(backward, grad, image, numbers(1, *size, 2))) for size in ((6, 1), (1, 6))),
        (expect_channels_refused, partial(backward, grad, image, numbers(1, 2, 2, 3))),
        *((other_shape, partial(backward, numbers(*shape), image, kernels))
          for shape in ((3, 4, 1), (4, 3, 1), (4, 4, 2))),
    ])
