"""Public checks of assignment 02."""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_entry,
    expect_raises,
    if_it_raises,
    in_kernel,
    misconceptions,
    numbers,
    reference,
    search,
    task,
)

STEPS = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 8, 6], [7, 2, 3, 4]], dtype=float)[:, :, None]
WINDOWS = cases(side=st.integers(4, 6), window=st.integers(2, 3), stride=st.integers(1, 3), seed=st.integers(0, 9))


def _strided(layer, expected, case, like):
    """Compares on a square window with a stride of its own."""
    image = numbers(case.side, case.side + 1, 1, seed=case.seed)
    options = {"pool_size": (case.window, case.window), "stride": (case.stride, case.stride)}
    expect_close(layer(**options).forward(image), expected(image, **options), like=like)


# max-pooling


@task("max-pooling")
def test_max_on_paper(student):
    """The 4x4 example of the text: a 2x2 window in steps of 2 keeps four numbers."""
    expect_close(student.MaxPooling2D().forward(STEPS), reference.max_pool(STEPS), like=misconceptions.MAX_POOLING)


@task("max-pooling")
@search(WINDOWS, examples=8)
def test_max_with_a_stride(student, case):
    """Windows that overlap, or leave gaps: the stride says how far apart they are."""
    _strided(student.MaxPooling2D, reference.max_pool, case, misconceptions.MAX_POOLING)


@task("max-pooling")
def test_max_with_numbers(student):
    """Window and stride may be single numbers: 3x3 windows, 2 pixels apart, make 27x27x96 of 55x55x96."""
    with if_it_raises(misconceptions.MAX_POOLING["int-not-a-pair"], "TypeError"):
        result = student.MaxPooling2D(pool_size=3, stride=2).forward(numbers(55, 55, 96, dtype="float32"))
    expect(isinstance(result, np.ndarray) and result.shape == (27, 27, 96), "The result is not 27x27x96.")


@task("max-pooling")
def test_max_of_a_batch(student):
    """A batch of three images gives a batch of three results."""
    batch = numbers(3, 4, 4, 2)
    expect_close(student.MaxPooling2D().forward(batch), reference.max_pool(batch), like=misconceptions.MAX_POOLING)


@task("max-pooling")
def test_max_same_of_negative_numbers(student):
    """With "same" padding an image of negative numbers keeps its maxima, at the border too."""
    image = -STEPS - 1
    for size in ((3, 3), (2, 2)):
        expect_close(student.MaxPooling2D(size, stride=(1, 1), padding="same").forward(image),
                     reference.max_pool(image, size, stride=(1, 1), padding="same"), like=misconceptions.MAX_POOLING)


@task("max-pooling")
def test_max_refuses(student):
    """A stride of 0 and an unknown padding are refused with a ValueError that names the argument."""
    with expect_raises("ValueError", naming="stride"):
        student.MaxPooling2D(stride=0).forward(STEPS)
    with expect_raises("ValueError", naming="padding"):
        student.MaxPooling2D(padding="full").forward(STEPS)


# min-pooling


@task("min-pooling")
def test_min_on_paper(student):
    """The 4x4 example again: a 2x2 window keeps its smallest number."""
    expect_close(student.MinPooling2D().forward(STEPS), reference.min_pool(STEPS), like=misconceptions.MIN_POOLING)


@task("min-pooling")
def test_min_of_bytes(student):
    """Pixels are often bytes from 0 to 255; their minimum is right, too."""
    image = numbers(4, 6, 1, dtype="uint8")
    expect_close(student.MinPooling2D().forward(image), reference.min_pool(image), like=misconceptions.MIN_POOLING)


@task("min-pooling")
def test_min_same(student):
    """With "same" padding an image of positive numbers keeps its minima, at the border too."""
    image = STEPS + 1
    options = {"pool_size": (3, 3), "stride": (1, 1), "padding": "same"}
    expect_close(student.MinPooling2D(**options).forward(image), reference.min_pool(image, **options),
                 like=misconceptions.MIN_POOLING)


# average-pooling


