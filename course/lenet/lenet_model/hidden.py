"""Hidden checks of lenet-model."""

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_equal,
    kernel_says,
    misconceptions,
    points,
    reference,
    search,
    second,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import same_parameters
from ..shared import LAYERS
from .public import lenet

KERNELS = [(6, 1, 5, 5), (16, 6, 5, 5)]
DENSE_ALONE = 61_706 - 156 - 2_416  # parameters, where PyTorch does not find the convolutions
NETWORKS = cases(batches=st.sampled_from([(1,), (2,), (3, 1)]), seed=st.integers(0, 50))


def has_the_convolutions(seen, registry=None):
    """One of the two kernels is among the parameters: a network without both earns nothing by other virtues."""
    there = any(kernel in seen["kernels"] for kernel in KERNELS)
    unseen = {DENSE_ALONE: "layers-in-a-list", 0: "all-layers-in-a-list"}.get(seen["parameters"])
    lost = registry[unseen] if registry is not None and unseen and not seen["kernels"] else None
    expect(there, "The network has no convolution from 1 to 6 or from 6 to 16 maps with 5x5 kernels.", diagnosis=lost)


def shapes_are_right(student, batches):
    """The outputs have a row of ten scores for each image of these batches."""
    seen = lenet(student, batches)
    right = reference.lenet(batches, _report="shapes")
    expect_equal(seen["shapes"], right, like=misconceptions.LENET_MODEL, what="the list of the outputs' shapes")
    has_the_convolutions(seen, misconceptions.LENET_MODEL)


@points(1)
@kernel_says
@second(lambda rng: (3, int(rng.integers(1, 50))))
def test_parameters_of_lenet(student, case):
    """The network has 61,706 parameters."""
    batch, seed = case or (2, 0)
    right, layers = (reference.lenet((batch,), _report=part, _seed=seed) for part in ("parameters", "layers"))
    seen = lenet(student, (batch,), seed)
    same_parameters(seen, right, layers, LAYERS, misconceptions.LENET_MODEL)


@points(4)
@second(lambda rng: int(rng.integers(20, 40)))
def test_a_row_for_each_image(student, case):
    """Every image of a batch has a row of ten scores: 16 images, then 3."""
    shapes_are_right(student, (case or 16, 3))


@points(4)
@second(lambda rng: (int(rng.integers(4, 9)), 1))
def test_a_batch_of_one(student, case):
    """A single image has a row of its own, too."""
    shapes_are_right(student, case or (2, 1))


@points(4)
@search(NETWORKS, examples=8)
def test_scores_of_lenet(student, case):
    """For given weights the scores are right: logits, as they leave the last layer."""
    seen = lenet(student, case.batches, case.seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect_close(seen["output"], reference.lenet(case.batches, _seed=case.seed), like=misconceptions.LENET_MODEL,
                 framework="torch", what="the output")


@points(2)
@second(lambda rng: (4, int(rng.integers(1, 50))))
def test_ready_to_be_trained(student, case):
    """In training mode the network computes the same, and its gradient reaches the image."""
    batch, seed = case or (3, 0)
    seen = lenet(student, (batch,), seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect_close(seen["training"], reference.lenet((batch,), _report="training", _seed=seed),
                 like=misconceptions.LENET_MODEL, framework="torch",
                 what="the output in training mode, with the image's gradient,")
