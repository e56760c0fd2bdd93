"""Hidden checks of assignment 02.

Most tests draw square windows with one stride, so that a mix-up of height and width costs its own test alone; in the
same way "same" padding, batches, dtypes and wrong arguments each have theirs. A test of a wrong argument asks for a
right result beside, so that a layer which refuses everything earns nothing.
"""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    StudentError,
    cases,
    expect,
    expect_close,
    expect_entry,
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

SEED = st.integers(0, 999)
SIDE, WINDOW, STRIDE, CHANNELS = st.integers(3, 8), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)
VALID = cases(height=SIDE, width=SIDE, channels=CHANNELS, window=st.integers(2, 3), seed=SEED)
STRIDED = cases(height=SIDE, width=SIDE, channels=CHANNELS, window=WINDOW, stride=STRIDE, seed=SEED).filter(
    lambda c: c.window != c.stride)
PAIRS = cases(height=SIDE, width=SIDE, window=st.tuples(WINDOW, WINDOW), stride=st.none() | st.tuples(STRIDE, STRIDE),
              seed=SEED)
EVEN_AND_ODD = st.sampled_from([3, 4, 1])  # a window of 2 cannot tell "no padding" from "(k - 1) // 2 on both sides"
LARGE, ANY = st.integers(4, 9), st.integers(1, 9)  # a tiny image would raise where padding was forgotten
SAME = cases(height=LARGE, width=LARGE, channels=CHANNELS, window=EVEN_AND_ODD, seed=SEED)
SAME_STRIDED = cases(height=LARGE, width=LARGE, window=EVEN_AND_ODD, stride=STRIDE, seed=SEED)
SAME_ANY = cases(height=ANY, width=ANY, channels=CHANNELS, window=EVEN_AND_ODD, seed=SEED)
BATCHES = cases(batch=st.integers(0, 3), side=st.integers(3, 6), channels=CHANNELS, seed=SEED)


def pooled(layer, expected, image, like, **options):
    """Compares `layer(**options).forward(image)` with what the reference function gives."""
    expect_close(layer(**options).forward(image), expected(image, **options), like=like)


def image_of(case, *, sign=None):
    """The image that a case describes: normal numbers, or only positive ones, or only negative ones."""
    image = numbers(case.height, case.width, case.get("channels", 2), seed=case.seed)
    return image if sign is None else sign * (np.abs(image) + 0.5)


def both(size):
    """A number as a pair of Python ints."""
    return (size, size)


def keeps_the_rank(layer, expected, case, like, *, sign=1):
    """A batch, also of one image or of none, gives what its images give one by one; with "same" padding, too."""
    batch = sign * np.abs(numbers(case.batch, case.side, case.side + 1, case.channels, seed=case.seed))
    try:
        result = layer().forward(batch)
    except StudentError as error:
        expect("unpack" not in error.text, "A batch was not taken.", diagnosis=like["one-image-only"])
        raise
    expect_close(result, expected(batch), like=like)
    pooled(layer, expected, batch, like, pool_size=(3, 3), padding="same")


def takes_single_numbers(layer, expected, like):
    """Single numbers for size and stride, NumPy's among them."""
    image = numbers(7, 5, 2)
    for size, stride in [(2, None), (2, 2), (3, 3), (np.int64(2), np.int64(2))]:
        with if_it_raises(like["int-not-a-pair"], "TypeError", "AttributeError"):
            result = layer(pool_size=size, stride=stride).forward(image)
        expect_close(result, expected(image, int(size)), like=like)
    for name in ("pool_size", "stride"):
        with expect_raises("ValueError", naming=name):
            layer(**{name: 0}).forward(image)


def gives_the_dtype(layer, expected, like, dtypes):
    """float32 for float32, float64 for everything else."""
    for dtype in dtypes:
        image = (numbers(4, 6, 2, seed=3) > 0) if dtype == "bool" else numbers(4, 6, 2, seed=3, dtype=dtype)
        result = layer().forward(image)
        expect_close(result, expected(image), like=like)
        wanted = "float32" if dtype == "float32" else "float64"
        wrong = {"float64": "always-float64", "float32": "always-float32"}.get(str(result.dtype), "integer-result")
        expect(result.dtype == wanted, f"The result for a {dtype} image is {result.dtype}, not {wanted}.",
               diagnosis=like[wrong] if wrong != "integer-result" or dtype != "float32" else None)


LOPSIDED = {"pool_size": (3, 2), "stride": (1, 3), "padding": "same"}
# in one direction only: a tall window on a wide image, and the other way round
TOO_LARGE = (({"pool_size": (5, 2)}, numbers(4, 6, 1)), ({"pool_size": (2, 5)}, numbers(6, 4, 1)))


def refuses(layer, expected, like, naming, *wrong):
    """Each of the wrong (options, image) raises a ValueError with that name, and what is right is still computed."""
    pooled(layer, expected, numbers(4, 4, 2), like)
    for options, image in wrong:
        with expect_raises("ValueError", naming=naming):
            layer(**options).forward(image)


# max-pooling: 12 points

MAX = misconceptions.MAX_POOLING


@task("max-pooling")
@points(1.5)
@search(VALID)
def test_max_of_touching_windows(student, case):
    """Without a stride the windows touch and do not overlap; pixels left over at the end are not pooled."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=both(case.window))


@task("max-pooling")
@points(1.5)
@search(STRIDED)
def test_max_with_a_stride(student, case):
    """The stride is the distance between windows: they overlap if it is smaller than they are."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=both(case.window),
           stride=both(case.stride))


