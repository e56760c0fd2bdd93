"""Hidden checks of max-pooling, and what those of the other layers share with them."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_refusals,
    expect_steady,
    if_it_raises,
    in_kernel,
    kernel_says,
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

from ..shared import CHANNELS, SEED, forwarded
from .probes import forward_on_a_view

SIDE, WINDOW, STRIDE = st.integers(3, 8), st.integers(1, 3), st.integers(1, 4)

VALID = cases(height=SIDE, width=SIDE, channels=CHANNELS, window=st.integers(2, 3), seed=SEED)
STRIDED = cases(height=SIDE, width=SIDE, window=st.integers(2, 3), stride=STRIDE, seed=SEED).filter(
    lambda c: c.window != c.stride)
PAIRS = cases(height=SIDE, width=SIDE, window=st.tuples(WINDOW, WINDOW), stride=st.tuples(STRIDE, STRIDE), seed=SEED)
EVEN_AND_ODD = st.sampled_from([3, 4, 1])  # a window of 2 cannot tell "no padding" from "(k - 1) // 2 on both sides"
LARGE, ANY = st.integers(4, 9), st.integers(1, 9)  # a tiny image would raise where padding was forgotten
SAME = cases(batch=st.integers(1, 2), height=LARGE, width=LARGE, window=EVEN_AND_ODD, seed=SEED)
SAME_STRIDED = cases(batch=st.integers(1, 2), height=LARGE, width=LARGE, window=EVEN_AND_ODD, stride=STRIDE, seed=SEED)
SAME_ANY = cases(batch=st.integers(1, 2), height=ANY, width=ANY, window=EVEN_AND_ODD, seed=SEED)
BATCHES = cases(batch=st.integers(0, 3), side=st.sampled_from([2, 4, 6]), channels=CHANNELS, seed=SEED)

# A slip has one price: what a test does not ask for is chosen so that it cannot go wrong there. A window of one pixel
# has one value, whatever is done with it, and zeros stay zeros; one channel has no others; pixels are left over where
# the last window is not the point; what is padded is a batch, and what is not, mostly a single image.


def pooled(layer, expected, image, like, **options):
    """Compares `layer(**options).forward(image)` with what the reference function gives."""
    expect_close(forwarded(layer, image, **options), expected(image, **options), like=like)


def image_of(case, *, sign=None):
    """The image or batch that a case describes: normal numbers, or only positive ones, or only negative ones."""
    shape = (case.height, case.width, case.get("channels", 1))
    image = numbers(*((case.batch,) if "batch" in case else ()), *shape, seed=case.seed)
    return image if sign is None else sign * (np.abs(image) + 0.5)


def both(size):
    """A number as a pair of Python ints."""
    return (size, size)


def works(layer):
    """Asks for what is right, beside what must be refused: an array comes back, and other tests look into it."""
    result = forwarded(layer, numbers(4, 4, 1), pool_size=(2, 2), stride=(2, 2), padding="valid")
    look_at(result, lambda result: expect(isinstance(result, np.ndarray) and result.size > 0,
                                          "With right arguments, too, no array came back."))


def whole(*shape, seed=0, sign=1):
    """Whole numbers of one sign, as floats."""
    return sign * np.ceil(3 * np.abs(numbers(*shape, seed=seed)))


ONE_PIXEL = {"pool_size": (1, 1), "stride": (2, 2)}


def keeps_the_rank(layer, expected, case, like, *, sign=1):
    """A batch, also of one image or of none, gives what its images give one by one."""
    options, batch = ONE_PIXEL, whole(case.batch, case.side, case.side + 2, case.channels, seed=case.seed, sign=sign)
    forwarded(layer, numbers(4, 4, 1), **options)
    with if_it_raises(like["one-image-only"]):
        forwarded(layer, numbers(2, 4, 4, 1), **options)
    pooled(layer, expected, batch, like, **options)


def takes_single_numbers(layer, expected, like):
    """Single numbers for size and stride, Python's and NumPy's."""
    image, kinds = np.zeros((2, 9, 7, 1)), [(2, None), (4, None), (2, 3), (2, 4)]
    works(layer)
    for size, stride in kinds:
        with if_it_raises(like["int-not-a-pair"]):
            result = forwarded(layer, image, pool_size=size, stride=stride)
        expect_close(result, expected(image, size, stride), like=like)
    for size, stride in kinds:
        result = forwarded(
            layer, image, pool_size=np.int64(size), stride=None if stride is None else np.int64(stride)
        )
        expect_close(result, expected(image, size, stride), like=like)


def gives_the_dtype(layer, like, dtypes):
    """float32 for float32, float64 for everything else."""
    for dtype in dtypes:
        zeros = np.zeros((4, 6, 2), dtype=dtype)
        result = forwarded(layer, zeros, pool_size=(2, 2), stride=(2, 2))
        look_at(result, partial(has_the_dtype, dtype=dtype, like=like))


def has_the_dtype(result, dtype, like):
    """What came of zeros is zeros, and has the dtype that is right for an image of `dtype`."""
    expect(isinstance(result, np.ndarray) and result.size > 0 and bool((result == 0).all()),
           f"An image of zeros, as {dtype}, has not stayed zeros.")
    wanted = "float32" if dtype == "float32" else "float64"
    wrong = {"float64": "always-float64", "float32": "always-float32", dtype: "integer-result"}
    name = wrong.get(str(result.dtype))
    expect(result.dtype == wanted, f"The result for a {dtype} image is {result.dtype}, not {wanted}.",
           diagnosis=like[name] if name else None)


LOPSIDED = [(sides, kernel) for sides in ((7, 5), (8, 7)) for kernel in ((3, 2), (2, 3))]


def lopsided(layer, expected, case, like):
    """Compares on a batch where "same" padding differs in height and width, in size and stride."""
    sides, kernel = LOPSIDED[case.seed % len(LOPSIDED)]
    pooled(layer, expected, np.abs(numbers(1, *sides, 1)), like, pool_size=kernel, stride=kernel, padding="same")


# in one direction only: a tall window on a wide image, and the other way round
TOO_LARGE = (({"pool_size": (5, 2)}, numbers(4, 6, 1)), ({"pool_size": (2, 5)}, numbers(6, 4, 1)))


def refuses(layer, naming, *wrong):
    """Each of the wrong (options, image) raises a ValueError with that name, and what is right is still computed."""
    works(layer)
    expect_refusals(layer, [
        (refused("ValueError", naming=naming), partial(lambda options, image: layer(**options).forward(image), *one))
        for one in wrong
    ])


def leaves_the_image_alone(student, layer):
    """The image is not written to, whatever its dtype and the padding."""
    for options in ({"padding": "same"}, {"pool_size": (3, 3), "stride": (1, 1)}):
        for image in (numbers(5, 6, 2), numbers(5, 5, 1, dtype="uint8")):
            expect(leaves_unchanged(student, layer(**options).forward, image),
                   "The image was changed; write the result into an array of its own.")


def keeps_nothing(layer, expected, like, *, sign=1):
    """A second image of the same shape is pooled on its own."""
    options = {"pool_size": (1, 1), "stride": (1, 1)}
    expect_steady(layer(**options).forward, lambda image: expected(image, **options), whole(6, 6, 1, sign=sign),
                  whole(6, 6, 1, seed=1, sign=sign), like=like)


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
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           stride=both(case.stride))


@points(0.5)
@search(PAIRS)
def test_max_of_rectangles(student, case):
    """Window and stride may differ in height and width."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=case.window,
           stride=case.stride)


