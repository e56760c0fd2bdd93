"""Public checks of min-pooling."""

from autograder.checks.api import expect_close, misconceptions, numbers, reference, second

from ..shared import STEPS


@second(lambda rng: 6)
def test_min_on_paper(student, case):
    """The 4x4 example again: a 2x2 window keeps its smallest number."""
    image = numbers(case, 8, 1) if case else STEPS
    expect_close(student.MinPooling2D().forward(image), reference.min_pool(image), like=misconceptions.MIN_POOLING)


@second(lambda rng: 8)
def test_min_of_bytes(student, case):
    """Pixels are often bytes from 0 to 255; their minimum is right, too."""
    image = numbers(case or 4, 6, 1, dtype="uint8")
    expect_close(student.MinPooling2D().forward(image), reference.min_pool(image), like=misconceptions.MIN_POOLING)


@second(lambda rng: 6)
def test_min_same(student, case):
    """With "same" padding an image of positive numbers keeps its minima, at the border too."""
    image = 1 + abs(numbers(case, 7, 1)) if case else STEPS + 1
    options = {"pool_size": (3, 3), "stride": (1, 1), "padding": "same"}
    expect_close(student.MinPooling2D(**options).forward(image), reference.min_pool(image, **options),
                 like=misconceptions.MIN_POOLING)
