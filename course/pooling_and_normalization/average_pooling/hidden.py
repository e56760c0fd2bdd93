"""Hidden checks of average-pooling."""

import numpy as np

from autograder.checks.api import kernel_says, misconceptions, numbers, points, reference, search

from ..max_pooling.hidden import (
    BATCHES,
    PAIRS,
    SAME,
    VALID,
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
    pooled(student.AveragePooling2D, reference.average_pool, np.round(image_of(case)), AVERAGE, pool_size=(1, 1),
           stride=case.stride)
    pooled(student.AveragePooling2D, reference.average_pool, np.zeros((case.height, case.width, 1)), AVERAGE,
           pool_size=case.window, stride=case.stride)


@points(1.5)
@search(SAME)
def test_average_same(student, case):
    """With "same" padding the mean is over the pixels that are there, at the border too."""
    pooled(student.AveragePooling2D, reference.average_pool, image_of(case), AVERAGE, pool_size=both(case.window),
           stride=both(case.window), padding="same")
    lopsided(student.AveragePooling2D, reference.average_pool, case, AVERAGE)


@points(0.5)
@search(BATCHES)
def test_average_of_batches(student, case):
    """A batch of images gives a batch of results, also when it holds one image or none."""
    keeps_the_rank(student.AveragePooling2D, reference.average_pool, case, AVERAGE)


@points(0.5)
def test_average_of_integers(student):
    """A mean of integers has fractions: they become float64, and float32 stays; NaN and infinity come through."""
    options = {"pool_size": (2, 2), "stride": (2, 2)}
    for image in (numbers(5, 7, 1, dtype="uint8"), numbers(5, 7, 1, dtype="int64"), numbers(7, 5, 1) > 0):
        pooled(student.AveragePooling2D, reference.average_pool, image, AVERAGE, **options)
    gives_the_dtype(student.AveragePooling2D, AVERAGE, ["float64", "float32", "uint8", "int64", "bool"])
    odd = numbers(5, 7, 1)
    odd[0, 1], odd[1, 3] = np.nan, np.inf
    pooled(student.AveragePooling2D, reference.average_pool, odd, AVERAGE, **options)


@points(0.5)
@kernel_says
def test_average_leaves_the_image_alone(student):
    """The image stays as it was, and nothing of it is kept for the next."""
    leaves_the_image_alone(student, student.AveragePooling2D)
    keeps_nothing(student.AveragePooling2D, reference.average_pool, AVERAGE)


@points(1)
def test_average_refuses(student):
    """Wrong arguments raise a ValueError that names them, as in MaxPooling2D; single numbers are fine."""
    takes_single_numbers(student.AveragePooling2D, reference.average_pool, AVERAGE)
    image = numbers(4, 4, 1)
    refuses(student.AveragePooling2D, "stride", ({"stride": (0, 0)}, image))
    refuses(student.AveragePooling2D, "pool_size", ({"pool_size": (0, 2)}, image), ({"pool_size": (5, 5)}, image))
    refuses(student.AveragePooling2D, "padding", ({"padding": "full"}, image))
    refuses(student.AveragePooling2D, "image", ({}, numbers(4, 4)))
