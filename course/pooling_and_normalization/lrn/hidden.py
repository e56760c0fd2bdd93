"""Hidden checks of lrn."""

import numpy as np

from autograder.checks.api import (
    StudentError,
    cases,
    expect,
    expect_close,
    expect_raises,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import SEED

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


@points(3)
@search(INNER)
def test_lrn_of_inner_channels(student, case):
    """Each activation is divided by (k + alpha * sum of its neighbours' squares) ** beta."""
    image = numbers(case.side, case.side + 1, case.inner + 2 * case.reach, seed=case.seed)
    image[..., : case.reach] = image[..., case.inner + case.reach :] = 0
    normalised(student, image, **options_of(case, size=2 * case.reach + 1))


@points(2.5)
@search(ENDS)
def test_lrn_at_the_ends(student, case):
    """The window is clipped at the first and the last channel, also where it is larger than all channels."""
    image = numbers(case.side, case.side + 2, case.channels, seed=case.seed)
    normalised(student, image, **options_of(case, size=case.size))
    normalised(student, image[..., :2], **options_of(case, size=case.size + 2))


@points(2)
@search(cases(side=st.integers(1, 3), channels=st.integers(4, 6), **LOUD))
def test_lrn_of_size_one(student, case):
    """With a size of 1 each channel is divided by its own square's part alone."""
    normalised(student, numbers(case.side, case.side + 1, case.channels, seed=case.seed), **options_of(case, size=1))


@points(1)
@search(cases(channels=st.integers(1, 4), k=st.sampled_from([0.5, 2.0, 3.0]), beta=st.sampled_from([0.5, 0.75, 2.0]),
              seed=SEED))
def test_lrn_without_alpha(student, case):
    """With an alpha of 0 only k ** beta divides."""
    image = numbers(2, 2, case.channels, seed=case.seed)
    normalised(student, image, size=3, k=case.k, alpha=0.0, beta=case.beta)


@points(1)
def test_lrn_defaults(student):
    """Without arguments: size 5, k 2, alpha 0.0001 and beta 0.75, as in AlexNet."""
    image = np.zeros((2, 3, 9))
    image[..., 2:-2] = 300 * numbers(2, 3, 5)
    normalised(student, image)


@points(1)
@search(cases(batch=st.integers(0, 3), side=st.integers(1, 3), channels=st.integers(3, 6), seed=SEED))
def test_lrn_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    image = np.zeros((case.batch, case.side, case.side + 1, case.channels))
    image[..., 1:-1] = numbers(case.batch, case.side, case.side + 1, case.channels - 2, seed=case.seed)
    normalised(student, image, size=3, alpha=0.5)


@points(0.5)
def test_lrn_of_float32(student):
    """A float32 image gives a float32 result, a float64 image a float64 one."""
    for dtype in ("float64", "float32"):
        image = numbers(3, 2, 1, dtype=dtype)
        result = student.LocalResponseNormalization(size=1, alpha=0.5).forward(image)
        expect_close(result, reference.lrn(image, size=1, alpha=0.5), like=LRN)
        expect(result.dtype == dtype, f"The result for a {dtype} image is {result.dtype}.",
               diagnosis=LRN["always-float64"] if dtype == "float32" else None)


@points(0.5)
def test_lrn_of_integers(student):
    """Integers and booleans become float64 before they are squared: a byte holds no square above 255."""
    for image in (numbers(3, 2, 1, dtype="int64"), 28 * numbers(3, 2, 1, dtype="uint8"), numbers(3, 2, 1) > 0):
        result = student.LocalResponseNormalization(size=1, alpha=0.5).forward(image)
        expect_close(result, reference.lrn(image, size=1, alpha=0.5), like=LRN)
        expect(result.dtype == "float64", f"The result for a {image.dtype} image is {result.dtype}, not float64.",
               diagnosis=LRN["integer-result"])


@points(0.5)
def test_lrn_spoils_only_neighbours(student):
    """A NaN spoils only the channels whose window holds it; the image stays as it was."""
    image = np.zeros((1, 2, 9))
    image[..., 1:-1] = numbers(1, 2, 7)
    image[0, 0, 4] = np.nan
    normalised(student, image, size=3, alpha=0.5)
    expect(leaves_unchanged(student, student.LocalResponseNormalization().forward, image[:, 1:]),
           "The image was changed; write the result into an array of its own.")


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


@points(1)
def test_lrn_refuses_other_ranks(student):
    """An image with 2 or 5 axes raises a ValueError that names the image."""
    normalised(student, numbers(2, 2, 1), size=1, alpha=0.5)
    for image in (numbers(4, 5), numbers(1, 1, 2, 2, 5)):
        with expect_raises("ValueError", naming="image"):
            student.LocalResponseNormalization().forward(image)