@task("average-pooling")
def test_average_on_paper(student):
    """The 4x4 example once more: a 2x2 window gives the mean of its four numbers."""
    expect_close(student.AveragePooling2D().forward(STEPS), reference.average_pool(STEPS),
                 like=misconceptions.AVERAGE_POOLING)


@task("average-pooling")
@search(WINDOWS, examples=6)
def test_average_with_a_stride(student, case):
    """The stride is the distance between windows."""
    _strided(student.AveragePooling2D, reference.average_pool, case, misconceptions.AVERAGE_POOLING)


@task("average-pooling")
def test_average_same(student):
    """With "same" padding an image of ones stays ones: padding counts nowhere."""
    image = np.ones((4, 5, 1))
    options = {"pool_size": (3, 3), "stride": (1, 1), "padding": "same"}
    expect_close(student.AveragePooling2D(**options).forward(image), reference.average_pool(image, **options),
                 like=misconceptions.AVERAGE_POOLING)


# pooling-backward


@task("pooling-backward")
def test_gradient_on_paper(student):
    """The 4x4 example: each window's gradient goes to its maximum."""
    grad = np.array([[1.0, 2.0], [3.0, 4.0]])[:, :, None]
    expect_close(student.max_pool_backward(grad, STEPS, (2, 2)), reference.max_pool_backward(grad, STEPS, (2, 2)),
                 like=misconceptions.POOLING_BACKWARD)


@task("pooling-backward")
def test_gradient_where_windows_overlap(student):
    """Where windows overlap, gradients add up: with 3x3 windows one pixel apart, the 8 is the maximum of all four."""
    grad = np.array([[1.0, 2.0], [3.0, 4.0]])[:, :, None]
    args = (grad, STEPS, (3, 3), (1, 1))
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)


@task("pooling-backward")
def test_gradient_of_a_flat_image(student):
    """In an image of equal values, the first pixel of each window gets the gradient."""
    args = (numbers(2, 2, 1), np.ones((4, 4, 1)), (2, 2))
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args),
                 like=misconceptions.POOLING_BACKWARD)


# overlapping-pooling


@task("overlapping-pooling")
def test_sizes(student):
    """The two sizes are whole numbers, and they agree."""
    answer = student.overlapping_pooling
    sizes = [answer.get(key) for key in ("size_3x3", "size_2x2")] if isinstance(answer, dict) else []
    filled = len(sizes) == 2 and all(isinstance(size, (int, float, np.number)) for size in sizes)
    expect(filled, "Fill in the two sizes, as whole numbers.")
    expect(sizes[0] == sizes[1], "Both windows take the map to the same size; yours differ.")
    expect(1 < sizes[0] < 55, "A pooled map is smaller than the map it came from, and larger than one pixel.")


@task("overlapping-pooling")
def test_entries(student):
    """Every entry holds a number; the share is in percent."""
    answer = student.overlapping_pooling
    for key in ("size_3x3", "size_2x2", "top1_points", "top5_points", "discarded_percent"):
        known = isinstance(answer, dict) and isinstance(answer.get(key), (int, float, np.number))
        expect(known, f'The entry "{key}" holds no number.')
    expect(1 < answer["discarded_percent"] <= 100, "The entry \"discarded_percent\" is no percentage.")


# shift-invariance


def _pixels(images):
    return images


class _Pixels:
    """The images themselves as features."""

    def __call__(self, images):
        return images

    def __repr__(self):
        return "the pixels themselves"


def _sensitivity(student, images, shift):
    there = in_kernel(student, _pixels)._pixels
    expect_close(student.shift_sensitivity(there, images, shift),
                 reference.shift_sensitivity(_Pixels(), images, shift), like=misconceptions.SHIFT_INVARIANCE)


@task("shift-invariance")
def test_shift_on_paper(student):
    """The row 3, 4, 0 moved by one is 0, 3, 4: a change of norm 5.1 against a norm of 5."""
    _sensitivity(student, np.array([3.0, 4.0, 0.0]).reshape(1, 1, 3, 1), 1)