@task("max-pooling")
@points(0.5)
@search(PAIRS)
def test_max_of_rectangles(student, case):
    """Window and stride may differ in height and width."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=case.window, stride=case.stride)


@task("max-pooling")
@points(0.5)
def test_max_with_single_numbers(student):
    """Window and stride may be single numbers, meant for both directions."""
    takes_single_numbers(student.MaxPooling2D, reference.max_pool, MAX)


@task("max-pooling")
@points(1)
@search(SAME)
def test_max_same(student, case):
    """With "same" padding every pixel is pooled, and there are ceil(size / stride) positions."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           padding="same")


@task("max-pooling")
@points(0.5)
@search(SAME_STRIDED)
def test_max_same_with_a_stride(student, case):
    """With "same" padding and a stride, the odd pixel of padding goes after the image."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           stride=both(case.stride), padding="same")
    pooled(student.MaxPooling2D, reference.max_pool, np.abs(numbers(6, 7, 1)), MAX, **LOPSIDED)


@task("max-pooling")
@points(1.5)
@search(SAME_ANY)
def test_max_of_negative_images(student, case):
    """Padding never is a maximum: an image of negative numbers has negative maxima, at the border too."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=-1), MAX, pool_size=both(case.window),
           padding="same")


@task("max-pooling")
@points(1)
@search(BATCHES)
def test_max_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    keeps_the_rank(student.MaxPooling2D, reference.max_pool, case, MAX)


@task("max-pooling")
@points(0.5)
def test_max_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    gives_the_dtype(student.MaxPooling2D, reference.max_pool, MAX, ["float64", "float32"])


@task("max-pooling")
@points(0.5)
def test_max_of_integers(student):
    """Integers and booleans become float64."""
    gives_the_dtype(student.MaxPooling2D, reference.max_pool, MAX, ["int64", "uint8", "bool"])


@task("max-pooling")
@points(0.5)
def test_max_lets_nan_through(student):
    """NaN and infinity in the image come through, in the windows that hold them."""
    image = numbers(6, 6, 2)
    image[0, 1, 0], image[3, 3, 1], image[4, 4, 0] = np.nan, np.inf, -np.inf
    pooled(student.MaxPooling2D, reference.max_pool, image, MAX)
    pooled(student.MaxPooling2D, reference.max_pool, np.full((3, 3, 1), -np.inf), MAX, padding="same")


@task("max-pooling")
@points(0.5)
def test_max_leaves_the_image_alone(student):
    """The image stays as it was; it may be read-only, or a view into a larger array."""
    leaves_the_image_alone(student, student.MaxPooling2D, reference.max_pool, MAX)


@task("max-pooling")
@points(0.5)
def test_max_refuses_a_stride(student):
    """A stride below 1 raises a ValueError that names the stride."""
    image = numbers(4, 4, 1)
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "stride", ({"stride": (0, 1)}, image),
            ({"stride": (1, 0)}, image), ({"stride": (-1, 2)}, image))


@task("max-pooling")
@points(0.5)
def test_max_refuses_a_pool_size(student):
    """A window below 1 or larger than the image raises a ValueError that names the pool_size."""
    image = numbers(4, 5, 1)
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "pool_size", ({"pool_size": (0, 2)}, image),
            ({"pool_size": (2, -1)}, image), *TOO_LARGE)


@task("max-pooling")
@points(0.5)
def test_max_refuses_a_padding(student):
    """A padding other than "valid" and "same" raises a ValueError that names the padding."""
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "padding", ({"padding": "full"}, numbers(4, 4, 1)))


@task("max-pooling")
@points(0.5)
def test_max_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "image", ({}, numbers(4, 4)), ({}, numbers(1, 1, 4, 4, 1)))


def leaves_the_image_alone(student, layer, expected, like):
    """Compares on a read-only view with gaps, and on a writable image that must not be written to."""

    image = numbers(5, 6, 2)
    expect(leaves_unchanged(student, layer(padding="same").forward, image),
           "The image was changed; write the result into an array of its own.")
    on_a_view = in_kernel(student, _on_a_view)._on_a_view
    expect_close(on_a_view(layer((2, 2)), image), expected(image[::-1, ::2]), like=like)


def _on_a_view(layer, image):
    image.flags.writeable = False
    return layer.forward(image[::-1, ::2])


# min-pooling: 4 points

MIN = misconceptions.MIN_POOLING


@task("min-pooling")
@points(1)
@search(STRIDED)
def test_min_of_windows(student, case):
    """Each window gives its smallest value, at any distance between windows."""
    pooled(student.MinPooling2D, reference.min_pool, image_of(case), MIN, pool_size=both(case.window),
           stride=both(case.stride))


@task("min-pooling")
@points(1)
@search(SAME)
def test_min_same(student, case):
    """Padding never is a minimum: an image of positive numbers has positive minima, at the border too."""
    pooled(student.MinPooling2D, reference.min_pool, image_of(case, sign=1), MIN, pool_size=both(case.window),
           padding="same")
    pooled(student.MinPooling2D, reference.min_pool, np.array([[[3.0], [2.0]]]), MIN, pool_size=(3, 3), padding="same")
    pooled(student.MinPooling2D, reference.min_pool, np.abs(numbers(6, 7, 1)), MIN, **LOPSIDED)