@points(0.5)
def test_max_with_single_numbers(student):
    """Window and stride may be single numbers, Python's or NumPy's, meant for both directions."""
    takes_single_numbers(student.MaxPooling2D, reference.max_pool, MAX)


@points(1)
@search(SAME)
def test_max_same(student, case):
    """With "same" padding every pixel is pooled, and there are ceil(size / stride) positions."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           stride=(1, 1), padding="same")


@points(0.5)
@search(SAME_STRIDED)
def test_max_same_with_a_stride(student, case):
    """With "same" padding and a stride, the odd pixel of padding goes after the image."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=1), MAX, pool_size=both(case.window),
           stride=both(case.stride), padding="same")
    lopsided(student.MaxPooling2D, reference.max_pool, case, MAX)


@points(1.5)
@search(SAME_ANY)
def test_max_of_negative_images(student, case):
    """Padding never is a maximum: an image of negative numbers has negative maxima, at the border too."""
    pooled(student.MaxPooling2D, reference.max_pool, image_of(case, sign=-1), MAX, pool_size=both(case.window),
           stride=both(case.window), padding="same")
    pooled(student.MaxPooling2D, reference.max_pool, -1 - np.abs(numbers(1, 7, 7, 1)), MAX, pool_size=(3, 3),
           stride=(3, 3), padding="same")  # its middle window sees no padding


