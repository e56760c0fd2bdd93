"""Hidden checks of blur."""

import numpy as np

from autograder.checks.api import expect_close, points


@points(3)
def test_blur(student, rng):
    """Each value is the mean of its window."""
    x = rng.random((8, 8))
    expect_close(student.blur(x)[0, 0], np.float64(x[:3, :3].mean()))
