"""Hidden checks of conv2d.

A slip is to cost its points where it is asked for. So images and kernels are positive where negative numbers do not
matter, kernels look the same mirrored and turned where their orientation does not, images the same transposed where
height and width do not, and where the window does not matter, kernels have one tap. Where the number of windows does
not matter, a map that lacks its last row and column is compared with what there is of it. Only
`test_everything_together` has it all.
"""

from functools import partial

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    expect,
    expect_close,
    expect_raises,
    expect_refusals,
    expect_steady,
    if_it_raises,
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

from ..shared import mirrored, seeds, small
from .probes import convolved
from .public import layer_of


def layer_gives(student, image, kernels, bias=None, **options):
    """The result of a new layer with these kernels; as `later` does."""
    return later(in_kernel(student, convolved).convolved, student.Conv2D, image, kernels, bias, options)


def expect_layer(student, image, kernels, *, sizes=True, **options):
    """The layer's result, compared with the right one; all of it only if the test asks for the map's size."""
    result = layer_gives(student, image, kernels, **options)
    compare = expect_map if sizes else expect_what_is_there
    compare(result, reference.conv2d(image, kernels, **options))
    return result


def expect_map(result, right):
    expect_close(result, right, like=misconceptions.CONV2D)


def expect_what_is_there(result, right):
    """The same, but a map may lack its last row, its last column or both, which other tests ask for."""
    def compare(found):
        part = found_part(found.shape if isinstance(found, np.ndarray) else (), right.value.shape)
        expect_close(found, right, part=part, like=misconceptions.CONV2D)

    look_at(result, compare)


def found_part(found, right):
    """The part of an array (..., rows, columns, channels) that one without the last row or column holds, else all."""
    if len(found) != len(right):
        return ...
    (rows, columns), most = found[-3:-1], right[-3:-1]
    fits = all(0 < count and count in (more - 1, more) for count, more in zip((rows, columns), most, strict=True))
    return np.s_[..., :rows, :columns, :] if fits else ...


def expect_dtype(result, right, message, wrong):
    look_at(result, lambda got: expect(got.dtype.name == right, message, diagnosis=wrong))


def square(side, channels=1, seed=0):
    """A positive image that looks the same transposed."""
    image = np.abs(numbers(side, side, channels, seed=seed)) + 0.1
    return image + image.swapaxes(0, 1)


def even_kernels(filters, height, width, channels=1, seed=0):
    """Positive kernels that look the same mirrored and turned; square ones transposed too."""
    return mirrored(np.abs(numbers(filters, height, width, channels, seed=seed)) + 0.1)


@points(2)
@search(cases(kernel=st.integers(2, 3), more_rows=small, more_columns=small, seed=seeds), examples=12)
def test_one_filter_one_channel(student, case):
    """One filter slides over one channel: windows row by row, the kernel neither turned nor mirrored nor transposed."""
    image = numbers(case.kernel - 1 + case.more_rows, case.kernel - 1 + case.more_columns, 1, seed=case.seed)
    expect_layer(student, image, numbers(1, case.kernel, case.kernel, 1, seed=case.seed + 1))


@points(1)
@search(cases(more=small, channels=st.integers(2, 4), kernel=st.integers(2, 3), seed=seeds), examples=8)
def test_all_channels(student, case):
    """A filter sums over all channels of its window."""
    image = square(case.kernel + case.more, case.channels, case.seed)
    expect_layer(student, image, even_kernels(1, case.kernel, case.kernel, case.channels, case.seed), sizes=False)


@points(1)
@search(cases(side=small, filters=st.integers(2, 4), seed=seeds), examples=8)
def test_several_filters(student, case):
    """Every filter makes its own map; the maps are the channels of the result."""
    image = square(1 + case.side, 1, case.seed)
    expect_layer(student, image, even_kernels(case.filters, 1, 1, 1, case.seed), sizes=False)


@points(1)
@search(cases(height=small, width=small, more=st.integers(0, 3), seed=seeds), examples=8)
def test_oblong_kernels(student, case):
    """kernel_size may be (height, width): a wide window, a narrow one."""
    # one number for both
    expect_layer(student, square(4, 1, case.seed), even_kernels(1, 2, 2, 1, case.seed), sizes=False)
    for height, width in ((1, 3), (3, 2), (case.height, case.width)):
        image = np.abs(numbers(height + 1 + case.more, width + 2, 1, seed=case.seed)) + 0.1
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, image, even_kernels(1, height, width, 1, case.seed), sizes=False)


@points(1)
@search(cases(side=st.integers(5, 9), stride=st.integers(2, 4), seed=seeds), examples=8)
def test_one_stride(student, case):
    """With a stride the window moves that many pixels, and never sticks out of the image."""
    for side, stride in ((case.side, case.stride), (6, 2), (7, 2)):
        expect_layer(student, square(side, 1, case.seed), even_kernels(1, 1, 1), stride=stride)


