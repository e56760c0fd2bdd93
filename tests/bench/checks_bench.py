"""The checks of the measured assignment, as many as stock nbgrader gets assertions."""

import numpy as np

from autograder.checks.api import expect_close, expect_equal, points, task


@task("output-size")
@points(4)
def test_sizes(student):
    """The sizes are right."""
    for size in range(5, 20):
        expect_equal(student.output_size(size, 3), size - 2)


@task("relu")
@points(3)
def test_relu(student, rng):
    """Negative numbers become zero."""
    x = rng.standard_normal((8, 8))
    expect_close(student.relu(x), x * (x > 0))


@task("blur")
@points(3)
def test_blur(student, rng):
    """Each value is the mean of its window."""
    x = rng.random((8, 8))
    expect_close(student.blur(x)[0, 0], np.float64(x[:3, :3].mean()))
