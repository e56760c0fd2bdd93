"""Public checks of max-pooling."""

from autograder.checks.api import (
    expect_close,
    expect_raises,
    expect_shape,
    if_it_raises,
    misconceptions,
    numbers,
    reference,
    search,
    second,
)

from ..shared import STEPS, WINDOWS, strided


@second(lambda rng: 6)
def test_max_on_paper(student, case):
    """The 4x4 example of the text: a 2x2 window in steps of 2 keeps four numbers."""
    image = numbers(case, 8, 1) if case else STEPS
    expect_close(student.MaxPooling2D().forward(image), reference.max_pool(image), like=misconceptions.MAX_POOLING)


@search(WINDOWS, examples=8)
def test_max_with_a_stride(student, case):
    """Windows that overlap, or leave gaps: the stride says how far apart they are."""
    strided(student.MaxPooling2D, reference.max_pool, case, misconceptions.MAX_POOLING)


def test_max_with_numbers(student):
    """Window and stride may be single numbers: 3x3 windows, 2 pixels apart, make 27x27x96 of 55x55x96."""
    student.MaxPooling2D(pool_size=(3, 3), stride=(2, 2)).forward(STEPS)
    with if_it_raises(misconceptions.MAX_POOLING["int-not-a-pair"]):
        result = student.MaxPooling2D(pool_size=3, stride=2).forward(numbers(55, 55, 96, dtype="float32"))
    expect_shape(result, (27, 27, 96))


@second(lambda rng: 5)
def test_max_of_a_batch(student, case):
    """A batch of three images gives a batch of three results."""
    batch = numbers(case or 3, 4, 4, 2)
    expect_close(student.MaxPooling2D().forward(batch), reference.max_pool(batch), like=misconceptions.MAX_POOLING)


@second(lambda rng: 6)
def test_max_same_of_negative_numbers(student, case):
    """With "same" padding an image of negative numbers keeps its maxima, at the border too."""
    image = -1 - abs(numbers(case, 7, 1)) if case else -STEPS - 1
    for size in ((3, 3), (2, 2)):
        expect_close(student.MaxPooling2D(size, stride=(1, 1), padding="same").forward(image),
                     reference.max_pool(image, size, stride=(1, 1), padding="same"), like=misconceptions.MAX_POOLING)


def test_max_refuses(student):
    """A stride of 0 and an unknown padding are refused with a ValueError that names the argument."""
    with expect_raises("ValueError", naming="stride"):
        student.MaxPooling2D(stride=0).forward(STEPS)
    with expect_raises("ValueError", naming="padding"):
        student.MaxPooling2D(padding="full").forward(STEPS)