@points(1)
@search(cases(height=st.integers(6, 9), width=st.integers(6, 9), down=small, right=small, seed=seeds), examples=12)
def test_two_strides(student, case):
    """A stride of (down, right) uses each number in its own direction."""
    expect_layer(student, square(6, 1, case.seed), even_kernels(1, 1, 1), stride=1)  # one number for both
    for stride in ((2, 3), (case.down, case.right)):
        image = np.abs(numbers(case.height, case.width, 1, seed=case.seed)) + 0.1
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, image, even_kernels(1, 1, 1), stride=stride)


@points(1)
@search(cases(side=st.integers(1, 6), kernel=st.sampled_from([3, 5]), seed=seeds), examples=12)
def test_same_padding_with_an_odd_kernel(student, case):
    """With "same" padding an odd kernel has zeros all around the image, and the size stays."""
    kernels = even_kernels(1, case.kernel, case.kernel, 1, case.seed)
    expect_layer(student, square(case.side, 1, case.seed), kernels, padding="same")


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.sampled_from([2, 4]), seed=seeds), examples=8)
def test_same_padding_with_an_even_kernel(student, case):
    """With "same" padding an even kernel has its extra pixel after the image, not before."""
    for side, kernel in ((4, 4), (case.kernel + case.more, case.kernel)):
        kernels = even_kernels(1, kernel, kernel, 1, case.seed)
        expect_layer(student, square(side, 1, case.seed), kernels, padding="same")


@points(1)
@search(cases(side=st.integers(2, 8), kernel=st.integers(2, 5), stride=st.integers(2, 3), seed=seeds), examples=8)
def test_same_padding_with_a_stride(student, case):
    """With "same" padding and a stride the result has ceil(size / stride) rows and columns."""
    for side, kernel, stride in ((3, 4, 2), (case.side, case.kernel, case.stride), (4, 3, 2), (5, 2, 2), (4, 1, 2)):
        kernels = even_kernels(1, kernel, kernel, 1, case.seed)
        expect_layer(student, square(side, 1, case.seed), kernels, stride=stride, padding="same")


@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 3), dilation=st.integers(2, 3), seed=seeds), examples=8)
def test_dilation_in_the_layer(student, case):
    """Dilation spreads the taps of the kernel and leaves the stride alone."""
    image = square(case.dilation * (case.kernel - 1) + 2 + case.more, 1, case.seed)
    kernels = even_kernels(1, case.kernel, case.kernel, 1, case.seed)
    expect_layer(student, image, kernels, sizes=False, dilation=case.dilation)


@points(1)
@search(cases(side=small, kernel=small, filters=st.integers(2, 3), seed=seeds), examples=8)
def test_bias_of_each_filter(student, case):
    """Each filter adds its own bias once to every place of its map."""
    bias = np.abs(numbers(case.filters, seed=case.seed)) + 1
    for kernels in (np.zeros((case.filters, case.kernel, case.kernel, 1)), even_kernels(case.filters, 1, 1, 1)):
        image = square(case.kernel + case.side, 1, case.seed)
        expect_what_is_there(layer_gives(student, image, kernels, bias), reference.conv2d(image, kernels, bias))


@points(1)
@search(cases(images=st.integers(2, 3), side=st.integers(2, 4), seed=seeds), examples=8)
def test_batches(student, case):
    """A batch gives a batch: of several images, of one, and of none."""
    for images in (case.images, 1, 0):
        batch = np.array([square(case.side, 1, case.seed + n) for n in range(images)])
        batch, kernels = batch.reshape(images, case.side, case.side, 1), even_kernels(1, 1, 1, 1, case.seed)
        expect_layer(student, batch, kernels, sizes=False)


@points(2)
@search(cases(side=small, seed=seeds), examples=4)
def test_dtypes(student, case):
    """A float32 image gives a float32 result; integers, booleans and float64 are computed in float64."""
    image, kernels = square(1 + case.side, 1, case.seed), even_kernels(1, 1, 1, 1, case.seed)
    for dtype in ("float32", "float64", "int64", "uint8", "bool"):
        result = expect_layer(student, (image * (1 if "float" in dtype else 20)).astype(dtype), kernels, sizes=False)
        right = "float32" if dtype == "float32" else "float64"
        wrong = misconceptions.CONV2D["always-float64"] if right == "float32" else None
        expect_dtype(result, right, f"An image of {dtype} gives a {right} result.", wrong)


