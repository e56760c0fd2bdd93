"""Public checks of lenet-model."""

from autograder.checks.api import expect_close, expect_equal, misconceptions, reference

from ..shared import run


def lenet(student, batches):
    signs = {
        r"x400 and 256x": "sixteen-maps-of-four",
        r"\[-1, 256\]": "view-of-256",
        r"\(1x\d+ and 400x|vec \(\d+\)": "batch-flattened",
    }
    return run(student, student.LeNet5, batches, misconceptions.LENET_MODEL, signs)


def test_ten_scores_for_each_image(student):
    """Two images go in, and two rows of ten scores come out; for a single image, one row."""
    seen = lenet(student, (2, 1))
    expect_equal(seen["shapes"], reference.lenet((2, 1), _report="shapes"), like=misconceptions.LENET_MODEL,
                 what="the list of the outputs' shapes")


def test_number_of_parameters(student):
    """The network has 61,706 parameters."""
    seen = lenet(student, (2,))
    expect_equal(seen["parameters"], reference.lenet((2,), _report="parameters"), like=misconceptions.LENET_MODEL,
                 what="the number of parameters")


def test_scores_for_given_weights(student):
    """With weights that the check sets, the scores of two images are right."""
    seen = lenet(student, (2,))
    expect_close(seen["output"], reference.lenet((2,)), like=misconceptions.LENET_MODEL, framework="torch",
                 what="the output")
