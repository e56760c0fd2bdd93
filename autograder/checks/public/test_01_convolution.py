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
    leaves_unchanged,
    misconceptions,
    numbers,
    reference,
    search,
    task,
)
from autograder.checks.speed import expect_fast, gathering


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
    for size, kernel, stride, dilation in [(7, 3, 1, 1), (7, 3, 1, 2), (9, 3, 2, 2), (10, 2, 3, 4)]:
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
    for size, kernel, stride in [(6, 4, 2), (6, 3, 2), (7, 3, 2), (224, 7, 2), (8, 2, 3), (6, 1, 2)]:
        expect_equal(
            student.same_padding(size, kernel, stride), reference.same_padding(size, kernel, stride),
            like=misconceptions.SAME_PADDING,
        )


@task("same-padding")
def test_padding_of_a_dilated_kernel(student):
    """A dilated kernel covers more pixels, and needs padding for them."""
    for size, kernel, dilation in [(7, 3, 2), (9, 2, 3)]:
        expect_equal(
            student.same_padding(size, kernel, dilation=dilation),
            reference.same_padding(size, kernel, dilation=dilation), like=misconceptions.SAME_PADDING,
        )


def whole(*shape, seed):
    """Whole numbers as floats, so that an example can be worked out by hand."""
    return numbers(*shape, seed=seed, dtype="int64").astype(float)


def mirrored(filters, side, channels, seed):
    """Square kernels that look the same turned and transposed, where the kernel's orientation is not what matters."""
    kernels = whole(filters, side, side, channels, seed=seed)
    kernels = kernels + kernels[:, ::-1, ::-1]
    return kernels + kernels.swapaxes(1, 2)


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
    image = whole(case.kernel + case.more_rows, case.kernel + case.more_columns, 1, seed=1)
    kernels = whole(1, case.kernel, case.kernel, 1, seed=2)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_channels_and_filters(student):
    """A filter sums over all channels, and every filter makes a map of its own."""
    image, kernels = whole(4, 5, 3, seed=3), mirrored(2, 3, 3, seed=4)
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_strides(student):
    """The stride is one number, or (down, right)."""
    image, kernels = whole(8, 8, 1, seed=5), mirrored(1, 3, 1, seed=6)
    for stride in (2, (1, 3)):
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            result = layer_of(student, kernels, stride=stride).forward(image)
        expect_close(result, reference.conv2d(image, kernels, stride=stride), like=misconceptions.CONV2D)


@task("conv2d")
def test_same_padding(student):
    """With "same" padding and stride 1 the result is as large as the image; zeros surround it."""
    for side in (3, 2):
        image, kernels = whole(5, 5, 1, seed=7), mirrored(1, side, 1, seed=8)
        expect_close(
            layer_of(student, kernels, padding="same").forward(image),
            reference.conv2d(image, kernels, padding="same"), like=misconceptions.CONV2D,
        )


@task("conv2d")
def test_same_padding_with_a_stride(student):
    """With "same" padding and a stride the result has ceil(size / stride) rows and columns."""
    for size, side in ((3, 4), (6, 3)):
        image, kernels = whole(size, size, 1, seed=7), mirrored(1, side, 1, seed=8)
        expect_close(
            layer_of(student, kernels, stride=2, padding="same").forward(image),
            reference.conv2d(image, kernels, stride=2, padding="same"), like=misconceptions.CONV2D,
        )


@task("conv2d")
def test_dilated_layer(student):
    """A dilation of 2 reads every second pixel under the kernel."""
    image, kernels = whole(7, 7, 1, seed=9), mirrored(1, 3, 1, seed=10)
    expect_close(
        layer_of(student, kernels, dilation=2).forward(image), reference.conv2d(image, kernels, dilation=2),
        like=misconceptions.CONV2D,
    )


@task("conv2d")
def test_bias(student):
    """Each filter adds its bias to its whole map."""
    image, kernels, bias = whole(4, 4, 1, seed=11), mirrored(3, 2, 1, seed=12), np.array([1.0, 20.0, 300.0])
    layer = layer_of(student, kernels)
    layer.bias = bias
    expect_close(layer.forward(image), reference.conv2d(image, kernels, bias), like=misconceptions.CONV2D)


