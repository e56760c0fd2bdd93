"""Hidden checks of max-pooling, and what those of the other layers share with them."""

import numpy as np

from autograder.checks.api import (
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

from ..shared import CHANNELS, SEED
from .probes import forward_on_a_view

SIDE, WINDOW, STRIDE = st.integers(3, 8), st.integers(1, 3), st.integers(1, 4)

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


MAX = misconceptions.MAX_POOLING


@points(1.5)
@search(VALID)
def test_max_of_touching_windows(student, case):
    """Without a stride the windows touch and do not overlap; pixels left over at the end are not pooled."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=both(case.window))


@points(1.5)
@search(STRIDED)
def test_max_with_a_stride(student, case):
    """The stride is the distance between windows: they overlap if it is smaller than they are."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=both(case.window),
           stride=both(case.stride))


@points(0.5)
@search(PAIRS)
def test_max_of_rectangles(student, case):
    """Window and stride may differ in height and width."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case), MAX, pool_size=case.window, stride=case.stride)


@points(0.5)
def test_max_with_single_numbers(student):
    """Window and stride may be single numbers, meant for both directions."""
    takes_single_numbers(student.MaxPooling2D, reference.max_pool, MAX)


@points(1)
@search(SAME)
def test_max_same(student, case):
    """With "same" padding every pixel is pooled, and there are ceil(size / stride) positions."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           padding="same")


@points(0.5)
@search(SAME_STRIDED)
def test_max_same_with_a_stride(student, case):
    """With "same" padding and a stride, the odd pixel of padding goes after the image."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           stride=both(case.stride), padding="same")
    pooled(student.MaxPooling2D, reference.max_pool, np.abs(numbers(6, 7, 1)), MAX, **LOPSIDED)


@points(1.5)
@search(SAME_ANY)
def test_max_of_negative_images(student, case):
    """Padding never is a maximum: an image of negative numbers has negative maxima, at the border too."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=-1), MAX, pool_size=both(case.window),
           padding="same")


@points(1)
@search(BATCHES)
def test_max_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    keeps_the_rank(student.MaxPooling2D, reference.max_pool, case, MAX)


@points(0.5)
def test_max_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    gives_the_dtype(student.MaxPooling2D, reference.max_pool, MAX, ["float64", "float32"])


@points(0.5)
def test_max_of_integers(student):
    """Integers and booleans become float64."""
    gives_the_dtype(student.MaxPooling2D, reference.max_pool, MAX, ["int64", "uint8", "bool"])


@points(0.5)
def test_max_lets_nan_through(student):
    """NaN and infinity in the image come through, in the windows that hold them."""
    image = numbers(6, 6, 2)
    image[0, 1, 0], image[3, 3, 1], image[4, 4, 0] = np.nan, np.inf, -np.inf
    pooled(student.MaxPooling2D, reference.max_pool, image, MAX)
    pooled(student.MaxPooling2D, reference.max_pool, np.full((3, 3, 1), -np.inf), MAX, padding="same")


@points(0.5)
def test_max_leaves_the_image_alone(student):
    """The image stays as it was; it may be read-only, or a view into a larger array."""
    leaves_the_image_alone(student, student.MaxPooling2D, reference.max_pool, MAX)


@points(0.5)
def test_max_refuses_a_stride(student):
    """A stride below 1 raises a ValueError that names the stride."""
    image = numbers(4, 4, 1)
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "stride", ({"stride": (0, 1)}, image),
            ({"stride": (1, 0)}, image), ({"stride": (-1, 2)}, image))


@points(0.5)
def test_max_refuses_a_pool_size(student):
    """A window below 1 or larger than the image raises a ValueError that names the pool_size."""
    image = numbers(4, 5, 1)
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "pool_size", ({"pool_size": (0, 2)}, image),
            ({"pool_size": (2, -1)}, image), *TOO_LARGE)


@points(0.5)
def test_max_refuses_a_padding(student):
    """A padding other than "valid" and "same" raises a ValueError that names the padding."""
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "padding", ({"padding": "full"}, numbers(4, 4, 1)))


@points(0.5)
def test_max_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    refuses(student.MaxPooling2D, reference.max_pool, MAX, "image", ({}, numbers(4, 4)), ({}, numbers(1, 1, 4, 4, 1)))


def leaves_the_image_alone(student, layer, expected, like):
    """Compares on a read-only view with gaps, and on a writable image that must not be written to."""

    image = numbers(5, 6, 2)
    expect(leaves_unchanged(student, layer(padding="same").forward, image),
           "The image was changed; write the result into an array of its own.")
    on_a_view = in_kernel(student, forward_on_a_view).forward_on_a_view
    expect_close(on_a_view(layer((2, 2)), image), expected(image[::-1, ::2]), like=like)
