"""Hidden checks of assignment 01.

Each test asks for one ability, and so that one mistake costs its points once, keeps the others out: where neither
channels nor the kernel's orientation matter, there is one channel, and the kernel looks the same upside down.
"""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    cases,
    expect,
    expect_close,
    expect_entry,
    expect_equal,
    expect_raises,
    if_it_raises,
    in_kernel,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
    task,
)
from autograder.checks.speed import COLUMNS, KERNEL, STRIDE, expect_fast, gathering, image_number
from autograder.checks.variants import all_variants

small, seeds = st.integers(1, 3), st.integers(0, 99)


# output-size -----------------------------------------------------------------------------------------------------


def expect_size(student, case):
    expect_equal(student.output_size(**case), reference.output_size(**case), like=misconceptions.OUTPUT_SIZE)


@task("output-size")
@points(2)
@search(cases(size=st.integers(3, 40), kernel=st.integers(1, 3), stride=st.integers(1, 4)))
def test_size_with_a_stride(student, case):
    """The size is right for any image, kernel and stride, also where the last pixels are never read."""
    for stride in (case.stride, 2, 3):
        expect_size(student, {**case, "stride": stride})


@task("output-size")
@points(2)
@search(cases(size=st.integers(1, 40), kernel=st.integers(1, 3), padding=st.integers(1, 4)))
def test_size_with_padding(student, case):
    """Padding adds pixels before and after the image."""
    expect_size(student, case)


@task("output-size")
@points(2)
@search(cases(size=st.integers(13, 40), kernel=st.integers(2, 4), stride=st.integers(1, 2), dilation=st.integers(2, 4)))
def test_size_with_dilation(student, case):
    """Dilation widens the window and leaves the stride alone."""
    for dilation in (1, case.dilation):
        expect_size(student, {**case, "dilation": dilation})


@task("output-size")
@points(1)
def test_size_refuses_what_is_no_count(student):
    """A size, kernel, stride or dilation below 1 and a negative padding raise a ValueError that names the argument."""
    right = {"size": 9, "kernel": 3, "stride": 1, "padding": 1, "dilation": 1}
    for name in right:
        for value in ((0, -2) if name != "padding" else (-1,)):
            with expect_raises("ValueError", naming=name):
                student.output_size(**{**right, name: value})


@task("output-size")
@points(1)
@search(cases(size=st.integers(1, 9), padding=st.integers(0, 2), dilation=small, more=st.integers(1, 5)))
def test_size_refuses_a_window_too_wide(student, case):
    """A window wider than the padded image raises a ValueError; one that just fits does not."""
    padded = case.size + 2 * case.padding
    kernel = (padded - 1) // case.dilation + 1
    options = {"padding": case.padding, "dilation": case.dilation}
    expect_size(student, {"size": case.size, "kernel": kernel, **options})
    with expect_raises("ValueError"):
        student.output_size(case.size, kernel + case.more, **options)


# same-padding ----------------------------------------------------------------------------------------------------


def expect_padding(student, **case):
    expect_equal(student.same_padding(**case), reference.same_padding(**case), like=misconceptions.SAME_PADDING)


@task("same-padding")
@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.sampled_from([1, 3, 5, 7])))
def test_padding_of_odd_kernels(student, case):
    """An odd kernel at stride 1 has as many pixels before as after."""
    expect_padding(student, **case)


@task("same-padding")
@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.sampled_from([2, 4, 6])))
def test_padding_of_even_kernels(student, case):
    """An even kernel at stride 1 has its odd pixel after the image."""
    expect_padding(student, **case)


@task("same-padding")
@points(2)
@search(cases(size=st.integers(1, 40), kernel=st.integers(1, 6), stride=st.integers(2, 5)))
def test_padding_with_a_stride(student, case):
    """With a stride there are ceil(size / stride) windows, and never a negative padding."""
    for size, kernel, stride in ((2, 4, 2), (5, 3, 2), (3, 2, 2), (3, 1, 2), (case.size, case.kernel, case.stride)):
        expect_padding(student, size=size, kernel=kernel, stride=stride)