@points(1)
@search(BATCHES)
def test_max_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    keeps_the_rank(student.MaxPooling2D, reference.max_pool, case, MAX)


@points(0.5)
def test_max_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    gives_the_dtype(student.MaxPooling2D, MAX, ["float64", "float32"])


@points(0.5)
def test_max_of_integers(student):
    """Integers and booleans become float64."""
    gives_the_dtype(student.MaxPooling2D, MAX, ["int64", "uint8", "bool"])


@points(0.5)
def test_max_lets_nan_through(student):
    """NaN and infinity in the image come through, in the windows that hold them."""
    image = np.abs(numbers(7, 7, 1))
    image[0, 1, 0], image[3, 3, 0], image[4, 4, 0] = np.nan, np.inf, -np.inf
    layer, like = student.MaxPooling2D, MAX
    for size in (2, 3):
        pooled(layer, reference.max_pool, image, like, pool_size=both(size), stride=both(size))
    pooled(layer, reference.max_pool, image, like, pool_size=(3, 3), stride=(3, 3), padding="same")
    pooled(layer, reference.max_pool, np.full((5, 5, 1), -np.inf), like, pool_size=(2, 2), stride=(2, 2))
    pooled(layer, reference.max_pool, np.full((5, 5, 1), -np.inf), like, pool_size=(3, 3), stride=(3, 3),
           padding="same")


@points(0.5)
@kernel_says
def test_max_leaves_the_image_alone(student):
    """The image stays as it was, and nothing of it is kept for the next; it may be read-only, or a view."""
    leaves_the_image_alone(student, student.MaxPooling2D)
    keeps_nothing(student.MaxPooling2D, reference.max_pool, MAX)
    image = numbers(5, 6, 2)
    on_a_view = in_kernel(student, forward_on_a_view).forward_on_a_view
    expect_close(on_a_view(student.MaxPooling2D((2, 2)), image), reference.max_pool(image[::-1, ::2]), like=MAX)


@points(0.5)
def test_max_refuses_a_stride(student):
    """A stride below 1 raises a ValueError that names the stride."""
    image = numbers(4, 4, 1)
    refuses(student.MaxPooling2D, "stride", ({"stride": (0, 1)}, image), ({"stride": (1, 0)}, image),
            ({"stride": (-1, 2)}, image), ({"stride": 0}, image))


@points(0.5)
def test_max_refuses_a_pool_size(student):
    """A window below 1 or larger than the image raises a ValueError that names the pool_size."""
    image = numbers(4, 5, 1)
    refuses(student.MaxPooling2D, "pool_size", ({"pool_size": (0, 2)}, image), ({"pool_size": (2, -1)}, image),
            ({"pool_size": 0}, image), *TOO_LARGE)


@points(0.5)
def test_max_refuses_a_padding(student):
    """A padding other than "valid" and "same" raises a ValueError that names the padding."""
    refuses(student.MaxPooling2D, "padding", ({"padding": "full"}, numbers(4, 4, 1)))


@points(0.5)
def test_max_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    refuses(student.MaxPooling2D, "image", ({}, numbers(4, 4)), ({}, numbers(1, 1, 4, 4, 1)))