@task("min-pooling")
@points(1)
def test_min_of_integers(student):
    """Unsigned integers and booleans have a minimum too; integers become float64, and float32 stays."""
    with if_it_raises(MIN["negated-before-float"], "TypeError"):
        gives_the_dtype(student.MinPooling2D, reference.min_pool, MIN, ["uint8", "int64", "bool", "float64", "float32"])


@task("min-pooling")
@points(0.5)
@search(BATCHES)
def test_min_of_batches(student, case):
    """A batch of images gives a batch of results; a NaN comes through."""
    keeps_the_rank(student.MinPooling2D, reference.min_pool, case, MIN, sign=-1)
    pooled(student.MinPooling2D, reference.min_pool, np.array([[[np.nan], [1.0]], [[2.0], [-np.inf]]]), MIN)


@task("min-pooling")
@points(0.5)
def test_min_refuses(student):
    """Wrong arguments raise a ValueError that names them, as in MaxPooling2D; single numbers and pairs are fine."""
    takes_single_numbers(student.MinPooling2D, reference.min_pool, MIN)
    image = numbers(4, 4, 1)
    pooled(student.MinPooling2D, reference.min_pool, numbers(6, 5, 1), MIN, pool_size=(3, 1), stride=(1, 2))
    refuses(student.MinPooling2D, reference.min_pool, MIN, "stride", ({"stride": (0, 1)}, image))
    refuses(student.MinPooling2D, reference.min_pool, MIN, "pool_size", ({"pool_size": (0, 2)}, image), *TOO_LARGE)
    refuses(student.MinPooling2D, reference.min_pool, MIN, "padding", ({"padding": "full"}, image))
    refuses(student.MinPooling2D, reference.min_pool, MIN, "image", ({}, numbers(4, 4)))


# average-pooling: 6 points

AVERAGE = misconceptions.AVERAGE_POOLING


@task("average-pooling")
@points(1)
@search(VALID)
def test_average_of_touching_windows(student, case):
    """Each window gives its mean; without a stride the windows touch."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=both(case.window))


@task("average-pooling")
@points(1)
@search(PAIRS)
def test_average_with_a_stride(student, case):
    """Window and stride may differ from each other, and in height and width."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=case.window,
           stride=case.stride)


@task("average-pooling")
@points(1.5)
@search(SAME_STRIDED)
def test_average_same(student, case):
    """With "same" padding the mean is over the pixels that are there, at the border too."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=both(case.window),
           stride=both(case.stride), padding="same")
    pooled(student.AveragePooling2D, reference.average_pool, np.array([[[3.0], [2.0]]]), AVERAGE, pool_size=(3, 3),
           padding="same")
    pooled(student.AveragePooling2D, reference.average_pool, numbers(6, 7, 1), AVERAGE, **LOPSIDED)


@task("average-pooling")
@points(0.5)
@search(BATCHES)
def test_average_of_batches(student, case):
    """A batch of images gives a batch of results; NaN and infinity come through."""
    keeps_the_rank(student.AveragePooling2D, reference.average_pool, case, AVERAGE)
    odd = np.array([[[np.nan], [1.0], [np.inf], [0.0]], [[2.0], [3.0], [1.0], [1.0]]])
    pooled(student.AveragePooling2D, reference.average_pool, odd, AVERAGE)


@task("average-pooling")
@points(1)
def test_average_of_integers(student):
    """A mean of integers has fractions: integers and booleans become float64; float32 stays float32."""
    gives_the_dtype(student.AveragePooling2D, reference.average_pool, AVERAGE,
                    ["uint8", "int64", "bool", "float64", "float32"])


@task("average-pooling")
@points(1)
def test_average_refuses(student):
    """Wrong arguments raise a ValueError that names them, as in MaxPooling2D; single numbers are fine."""
    takes_single_numbers(student.AveragePooling2D, reference.average_pool, AVERAGE)
    image = numbers(4, 4, 1)
    refuses(student.AveragePooling2D, reference.average_pool, AVERAGE, "stride", ({"stride": (1, 0)}, image))
    refuses(student.AveragePooling2D, reference.average_pool, AVERAGE, "pool_size", ({"pool_size": (0, 2)}, image),
            *TOO_LARGE)
    refuses(student.AveragePooling2D, reference.average_pool, AVERAGE, "padding", ({"padding": "full"}, image))
    refuses(student.AveragePooling2D, reference.average_pool, AVERAGE, "image", ({}, numbers(4, 4)))


# pooling-backward: 8 points

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


@task("pooling-backward")
@points(2)
@search(VALID)
def test_gradient_of_touching_windows(student, case):
    """Each window's gradient goes to its maximum; all other pixels, and those left over, get 0."""
    gradient(student, image_of(case), both(case.window))


@task("pooling-backward")
@points(2)
@search(STRIDED)
def test_gradient_of_overlapping_windows(student, case):
    """A pixel that is the maximum of several windows gets the sum of their gradients."""
    gradient(student, image_of(case), both(case.window), both(case.stride))


@task("pooling-backward")
@points(1.5)
@search(TIED)
def test_gradient_of_ties(student, case):
    """Where several pixels are the maximum, the first one in row-major order gets all of the gradient."""
    image = np.random.default_rng(case.seed).integers(0, 3, (case.height, case.width, case.channels)).astype(float)
    gradient(student, image, both(case.window))


@task("pooling-backward")
@points(1)
@search(cases(batch=st.integers(0, 3), side=st.integers(2, 5), channels=CHANNELS, seed=SEED))
def test_gradient_of_batches(student, case):
    """A batch gives the gradients of its images, also when it holds one image or none."""
    gradient(student, numbers(case.batch, case.side, case.side + 1, case.channels, seed=case.seed), (2, 2))


