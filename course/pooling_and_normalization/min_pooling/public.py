"""Public checks of min-pooling."""

from autograder.checks.api import expect_close, misconceptions, numbers, reference

from ..shared import STEPS


def test_min_on_paper(student):
    """The 4x4 example again: a 2x2 window keeps its smallest number."""
    expect_close(student.MinPooling2D().forward(STEPS), reference.min_pool(STEPS), like=misconceptions.MIN_POOLING)


def test_min_of_bytes(student):
    """Pixels are often bytes from 0 to 255; their minimum is right, too."""
    image = numbers(4, 6, 1, dtype="uint8")
    expect_close(student.MinPooling2D().forward(image), reference.min_pool(image), like=misconceptions.MIN_POOLING)


def test_min_same(student):
    """With "same" padding an image of positive numbers keeps its minima, at the border too."""
    image = STEPS + 1
    options = {"pool_size": (3, 3), "stride": (1, 1), "padding": "same"}
    expect_close(student.MinPooling2D(**options).forward(image), reference.min_pool(image, **options),
                 like=misconceptions.MIN_POOLING)
