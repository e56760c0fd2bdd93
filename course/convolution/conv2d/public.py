"""Public checks of conv2d."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    expect_steady,
    if_it_raises,
    leaves_unchanged,
    misconceptions,
    numbers,
    reference,
    search,
    second,
    step,
)
from autograder.checks.api import strategies as st

from ..shared import mirrored_whole, whole

# The steps in which the task is reached, as the notebook has them.
SLIDES = "The window slides"
OPTIONS = "Strides, padding, dilation"
LAYER = "Kernels of its own, batches and dtypes"
ARGUMENTS = "Wrong arguments"


def layer_of(student, kernels, **options):
    """The student's layer with these kernels; a square kernel's size is given as one number."""
    height, width = kernels.shape[1:3]
    layer = student.Conv2D(len(kernels), height if height == width else (height, width), **options)
    layer.kernels = kernels
    return layer


@step(SLIDES)
@search(cases(kernel=st.integers(1, 3), more_rows=st.integers(0, 3), more_columns=st.integers(0, 3)), examples=6)
def test_one_channel(student, case):
    """One filter on an image with one channel: each number of the result is a sum of pixels times weights."""
    image = whole(case.kernel + case.more_rows, case.kernel + case.more_columns, 1, seed=1)
    kernels = whole(1, case.kernel, case.kernel, 1, seed=2)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@step(SLIDES)
@second(lambda rng: 6)
def test_channels_and_filters(student, case):
    """A filter sums over all channels, and every filter makes a map of its own."""
    image, kernels = whole(case or 4, 5, 3, seed=3), mirrored_whole(2, 3, 3, seed=4)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@step(SLIDES)
@second(lambda rng: 6)
def test_bias(student, case):
    """Each filter adds its bias to its whole map."""
    image, kernels = whole(case or 4, 4, 1, seed=11), mirrored_whole(3, 2, 1, seed=12)
    bias = np.array([1.0, 20.0, 300.0])
    layer = layer_of(student, kernels)
    layer.bias = bias
    expect_close(layer.forward(image), reference.conv2d(image, kernels, bias), like=misconceptions.CONV2D)


@step(OPTIONS)
@second(lambda rng: 11)
def test_strides(student, case):
    """The stride is one number, or (down, right)."""
    image, kernels = whole(case or 8, 8, 1, seed=5), mirrored_whole(1, 3, 1, seed=6)
    result = layer_of(student, kernels, stride=2).forward(image)
    expect_close(result, reference.conv2d(image, kernels, stride=2), like=misconceptions.CONV2D)
    with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
        result = layer_of(student, kernels, stride=(1, 3)).forward(image)
    expect_close(result, reference.conv2d(image, kernels, stride=(1, 3)), like=misconceptions.CONV2D)


@step(OPTIONS)
def test_same_padding(student):
    """With "same" padding and stride 1 the result is as large as the image; zeros surround it."""
    for side in (3, 2):
        image, kernels = whole(5, 5, 1, seed=7), mirrored_whole(1, side, 1, seed=8)
        expect_close(
            layer_of(student, kernels, padding="same").forward(image),
            reference.conv2d(image, kernels, padding="same"), like=misconceptions.CONV2D,
        )


@step(OPTIONS)
@second(lambda rng: 8)
def test_same_padding_with_a_stride(student, case):
    """With "same" padding and a stride the result has ceil(size / stride) rows and columns."""
    for size, side in ((3, 4), (case or 6, 3)):
        image, kernels = whole(size, size, 1, seed=7), mirrored_whole(1, side, 1, seed=8)
        expect_close(
            layer_of(student, kernels, stride=2, padding="same").forward(image),
            reference.conv2d(image, kernels, stride=2, padding="same"), like=misconceptions.CONV2D,
        )


@step(OPTIONS)
@second(lambda rng: 9)
def test_dilated_layer(student, case):
    """A dilation of 2 reads every second pixel under the kernel."""
    image, kernels = whole(case or 7, 7, 1, seed=9), mirrored_whole(1, 3, 1, seed=10)
    expect_close(
        layer_of(student, kernels, dilation=2).forward(image), reference.conv2d(image, kernels, dilation=2),
        like=misconceptions.CONV2D,
    )


@step(LAYER)
def test_fresh_kernels(student):
    """A new layer has no kernels and a bias of zeros; the first image it sees makes it draw its kernels."""
    layer = student.Conv2D(4, (3, 2))
    expect(layer.kernels is None, "Before the first forward pass kernels is None.")
    expect_close(layer.bias, np.zeros(4), what="the bias of a new layer")
    layer.forward(numbers(5, 5, 3))
    kernels = layer.kernels
    shape = getattr(kernels, "shape", None)
    expect(shape == (4, 3, 2, 3), "The kernels' shape is (filters, kernel height, kernel width, channels).")
    varied = bool(np.unique(kernels).size > 1)
    expect(varied, "The kernels are not random.", diagnosis=misconceptions.CONV2D["kernels-all-alike"])
    layer.forward(numbers(5, 5, 3))
    kept = bool(np.array_equal(layer.kernels, kernels))
    expect(kept, "The kernels changed.", diagnosis=misconceptions.CONV2D["kernels-drawn-again"])


@step(LAYER)
def test_another_image_of_the_same_size(student):
    """The layer computes each image anew, with the kernels that it has at the time."""
    first, other, kernels = whole(4, 5, 1, seed=17), whole(4, 5, 1, seed=18), mirrored_whole(2, 3, 1, seed=19)
    layer = layer_of(student, kernels)
    expect_steady(
        layer.forward, lambda image: reference.conv2d(image, kernels), first, other, like=misconceptions.CONV2D,
        kept=misconceptions.CONV2D["first-result-kept"],
    )
    layer.kernels = 2 * kernels
    expect_close(layer.forward(first), reference.conv2d(first, 2 * kernels), like=misconceptions.CONV2D)


@step(LAYER)
@second(lambda rng: 6)
def test_batch_and_dtype(student, case):
    """A batch gives a batch; a float32 image gives a float32 result, integers give float64."""
    batch, kernels = whole(2, 4, 4, 1, seed=14).astype("float32"), mirrored_whole(2, 3, 1, seed=15)
    result = layer_of(student, kernels).forward(batch)
    expect_close(result, reference.conv2d(batch, kernels), like=misconceptions.CONV2D)
    is_float32 = isinstance(result, np.ndarray) and result.dtype == np.float32
    expect(is_float32, "A float32 image gives a float32 result.", diagnosis=misconceptions.CONV2D["always-float64"])
    image, kernels = numbers(case or 4, 4, 1, seed=16, dtype="int64"), mirrored_whole(2, 3, 1, seed=15) / 4
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@step(LAYER)
def test_image_is_only_read(student):
    """The image that you are given stays as it is."""
    layer = layer_of(student, mirrored_whole(1, 3, 1, seed=15), padding="same")
    unchanged = leaves_unchanged(student, layer.forward, whole(4, 4, 1, seed=16))
    expect(unchanged, "The image was changed.", diagnosis=misconceptions.CONV2D["image-changed"])


@step(ARGUMENTS)
def test_arguments(student):
    """A stride of 0, an unknown padding and an image without channels are refused with a ValueError."""
    with expect_raises("ValueError", naming="stride"):
        student.Conv2D(2, 3, stride=0).forward(numbers(5, 5, 1))
    with expect_raises("ValueError", naming="padding"):
        student.Conv2D(2, 3, padding="full").forward(numbers(5, 5, 1))
    with expect_raises("ValueError", naming="image"):
        student.Conv2D(2, 3).forward(numbers(5, 5))
