"""Public checks of lrn."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    later,
    misconceptions,
    numbers,
    reference,
    search,
)
from autograder.checks.api import strategies as st


def test_lrn_on_paper(student):
    """The example of the text: channels 1, 2, 3, 2, 1 with a window of 3."""
    image = np.array([1.0, 2.0, 3.0, 2.0, 1.0]).reshape(1, 1, 5)
    options = {"size": 3, "k": 1.0, "alpha": 0.5, "beta": 1.0}
    expect_close(student.LocalResponseNormalization(**options).forward(image), reference.lrn(image, **options),
                 like=misconceptions.LRN)


@search(cases(channels=st.integers(6, 8), size=st.sampled_from([3, 5]), beta=st.sampled_from([0.75, 0.5]),
              seed=st.integers(0, 9)), examples=6)
def test_lrn_of_an_image(student, case):
    """Any number of channels; the window is cut off at the first and the last one."""
    image = numbers(2, 2, case.channels, seed=case.seed)
    options = {"size": case["size"], "k": 2.0, "alpha": 0.5, "beta": case.beta}
    result = later(student.LocalResponseNormalization(**options).forward, image)
    expect_close(result, reference.lrn(image, **options), like=misconceptions.LRN)


def test_lrn_of_a_batch(student):
    """Images and batches of float32 will do, and the result is float32."""
    batch = 50 * numbers(2, 3, 3, 8, dtype="float32")
    result = student.LocalResponseNormalization().forward(batch)
    expect_close(result, reference.lrn(batch), like=misconceptions.LRN)
    expect(result.dtype == "float32", f"The result for a float32 image is {result.dtype}.",
           diagnosis=misconceptions.LRN["always-float64"])


def test_lrn_refuses(student):
    """An even size has no channel in its middle, and is refused with a ValueError that names the size."""
    with expect_raises("ValueError", naming="size"):
        student.LocalResponseNormalization(size=4).forward(numbers(2, 2, 6))