@task("conv2d")
def test_batch_and_dtype(student):
    """A batch gives a batch; a float32 image gives a float32 result, integers give float64."""
    batch, kernels = whole(2, 4, 4, 1, seed=14).astype("float32"), mirrored(2, 3, 1, seed=15)
    result = layer_of(student, kernels).forward(batch)
    expect_close(result, reference.conv2d(batch, kernels), like=misconceptions.CONV2D)
    is_float32 = isinstance(result, np.ndarray) and result.dtype == np.float32
    expect(is_float32, "A float32 image gives a float32 result.", diagnosis=misconceptions.CONV2D["always-float64"])
    image, kernels = numbers(4, 4, 1, seed=16, dtype="int64"), mirrored(2, 3, 1, seed=15) / 4
    expect_close(
        layer_of(student, kernels).forward(image), reference.conv2d(image, kernels), like=misconceptions.CONV2D
    )


@task("conv2d")
def test_image_is_only_read(student):
    """The image that you are given stays as it is."""
    layer = layer_of(student, mirrored(1, 3, 1, seed=15), padding="same")
    unchanged = leaves_unchanged(student, layer.forward, whole(4, 4, 1, seed=16))
    expect(unchanged, "The image was changed.", diagnosis=misconceptions.CONV2D["image-changed"])


@task("conv2d")
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
    kernels, bias = whole(3, 2, 2, 2, seed=1), np.array([1.0, 20.0, 300.0])
    for shape in ((4, 5, 2), (2, 4, 5, 2)):
        x = whole(*shape, seed=3)
        expect_close(
            student.conv2d_im2col(x, kernels, bias), reference.conv2d_im2col(x, kernels, bias),
            like=misconceptions.CONV2D_IM2COL,
        )


@task("im2col")
def test_product_with_padding(student):
    """Stride and "same" padding work as in Conv2D."""
    x = whole(5, 5, 1, seed=4)
    for side, options in (
        (3, {"padding": "same"}), (2, {"padding": "same"}), (2, {"stride": 2}), (3, {"stride": 2, "padding": "same"})
    ):
        kernels = mirrored(1, side, 1, seed=5)
        expect_close(
            student.conv2d_im2col(x, kernels, **options), reference.conv2d_im2col(x, kernels, **options),
            like=misconceptions.CONV2D_IM2COL,
        )


@task("im2col")
def test_fast_enough(student):
    """AlexNet's first layer (227x227x3, 11x11, stride 4) is gathered without a Python loop over its 3,025 windows."""
    im2col, image = student.im2col, np.arange(90.0).reshape(5, 6, 3)
    expect_close(im2col(image, 2, 3), reference.im2col(image, 2, 3), like=misconceptions.IM2COL)
    ratio, _ = gathering(student, im2col, seed=0)
    expect_fast(ratio, misconceptions.IM2COL["window-by-window"])


@task("weight-counting")
def test_counts_are_there(student):
    """All four counts are filled in, as whole numbers."""
    counts = student.weight_counting
    expect(isinstance(counts, dict), "This task is answered with a dict.")
    for key in ("dense_small", "dense_large", "conv_neuron", "conv_layer"):
        expect(type(counts.get(key)) is int, f'The entry "{key}" is missing or not a whole number.')


@task("weight-counting")
def test_counts_are_plausible(student):
    """A dense neuron has more weights on the larger image, and many more than a convolutional one."""
    counts = student.weight_counting
    known = isinstance(counts, dict) and all(type(value) is int for value in counts.values()) and len(counts) == 4
    expect(known, "Fill in the four counts first.")
    small, large, one = (counts.get(key, 0) for key in ("dense_small", "dense_large", "conv_neuron"))
    expect(large > small > one > 0, "Compare your counts: dense_large > dense_small > conv_neuron.")
    expect(counts.get("conv_layer", 0) > one, "A layer of several filters has more parameters than one neuron.")


@task("worked-sizes")
def test_sizes_are_there(student, variant):
    """There is one entry for each case: a whole number, or None where the windows do not fit exactly."""
    answer = student.worked_sizes
    sizes = answer.get("sizes") if isinstance(answer, dict) else None
    expect(isinstance(sizes, list), 'This task is answered with a dict whose entry "sizes" is a list.')
    expect(len(sizes) == len(variant["cases"]), f"There are {len(variant['cases'])} cases, one size for each.")
    expect(all(size is None or type(size) is int for size in sizes), "A size is a whole number, or None.")
    expect(None in sizes, "In at least one case the windows do not fit exactly; the answer there is None.")


