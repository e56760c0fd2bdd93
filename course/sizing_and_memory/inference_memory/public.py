"""Public checks of inference-memory: the form, and what must fit together."""

from autograder.checks.api import example, expect, expect_entries, misconceptions, reference

from ..shared import SMALL_NETWORK, whole_numbers


def test_memory_is_in_bytes(student):
    """The total is a whole number of bytes, four for each float32."""
    (total,) = whole_numbers(student.inference_memory, ["total"])
    expect(total % 4 == 0, "The total is not a multiple of 4 bytes, which a float32 takes.")


@example('{"total": ...}')
def test_example(student):
    """A network on RGB images, 63 high and 50 wide, whose layers have 8, 40 and 32 maps."""
    right = reference.inference_memory(**SMALL_NETWORK)
    expect_entries(student.inference_memory, right, like=misconceptions.INFERENCE_MEMORY)