@task("same-padding")
@points(1)
@search(cases(size=st.integers(1, 40), kernel=st.integers(2, 5), dilation=st.integers(2, 4)))
def test_padding_with_dilation(student, case):
    """A dilated kernel needs padding for all the pixels that its window covers."""
    for kernel, dilation in ((2, 3), (3, 2), (case.kernel, case.dilation)):
        expect_padding(student, size=case.size, kernel=kernel, dilation=dilation)


@task("same-padding")
@points(1)
def test_padding_refuses_what_is_no_count(student):
    """A size, kernel, stride or dilation below 1 raises a ValueError that names the argument."""
    right = {"size": 9, "kernel": 3, "stride": 1, "dilation": 1}
    for name in right:
        with expect_raises("ValueError", naming=name):
            student.same_padding(**{**right, name: 0})


# conv2d ----------------------------------------------------------------------------------------------------------


def layer_of(student, kernels, **options):
    """The student's layer with these kernels; a square kernel's size is given as one number."""
    height, width = kernels.shape[1:3]
    layer = student.Conv2D(len(kernels), height if height == width else (height, width), **options)
    layer.kernels = kernels
    return layer


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


@task("conv2d")
@points(2)
@search(cases(kernel=st.integers(2, 3), more_rows=small, more_columns=small, seed=seeds), examples=12)
def test_one_filter_one_channel(student, case):
    """One filter slides over one channel: windows row by row, the kernel neither turned nor transposed."""
    image = numbers(case.kernel - 1 + case.more_rows, case.kernel - 1 + case.more_columns, 1, seed=case.seed)
    expect_layer(student, image, numbers(1, case.kernel, case.kernel, 1, seed=case.seed + 1))


@task("conv2d")
@points(2)
@search(cases(side=small, channels=st.integers(2, 4), filters=st.integers(2, 4), kernel=small, seed=seeds), examples=12)
def test_all_channels_and_filters(student, case):
    """A filter sums over all channels, and every filter makes its own map."""
    side = case.kernel - 1 + case.side
    image = numbers(side, side, case.channels, seed=case.seed)
    expect_layer(student, image, mirrored(case.filters, case.kernel, case.channels, case.seed))


@task("conv2d")
@points(1)
@search(cases(height=small, width=small, more=st.integers(0, 3), seed=seeds), examples=12)
def test_rectangular_kernels(student, case):
    """kernel_size may be (height, width)."""
    for height, width in ((case.height, case.width), (1, 3), (3, 2)):
        side = max(height, width) + case.more
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, numbers(side, side, 1, seed=case.seed), turnable(1, height, width, 1))


@task("conv2d")
@points(1)
@search(cases(side=st.integers(5, 9), kernel=small, stride=st.integers(2, 4), seed=seeds), examples=12)
def test_one_stride(student, case):
    """With a stride the window moves that many pixels, and never sticks out of the image."""
    for side, stride in ((case.side, case.stride), (6, 2), (7, 2)):
        expect_layer(student, numbers(side, side, 1, seed=case.seed), mirrored(1, case.kernel, 1), stride=stride)


@task("conv2d")
@points(1)
@search(cases(side=st.integers(6, 9), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_two_strides(student, case):
    """A stride of (down, right) uses each number in its own direction."""
    for stride in ((2, 3), (case.down, case.right)):
        image = numbers(case.side, case.side, 1, seed=case.seed)
        with if_it_raises(misconceptions.CONV2D["only-a-single-number"], "TypeError"):
            expect_layer(student, image, mirrored(1, case.kernel, 1), stride=stride)


@task("conv2d")
@points(1)
@search(cases(side=st.integers(1, 6), kernel=st.sampled_from([3, 5]), seed=seeds), examples=12)
def test_same_padding_with_an_odd_kernel(student, case):
    """With "same" padding an odd kernel has zeros all around the image, and the size stays."""
    expect_layer(student, numbers(case.side, case.side, 1, seed=case.seed), mirrored(1, case.kernel, 1), padding="same")


@task("conv2d")
@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.sampled_from([2, 4]), seed=seeds), examples=12)
def test_same_padding_with_an_even_kernel(student, case):
    """With "same" padding an even kernel has its extra pixel after the image, not before."""
    for side, kernel in ((4, 4), (case.kernel + case.more, case.kernel)):
        expect_layer(student, numbers(side, side, 1, seed=case.seed), mirrored(1, kernel, 1), padding="same")


