"""Public checks of inference-memory: the form, and what must fit together."""

from autograder.checks.api import expect

from ..shared import whole_numbers


def test_memory_is_in_bytes(student):
    """The total is a whole number of bytes, four for each float32."""
    (total,) = whole_numbers(student.inference_memory, ["total"])
    expect(total % 4 == 0, "The total is not a multiple of 4 bytes, which a float32 takes.")
