"""Public checks of average-pooling."""

import numpy as np

from autograder.checks.api import expect_close, misconceptions, numbers, reference, search, second

from ..shared import STEPS, WINDOWS, strided


@second(lambda rng: 6)
def test_average_on_paper(student, case):
    """The 4x4 example once more: a 2x2 window gives the mean of its four numbers."""
    image = numbers(case, 8, 1) if case else STEPS
    expect_close(student.AveragePooling2D().forward(image), reference.average_pool(image),
                 like=misconceptions.AVERAGE_POOLING)


@search(WINDOWS, examples=6)
def test_average_with_a_stride(student, case):
    """The stride is the distance between windows."""
    strided(student.AveragePooling2D, reference.average_pool, case, misconceptions.AVERAGE_POOLING)


@second(lambda rng: 6)
def test_average_same(student, case):
    """With "same" padding an image of ones stays ones: padding counts nowhere."""
    image = np.ones((case or 4, 5, 1))
    options = {"pool_size": (3, 3), "stride": (1, 1), "padding": "same"}
    expect_close(student.AveragePooling2D(**options).forward(image), reference.average_pool(image, **options),
                 like=misconceptions.AVERAGE_POOLING)