@points(1)
def test_new_layer(student):
    """A new layer draws its kernels when it sees its first image, at random, and keeps them; its bias is zeros."""
    layer = student.Conv2D(3, (2, 3))
    expect(layer.kernels is None, "Before the first forward pass kernels is None.")
    expect_close(layer.bias, np.zeros(3), what="the bias of a new layer")
    image = numbers(5, 5, 2)
    layer.forward(image)
    kernels = layer.kernels
    shape = getattr(kernels, "shape", None)
    expect(shape == (3, 2, 3, 2), "The kernels' shape is (filters, kernel height, kernel width, channels).")
    varied = bool(np.unique(kernels).size > kernels.size // 2)
    expect(varied, "The kernels are not random.", diagnosis=misconceptions.CONV2D["kernels-all-alike"])
    layer.forward(image)
    kept = bool(np.array_equal(layer.kernels, kernels))
    expect(kept, "The kernels changed.", diagnosis=misconceptions.CONV2D["kernels-drawn-again"])
    single, image = student.Conv2D(2, 1), square(3)
    result = single.forward(image)
    expect_close(result, reference.conv2d(image, single.kernels), like=misconceptions.CONV2D)


@points(1)
@kernel_says
def test_the_image_is_only_read(student):
    """The image stays as it was, whatever its dtype, and so do a batch and the kernels."""
    changed = misconceptions.CONV2D["image-changed"]
    for padding in ("valid", "same"):
        for image in (square(4), numbers(2, 4, 4, 1), numbers(4, 4, 1, dtype="int64")):
            layer = layer_of(student, even_kernels(1, 1, 1), padding=padding)
            expect(leaves_unchanged(student, layer.forward, image), "The image was changed.", diagnosis=changed)
    layer = layer_of(student, kernels := even_kernels(2, 2, 2))
    layer.forward(square(4))
    expect_close(layer.kernels, kernels, what="the kernels after a forward pass")


@points(2)
@search(cases(height=small, width=small, down=small, right=small, dilation=st.integers(1, 2),
              padding=st.sampled_from(["valid", "same"]), filters=small, channels=small, seed=seeds), examples=8)
def test_everything_together(student, case):
    """All options at once, on a batch; for one batch, for another, for the first again, and with other kernels."""
    options = {"stride": (case.down, case.right), "padding": case.padding, "dilation": case.dilation}
    drawn = ((2, 7, 9, case.channels), (case.filters, case.height, case.width, case.channels), options)
    fixed = [
        ((2, 9, 8, 3), (2, 3, 2, 3), {"stride": (2, 3), "dilation": 2}),
        ((2, 9, 8, 3), (2, 3, 2, 3), {"stride": (2, 3), "dilation": 2, "padding": "same"}),
        ((3, 6, 5, 2), (3, 2, 4, 2), {"stride": 2, "padding": "same"}),
    ]
    for batch, shape, how in (*fixed, drawn):
        kernels, others = numbers(*shape, seed=case.seed), numbers(*shape, seed=case.seed + 3)
        bias = numbers(shape[0], seed=case.seed + 1) + 3
        layer = layer_of(student, kernels, **how)
        layer.bias = bias

        def right(images, kernels=kernels, bias=bias, how=how):
            return reference.conv2d(images, kernels, bias, **how)

        first, other = numbers(*batch, seed=case.seed), numbers(*batch, seed=case.seed + 2)
        kept = misconceptions.CONV2D["first-result-kept"]
        expect_steady(layer.forward, right, first, other, like=misconceptions.CONV2D, kept=kept)
        layer.kernels = others
        expect_close(later(layer.forward, first), right(first, others), like=misconceptions.CONV2D)


@points(1)
def test_layer_refuses_wrong_arguments(student):
    """Arguments out of range, and images that do not fit, raise a ValueError that names the argument."""
    image = numbers(5, 5, 2)
    wrong = {"filters": [0, -1], "kernel_size": [0, (2, 0)], "stride": [0, (1, 0), -1], "dilation": [0],
             "padding": ["full", "SAME!"]}
    too_wide = ({"kernel_size": (6, 1)}, {"kernel_size": (1, 6)}, {"kernel_size": 3, "dilation": 3})

    def forward(image, **options):
        return student.Conv2D(**{"filters": 1, "kernel_size": 2, **options}).forward(image)

    expect_refusals(student, [
        *((refused("ValueError", naming=name), partial(forward, image, **{name: value}))
          for name, values in wrong.items() for value in values),
        *((refused("ValueError", naming="image"), partial(forward, numbers(*shape)))
          for shape in ((5, 5), (1, 5, 5, 2, 1))),
        *((refused("ValueError", naming="kernel_size"), partial(forward, image, **options)) for options in too_wide),
        (expect_channels_refused, lambda: layer_of(student, even_kernels(1, 2, 2, 3)).forward(image)),
    ])


def expect_channels_refused(call):
    """A ValueError that speaks of the image or its channels, and not one that NumPy happens to raise."""
    with expect_raises("ValueError", about="an image with other channels than the kernels"):
        try:
            call()
        except StudentError as error:
            if "ValueError" in error.bases and not ("image" in error.text or "channel" in error.text):
                message = "A ValueError was raised for an image with other channels, but it does not say so."
                raise CheckFailure(message) from None
            raise
