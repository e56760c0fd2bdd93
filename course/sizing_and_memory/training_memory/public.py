"""Public checks of training-memory: the form, and what must fit together."""

from autograder.checks.api import example, expect, expect_entries, misconceptions, reference

from ..shared import SMALL_NETWORK, whole_numbers


def test_training_memory_fits_together(student, variant):
    """Every entry is a whole number of bytes, and the total is the sum of the three."""
    keys = ["outputs", "inputs", "parameters_and_gradients", "total"]
    *parts, total = whole_numbers(student.training_memory, keys)
    for key, part in zip(keys, parts, strict=False):
        expect(part % 4 == 0, f'"{key}" is not a multiple of 4 bytes, which a float32 takes.')
    for key, part in zip(keys[:2], parts[:2], strict=True):
        expect(part % (4 * variant["batch"]) == 0, f'"{key}" cannot be shared out evenly among the batch\'s images.')
    expect(total == sum(parts), "The total is not the sum of the other three.")


@example('{"outputs": ..., "inputs": ..., "parameters_and_gradients": ..., "total": ...}')
def test_example(student):
    """A network on RGB images, 63 high and 50 wide, whose layers have 8, 40 and 32 maps; a batch of 10."""
    right = reference.training_memory(**SMALL_NETWORK)
    expect_entries(student.training_memory, right, like=misconceptions.TRAINING_MEMORY)