@task("pooling-backward")
@points(0.5)
def test_gradient_of_rectangles(student):
    """Window and stride may differ in height and width, and may be single numbers."""
    gradient(student, numbers(7, 6, 2), (3, 1), (1, 2))
    x, grad = numbers(5, 7, 2), numbers(2, 3, 2, seed=1)
    expect_close(student.max_pool_backward(grad, x, 2), reference.max_pool_backward(grad, x, 2), like=BACKWARD)
    args = (numbers(4, 6, 2, seed=1), x, 2, 1)
    expect_close(student.max_pool_backward(*args), reference.max_pool_backward(*args), like=BACKWARD)


@task("pooling-backward")
@points(0.5)
def test_gradient_dtype(student):
    """The gradient is float32 for a float32 input and float64 otherwise, for integers too."""
    for dtype, wanted in (("float32", "float32"), ("float64", "float64"), ("int64", "float64"), ("uint8", "float64")):
        result = gradient(student, numbers(5, 6, 2, seed=3, dtype=dtype), (2, 2),
                          dtype="float32" if dtype == "float32" else "float64")
        expect(result.dtype == wanted, f"The gradient for a {dtype} input is {result.dtype}, not {wanted}.",
               diagnosis=BACKWARD["always-float64"] if wanted == "float32" else None)


@task("pooling-backward")
@points(0.5)
def test_gradient_of_negative_images(student):
    """Negative maxima pass their gradient on as well, and neither argument is changed."""
    image = -np.abs(numbers(5, 5, 2)) - 1
    gradient(student, image, (2, 2))
    expect(leaves_unchanged(student, student.max_pool_backward, numbers(2, 2, 2), image, (2, 2)),
           "An argument was changed; write the result into an array of its own.")


# overlapping-pooling: 5 points


def overlapping_entry(student, key):
    """Compares one entry of the answer."""
    expect_entry(student.overlapping_pooling, key, reference.overlapping_pooling(),
                 like=misconceptions.OVERLAPPING_POOLING)


@task("overlapping-pooling")
@points(1)
def test_size_3x3(student):
    """How many 3x3 windows fit along 55 pixels, two pixels apart."""
    overlapping_entry(student, "size_3x3")


@task("overlapping-pooling")
@points(1)
def test_size_2x2(student):
    """How many 2x2 windows fit along 55 pixels, two pixels apart."""
    overlapping_entry(student, "size_2x2")


@task("overlapping-pooling")
@points(1)
def test_top1(student):
    """By how many points overlapping windows lowered the top-1 error in the AlexNet paper."""
    overlapping_entry(student, "top1_points")


@task("overlapping-pooling")
@points(1)
def test_top5(student):
    """By how many points overlapping windows lowered the top-5 error in the AlexNet paper."""
    overlapping_entry(student, "top5_points")


@task("overlapping-pooling")
@points(1)
def test_discarded(student):
    """How many percent of an even-sized map's activations 2x2 pooling with stride 2 discards."""
    overlapping_entry(student, "discarded_percent")


# shift-invariance: 8 points

SHIFT = misconceptions.SHIFT_INVARIANCE


def _pixels(images):
    return images


def _edges(images):
    return (images[:, :, 1:] - images[:, :, :-1])[..., 0]


def _columns(images):
    return images.astype(float).sum(axis=(1, 3))


class Features:
    """A feature function on both sides of the bridge, with a name that a person can read."""

    def __init__(self, student, name, function):
        self.name, self.function = name, function
        self.there = getattr(in_kernel(student, function), function.__name__)

    def __call__(self, images):
        return self.function(images)

    def __repr__(self):
        return self.name


def sensitivity(student, name, function, images, shift):
    """Compares the sensitivity of some features with the reference's."""
    features = Features(student, name, function)
    expect_close(student.shift_sensitivity(features.there, images, shift),
                 reference.shift_sensitivity(features, images, shift), like=SHIFT)


SHIFTED = cases(height=st.integers(2, 5), width=st.integers(3, 7), channels=CHANNELS, shift=st.integers(1, 2),
                seed=SEED)


@task("shift-invariance")
@points(2)
@search(SHIFTED)
def test_shift_of_one_image(student, case):
    """The image moves to the right, zeros come in, and the change is measured relative to the features."""
    sensitivity(student, "pixels", _pixels, numbers(1, case.height, case.width, case.channels, seed=case.seed),
                case.shift)


@task("shift-invariance")
@points(2)
@search(SHIFTED)
def test_shift_of_a_batch(student, case):
    """Every image counts the same, a bright one like a dark one: it is the mean of their ratios."""
    images = numbers(3, case.height, case.width, case.channels, seed=case.seed)
    sensitivity(student, "pixels", _pixels, images * np.array([1.0, 30.0, 0.1]).reshape(3, 1, 1, 1), case.shift)


@task("shift-invariance")
@points(1.5)
@search(SHIFTED)
def test_shift_with_other_features(student, case):
    """Features may be an array of any rank, as long as its first axis is the batch."""
    images = numbers(2, case.height, case.width, case.channels, seed=case.seed)
    sensitivity(student, "horizontal differences", _edges, images, case.shift)
    sensitivity(student, "sums of columns", _columns, images, case.shift)


