"""Hidden checks of average-pooling."""

import numpy as np

from autograder.checks.api import misconceptions, numbers, points, reference, search

from ..max_pooling.hidden import (
    BATCHES,
    LOPSIDED,
    PAIRS,
    SAME_STRIDED,
    TOO_LARGE,
    VALID,
    both,
    gives_the_dtype,
    image_of,
    keeps_the_rank,
    pooled,
    refuses,
    takes_single_numbers,
)

AVERAGE = misconceptions.AVERAGE_POOLING


@points(1)
@search(VALID)
def test_average_of_touching_windows(student, case):
    """Each window gives its mean; without a stride the windows touch."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=both(case.window))


@points(1)
@search(PAIRS)
def test_average_with_a_stride(student, case):
    """Window and stride may differ from each other, and in height and width."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=case.window,
           stride=case.stride)


@points(1.5)
@search(SAME_STRIDED)
def test_average_same(student, case):
    """With "same" padding the mean is over the pixels that are there, at the border too."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=both(case.window),
           stride=both(case.stride), padding="same")
    pooled(student.AveragePooling2D, reference.average_pool, np.array([[[3.0], [2.0]]]), AVERAGE, pool_size=(3, 3),
           padding="same")
    pooled(student.AveragePooling2D, reference.average_pool, numbers(6, 7, 1), AVERAGE, **LOPSIDED)


@points(0.5)
@search(BATCHES)
def test_average_of_batches(student, case):
    """A batch of images gives a batch of results; NaN and infinity come through."""
    keeps_the_rank(student.AveragePooling2D, reference.average_pool, case, AVERAGE)
    odd = np.array([[[np.nan], [1.0], [np.inf], [0.0]], [[2.0], [3.0], [1.0], [1.0]]])
    pooled(student.AveragePooling2D, reference.average_pool, odd, AVERAGE)


@points(1)
def test_average_of_integers(student):
    """A mean of integers has fractions: integers and booleans become float64; float32 stays float32."""
    gives_the_dtype(student.AveragePooling2D, reference.average_pool, AVERAGE,
                    ["uint8", "int64", "bool", "float64", "float32"])


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