@task("conv2d")
@points(1)
@search(cases(side=st.integers(2, 8), kernel=st.integers(2, 5), stride=st.integers(2, 3), seed=seeds), examples=12)
def test_same_padding_with_a_stride(student, case):
    """With "same" padding and a stride the result has ceil(size / stride) rows and columns."""
    for side, kernel, stride in ((3, 4, 2), (case.side, case.kernel, case.stride), (4, 3, 2)):
        image = numbers(side, side, 1, seed=case.seed)
        expect_layer(student, image, mirrored(1, kernel, 1), stride=stride, padding="same")
    expect_layer(student, numbers(4, 3, 1, seed=case.seed), mirrored(1, 3, 1), stride=2, padding="same")


@task("conv2d")
@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 3), dilation=st.integers(2, 3), seed=seeds), examples=12)
def test_dilation_in_the_layer(student, case):
    """Dilation spreads the taps of the kernel and leaves the stride alone; "same" padding makes room for it."""
    side = case.dilation * (case.kernel - 1) + 1 + case.more
    image = numbers(side, side, 1, seed=case.seed)
    expect_layer(student, image, mirrored(1, case.kernel, 1), dilation=case.dilation)
    expect_layer(student, image, mirrored(1, 3, 1), dilation=case.dilation, padding="same")


@task("conv2d")
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


@task("conv2d")
@points(1)
def test_bias_of_each_filter(student, rng):
    """Each filter adds its own bias to its whole map."""
    image, kernels, bias = rng.random((4, 4, 1)), mirrored(3, 3, 1), rng.random(3) + 1
    layer = layer_of(student, kernels)
    layer.bias = bias
    expect_close(layer.forward(image), reference.conv2d(image, kernels, bias), like=misconceptions.CONV2D)


@task("conv2d")
@points(1)
@search(cases(images=st.integers(1, 3), side=st.integers(2, 4), seed=seeds), examples=10)
def test_batches(student, case):
    """A batch gives a batch: of several images, of one, and of none."""
    for images in (case.images, 0):
        batch = numbers(images, case.side, case.side, 1, seed=case.seed)
        expect_layer(student, batch, mirrored(2, 2, 1, case.seed))


@task("conv2d")
@points(1)
def test_float32_stays_float32(student, rng):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    for dtype in ("float32", "float64"):
        result = expect_layer(student, rng.random((4, 4, 1)).astype(dtype), mirrored(2, 2, 1))
        wrong = misconceptions.CONV2D["always-float64"] if dtype == "float32" else None
        expect(result.dtype.name == dtype, f"A {dtype} image gives a {dtype} result.", diagnosis=wrong)


@task("conv2d")
@points(1)
def test_integers_and_booleans(student, rng):
    """An image of integers or booleans is computed in float64."""
    for image in (rng.integers(-9, 9, (4, 4, 1)), rng.integers(0, 255, (4, 4, 1)).astype("uint8"),
                  rng.random((4, 4, 1)) > 0.5):
        result = expect_layer(student, image, mirrored(2, 2, 1))
        expect(result.dtype.name == "float64", "An image of integers gives a float64 result.")


@task("conv2d")
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


def forward_on_view(layer, image):
    """In the kernel: the layer's result for a read-only view that is not contiguous."""
    import numpy

    spread = numpy.zeros((image.shape[0], 2 * image.shape[1], image.shape[2]), image.dtype)
    view = spread[:, ::2]
    view[...] = image
    view.flags.writeable = False
    return layer.forward(view)


@task("conv2d")
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


