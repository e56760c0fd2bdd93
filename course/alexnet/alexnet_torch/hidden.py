"""Hidden checks of alexnet-torch."""

import zlib

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    current,
    expect,
    expect_close,
    in_kernel,
    kernel_says,
    misconceptions,
    once,
    points,
    reference,
)

from ...sizing_and_memory.shared import on_one_thread, same_parameters
from ..shared import LAYERS, dropped_shares, images_of, weights_of
from .probes import run_torch_dropout
from .public import built_torch, run_torch_network

IN_PLACE = (
    "A result that the backward pass still needs was changed in place, as by a dropout with `inplace=True` behind a "
    "ReLU: the network cannot be trained like that."
)
ONE_TOWER, TWO_TOWERS = {"num_classes": 1000, "groups": 1}, {"num_classes": 1000, "groups": 2}


def torch_network(student, options, images=1, seed=0):
    """What the notebook's network gives (see `run_torch_network`), after a look at the types of the report.

    Asked once for all tests of a submission.
    """
    def ask():
        kernel = in_kernel(student, run_torch_network, built_torch, weights_of, images_of, on_one_thread)
        return kernel.run_torch_network(student.AlexNet, options, images, 227, seed)

    seen = once(student, ("alexnet-torch", str(options), images, seed), ask)
    if not isinstance(seen, dict) or not all(isinstance(seen.get(part), Tensor) for part in ("output", "again")):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def own_seed():
    """The submission's seed of weights and image: one of three, since the reference takes a second for each."""
    return 1 + zlib.crc32(current().seed) % 3


def expect_the_same_again(seen):
    """Passes when the network gave the same twice; what is drawn anew each time is not worth a comparison."""
    same = np.array_equal(seen["output"].array, seen["again"].array)
    expect(same, "", diagnosis=misconceptions.ALEXNET_TORCH["dropout-at-inference"])


def torch_output(student, options, images, seed):
    seen = torch_network(student, options, images, seed)
    expect_the_same_again(seen)
    expect_close(seen["output"], reference.alexnet_in_torch(options, images, _seed=seed), framework="torch",
                 like=misconceptions.ALEXNET_TORCH, rtol=2e-4, atol=2e-4, what="the output")


@points(1)
@kernel_says
def test_parameters(student):
    """For 1,000 classes the network has the parameters of the table, and fewer in three layers with two groups."""
    for options in (ONE_TOWER, TWO_TOWERS):
        seen = torch_network(student, options, seed=own_seed())
        expect(seen["output"].shape == (1, 1000), "The output's shape should be (1, 1000).")
        right, layers = (
            reference.alexnet_in_torch(options, 1, _report=part, _seed=own_seed()) for part in ("parameters", "layers")
        )
        same_parameters(seen, right, layers, LAYERS, misconceptions.ALEXNET_TORCH)


@points(3.5)
def test_logits_for_given_weights(student):
    """For given weights and an image of 227x227 the logits are right."""
    torch_output(student, ONE_TOWER, 1, own_seed())


@points(3)
def test_logits_with_two_groups(student):
    """For given weights the logits of the network with two groups are right."""
    torch_output(student, TWO_TOWERS, 1, own_seed())


@points(3)
def test_another_number_of_classes(student, rng):
    """A network for other classes gives each of two images a row of logits of its own."""
    options, seed = {"num_classes": 7}, int(rng.integers(1, 4))
    both = torch_network(student, options, 2, seed)["output"]
    expect(both.shape == (2, 7), "Two images and seven classes must give an output of shape (2, 7).")
    finite = bool(np.isfinite(both.array).all())
    expect(finite and bool(np.ptp(both.array, axis=0).max() > 0), "The logits do not depend on the image.")


@points(1.5)
def test_the_same_at_every_inference(student):
    """At inference the same image has the same logits every time."""
    seen = torch_network(student, ONE_TOWER, seed=own_seed())
    told = seen["output"].shape == (1, 1000) and bool(np.ptp(seen["output"].array) > 0)
    expect(told, "An image must have 1,000 logits, which are not all the same.")
    expect_the_same_again(seen)


@points(3)
def test_dropout_in_training(student, rng):
    """In training half of the inputs of fc6 and half of the inputs of fc7 are dropped, and nothing else."""
    options, seed = {"num_classes": 10}, int(rng.integers(50))
    kernel = in_kernel(student, run_torch_dropout, built_torch, weights_of, images_of, on_one_thread)
    seen = kernel.run_torch_dropout(student.AlexNet, options, 227, seed)
    expect(not isinstance(seen, dict) or seen.get("spoiled") is not True, IN_PLACE)
    matrices = [weights_of((4096, size), size, 0, seed) for size in (9216, 4096)]
    dropped_as_in_the_paper(seen, 9216, matrices, misconceptions.DROPPED_TORCH)


def dropped_as_in_the_paper(seen, features, matrices, registry):
    """Judges the inputs of the dense layers that a probe brought, in training and at inference.

    features: how many numbers reach fc6. matrices: the weights of fc6 and fc7, (units, inputs), but for a factor and
    their signs, which the probe took away.
    """
    sizes = {"fc6": features, "fc7": 4096, "fc8": 4096}
    if not isinstance(seen, dict) or not all(inputs_of(seen.get(way), sizes) for way in ("trained", "plain")):
        raise CheckFailure("Three dense layers of 4,096, 4,096 and `num_classes` units that learn are right here.")
    trained = seen["trained"]
    shares = dropped_shares(trained, seen["plain"])
    fc6, fc7, fc8 = (shares[name] for name in sizes)
    some = [share > 0.02 for share in (fc6, fc7, fc8)]
    named = {
        (False, False, False): "dropout-missing", (False, True, True): "dropout-after-fc6-and-fc7",
        (True, True, True): "dropout-before-every-dense-layer", (True, False, False): "dropout-once",
        (False, True, False): "dropout-once",
    }.get(tuple(some))
    expect(shares["uneven"] is False, "", diagnosis=registry["dropout-on-the-convolutions"])
    expect(named is None, "", diagnosis=registry[named] if named else None)
    expect(some == [True, True, False], "Other inputs are dropped than those of fc6 and fc7.")
    half = abs(fc6 - 0.5) < 0.15 and abs(fc7 - 0.5) < 0.15
    expect(half or abs(fc6 - fc7) < 0.15, "Other shares of the inputs of fc6 and of fc7 are dropped than half of each.")
    expect(half, "", diagnosis=registry["dropout-at-another-rate"])
    # whoever makes these numbers up has to drop inputs, too
    follow = all(follows(trained[after], matrix, trained[before])
                 for before, matrix, after in zip(("fc6", "fc7"), matrices, ("fc7", "fc8"), strict=True))
    expect(follow, "What a dense layer gets in training does not follow from what the one before it got.")


def inputs_of(rows, sizes):
    """Whether these are the inputs of all three layers: finite numbers, none below 0 and not all 0."""
    return isinstance(rows, dict) and set(rows) == set(sizes) and all(
        isinstance(row := rows[name], np.ndarray) and row.dtype == np.float32 and row.shape == (size,)
        and bool(np.isfinite(row).all() and (row >= 0).all() and row.any())
        for name, size in sizes.items()
    )


def follows(inputs, matrix, before):
    """Whether the inputs that are not dropped are those that the layer before gives, up to one factor."""
    kept = inputs > 0
    factors = inputs[kept] / (np.abs(matrix) @ before)[kept]
    return bool(factors.std() < 1e-2 * factors.mean())