@task("shift-invariance")
@points(1)
def test_shift_of_nothing(student):
    """An image whose features are zero before and after counts as 0, beside others that do not."""
    images = numbers(3, 4, 5, 1)
    images[1] = 0
    sensitivity(student, "pixels", _pixels, images, 1)


@task("shift-invariance")
@points(0.5)
def test_shift_by_none_or_all(student):
    """A shift of 0 changes nothing; one as wide as the image, or wider, leaves only zeros."""
    for shift in (0, 4, 5, 9):
        sensitivity(student, "pixels", _pixels, numbers(2, 3, 5, 1), shift)


@task("shift-invariance")
@points(0.5)
def test_shift_of_bytes(student):
    """Features may be unsigned integers: their difference is taken as floats."""
    sensitivity(student, "pixels", _pixels, numbers(2, 4, 5, 1, dtype="uint8"), 1)


@task("shift-invariance")
@points(0.5)
def test_shift_leaves_the_images_alone(student):
    """The result is a single number, and the images stay as they were."""
    images = numbers(2, 4, 5, 1)
    sensitivity(student, "pixels", _pixels, images, 1)
    there = in_kernel(student, _pixels)._pixels
    expect(leaves_unchanged(student, student.shift_sensitivity, there, images, 1),
           "The images were changed; move a copy.")


# lrn: 14 points

LRN = misconceptions.LRN
LOUD = {"k": st.sampled_from([2.0, 1.5, 0.5]), "alpha": st.sampled_from([0.5, 0.1, 1.5]),
        "beta": st.sampled_from([0.75, 0.5, 1.5]), "seed": SEED}
INNER = cases(side=st.integers(1, 3), reach=st.integers(1, 2), inner=st.integers(7, 9), **LOUD)
ENDS = cases(side=st.integers(1, 2), channels=st.integers(6, 8), size=st.sampled_from([3, 5]), **LOUD)


def normalised(student, image, **options):
    """Compares the layer with the reference function."""
    layer = student.LocalResponseNormalization(**options)
    expect_close(layer.forward(image), reference.lrn(image, **options), like=LRN)


def options_of(case, **more):
    return {name: case[name] for name in ("k", "alpha", "beta")} | more


@task("lrn")
@points(3)
@search(INNER)
def test_lrn_of_inner_channels(student, case):
    """Each activation is divided by (k + alpha * sum of its neighbours' squares) ** beta."""
    image = numbers(case.side, case.side + 1, case.inner + 2 * case.reach, seed=case.seed)
    image[..., : case.reach] = image[..., case.inner + case.reach :] = 0
    normalised(student, image, **options_of(case, size=2 * case.reach + 1))


@task("lrn")
@points(2.5)
@search(ENDS)
def test_lrn_at_the_ends(student, case):
    """The window is clipped at the first and the last channel, also where it is larger than all channels."""
    image = numbers(case.side, case.side + 2, case.channels, seed=case.seed)
    normalised(student, image, **options_of(case, size=case.size))
    normalised(student, image[..., :2], **options_of(case, size=case.size + 2))


@task("lrn")
@points(2)
@search(cases(side=st.integers(1, 3), channels=st.integers(4, 6), **LOUD))
def test_lrn_of_size_one(student, case):
    """With a size of 1 each channel is divided by its own square's part alone."""
    normalised(student, numbers(case.side, case.side + 1, case.channels, seed=case.seed), **options_of(case, size=1))


@task("lrn")
@points(1)
@search(cases(channels=st.integers(1, 4), k=st.sampled_from([0.5, 2.0, 3.0]), beta=st.sampled_from([0.5, 0.75, 2.0]),
              seed=SEED))
def test_lrn_without_alpha(student, case):
    """With an alpha of 0 only k ** beta divides."""
    image = numbers(2, 2, case.channels, seed=case.seed)
    normalised(student, image, size=3, k=case.k, alpha=0.0, beta=case.beta)


@task("lrn")
@points(1)
def test_lrn_defaults(student):
    """Without arguments: size 5, k 2, alpha 0.0001 and beta 0.75, as in AlexNet."""
    image = np.zeros((2, 3, 9))
    image[..., 2:-2] = 300 * numbers(2, 3, 5)
    normalised(student, image)


@task("lrn")
@points(1)
@search(cases(batch=st.integers(0, 3), side=st.integers(1, 3), channels=st.integers(3, 6), seed=SEED))
def test_lrn_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    image = np.zeros((case.batch, case.side, case.side + 1, case.channels))
    image[..., 1:-1] = numbers(case.batch, case.side, case.side + 1, case.channels - 2, seed=case.seed)
    normalised(student, image, size=3, alpha=0.5)


@task("lrn")
@points(0.5)
def test_lrn_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    for dtype in ("float64", "float32"):
        image = numbers(3, 2, 1, dtype=dtype)
        result = student.LocalResponseNormalization(size=1, alpha=0.5).forward(image)
        expect_close(result, reference.lrn(image, size=1, alpha=0.5), like=LRN)
        expect(result.dtype == dtype, f"The result for a {dtype} image is {result.dtype}.",
               diagnosis=LRN["always-float64"] if dtype == "float32" else None)


@task("lrn")
@points(0.5)
def test_lrn_of_integers(student):
    """Integers and booleans become float64 before they are squared: a byte holds no square above 255."""
    for image in (numbers(3, 2, 1, dtype="int64"), 28 * numbers(3, 2, 1, dtype="uint8"), numbers(3, 2, 1) > 0):
        result = student.LocalResponseNormalization(size=1, alpha=0.5).forward(image)
        expect_close(result, reference.lrn(image, size=1, alpha=0.5), like=LRN)
        expect(result.dtype == "float64", f"The result for a {image.dtype} image is {result.dtype}, not float64.",
               diagnosis=LRN["integer-result"])


