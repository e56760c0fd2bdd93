"""Hidden checks of alexnet-torch."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    misconceptions,
    points,
    reference,
)

from ...sizing_and_memory.shared import on_one_thread
from ..shared import images_of, weights_of
from .probes import run_torch_dropout
from .public import built_torch, run_torch_network

ONE_TOWER, TWO_TOWERS = {"num_classes": 1000, "groups": 1}, {"num_classes": 1000, "groups": 2}


def torch_network(student, options, images=1, seed=0):
    """What the notebook's network gives (see `run_torch_network`), after a look at the types of the report."""
    kernel = in_kernel(student, run_torch_network, built_torch, weights_of, images_of, on_one_thread)
    seen = kernel.run_torch_network(student.AlexNet, options, images, 227, seed)
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int or type(seen.get("repeats")) is not bool:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    expect(seen["repeats"], "", diagnosis=misconceptions.ALEXNET_TORCH["dropout-at-inference"])
    return seen


def torch_parameters(student, options):
    seen = torch_network(student, options)
    expect_equal(seen["output"].shape, (1, 1000), what="the output's shape")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")
    expect_equal(seen["parameters"], reference.alexnet_in_torch(options, 1, _report="parameters"),
                 like=misconceptions.ALEXNET_TORCH, what="the number of parameters")


def torch_output(student, options, images, seed):
    seen = torch_network(student, options, images, seed)
    expect_close(seen["output"], reference.alexnet_in_torch(options, images, _seed=seed), framework="torch",
                 like=misconceptions.ALEXNET_TORCH, rtol=2e-4, atol=2e-4, what="the output")


@points(3)
def test_parameters_of_one_tower(student):
    """For 1,000 classes and one group the network has the parameters of the table."""
    torch_parameters(student, ONE_TOWER)


@points(2)
def test_parameters_of_two_groups(student):
    """With two groups conv2, conv4 and conv5 have about half of their parameters."""
    torch_parameters(student, TWO_TOWERS)


@points(4)
def test_logits_for_given_weights(student, rng):
    """For given weights and an image of 227x227 the logits are right."""
    torch_output(student, ONE_TOWER, 1, int(rng.integers(1, 4)))


@points(2)
def test_logits_with_two_groups(student, rng):
    """For given weights the logits of the network with two groups are right."""
    torch_output(student, TWO_TOWERS, 1, int(rng.integers(1, 4)))


@points(2)
def test_another_number_of_classes(student, rng):
    """A network for other classes, and a batch of two images: a row of logits for each image."""
    torch_output(student, {"num_classes": 7}, 2, int(rng.integers(1, 4)))


@points(2)
def test_dropout_in_training(student, rng):
    """In training half of the inputs of fc6 and half of the inputs of fc7 are dropped, and nothing else."""
    options, seed = {"num_classes": 10}, int(rng.integers(50))
    kernel = in_kernel(student, run_torch_dropout, built_torch, weights_of, images_of, on_one_thread)
    dropped_as_in_the_paper(kernel.run_torch_dropout(student.AlexNet, options, 227, seed), misconceptions.DROPPED_TORCH)


def dropped_as_in_the_paper(seen, registry):
    """Judges the shares of dropped inputs that a probe reports."""
    wanted = ("fc6", "fc7", "fc8")
    if not isinstance(seen, dict) or not all(isinstance(seen.get(name), float) for name in wanted):
        raise CheckFailure("Three dense layers of 4,096, 4,096 and `num_classes` units that learn are right here.")
    fc6, fc7, fc8 = (seen[name] for name in wanted)
    some = [share > 0.02 for share in (fc6, fc7, fc8)]
    named = {
        (False, False, False): "dropout-missing", (False, True, True): "dropout-after-fc6-and-fc7",
        (True, True, True): "dropout-before-every-dense-layer", (True, False, False): "dropout-once",
        (False, True, False): "dropout-once",
    }.get(tuple(some))
    expect(seen.get("uneven") is False, "", diagnosis=registry["dropout-on-the-convolutions"])
    expect(named is None, "", diagnosis=registry[named] if named else None)
    expect(some == [True, True, False], "Other inputs are dropped than those of fc6 and fc7.")
    expect(abs(fc6 - 0.5) < 0.15 and abs(fc7 - 0.5) < 0.15, "", diagnosis=registry["dropout-at-another-rate"])