@task("conv2d")
@points(1)
def test_nan_and_infinity_pass_through(student, rng):
    """NaN and infinity in a pixel reach every window that reads it, and no other."""
    image, kernels = rng.random((6, 6, 1)), mirrored(1, 2, 1)
    image[0, 0], image[5, 2] = np.nan, np.inf
    expect_layer(student, image, kernels)


@task("conv2d")
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


# im2col ----------------------------------------------------------------------------------------------------------


def expect_matrix(student, image, kernel_size, **options):
    expect_close(
        student.im2col(image, kernel_size, **options), reference.im2col(image, kernel_size, **options),
        like=misconceptions.IM2COL,
    )


def expect_product(student, x, kernels, bias=None, **options):
    result = student.conv2d_im2col(x, kernels, bias, **options)
    expect_close(result, reference.conv2d_im2col(x, kernels, bias, **options), like=misconceptions.CONV2D_IM2COL)
    return result


@task("im2col")
@points(2)
@search(cases(height=small, width=small, more_rows=st.integers(0, 3), more_columns=st.integers(0, 3),
              channels=small, seed=seeds), examples=12)
def test_columns_in_the_right_order(student, case):
    """Each window is a column in the order (row, column, channel); windows follow row by row."""
    image = numbers(case.height + case.more_rows, case.width + case.more_columns, case.channels, seed=case.seed)
    expect_matrix(student, image, (case.height, case.width))
    expect_matrix(student, numbers(4, 5, 2, seed=case.seed), 2)


@task("im2col")
@points(1)
@search(cases(side=st.integers(4, 8), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_columns_with_a_stride(student, case):
    """Only the windows that the stride reaches have a column."""
    for stride in (2, (2, 3), (case.down, case.right)):
        expect_matrix(student, numbers(case.side, case.side, 1, seed=case.seed), case.kernel, stride=stride)


@task("im2col")
@points(1)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 3), dilation=st.integers(2, 3), seed=seeds), examples=12)
def test_columns_with_dilation(student, case):
    """Dilation spreads the pixels of a window."""
    side = case.dilation * (case.kernel - 1) + 1 + case.more
    expect_matrix(student, numbers(side, side, 1, seed=case.seed), case.kernel, dilation=case.dilation)


@task("im2col")
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


@task("im2col")
@points(1)
@search(cases(side=st.integers(2, 6), kernel=st.integers(2, 4), stride=st.integers(1, 3), seed=seeds), examples=12)
def test_product_with_stride_and_padding(student, case):
    """Stride and "same" padding work as in Conv2D."""
    drawn = (case.side, case.kernel, case.stride)
    for side, kernel, stride in ((3, 3, 1), drawn, (3, 2, 1), (4, 3, 2), (4, 3, (1, 2))):
        for padding in ("same", "valid") if kernel <= side else ("same",):
            image = numbers(side, side, 1, seed=case.seed)
            expect_product(student, image, mirrored(1, kernel, 1), stride=stride, padding=padding)


@task("im2col")
@points(1)
def test_product_for_batches(student, rng):
    """A batch gives a batch: of several images, of one, and of none."""
    for images in (3, 1, 0):
        expect_product(student, rng.random((images, 4, 3, 1)), mirrored(2, 2, 1))


@task("im2col")
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


@task("im2col")
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


@task("im2col")
@points(2)
def test_gathers_fast(student, rng):
    """AlexNet's first layer is gathered right, and as fast as NumPy copies: no Python loop over the windows."""
    im2col, seed = student.im2col, int(rng.integers(1 << 30))
    ratio, samples = gathering(student, im2col, seed)
    for number, sample in enumerate(samples):
        right = reference.im2col(image_number(number, seed), KERNEL, STRIDE).value[:, ::COLUMNS]
        expect_close(sample, right, what="im2col of AlexNet's first layer")
    expect_fast(ratio, misconceptions.IM2COL["window-by-window"])


# weight-counting -------------------------------------------------------------------------------------------------


def expect_count(student, variant, key):
    expect_entry(
        student.weight_counting, key, reference.weight_counting(**variant), like=misconceptions.WEIGHT_COUNTING,
        others=all_variants("weight-counting"),
    )