@task("shift-invariance")
def test_shift_of_two_images(student):
    """Every image counts the same, whatever its brightness."""
    _sensitivity(student, np.array([[3.0, 4.0, 0.0], [50.0, -20.0, 90.0]]).reshape(2, 1, 3, 1), 1)


@task("shift-invariance")
def test_shift_of_a_blank_image(student):
    """An image of zeros does not change when it moves, and counts as 0."""
    _sensitivity(student, np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]]).reshape(2, 1, 3, 1), 1)


# lrn


@task("lrn")
def test_lrn_on_paper(student):
    """The example of the text: channels 1, 2, 3, 2, 1 with a window of 3."""
    image = np.array([1.0, 2.0, 3.0, 2.0, 1.0]).reshape(1, 1, 5)
    options = {"size": 3, "k": 1.0, "alpha": 0.5, "beta": 1.0}
    expect_close(student.LocalResponseNormalization(**options).forward(image), reference.lrn(image, **options),
                 like=misconceptions.LRN)


@task("lrn")
@search(cases(channels=st.integers(6, 8), size=st.sampled_from([3, 5]), beta=st.sampled_from([0.75, 0.5]),
              seed=st.integers(0, 9)), examples=6)
def test_lrn_of_an_image(student, case):
    """Any number of channels; the window is cut off at the first and the last one."""
    image = numbers(2, 2, case.channels, seed=case.seed)
    options = {"size": case["size"], "k": 2.0, "alpha": 0.5, "beta": case.beta}
    expect_close(student.LocalResponseNormalization(**options).forward(image), reference.lrn(image, **options),
                 like=misconceptions.LRN)


@task("lrn")
def test_lrn_of_a_batch(student):
    """Images and batches of float32 will do, and the result is float32."""
    batch = 50 * numbers(2, 3, 3, 8, dtype="float32")
    expect_close(student.LocalResponseNormalization().forward(batch), reference.lrn(batch), like=misconceptions.LRN,
                 dtype="float32")


@task("lrn")
def test_lrn_refuses(student):
    """An even size has no channel in its middle, and is refused with a ValueError that names the size."""
    with expect_raises("ValueError", naming="size"):
        student.LocalResponseNormalization(size=4).forward(numbers(2, 2, 6))


# lrn-frameworks


@task("lrn-frameworks")
def test_entries_of_both(student):
    """Both functions give a dict with the entries that the framework has arguments for."""
    for name, keys in (("lrn_as_torch", {"size", "alpha", "beta", "k"}),
                       ("lrn_as_tensorflow", {"depth_radius", "bias", "alpha", "beta"})):
        answer = getattr(student, name)(size=5, k=2.0, alpha=1e-4, beta=0.75)
        expect(isinstance(answer, dict) and set(answer) == keys, f"{name} gives a dict with other entries.")


@task("lrn-frameworks")
def test_size_of_three(student):
    """A window of 3 channels, in PyTorch's words and in TensorFlow's."""
    options = {"size": 3, "k": 1.0, "alpha": 0.5, "beta": 0.75}
    for key in ("size", "k", "beta", "alpha"):
        expect_entry(student.lrn_as_torch(**options), key, reference.lrn_as_torch(**options),
                     like=misconceptions.LRN_AS_TORCH)
    for key in ("bias", "beta", "depth_radius", "alpha"):
        expect_entry(student.lrn_as_tensorflow(**options), key, reference.lrn_as_tensorflow(**options),
                     like=misconceptions.LRN_AS_TENSORFLOW)


# dense


@task("dense")
def test_dense_on_paper(student):
    """The example of the text: two features, three outputs."""
    weights, biases = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, -1.0]]), np.array([0.5, 0.0, -0.5])
    layer = student.Dense(2, 3)
    layer.weights, layer.biases = weights, biases
    x = np.array([3.0, 4.0])
    expect_close(layer.forward(x), reference.dense(x, weights, biases), like=misconceptions.DENSE)