@task("lrn")
@points(0.5)
def test_lrn_spoils_only_neighbours(student):
    """A NaN spoils only the channels whose window holds it; the image stays as it was."""
    image = np.zeros((1, 2, 9))
    image[..., 1:-1] = numbers(1, 2, 7)
    image[0, 0, 4] = np.nan
    normalised(student, image, size=3, alpha=0.5)
    expect(leaves_unchanged(student, student.LocalResponseNormalization().forward, image[:, 1:]),
           "The image was changed; write the result into an array of its own.")


@task("lrn")
@points(1)
def test_lrn_refuses_a_size(student):
    """A size that is even or below 1 raises a ValueError that names the size."""
    image = numbers(2, 2, 1)
    normalised(student, image, size=1, alpha=0.5)
    for size in (2, 4):
        try:
            accepted = student.LocalResponseNormalization(size=size).forward(image)
        except StudentError:
            accepted = None
        expect(accepted is None, "An even size was accepted.", diagnosis=LRN["even-size-accepted"])
    for size in (2, 0, -1):
        with expect_raises("ValueError", naming="size"):
            student.LocalResponseNormalization(size=size).forward(image)


@task("lrn")
@points(1)
def test_lrn_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    normalised(student, numbers(2, 2, 1), size=1, alpha=0.5)
    for image in (numbers(4, 5), numbers(1, 1, 2, 2, 5)):
        with expect_raises("ValueError", naming="image"):
            student.LocalResponseNormalization().forward(image)


# lrn-frameworks: 6 points

PAPER = cases(size=st.sampled_from([3, 5, 7]), k=st.sampled_from([1.0, 2.0]), alpha=st.sampled_from([1e-4, 2e-3]),
              beta=st.sampled_from([0.5, 0.75]))


def framework_entries(student, name, case, *keys):
    """Compares entries of the dict that a function gives, and that there are no others."""
    answer = getattr(student, name)(**case)
    like = getattr(misconceptions, name.upper())
    for key in keys:
        expect_entry(answer, key, getattr(reference, name)(**case), like=like)
    known = set(getattr(reference, name)(**case).value)
    expect(set(answer) <= known, "The dict has entries that the framework does not know.")
    return answer


@task("lrn-frameworks")
@points(2)
@search(PAPER)
def test_torch_alpha(student, case):
    """PyTorch divides alpha by the size: the argument makes up for that."""
    framework_entries(student, "lrn_as_torch", case, "alpha")


@task("lrn-frameworks")
@points(1)
@search(PAPER)
def test_torch_others(student, case):
    """PyTorch's size, beta and k are those of the formula."""
    framework_entries(student, "lrn_as_torch", case, "size", "beta", "k")


@task("lrn-frameworks")
@points(2)
@search(PAPER)
def test_tensorflow_radius(student, case):
    """TensorFlow's depth_radius is an int: the neighbours on one side."""
    answer = framework_entries(student, "lrn_as_tensorflow", case, "depth_radius")
    expect(isinstance(answer["depth_radius"], (int, np.integer)),
           "The depth_radius is a float; TensorFlow wants an int: `//` gives one.")


@task("lrn-frameworks")
@points(1)
@search(PAPER)
def test_tensorflow_others(student, case):
    """TensorFlow takes alpha and beta as they are, and calls k the bias."""
    framework_entries(student, "lrn_as_tensorflow", case, "bias", "alpha", "beta")


# dense: 5 points

DENSE = misconceptions.DENSE
WIDTHS = cases(inputs=st.integers(1, 6), outputs=st.integers(2, 5), batch=st.integers(0, 4), seed=SEED)


def dense_layer(student, weights, biases):
    """A layer of the student's with these parameters."""
    layer = student.Dense(*weights.shape)
    layer.weights, layer.biases = weights, biases
    return layer


def dense_of(student, x, weights, biases):
    """Compares a layer with the reference function."""
    result = dense_layer(student, weights, biases).forward(x)
    expect_close(result, reference.dense(x, weights, biases), like=DENSE)
    return result


@task("dense")
@points(1.5)
@search(WIDTHS)
def test_dense_of_a_vector(student, case):
    """A vector of features gives a vector: the matrix product with the weights, and the biases."""
    weights, biases = numbers(case.inputs, case.outputs, seed=case.seed), numbers(case.outputs, seed=case.seed + 1)
    dense_of(student, numbers(case.inputs, seed=case.seed + 2), weights, biases)


@task("dense")
@points(1)
@search(WIDTHS)
def test_dense_of_a_batch(student, case):
    """A batch of vectors gives a batch, also when it holds one vector or none."""
    weights, biases = numbers(case.inputs, case.outputs, seed=case.seed), numbers(case.outputs, seed=case.seed + 1)
    dense_of(student, numbers(case.batch, case.inputs, seed=case.seed + 2), weights, biases)


