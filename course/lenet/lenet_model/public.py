"""Public checks of lenet-model."""

from autograder.checks.api import expect_close, expect_equal, misconceptions, reference, second

from ...sizing_and_memory.shared import same_parameters
from ..shared import LAYERS, run

# What only one misconception ends in, as PyTorch says it for a first batch of n images.
SIGNS = {
    "init-of-module-forgotten": lambda n: r"cannot assign module before Module\.__init__\(\) call",
    "sixteen-maps-of-four": lambda n: rf"cannot be multiplied \({n}x400 and 256x\d+\)",
    "view-of-256": lambda n: rf"shape '\[-1, 256\]' is invalid for input of size {400 * n}$",
    # of two images a view(-1, 800) says the same
    "batch-flattened": lambda n: rf"\(1x{400 * n} and 400x\d+\)|vec \({400 * n}\)" if n > 2 else "(?!)",
}


def lenet(student, batches, seed=0):
    """What the notebook's LeNet5 gives (see `run_network`)."""
    return run(student, student.LeNet5, batches, misconceptions.LENET_MODEL, SIGNS, seed)


@second(lambda rng: 3)
def test_ten_scores_for_each_image(student, case):
    """Two images go in, and two rows of ten scores come out; for a single image, one row."""
    batches = (case or 2, 1)
    seen = lenet(student, batches)
    expect_equal(seen["shapes"], reference.lenet(batches, _report="shapes"), like=misconceptions.LENET_MODEL,
                 what="the list of the outputs' shapes")


@second(lambda rng: 3)
def test_number_of_parameters(student, case):
    """The network has 61,706 parameters."""
    batches = (case or 2,)
    seen = lenet(student, batches)
    right, layers = (reference.lenet(batches, _report=part) for part in ("parameters", "layers"))
    same_parameters(seen, right, layers, LAYERS, misconceptions.LENET_MODEL)


@second(lambda rng: 3)
def test_scores_for_given_weights(student, case):
    """With weights that the check sets, the scores of two images are right."""
    batches = (case or 2,)
    seen = lenet(student, batches)
    expect_close(seen["output"], reference.lenet(batches), like=misconceptions.LENET_MODEL, framework="torch",
                 what="the output")