@task("dense")
def test_dense_of_a_batch(student):
    """A batch of four vectors gives a batch of four results."""
    weights, biases, x = numbers(5, 3), numbers(3), numbers(4, 5, seed=1)
    layer = student.Dense(5, 3)
    layer.weights, layer.biases = weights, biases
    expect_close(layer.forward(x), reference.dense(x, weights, biases), like=misconceptions.DENSE)


@task("dense")
def test_dense_starts(student):
    """New weights are random, of shape (in_features, out_features), with He's standard deviation; biases are zeros."""
    layer = student.Dense(300, 200)
    weights = layer.weights
    expect(isinstance(weights, np.ndarray) and weights.shape == (300, 200), "The weights have another shape.")
    expect_close(float(weights.std()), reference.dense_start(300), like=misconceptions.DENSE_START, rtol=0.05,
                 what="the standard deviation of new weights")
    expect_close(layer.biases, np.zeros(200), what="the biases of a new layer")


# relu-softmax


@task("relu-softmax")
def test_relu_on_paper(student):
    """Positive numbers stay, negative ones become 0."""
    x = np.array([[-2.0, -0.5, 0.0], [0.5, 2.0, 30.0]])
    expect_close(student.relu(x), reference.relu(x), like=misconceptions.RELU)


@task("relu-softmax")
def test_softmax_of_rows(student):
    """Every row of a batch gives probabilities that sum to 1."""
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)


@task("relu-softmax")
def test_softmax_along_the_first_axis(student):
    """With axis=0 the columns sum to 1."""
    logits = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.5]])
    expect_close(student.softmax(logits, axis=0), reference.softmax(logits, axis=0), like=misconceptions.SOFTMAX)


@task("relu-softmax")
def test_softmax_of_large_logits(student):
    """Logits of 1000 are no reason to give up."""
    logits = np.array([1000.0, 1001.0, 998.0])
    expect_close(student.softmax(logits), reference.softmax(logits), like=misconceptions.SOFTMAX)


# dropout


@task("dropout")
def test_dropout_at_inference(student):
    """At inference every value passes unchanged."""
    x = numbers(3, 4)
    expect_close(student.Dropout(0.25).forward(x, training=False),
                 reference.dropout(x, np.ones(x.shape, dtype=bool), 0.25, False), like=misconceptions.DROPOUT)


@task("dropout")
def test_dropout_in_training(student):
    """In training about a quarter of the values is 0 with a rate of 0.25, and the mean stays about the same."""
    result = student.Dropout(0.25).forward(np.ones((100, 100)), training=True)
    expect(isinstance(result, np.ndarray) and result.shape == (100, 100), "The result has another shape.")
    zeros, like = float((result == 0).mean()), misconceptions.DROPOUT
    expect(zeros > 0, "", diagnosis=like["inactive-in-training"])
    expect(abs(zeros - 0.75) > 0.05, "", diagnosis=like["rate-is-kept"])
    expect(abs(zeros - 0.25) < 0.05, "The share of zeros is not the rate.")
    expect(abs(result.mean() - 0.75) > 0.05, "", diagnosis=like["not-scaled"])
    expect(abs(result.mean() - 1) < 0.05, "The mean in training is not that at inference.")


@task("dropout")
def test_dropout_draws_each_time(student):
    """Two calls drop other values."""
    layer, x = student.Dropout(0.5), np.ones((20, 20))
    first, second = layer.forward(x, True), layer.forward(x, True)
    like = misconceptions.DROPOUT
    expect(not np.array_equal(first, x), "", diagnosis=like["inactive-in-training"])
    expect(not np.array_equal(first, second), "", diagnosis=like["mask-drawn-once"])


@task("dropout")
def test_scaling_on_paper(student):
    """The AlexNet paper's way with a rate of 0.25: the weights are made smaller at inference."""
    weights = np.array([[1.0, -2.0], [4.0, 8.0]])
    expect_close(student.scale_at_test_time(weights, 0.25), reference.scale_at_test_time(weights, 0.25),
                 like=misconceptions.SCALE_AT_TEST_TIME)