@task("dense")
@points(1)
def test_dense_starts_random(student):
    """New weights are random, of shape (in_features, out_features), scaled for the number of inputs."""
    for inputs, outputs in ((400, 150), (60, 300)):
        weights = student.Dense(inputs, outputs).weights
        expect(isinstance(weights, np.ndarray) and weights.shape == (inputs, outputs),
               "The weights of a new layer are no array of shape (in_features, out_features).")
        expect_close(float(weights.std()), reference.dense_start(inputs), like=misconceptions.DENSE_START,
                     rtol=0.03, what="the standard deviation of new weights")
        expect(abs(weights.mean()) < 0.05 * weights.std(), "New weights are not centred on 0.")
    expect(not np.array_equal(student.Dense(3, 4).weights, student.Dense(3, 4).weights),
           "Two new layers have the same weights; they are drawn anew for each.")


@task("dense")
@points(0.5)
def test_dense_starts_without_bias(student):
    """The biases of a new layer are zeros, one for each output."""
    expect_close(student.Dense(5, 3).biases, np.zeros(3), what="the biases of a new layer")
    dense_of(student, numbers(3), numbers(3, 2), numbers(2))


@task("dense")
@points(0.5)
def test_dense_dtype(student):
    """The result is float32 for a float32 input and float64 otherwise; the input stays as it was."""
    weights, biases = numbers(4, 3), numbers(3)
    for dtype in ("float32", "float64", "int64"):
        result = dense_of(student, numbers(2, 4, dtype=dtype), weights, biases)
        wanted = "float32" if dtype == "float32" else "float64"
        expect(result.dtype == wanted, f"The result for a {dtype} input is {result.dtype}, not {wanted}.",
               diagnosis=DENSE["always-float64"] if wanted == "float32" else None)
    expect(leaves_unchanged(student, dense_layer(student, weights, biases).forward, numbers(2, 4)),
           "The input was changed.")


@task("dense")
@points(0.5)
def test_dense_refuses(student):
    """A number of features below 1, or an x that does not fit, raises a ValueError that names the argument."""
    dense_of(student, numbers(4), numbers(4, 3), numbers(3))
    with expect_raises("ValueError", naming="in_features"):
        student.Dense(0, 3)
    with expect_raises("ValueError", naming="out_features"):
        student.Dense(3, -1)
    for x in (numbers(5), numbers(2, 5), numbers(2, 2, 4)):
        with expect_raises("ValueError", naming="x"):
            student.Dense(4, 3).forward(x)


# relu-softmax: 6 points

RELU, SOFTMAX = misconceptions.RELU, misconceptions.SOFTMAX
ROWS = cases(rows=st.integers(1, 4), columns=st.integers(2, 5), seed=SEED)


def softened(student, logits, *axis):
    """Compares softmax with the reference's."""
    expect_close(student.softmax(logits, *axis), reference.softmax(logits, *axis), like=SOFTMAX)


@task("relu-softmax")
@points(1)
@search(ROWS)
def test_relu(student, case):
    """Positive numbers stay, negative ones become 0."""
    x = 3 * numbers(case.rows, case.columns, seed=case.seed)
    expect_close(student.relu(x), reference.relu(x), like=RELU)


@task("relu-softmax")
@points(0.5)
def test_relu_of_any_shape(student):
    """Any number of axes will do; float32 stays float32, integers may stay integers, and the input is not changed."""
    for x in (numbers(4, dtype="float32"), numbers(2, 3, 2, 2, seed=1), numbers(3, 4, dtype="int64"), numbers(0, 3)):
        result = student.relu(x)
        expect_close(result, reference.relu(x), like=RELU, dtype="float32" if x.dtype == np.float32 else None)
    expect(leaves_unchanged(student, student.relu, numbers(3, 4)), "The input was changed.")


@task("relu-softmax")
@points(1)
def test_relu_of_infinity(student):
    """Minus infinity becomes 0, infinity stays, and a NaN comes through."""
    x = np.array([-np.inf, -2.0, 0.0, 3.0, np.inf])
    expect_close(student.relu(x), reference.relu(x), like=RELU)
    x = np.array([1.0, np.nan, -1.0])
    expect_close(student.relu(x), reference.relu(x), like=RELU)


@task("relu-softmax")
@points(1)
@search(ROWS)
def test_softmax(student, case):
    """The exponentials of a row's logits, divided by their sum; a single row will do, too."""
    logits = numbers(case.rows, case.columns, seed=case.seed)
    softened(student, logits[0])
    softened(student, logits)
    softened(student, numbers(case.rows, case.columns, dtype="int64"))


@task("relu-softmax")
@points(1)
@search(cases(batch=st.integers(2, 3), rows=st.integers(2, 4), columns=st.integers(2, 4), seed=SEED))
def test_softmax_along_an_axis(student, case):
    """The probabilities sum to 1 along the axis that is given."""
    logits = numbers(case.batch, case.rows, case.columns, seed=case.seed)
    for axis in (0, 1, 2, -2):
        softened(student, logits, axis)


@task("relu-softmax")
@points(1)
def test_softmax_of_large_logits(student):
    """Logits of 1000, and rows that lie far apart, still give probabilities."""
    softened(student, np.array([1000.0, 1001.0, 998.0]))
    softened(student, np.array([[1000.0, 1002.0], [-1000.0, -1001.0]]))
    softened(student, np.array([[1000.0, 999.0], [3.0, 1.0]], dtype="float32"))


@task("relu-softmax")
@points(0.5)
def test_softmax_of_minus_infinity(student):
    """Where all logits but one are minus infinity, that one has probability 1; the input is not changed."""
    softened(student, np.array([[-np.inf, 2.0, -np.inf], [0.5, -np.inf, 1.0]]))
    expect(leaves_unchanged(student, student.softmax, numbers(2, 3)), "The logits were changed.")


# dropout: 8 points

