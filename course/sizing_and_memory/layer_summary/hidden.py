"""Hidden checks of layer-summary."""

from autograder.checks.api import cases, expect_equal, expect_raises, points, reference, search
from autograder.checks.api import strategies as st

from .public import column, rows

FEW, NONE_TO_TWO = st.integers(1, 4), st.integers(0, 2)


def convolution(number, kernel=FEW, stride=FEW, padding=NONE_TO_TWO):
    return st.builds(
        lambda f, k, s, p: f"conv{number} {f}@{k}x{k} stride {s} padding {p}", FEW, kernel, stride, padding
    )


def image(low, high, channels=FEW):
    return st.tuples(st.integers(low, high), st.integers(low, high), channels)


@points(3)
@search(cases(layers=st.tuples(convolution(1), convolution(2)).map(list), input_shape=image(16, 40)), examples=40)
def test_output_shapes_of_convolutions(student, case):
    """A convolution's output has the right height, width and channels for any stride and padding."""
    column(student, case.layers, case.input_shape, "output_shape")


def pooling(number):
    return st.builds(lambda size, stride: f"pool{number} {size}x{size} stride {stride}", FEW, FEW)


@points(2)
@search(cases(layers=st.tuples(pooling(1), pooling(2), st.integers(1, 9).map("fc {}".format)).map(list),
              input_shape=image(16, 40)), examples=30)
def test_output_shapes_of_pooling_and_dense(student, case):
    """Pooling keeps the channels, and a dense layer's output has one axis."""
    column(student, case.layers, case.input_shape, "output_shape")


@points(2)
@search(cases(layers=st.tuples(convolution(1, stride=st.just(1)), st.just("pool1 1x1 stride 1"),
                               convolution(2, stride=st.just(1))).map(list), input_shape=image(10, 12)))
def test_parameters_of_convolutions(student, case):
    """A convolution's parameters are its weights and biases; pooling has none."""
    column(student, case.layers, case.input_shape, "parameters")


UNITS = st.integers(1, 9)
DENSE = cases(layers=st.tuples(UNITS.map("fc1 {}".format), UNITS.map("fc2 {}".format)).map(list),
              input_shape=image(1, 6))


@points(2)
@search(DENSE)
def test_parameters_of_dense_layers(student, case):
    """A dense layer sees every number of what comes in, and has a bias per unit."""
    column(student, case.layers, case.input_shape, "parameters")


def centred(number):
    """A convolution that keeps the sides: a slip in the sizes costs nothing here."""
    return st.builds(lambda f, k: f"conv{number} {f}@{2 * k + 1}x{2 * k + 1} padding {k}", FEW, NONE_TO_TWO)


@points(2)
@search(cases(layers=st.tuples(centred(1), centred(2)).map(list), input_shape=image(2, 9)))
def test_multiply_adds_of_convolutions(student, case):
    """Every weight of a convolution is used once at every output position."""
    column(student, case.layers, case.input_shape, "multiply_adds")


@points(1)
@search(cases(layers=st.tuples(convolution(1, kernel=st.just(2), stride=st.just(2), padding=st.just(0)),
                               st.just("pool1 1x1 stride 1"), st.just("fc 3")).map(list),
              input_shape=st.tuples(st.sampled_from([2, 4, 6]), st.sampled_from([2, 4, 8]), st.integers(1, 3))))
def test_multiply_adds_with_stride_pooling_and_dense(student, case):
    """A stride leaves fewer positions; pooling multiplies nothing; a dense layer uses every weight once."""
    column(student, case.layers, case.input_shape, "multiply_adds")


GROUPED = cases(layers=st.builds(lambda f, g: [f"conv1 {f * g}@3x3 groups {g}"], st.integers(1, 3),
                                 st.sampled_from([2, 3])), input_shape=image(3, 7, st.sampled_from([6, 12])))


@points(1)
@search(GROUPED)
def test_groups(student, case):
    """With groups a filter sees the channels of its own group only."""
    column(student, case.layers, case.input_shape, "parameters")
    column(student, case.layers, case.input_shape, "multiply_adds")


@points(1)
def test_impossible_layers(student):
    """A window wider than the padded image, or groups that do not divide, raise a ValueError naming the argument."""
    with expect_raises("ValueError", naming="kernel_size"):
        rows(student, ["conv1 2@6x6"], (8, 5, 3))
    with expect_raises("ValueError", naming="kernel_size"):
        rows(student, ["conv1 2@8x8 padding 1"], (5, 8, 3))
    with expect_raises("ValueError", naming="size"):
        rows(student, ["pool1 2x2 stride 2", "pool2 3x3 stride 2"], (5, 9, 3))
    for wrong, channels in (("conv1 4@1x1 groups 2", 3), ("conv1 3@1x1 groups 2", 4)):
        with expect_raises("ValueError", naming="groups"):
            rows(student, [wrong], (2, 2, channels))
    expect_equal(
        [row[1] for row in rows(student, ["conv1 2@7x7 padding 1"], (5, 5, 3))],
        reference.summary_column(["conv1 2@7x7 padding 1"], (5, 5, 3), "output_shape"),
        what="the column output_shape",
    )


ALEXNET = (
    "conv1 96@11x11 stride 4", "pool1 3x3 stride 2", "conv2 256@5x5 padding 2", "pool2 3x3 stride 2",
    "conv3 384@3x3 padding 1", "conv4 384@3x3 padding 1", "conv5 256@3x3 padding 1", "pool5 3x3 stride 2",
    "fc6 4096", "fc7 4096", "fc8 1000",
)


@points(1)
def test_a_whole_network(student):
    """All of AlexNet comes out right: names, shapes, parameters and multiply-adds, with and without groups."""
    in_groups = [f"{text} groups 2" if text.split()[0] in ("conv2", "conv4", "conv5") else text for text in ALEXNET]
    for layers in (list(ALEXNET), in_groups):
        for field in ("name", "output_shape", "parameters", "multiply_adds"):
            column(student, layers, (227, 227, 3), field)
