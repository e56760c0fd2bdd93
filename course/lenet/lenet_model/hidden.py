"""Hidden checks of lenet-model."""

import re
from contextlib import contextmanager

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    StudentError,
    Tensor,
    cases,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    misconceptions,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import on_one_thread
from .. import shared

SEED = st.integers(0, 50)
KERNELS = [(6, 1, 5, 5), (16, 6, 5, 5)]
NETWORKS = cases(batches=st.sampled_from([(1,), (2,), (3, 1)]), seed=SEED)


@contextmanager
def named_by_text(registry, signs):
    """Names the wrong turn whose sign (a pattern) the text of PyTorch's error shows."""
    try:
        yield
    except StudentError as error:
        for sign, id in signs.items():
            if re.search(sign, error.text):
                raise CheckFailure(registry[id].sentence, details=str(error), diagnosis=id) from error
        raise


def run(student, make, batches, seed=0):
    """What the notebook's network gives (see `run_network`), after a look at the types of the report."""
    kernel = in_kernel(student, shared.run_network, shared.filled, shared.gradient_of_images, shared.shift_of_scores,
                       on_one_thread)
    seen = kernel.run_network(make, list(batches), seed)
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int or not isinstance(seen.get("kernels"), list):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def lenet(student, batches, seed=0):
    """As `run` for LeNet5, with the errors named that wrong sizes lead to."""
    signs = {
        r"x400 and 256x": "sixteen-maps-of-four",
        r"\[-1, 256\]": "view-of-256",
        r"\(1x\d+ and 400x|vec \(\d+\)": "batch-flattened",
    }
    with named_by_text(misconceptions.LENET_MODEL, signs):
        return run(student, student.LeNet5, batches, seed)


def has_the_convolutions(seen, registry=None):
    """The two kernels are among the parameters: a network without them earns nothing by other virtues."""
    there = all(kernel in seen["kernels"] for kernel in KERNELS)
    lost = registry["layers-in-a-list"] if registry is not None and not seen["kernels"] else None
    expect(there, "The network has no convolutions to 6 and to 16 maps with 5x5 kernels.", diagnosis=lost)


@points(3)
@search(NETWORKS, examples=4)
def test_parameters_of_lenet(student, case):
    """The network has 61,706 parameters."""
    seen = lenet(student, (2,), case.seed)
    right = reference.lenet((2,), _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.LENET_MODEL, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@points(3)
def test_a_row_for_each_image(student):
    """Every image has a row of ten scores, whatever the batch: 16 images, or a single one."""
    for batches in ((16,), (2, 1)):
        seen = lenet(student, batches)
        right = reference.lenet(batches, _report="shapes")
        expect_equal(seen["shapes"], right, like=misconceptions.LENET_MODEL, what="the list of the outputs' shapes")
        has_the_convolutions(seen, misconceptions.LENET_MODEL)


@points(5)
@search(NETWORKS, examples=8)
def test_scores_of_lenet(student, case):
    """For given weights the scores are right."""
    seen = lenet(student, case.batches, case.seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect_close(seen["output"], reference.lenet(case.batches, _seed=case.seed), like=misconceptions.LENET_MODEL,
                 framework="torch", what="the output")


@points(2)
@search(NETWORKS, examples=4)
def test_logits_come_out(student, case):
    """The scores are logits: nothing follows the last layer, so its biases move them one to one."""
    seen = lenet(student, (2,), case.seed)
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    expect(seen.get("shift") is not None, "The network has no layer with ten biases.")
    expect_close(seen["shift"], reference.lenet((2,), _report="shift", _seed=case.seed),
                 like=misconceptions.LENET_MODEL, framework="torch", atol=1e-4, what="the change of the scores")


@points(1)
def test_gradient_reaches_the_image(student):
    """The gradient flows through the whole network, back to the image."""
    seen = lenet(student, (2,))
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    gradient = seen.get("gradient")
    expect(isinstance(gradient, Tensor), "No gradient reaches the image.")
    values = gradient.array
    expect(values.shape == (2, 1, 32, 32) and bool(np.isfinite(values).all()), "The image's gradient is not finite.")
    expect(bool(np.abs(values).max() > 0), "The gradient of the image is zero.")


@points(1)
def test_the_same_in_both_modes(student):
    """The network computes the same in training and in evaluation mode."""
    seen = lenet(student, (3,))
    has_the_convolutions(seen, misconceptions.LENET_MODEL)
    both = [seen.get("training"), seen.get("evaluation")]
    expect(all(isinstance(one, Tensor) for one in both), "In training mode something else than a tensor comes back.")
    one, other = (value.array for value in both)
    same = one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-5)
    expect(bool(same), "", diagnosis=misconceptions.LENET_MODEL["dropout-added"])