@task("weight-counting")
@points(1)
def test_dense_small(student, variant):
    """The weights of one dense neuron on the small image."""
    expect_count(student, variant, "dense_small")


@task("weight-counting")
@points(1)
def test_dense_large(student, variant):
    """The weights of one dense neuron on the large image."""
    expect_count(student, variant, "dense_large")


@task("weight-counting")
@points(1)
def test_conv_neuron(student, variant):
    """The weights of one convolutional neuron on the small image."""
    expect_count(student, variant, "conv_neuron")


@task("weight-counting")
@points(2)
def test_conv_layer(student, variant):
    """The parameters of a whole convolutional layer, biases among them."""
    expect_count(student, variant, "conv_layer")


# worked-sizes ----------------------------------------------------------------------------------------------------


def expect_sizes(student, variant, fitting):
    right = reference.worked_sizes(**variant)
    for index, size in enumerate(right.value["sizes"]):
        if (size is not None) == fitting:
            expect_entry(
                student.worked_sizes, "sizes", right, index=index, like=misconceptions.WORKED_SIZES,
                others=all_variants("worked-sizes"),
            )


@task("worked-sizes")
@points(3)
def test_sizes_that_fit(student, variant):
    """Where the windows fit exactly, the size is right."""
    expect_sizes(student, variant, fitting=True)


@task("worked-sizes")
@points(2)
def test_sizes_that_do_not_fit(student, variant):
    """Where pixels are left over, the answer is None."""
    expect_sizes(student, variant, fitting=False)


# padding-output --------------------------------------------------------------------------------------------------


def expect_padded(student, key):
    expect_entry(student.padding_output, key, reference.padding_output(), like=misconceptions.PADDING_OUTPUT)


@task("padding-output")
@points(1)
def test_size_after_same(student):
    """The size of the map with "same" padding."""
    expect_padded(student, "same")


@task("padding-output")
@points(1)
def test_size_after_valid(student):
    """The size of the map without padding."""
    expect_padded(student, "valid")


@task("padding-output")
@points(1)
def test_valid_repeats(student):
    """How often a valid convolution can be repeated until the window no longer fits."""
    expect_padded(student, "valid_repeats")


@task("padding-output")
@points(1)
def test_least_read(student):
    """Which pixels a valid convolution reads least."""
    expect_padded(student, "least_read")


# conv2d-backward -------------------------------------------------------------------------------------------------


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


@task("conv2d-backward")
@points(3)
@search(plain, examples=12)
def test_gradient_of_the_image(student, case):
    """grad_x: every pixel collects from all windows and filters that have read it."""
    expect_plain(student, case, 0)


@task("conv2d-backward")
@points(2)
@search(plain, examples=12)
def test_gradient_of_the_kernels(student, case):
    """grad_kernels: every weight collects from all windows in which it was used."""
    expect_plain(student, case, 1)


@task("conv2d-backward")
@points(1)
@search(plain, examples=10)
def test_gradient_of_the_bias(student, case):
    """grad_bias: every bias collects from its whole map."""
    expect_plain(student, case, 2)


@task("conv2d-backward")
@points(2)
@search(cases(side=st.integers(3, 7), kernel=small, down=small, right=small, seed=seeds), examples=12)
def test_gradients_with_a_stride(student, case):
    """With a stride the windows of the way back are those of the way there; pixels that nobody read get 0."""
    for stride in (2, (2, 3), (case.down, case.right)):
        expect_gradients(student, (case.side, case.side, 1), mirrored(1, case.kernel, 1), case.seed, stride=stride)


@task("conv2d-backward")
@points(2)
@search(cases(more=st.integers(0, 3), kernel=st.integers(2, 4), stride=st.integers(1, 2), seed=seeds), examples=12)
def test_gradients_with_same_padding(student, case):
    """With "same" padding grad_x is as large as the image: what the zeros would get is dropped."""
    for kernel, stride in ((4, 1), (3, 1), (case.kernel, case.stride)):
        shape = (kernel + case.more, kernel + case.more, 1)
        expect_gradients(student, shape, mirrored(1, kernel, 1), case.seed, stride=stride, padding="same")
    for shape in ((4, 3, 1), (3, 4, 1)):
        expect_gradients(student, shape, mirrored(1, 3, 1), case.seed, stride=2, padding="same")


