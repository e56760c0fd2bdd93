"""Hidden checks of min-pooling."""

import numpy as np

from autograder.checks.api import (
    expect_close,
    if_it_raises,
    kernel_says,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)

from ..max_pooling.hidden import (
    BATCHES,
    SAME,
    STRIDED,
    TOO_LARGE,
    both,
    gives_the_dtype,
    image_of,
    keeps_nothing,
    keeps_the_rank,
    leaves_the_image_alone,
    lopsided,
    pooled,
    refuses,
    takes_single_numbers,
)
from ..shared import forwarded

MIN = misconceptions.MIN_POOLING


@points(1)
@search(STRIDED)
def test_min_of_windows(student, case):
    """Each window gives its smallest value, at any distance between windows."""
    negative = image_of(case, sign=-1)
    rows, columns, _ = np.indices(negative.shape)
    mixed = np.where((rows + columns) % 2, -negative, negative)  # some of every window, so that a 0 is never smaller
    for image in (negative, mixed):
        pooled(student.MinPooling2D, reference.min_pool, image, MIN, pool_size=both(case.window),
               stride=both(case.stride))


@points(1)
@search(SAME)
def test_min_same(student, case):
    """Padding never is a minimum: a batch of positive numbers has positive minima, at the border too."""
    pooled(student.MinPooling2D, reference.min_pool, image_of(case, sign=1), MIN, pool_size=both(case.window),
           stride=both(case.window), padding="same")
    lopsided(student.MinPooling2D, reference.min_pool, case, MIN)
    pooled(student.MinPooling2D, reference.min_pool, 1 + np.abs(numbers(1, 7, 7, 1)), MIN, pool_size=(3, 3),
           stride=(3, 3), padding="same")  # its middle window sees no padding


@points(0.5)
def test_min_of_integers(student):
    """Unsigned integers and booleans have a minimum too; integers become float64, and float32 stays."""
    options = {"pool_size": (2, 2), "stride": (2, 2)}
    gives_the_dtype(student.MinPooling2D, MIN, ["float64", "float32"])
    for image in (numbers(5, 7, 1, dtype="uint8"), numbers(7, 5, 2, dtype="uint8"), numbers(7, 5, 1) > 0):
        with if_it_raises(MIN["negated-before-float"]):
            result = forwarded(student.MinPooling2D, image, **options)
        expect_close(result, reference.min_pool(image, **options), like=MIN)
    gives_the_dtype(student.MinPooling2D, MIN, ["uint8", "int64", "bool"])


@points(0.5)
@search(BATCHES)
def test_min_of_batches(student, case):
    """A batch of images gives a batch of results; a NaN comes through."""
    keeps_the_rank(student.MinPooling2D, reference.min_pool, case, MIN, sign=-1)
    holes = np.array([[[np.nan], [-1.0]], [[-2.0], [-np.inf]]])
    pooled(student.MinPooling2D, reference.min_pool, np.stack([holes, holes]), MIN, pool_size=(2, 2), stride=(2, 2))


@points(0.5)
@kernel_says
def test_min_leaves_the_image_alone(student):
    """The image stays as it was, and nothing of it is kept for the next."""
    leaves_the_image_alone(student, student.MinPooling2D)
    keeps_nothing(student.MinPooling2D, reference.min_pool, MIN, sign=-1)


@points(0.5)
def test_min_refuses(student):
    """Wrong arguments raise a ValueError that names them, as in MaxPooling2D; single numbers are fine."""
    takes_single_numbers(student.MinPooling2D, reference.min_pool, MIN)
    image = numbers(4, 4, 1)
    refuses(student.MinPooling2D, "stride", ({"stride": (0, 0)}, image))
    refuses(student.MinPooling2D, "pool_size", ({"pool_size": (0, 2)}, image), *TOO_LARGE)
    refuses(student.MinPooling2D, "padding", ({"padding": "full"}, image))
    refuses(student.MinPooling2D, "image", ({}, numbers(4, 4)))