DROPOUT = misconceptions.DROPOUT


def _generator(seed):
    import numpy

    return numpy.random.default_rng(seed)


def dropped(student, x, rate, seed, training=True):
    """What a new layer of the student's gives for x, with a generator of that seed; an array of x's shape."""
    layer = student.Dropout(rate, in_kernel(student, _generator)._generator(seed))
    return array_like(layer.forward(x, training), x)


def array_like(result, x):
    """The result, once it is known to be an array of x's shape."""
    expect(isinstance(result, np.ndarray), "The result is no NumPy array.")
    expect(result.shape == x.shape, "The result does not have the shape of the input.")
    return result


def mask_of(student, layer, x):
    """Where the layer kept values in one more call in training; some are kept and some are not."""
    kept = array_like(layer.forward(x, True), x) != 0
    expect(0 < kept.sum() < kept.size, "In training, some values are dropped and some are kept.")
    return kept


@task("dropout")
@points(1.5)
@search(cases(rows=st.integers(1, 4), columns=st.integers(4, 9), rate=st.sampled_from([0.2, 0.25, 0.75]), seed=SEED))
def test_dropout_at_inference(student, case):
    """At inference every value passes unchanged."""
    x = numbers(case.rows, case.columns, seed=case.seed)
    result = dropped(student, x, case.rate, case.seed, training=False)
    expect_close(result, reference.dropout(x, result != 0, case.rate, False), like=DROPOUT)


@task("dropout")
@points(2)
@search(cases(rows=st.integers(6, 8), columns=st.integers(10, 12), rate=st.sampled_from([0.75, 0.6, 0.7]), seed=SEED))
def test_dropout_in_training(student, case):
    """In training a value is 0, or as much larger as it takes for the expected sum to be the same."""
    x = numbers(case.rows, case.columns, seed=case.seed)
    result = dropped(student, x, case.rate, case.seed)
    expect((result == 0).any(), "", diagnosis=DROPOUT["inactive-in-training"])
    expect_close(result, reference.dropout(x, result != 0, case.rate, True), like=DROPOUT)


@task("dropout")
@points(1)
def test_dropout_share(student):
    """The rate is the share that is dropped, and each value is dropped on its own."""
    for rate in (0.25, 0.8):
        zeros = dropped(student, np.ones((100, 100)), rate, 5) == 0
        share = float(zeros.mean())
        expect(abs(share - (1 - rate)) > 0.03, "", diagnosis=DROPOUT["rate-is-kept"])
        together = zeros.all(axis=0).any() or zeros.all(axis=1).any()
        expect(not together, "", diagnosis=DROPOUT["whole-columns"])
        expect(abs(share - rate) < 0.03, "In training, the share of values that become 0 is not the rate.")


@task("dropout")
@points(1)
def test_dropout_draws_each_time(student):
    """Every call in training draws a new mask."""
    layer, x = student.Dropout(0.5), np.ones((20, 20))
    first, second = mask_of(student, layer, x), mask_of(student, layer, x)
    expect(not np.array_equal(first, second), "", diagnosis=DROPOUT["mask-drawn-once"])


@task("dropout")
@points(0.5)
def test_dropout_uses_the_generator(student):
    """Two layers with generators of the same seed drop the same values, and others with another seed."""
    generator, x = in_kernel(student, _generator)._generator, np.ones((20, 20))
    masks = [mask_of(student, student.Dropout(0.5, rng=generator(seed)), x) for seed in (3, 3, 4)]
    expect(np.array_equal(masks[0], masks[1]), "", diagnosis=DROPOUT["generator-ignored"])
    expect(not np.array_equal(masks[0], masks[2]), "Generators of different seeds gave the same mask.")


@task("dropout")
@points(0.5)
def test_dropout_of_nothing(student):
    """A rate of 0 changes nothing; float32 stays float32, and the input is not written to."""
    for dtype in ("float64", "float32"):
        x = numbers(4, 5, dtype=dtype)
        result = dropped(student, x, 0.0, 1)
        expect_close(result, reference.dropout(x, x != 0, 0.0, True), like=DROPOUT)
        expect(result.dtype == dtype, f"The result for a {dtype} input is {result.dtype}.",
               diagnosis=DROPOUT["always-float64"] if dtype == "float32" else None)
    expect(leaves_unchanged(student, student.Dropout(0.5).forward, numbers(4, 5), True), "The input was changed.")


@task("dropout")
@points(0.5)
def test_dropout_refuses_a_rate(student):
    """A rate below 0, of 1 or above raises a ValueError that names the rate."""
    x = numbers(3, 4)
    expect_close(student.Dropout(0.9).forward(x, False), reference.dropout(x, x != 0, 0.9, False), like=DROPOUT)
    for rate in (1, 1.0, 1.5, -0.1):
        with expect_raises("ValueError", naming="rate"):
            student.Dropout(rate).forward(x, True)


@task("dropout")
@points(1)
@search(cases(rows=st.integers(1, 4), columns=st.integers(1, 4), rate=st.sampled_from([0.2, 0.0, 0.5, 0.75]),
              seed=SEED))
def test_scaling_at_test_time(student, case):
    """The paper's way: at inference the outgoing weights count for as much as their unit was there in training."""
    weights = numbers(case.rows, case.columns, seed=case.seed)
    expect_close(student.scale_at_test_time(weights, case.rate), reference.scale_at_test_time(weights, case.rate),
                 like=misconceptions.SCALE_AT_TEST_TIME)
