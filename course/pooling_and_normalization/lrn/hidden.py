"""Hidden checks of lrn."""

from functools import partial

import numpy as np

from autograder.checks.api import (
    StudentError,
    cases,
    expect,
    expect_close,
    expect_refusals,
    expect_steady,
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

from ..shared import SEED, forwarded

LRN = misconceptions.LRN
LOUD = {"k": st.just(1.0), "alpha": st.sampled_from([0.5, 0.1, 1.5]),
        "beta": st.sampled_from([0.75, 0.5, 1.5]), "seed": SEED}
INNER = cases(side=st.integers(1, 3), reach=st.integers(1, 2), inner=st.integers(7, 9), **LOUD)
ENDS = cases(side=st.integers(1, 2), channels=st.integers(6, 8), size=st.sampled_from([3, 5]))

# A slip has one price: with beta 1 an exponent cannot be missing, with k 0 no k, with alpha 1 no alpha, and ones are
# their own squares; a k of 1 may be one that is not used; a window of one channel has no neighbours, and with alpha 0
# they do not count.


def normalised(student, image, **options):
    """Compares the layer with the reference function."""
    result = forwarded(student.LocalResponseNormalization, image, **options)
    expect_close(result, reference.lrn(image, **options), like=LRN)


def options_of(case, **more):
    return {name: case[name] for name in ("k", "alpha", "beta")} | more


def works(student, image, **options):
    """What the layer gives, an array of the image's shape; what is in it, other tests ask."""
    return array_like(student.LocalResponseNormalization(**options).forward(image), image)


def array_like(result, image):
    """The result, once it is known to be an array of the image's shape."""
    fits = isinstance(result, np.ndarray) and result.shape == image.shape
    expect(fits, "The result does not have the image's shape.")
    return result


@points(2.5)
@search(INNER, examples=12)
def test_lrn_of_inner_channels(student, case):
    """Each activation is divided by (k + alpha * sum of its neighbours' squares) ** beta."""
    image = numbers(case.side, case.side + 1, case.inner + 2 * case.reach, seed=case.seed)
    image[..., : case.reach] = image[..., case.inner + case.reach :] = 0
    normalised(student, image, **options_of(case, size=2 * case.reach + 1))


@points(2)
@search(ENDS, examples=12)
def test_lrn_at_the_ends(student, case):
    """The window is clipped at the first and the last channel, also where it is larger than all channels."""
    options = {"k": 0.0, "alpha": 1.0, "beta": 1.0}
    image = np.ones((case.side, case.side + 2, case.channels))
    image[:, 0, 0] = image[:, 1, 2] = image[:, 1, -1] = image[:, -1, -3] = 0.0
    normalised(student, image, size=case.size, **options)
    normalised(student, np.ones((case.side, case.side + 1, 2)), size=case.size + 2, **options)


@points(1.5)
@search(cases(side=st.integers(1, 3), **LOUD), examples=12)
def test_lrn_of_size_one(student, case):
    """With a size of 1 a channel is divided by its own square's part alone."""
    normalised(student, numbers(case.side, case.side + 1, 1, seed=case.seed), **options_of(case, size=1))


@points(2)
@search(cases(channels=st.integers(1, 4), k=st.sampled_from([0.5, 2.0, 3.0]), beta=st.sampled_from([0.5, 0.75, 2.0]),
              seed=SEED), examples=12)
def test_lrn_without_alpha(student, case):
    """With an alpha of 0 only k ** beta divides."""
    image = numbers(2, 2, case.channels, seed=case.seed)
    normalised(student, image, size=3, k=case.k, alpha=0.0, beta=case.beta)


@points(0.5)
def test_lrn_defaults(student):
    """Without arguments: size 5, k 2, alpha 0.0001 and beta 0.75, as in AlexNet."""
    for sides in ((2, 3), (3, 3)):
        image = np.zeros((*sides, 9))
        image[..., 2:-2] = 300 * numbers(*sides, 5)
        normalised(student, image)


@points(2)
@search(cases(batch=st.integers(0, 3), side=st.integers(1, 3), channels=st.integers(3, 6), seed=SEED))
def test_lrn_of_batches(student, case):
    """A batch of images gives a batch of results, each as the image alone would; it may hold one image or none."""
    options = {"size": 3, "k": 1.0, "alpha": 0.5, "beta": 1.0}
    batch = numbers(case.batch, case.side, case.side + 1, case.channels, seed=case.seed)
    layer = student.LocalResponseNormalization(**options)
    together, alone = later(layer.forward, batch), [later(layer.forward, image) for image in batch]

    def compare(results):
        results = array_like(results, batch)
        for image, result, of_one in zip(batch, results, alone, strict=True):
            expect_close(result, array_like(of_one.value, image), what="the result of an image of the batch")

    look_at(together, compare)


@points(0.5)
def test_lrn_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    for dtype in ("float64", "float32"):
        result = works(student, numbers(3, 2, 4, dtype=dtype))
        expect(result.dtype == dtype, f"The result for a {dtype} image is {result.dtype}.",
               diagnosis=LRN["always-float64"] if dtype == "float32" else None)


@points(0.5)
def test_lrn_of_integers(student):
    """Integers and booleans become float64 before they are squared: a byte holds no square above 255."""
    options = {"size": 1, "alpha": 0.5}
    for image in (numbers(3, 2, 1, dtype="int64"), 28 * numbers(3, 2, 1, dtype="uint8"), numbers(3, 2, 1) > 0):
        result = works(student, image, **options)
        expect(result.dtype == "float64", f"The result for a {image.dtype} image is {result.dtype}, not float64.",
               diagnosis=LRN["integer-result"] if result.dtype.kind in "iu" else None)
        expect_close(result, works(student, image.astype(float), **options), what="the result of whole numbers")


@points(0.5)
def test_lrn_spoils_only_neighbours(student):
    """A NaN spoils the channels whose window holds it, and no others."""
    for channels in (9, 8):
        image = np.ones((1, 2, channels))
        image[0, 0, 4] = np.nan
        normalised(student, image, size=3, k=0.0, alpha=1.0, beta=1.0)


@points(0.5)
@kernel_says
def test_lrn_leaves_the_image_alone(student):
    """The image stays as it was, and nothing of it is kept for the next."""
    for image in (numbers(3, 2, 5), numbers(2, 1, 2, 4), numbers(3, 2, 5, dtype="uint8")):
        expect(leaves_unchanged(student, student.LocalResponseNormalization(size=3, alpha=0.5).forward, image),
               "The image was changed; write the result into an array of its own.")
    options = {"size": 3, "alpha": 0.5}
    expect_steady(student.LocalResponseNormalization(**options).forward, lambda x: works(student, x, **options),
                  numbers(2, 2, 3), numbers(2, 2, 3, seed=1))


@points(1)
def test_lrn_refuses_a_size(student):
    """A size that is even or below 1 raises a ValueError that names the size."""
    image = numbers(2, 2, 1)
    works(student, image, size=np.int64(3))
    for size in (2, 4):
        try:
            accepted = student.LocalResponseNormalization(size=size).forward(image)
        except StudentError:
            accepted = None
        expect(accepted is None, "An even size was accepted.", diagnosis=LRN["even-size-accepted"])

    def normalised(size):
        return student.LocalResponseNormalization(size=size).forward(image)

    expect_refusals(student, [
        (refused("ValueError", naming="size"), partial(normalised, size)) for size in (2, 0, -1)
    ])


@points(0.5)
def test_lrn_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    works(student, numbers(2, 2, 1))

    def normalised(image):
        return student.LocalResponseNormalization().forward(image)

    expect_refusals(student, [
        (refused("ValueError", naming="image"), partial(normalised, image))
        for image in (numbers(4, 5), numbers(1, 1, 2, 2, 5))
    ])