@task("conv2d-backward")
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


@task("conv2d-backward")
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


# dilated ---------------------------------------------------------------------------------------------------------


def expect_dilated(student, kernel, dilation):
    expect_close(
        student.dilate_kernel(kernel, dilation), reference.dilate_kernel(kernel, dilation),
        like=misconceptions.DILATE_KERNEL,
    )


@task("dilated")
@points(2)
@search(cases(height=small, width=small, dilation=st.integers(1, 4), seed=seeds))
def test_dilate_one_kernel(student, case):
    """A kernel (height, width) has dilation - 1 zeros between neighbouring taps, and none outside."""
    expect_dilated(student, numbers(3, 2, seed=case.seed), 2)
    expect_dilated(student, numbers(case.height, case.width, seed=case.seed), case.dilation)


@task("dilated")
@points(2)
@search(cases(filters=small, height=small, width=small, channels=small, dilation=st.integers(1, 3), seed=seeds))
def test_dilate_kernels_of_a_layer(student, case):
    """The kernels (filters, height, width, channels) of a layer are spread along height and width only."""
    expect_dilated(student, numbers(2, 3, 2, 3, seed=case.seed), 2)
    kernels = numbers(case.filters, case.height, case.width, case.channels, seed=case.seed)
    expect_dilated(student, kernels, case.dilation)


@task("dilated")
@points(1)
def test_dilation_below_one(student):
    """A dilation below 1 raises a ValueError that names it, and the kernel that was given stays as it was."""
    kernel = numbers(2, 2)
    for dilation in (0, -1):
        with expect_raises("ValueError", naming="dilation"):
            student.dilate_kernel(kernel, dilation)
    expect(leaves_unchanged(student, student.dilate_kernel, kernel, 2), "The kernel itself was changed.")


# receptive-field -------------------------------------------------------------------------------------------------


def layers_of(strides, dilations):
    return st.lists(st.tuples(small, strides, dilations), min_size=1, max_size=4)


def expect_field(student, layers):
    expect_equal(
        student.receptive_field(layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
    )


@task("receptive-field")
@points(2)
@search(cases(layers=layers_of(st.just(1), st.just(1))))
def test_field_of_plain_layers(student, case):
    """Each layer of k taps adds k - 1 pixels."""
    expect_field(student, case.layers)


@task("receptive-field")
@points(3)
@search(cases(layers=layers_of(st.integers(1, 3), st.just(1))))
def test_field_with_strides(student, case):
    """After a stride the steps of all later layers are that much longer."""
    for layers in ([(2, 2, 1)] * 2, [(3, 2, 1)], [(3, 2, 1), (2, 1, 1)], [(2, 3, 1), (2, 2, 1), (2, 1, 1)]):
        expect_field(student, layers)
    expect_field(student, case.layers)


@task("receptive-field")
@points(2)
@search(cases(layers=layers_of(st.just(1), st.integers(1, 3))))
def test_field_with_dilations(student, case):
    """A dilation spreads the taps of its own layer, and nothing else."""
    expect_field(student, [(3, 1, 1), (3, 1, 1)])
    expect_field(student, [(3, 1, 2)])
    expect_field(student, [(3, 1, 2), (2, 1, 1)])
    expect_field(student, case.layers)


@task("receptive-field")
@points(1)
def test_field_of_no_layers(student):
    """No layer sees one pixel; a kernel, stride or dilation below 1 raises a ValueError that names it."""
    expect_field(student, [])
    for name, layer in (("kernel", (0, 1, 1)), ("stride", (3, 0, 1)), ("dilation", (3, 1, 0))):
        with expect_raises("ValueError", naming=name):
            student.receptive_field([(3, 1, 1), layer])
