"""Hidden checks of conv2d."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    expect,
    expect_close,
    expect_raises,
    if_it_raises,
    in_kernel,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import seeds, small
from .probes import forward_on_view
from .public import layer_of


def expect_layer(student, image, kernels, **options):
    result = layer_of(student, kernels, **options).forward(image)
    expect_close(result, reference.conv2d(image, kernels, **options), like=misconceptions.CONV2D)
    return result


def turnable(filters, height, width, channels, seed=0):
    """Kernels that look the same turned by 180 degrees."""
    kernels = numbers(filters, height, width, channels, seed=seed)
    return kernels + kernels[:, ::-1, ::-1]


def mirrored(filters, side, channels, seed=0):
    """Square kernels that look the same turned, mirrored and transposed."""
    kernels = turnable(filters, side, side, channels, seed)
    return kernels + kernels.swapaxes(1, 2)


@points(2)
@search(cases(kernel=st.integers(2, 3), more_rows=small, more_columns=small, seed=seeds), examples=12)
def test_one_filter_one_channel(student, case):
    """One filter slides over one channel: windows row by row, the kernel neither turned nor transposed."""
    image = numbers(case.kernel - 1 + case.more_rows, case.kernel - 1 + case.more_columns, 1, seed=case.seed)
    expect_layer(student, image, numbers(1, case.kernel, case.kernel, 1, seed=case.seed + 1))


@points(2)
@search(cases(side=small, channels=st.integers(2, 4), filters=st.integers(2, 4), kernel=small, seed=seeds), examples=12)
def test_all_channels_and_filters(student, case):
    """A filter sums over all channels, and every filter makes its own map."""
    side = case.kernel - 1 + case.side
    image = numbers(side, side, case.channels, seed=case.seed)
    expect_layer(student, image, mirrored(case.filters, case.kernel, case.channels, case.seed))


@points(1)
@search(cases(height=small, width=small, more=st.integers(0, 3), seed=seeds), examples=12)
def test_rectangular_kernels(student, case):
    """kernel_size may be (height, width)."""
    for height, width in ((case.height, case.width), (1, 3), (3, 2)):
        side = max(height, width) + case.more
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, numbers(side, side, 1, seed=case.seed), turnable(1, height, width, 1))


@points(1)
@search(cases(side=st.integers(5, 9), kernel=small, stride=st.integers(2, 4), seed=seeds), examples=12)
def test_one_stride(student, case):
    """With a stride the window moves that many pixels, and never sticks out of the image."""
    for side, stride in ((case.side, case.stride), (6, 2), (7, 2)):
        expect_layer(student, numbers(side, side, 1, seed=case.seed), mirrored(1, case.kernel, 1), stride=stride)


@points(1)
@search(cases(side=st.integers(6, 9), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_two_strides(student, case):
    """A stride of (down, right) uses each number in its own direction."""
    for stride in ((2, 3), (case.down, case.right)):
        image = numbers(case.side, case.side, 1, seed=case.seed)
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, image, mirrored(1, case.kernel, 1), stride=stride)


@points(1)
@search(cases(side=st.integers(1, 6), kernel=st.sampled_from([3, 5]), seed=seeds), examples=12)
def test_same_padding_with_an_odd_kernel(student, case):
    """With "same" padding an odd kernel has zeros all around the image, and the size stays."""
    expect_layer(student, numbers(case.side, case.side, 1, seed=case.seed), mirrored(1, case.kernel, 1), padding="same")


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.sampled_from([2, 4]), seed=seeds), examples=12)
def test_same_padding_with_an_even_kernel(student, case):
    """With "same" padding an even kernel has its extra pixel after the image, not before."""
    for side, kernel in ((4, 4), (case.kernel + case.more, case.kernel)):
        expect_layer(student, numbers(side, side, 1, seed=case.seed), mirrored(1, kernel, 1), padding="same")


@points(1)
@search(cases(side=st.integers(2, 8), kernel=st.integers(2, 5), stride=st.integers(2, 3), seed=seeds), examples=12)
def test_same_padding_with_a_stride(student, case):
    """With "same" padding and a stride the result has ceil(size / stride) rows and columns."""
    for side, kernel, stride in ((3, 4, 2), (case.side, case.kernel, case.stride), (4, 3, 2)):
        image = numbers(side, side, 1, seed=case.seed)
        expect_layer(student, image, mirrored(1, kernel, 1), stride=stride, padding="same")
    expect_layer(student, numbers(4, 3, 1, seed=case.seed), mirrored(1, 3, 1), stride=2, padding="same")


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 3), dilation=st.integers(2, 3), seed=seeds), examples=12)
def test_dilation_in_the_layer(student, case):
    """Dilation spreads the taps of the kernel and leaves the stride alone; "same" padding makes room for it."""
    side = case.dilation * (case.kernel - 1) + 1 + case.more
    image = numbers(side, side, 1, seed=case.seed)
    expect_layer(student, image, mirrored(1, case.kernel, 1), dilation=case.dilation)
    expect_layer(student, image, mirrored(1, 3, 1), dilation=case.dilation, padding="same")


@points(1)
def test_numpy_integers(student):
    """Sizes may be NumPy integers, as they come from a shape or a computation."""
    image, kernels = numbers(5, 5, 1, seed=1), mirrored(1, 3, 1)
    two, three = np.int64(2), np.int64(3)
    with if_it_raises(misconceptions.CONV2D["only-python-ints"], "TypeError"):
        layer = student.Conv2D(np.int64(1), three, stride=two, dilation=np.int64(1))
        layer.kernels = kernels
        result = layer.forward(image)
    expect_close(result, reference.conv2d(image, kernels, stride=2), like=misconceptions.CONV2D)


@points(1)
def test_bias_of_each_filter(student, rng):
    """Each filter adds its own bias to its whole map."""
    image, kernels, bias = rng.random((4, 4, 1)), mirrored(3, 3, 1), rng.random(3) + 1
    layer = layer_of(student, kernels)
    layer.bias = bias
    expect_close(layer.forward(image), reference.conv2d(image, kernels, bias), like=misconceptions.CONV2D)


@points(1)
@search(cases(images=st.integers(1, 3), side=st.integers(2, 4), seed=seeds), examples=10)
def test_batches(student, case):
    """A batch gives a batch: of several images, of one, and of none."""
    for images in (case.images, 0):
        batch = numbers(images, case.side, case.side, 1, seed=case.seed)
        expect_layer(student, batch, mirrored(2, 2, 1, case.seed))


@points(1)
def test_float32_stays_float32(student, rng):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    for dtype in ("float32", "float64"):
        result = expect_layer(student, rng.random((4, 4, 1)).astype(dtype), mirrored(2, 2, 1))
        wrong = misconceptions.CONV2D["always-float64"] if dtype == "float32" else None
        expect(result.dtype.name == dtype, f"A {dtype} image gives a {dtype} result.", diagnosis=wrong)


@points(1)
def test_integers_and_booleans(student, rng):
    """An image of integers or booleans is computed in float64."""
    for image in (rng.integers(-9, 9, (4, 4, 1)), rng.integers(0, 255, (4, 4, 1)).astype("uint8"),
                  rng.random((4, 4, 1)) > 0.5):
        result = expect_layer(student, image, mirrored(2, 2, 1))
        expect(result.dtype.name == "float64", "An image of integers gives a float64 result.")


@points(1)
def test_new_layer(student):
    """A new layer draws its kernels when it sees its first image, at random, and keeps them; its bias is zeros."""
    image = numbers(5, 5, 2)
    layer = student.Conv2D(3, (2, 3))
    expect(layer.kernels is None, "Before the first forward pass kernels is None.")
    expect_close(layer.bias, np.zeros(3), what="the bias of a new layer")
    result, kernels = layer.forward(image), layer.kernels
    shape = getattr(kernels, "shape", None)
    expect(shape == (3, 2, 3, 2), "The kernels' shape is (filters, kernel height, kernel width, channels).")
    varied = bool(np.unique(kernels).size > kernels.size // 2)
    expect(varied, "The kernels are not random.", diagnosis=misconceptions.CONV2D["kernels-all-alike"])
    layer.forward(image)
    kept = bool(np.array_equal(layer.kernels, kernels))
    expect(kept, "The kernels changed.", diagnosis=misconceptions.CONV2D["kernels-drawn-again"])
    expect_close(result, reference.conv2d(image, kernels), like=misconceptions.CONV2D)
    other = student.Conv2D(3, (2, 3))
    other.forward(image)
    expect(not np.array_equal(other.kernels, kernels), "Two new layers have the same kernels.")


@points(1)
def test_the_image_is_only_read(student, rng):
    """The image stays as it was; a view that is read-only and not contiguous will do."""
    image, kernels = rng.random((4, 4, 1)), mirrored(1, 3, 1)
    changed = misconceptions.CONV2D["image-changed"]
    for padding in ("valid", "same"):
        layer = layer_of(student, kernels, padding=padding)
        expect(leaves_unchanged(student, layer.forward, image), "The image was changed.", diagnosis=changed)
        with if_it_raises(changed, "ValueError"):
            result = in_kernel(student, forward_on_view).forward_on_view(layer, image)
        expect_close(result, reference.conv2d(image, kernels, padding=padding), like=misconceptions.CONV2D)


@points(1)
def test_nan_and_infinity_pass_through(student, rng):
    """NaN and infinity in a pixel reach every window that reads it, and no other."""
    image, kernels = rng.random((6, 6, 1)), mirrored(1, 2, 1)
    image[0, 0], image[5, 2] = np.nan, np.inf
    expect_layer(student, image, kernels)


@points(1)
def test_layer_refuses_wrong_arguments(student):
    """Arguments out of range, and images that do not fit, raise a ValueError that names the argument."""
    image = numbers(5, 5, 2)
    wrong = {"filters": [0, -1], "kernel_size": [0, (2, 0)], "stride": [0, (1, 0), -1], "dilation": [0],
             "padding": ["full", "SAME!"]}
    for name, values in wrong.items():
        for value in values:
            with expect_raises("ValueError", naming=name):
                student.Conv2D(**{"filters": 1, "kernel_size": 2, name: value}).forward(image)
    for shape in ((5, 5), (1, 5, 5, 2, 1)):
        with expect_raises("ValueError", naming="image"):
            student.Conv2D(1, 2).forward(numbers(*shape))
    for options in ({"kernel_size": (6, 1)}, {"kernel_size": (1, 6)}, {"kernel_size": 3, "dilation": 3}):
        with expect_raises("ValueError", naming="kernel_size"):
            student.Conv2D(1, **options).forward(image)
    expect_channels_refused(lambda: layer_of(student, mirrored(1, 2, 3)).forward(image))


def expect_channels_refused(call):
    """A ValueError that speaks of the image or its channels, and not one that NumPy happens to raise."""
    with expect_raises("ValueError"):
        try:
            call()
        except StudentError as error:
            if "ValueError" in error.bases and not ("image" in error.text or "channel" in error.text):
                message = "A ValueError was raised for an image with other channels, but it does not say so."
                raise CheckFailure(message) from None
            raise