@task("padding-output")
def test_padding_answers_are_there(student):
    """All four entries are filled in: three whole numbers and one of the three words."""
    answer = student.padding_output
    expect(isinstance(answer, dict), "This task is answered with a dict.")
    for key in ("same", "valid", "valid_repeats"):
        expect(type(answer.get(key)) is int, f'The entry "{key}" is missing or not a whole number.')
    words = ("corners", "edges", "centre")
    expect(answer.get("least_read") in words, 'The entry "least_read" is one of "corners", "edges" and "centre".')


def gradients(student, *args, **options):
    """The three gradients, or a failure that says how many came."""
    found = student.conv2d_backward(*args, **options)
    three = isinstance(found, (tuple, list)) and len(found) == 3
    expect(three, "conv2d_backward returns three arrays: grad_x, grad_kernels, grad_bias.")
    return found


@task("conv2d-backward")
def test_one_window(student):
    """With a single window, a pixel's gradient is the weight that it met, and a weight's gradient is its pixel."""
    x, kernels, grad = whole(2, 2, 1, seed=1), whole(1, 2, 2, 1, seed=2), np.ones((1, 1, 1))
    right = reference.conv2d_backward(grad, x, kernels)
    for part, found in enumerate(gradients(student, grad, x, kernels)):
        what = ("grad_x", "grad_kernels", "grad_bias")[part]
        expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)


@task("conv2d-backward")
def test_overlapping_windows(student):
    """Where windows overlap, gradients add up; so they do over all filters, and over a batch."""
    x, kernels, grad = whole(2, 4, 5, 2, seed=3), whole(3, 2, 3, 2, seed=4), whole(2, 3, 3, 3, seed=5)
    right = reference.conv2d_backward(grad, x, kernels)
    for part, found in enumerate(gradients(student, grad, x, kernels)):
        what = ("grad_x", "grad_kernels", "grad_bias")[part]
        expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)


@task("conv2d-backward")
def test_gradients_with_stride_and_padding(student):
    """Stride and "same" padding are undone on the way back: grad_x has the shape of x."""
    x, kernels = whole(5, 5, 1, seed=6), whole(1, 2, 2, 1, seed=7)
    for side, options in ((2, {"stride": 2}), (5, {"padding": "same"})):
        grad = whole(side, side, 1, seed=8)
        right = reference.conv2d_backward(grad, x, kernels, **options)
        for part, found in enumerate(gradients(student, grad, x, kernels, **options)):
            what = ("grad_x", "grad_kernels", "grad_bias")[part]
            expect_close(found, right, part=part, what=what, like=misconceptions.CONV2D_BACKWARD)


@task("dilated")
def test_zeros_between_taps(student):
    """Between neighbouring taps of a 2-D kernel there are dilation - 1 zeros."""
    for shape, dilation in (((2, 2), 2), ((3, 2), 3), ((3, 3), 1)):
        kernel = whole(*shape, seed=1)
        expect_close(
            student.dilate_kernel(kernel, dilation), reference.dilate_kernel(kernel, dilation),
            like=misconceptions.DILATE_KERNEL,
        )


@task("dilated")
def test_kernels_of_a_layer(student):
    """Of a layer's kernels (filters, height, width, channels) only height and width grow."""
    kernels = whole(2, 3, 2, 3, seed=2)
    expect_close(
        student.dilate_kernel(kernels, 2), reference.dilate_kernel(kernels, 2), like=misconceptions.DILATE_KERNEL
    )


@task("receptive-field")
def test_two_layers_see_further(student):
    """Two layers of 3x3 see 5x5, three see 7x7."""
    for layers in ([(3, 1, 1)], [(3, 1, 1), (3, 1, 1)], [(3, 1, 1)] * 3, [(5, 1, 1), (2, 1, 1)]):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )


@task("receptive-field")
def test_strides_widen(student):
    """A stride makes all later layers see further."""
    for layers in ([(2, 2, 1)] * 2, [(3, 2, 1)], [(3, 2, 1), (2, 1, 1)], [(2, 3, 1), (2, 2, 1), (2, 1, 1)]):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )


@task("receptive-field")
def test_dilations_widen(student):
    """A dilation widens its own window, and nothing else."""
    for layers in ([(3, 1, 1)] * 2, [(3, 1, 2)], [(3, 1, 2), (2, 1, 1)]):
        expect_equal(
            student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
        )
