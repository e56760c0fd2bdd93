"""Hidden checks of min-pooling."""

import numpy as np

from autograder.checks.api import if_it_raises, misconceptions, numbers, points, reference, search

from ..max_pooling.hidden import (
    BATCHES,
    LOPSIDED,
    SAME,
    STRIDED,
    TOO_LARGE,
    both,
    gives_the_dtype,
    image_of,
    keeps_the_rank,
    pooled,
    refuses,
    takes_single_numbers,
)

MIN = misconceptions.MIN_POOLING


@points(1)
@search(STRIDED)
def test_min_of_windows(student, case):
    """Each window gives its smallest value, at any distance between windows."""
    pooled(student.MinPooling2D, reference.min_pool, image_of(case), MIN, pool_size=both(case.window),
           stride=both(case.stride))


@points(1)
@search(SAME)
def test_min_same(student, case):
    """Padding never is a minimum: an image of positive numbers has positive minima, at the border too."""
    pooled(student.MinPooling2D, reference.min_pool, image_of(case, sign=1), MIN, pool_size=both(case.window),
           padding="same")
    pooled(student.MinPooling2D, reference.min_pool, np.array([[[3.0], [2.0]]]), MIN, pool_size=(3, 3), padding="same")
    pooled(student.MinPooling2D, reference.min_pool, np.abs(numbers(6, 7, 1)), MIN, **LOPSIDED)


@points(1)
def test_min_of_integers(student):
    """Unsigned integers and booleans have a minimum too; integers become float64, and float32 stays."""
    with if_it_raises(MIN["negated-before-float"], "TypeError"):
        gives_the_dtype(student.MinPooling2D, reference.min_pool, MIN, ["uint8", "int64", "bool", "float64", "float32"])


@points(0.5)
@search(BATCHES)
def test_min_of_batches(student, case):
    """A batch of images gives a batch of results; a NaN comes through."""
    keeps_the_rank(student.MinPooling2D, reference.min_pool, case, MIN, sign=-1)
    pooled(student.MinPooling2D, reference.min_pool, np.array([[[np.nan], [1.0]], [[2.0], [-np.inf]]]), MIN)


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
