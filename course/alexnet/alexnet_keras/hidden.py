"""Hidden checks of alexnet-keras."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    kernel_says,
    misconceptions,
    once,
    points,
    reference,
    second,
)

from ...sizing_and_memory.shared import same_parameters
from ..alexnet_torch.hidden import dropped_as_in_the_paper
from ..shared import LAYERS, weights_of
from .probes import run_keras_defaults, run_keras_dropout
from .public import (
    KERAS_HELPERS,
    SMALL,
    expect_layer,
    quickly_built,
    run_keras_network,
    run_keras_saved,
    run_keras_scores,
)

# A name needs a second case: another size and other classes, of the same weights. It is one and the same for everybody,
# since what every known mistake makes of it takes seconds, and is then known.
ANOTHER = {"img_shape": (67, 75, 3), "num_classes": 7}, 4, 1


def keras_network(student, rng, case):
    """(what the notebook's network gives, the arguments of the case and its reports in the reference)"""
    options, images, seed = case or (SMALL, 3, int(rng.integers(1, 4)))

    def made():
        kernel = in_kernel(student, run_keras_network, *KERAS_HELPERS)
        return keras_report(kernel.run_keras_network(student.alexnet, options, images, seed)), (options, images, seed)

    # a network of 22 million parameters is built once for two tests
    return once(student, ("alexnet-keras", "network", case is None), made)


def in_reference(asked, report):
    options, images, seed = asked
    return reference.alexnet_in_keras(options, images, _report=report, _seed=seed)


def keras_report(seen):
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), np.ndarray):
        raise CheckFailure("A Keras model is right here; something else came back.")
    if type(seen.get("parameters")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


@points(0.5)
@kernel_says
@second(lambda rng: ANOTHER)
def test_parameters_of_the_small_network(student, rng, case):
    """For images of 67x67 pixels and five classes the network has the layers' parameters, and is a functional model."""
    seen, asked = keras_network(student, rng, case)
    expect_equal(seen["output"].shape, (asked[1], asked[0]["num_classes"]), what="the output's shape")
    same_parameters(seen, in_reference(asked, "parameters"), in_reference(asked, "layers"), LAYERS,
                    misconceptions.ALEXNET_KERAS)
    expect(seen.get("functional") is True, "", diagnosis=misconceptions.ALEXNET_KERAS["sequential"])


@points(0.5)
@kernel_says
def test_full_size_network(student):
    """Without arguments the network is the paper's: 227x227 pixels, 1,000 classes, 62,378,344 parameters."""
    kernel = in_kernel(student, run_keras_defaults, quickly_built)
    seen = keras_report(kernel.run_keras_defaults(student.alexnet))
    expect_equal(seen["output"].shape, (1, 1000), what="the output's shape")
    expect_equal(seen["parameters"], reference.keras_defaults(), what="the number of parameters")


@points(1.5)
@second(lambda rng: {"size": 7, "k": 0.5, "alpha": 0.05, "beta": 0.9})
def test_a_layer_with_other_numbers(student, rng, case):
    """With other numbers than the paper's the layer normalises by those, and keeps them in its configuration."""
    options = case or {"size": 3, "k": float(rng.integers(2, 6)) / 2, "alpha": 0.03, "beta": 0.5}
    expect_layer(student, options, (2, 3, 3, 10), int(rng.integers(50)))


@points(4)
@second(lambda rng: ANOTHER)
def test_probabilities_for_given_weights(student, rng, case):
    """For given weights the probabilities of small images are right."""
    seen, asked = keras_network(student, rng, case)
    expect_close(seen["output"], in_reference(asked, "output"), like=misconceptions.ALEXNET_KERAS,
                 rtol=1e-3, atol=1e-5, what="the output")
    same = isinstance(seen.get("again"), np.ndarray) and np.array_equal(seen["output"], seen["again"])
    expect(same, "The same image gives other probabilities every time.")


@points(2)
def test_compiled_with_loss_and_accuracy(student, rng):
    """The model is compiled with sparse categorical cross-entropy and accuracy: both are right for given weights."""
    seed = int(rng.integers(1, 4))
    kernel = in_kernel(student, run_keras_scores, *KERAS_HELPERS)
    seen = kernel.run_keras_scores(student.alexnet, SMALL, 4, seed)
    known, problem = misconceptions.COMPILED_KERAS, seen.get("problem") if isinstance(seen, dict) else "no model"
    names = {"not compiled": "not-compiled", "loss": "loss-for-one-hot-labels", "accuracy": "accuracy-missing"}
    expect(problem not in names, "", diagnosis=known[names[problem]] if problem in names else None)
    if problem is not None or not isinstance(seen.get("scores"), np.ndarray):
        raise CheckFailure("A compiled Keras model is right here; something else came back.")
    # whether the network's output is right is asked above; here, how it is scored
    if not isinstance(seen.get("output"), np.ndarray) or seen["output"].shape != (4, 5) or seen["scores"].shape != (2,):
        raise CheckFailure("A row of probabilities for each image, one loss and one accuracy are right here.")
    loss, certain = cross_entropy(seen["output"].astype(float))
    close = np.allclose(seen["scores"], [loss, 0.5], rtol=1e-3, atol=1e-3)
    beyond = certain and seen["scores"][0] > loss and bool(np.isclose(seen["scores"][1], 0.5))
    expect(close or beyond, "Loss or accuracy are not what sparse categorical cross-entropy and accuracy give.")


def cross_entropy(output):
    """Cross-entropy of what a network gives, for the labels that `run_keras_scores` takes; and whether some of its
    probabilities are too small for float32, so that a loss computed from logits is larger."""
    labels = output.argmax(1)
    labels[1::2] = (labels[1::2] + 1) % output.shape[1]
    # a network without softmax is told so by its own check, and is judged here by the probabilities it stands for
    chances = np.exp(output - output.max(1, keepdims=True)) if output.min() < 0 else output
    own = (chances / chances.sum(1, keepdims=True))[np.arange(len(labels)), labels]
    return -np.log(np.clip(own, 1e-7, 1)).mean(), bool(own.min() < 1e-6)


@points(2)
def test_saved_and_loaded(student, rng):
    """Saved to a file and loaded again, the network gives the same probabilities."""
    seed = int(rng.integers(1, 4))
    kernel = in_kernel(student, run_keras_saved, *KERAS_HELPERS)
    seen = kernel.run_keras_saved(student.alexnet, SMALL, 2, seed)
    known, problem = misconceptions.SAVED_KERAS, seen.get("problem") if isinstance(seen, dict) else "no model"
    names = {"lambda": "lrn-as-lambda", "loading": "cannot-be-loaded"}
    expect(problem not in names, "", diagnosis=known[names[problem]] if problem in names else None)
    if problem is not None or not all(isinstance(seen.get(time), np.ndarray) for time in ("before", "output")):
        raise CheckFailure("A Keras model is right here; something else came back.")
    before, after = seen["before"], seen["output"]
    expect(before.shape == (2, 5), "A row of probabilities for each image is right here.")
    same = before.shape == after.shape and np.allclose(before, after, rtol=1e-3, atol=1e-5)
    expect(same, "", diagnosis=known["configuration-incomplete"])


@points(1.5)
def test_keras_dropout_in_training(student, rng):
    """In training half of the inputs of fc6 and half of the inputs of fc7 are dropped, and nothing else."""
    kernel = in_kernel(student, run_keras_dropout, *KERAS_HELPERS)
    seed = int(rng.integers(50))
    seen = kernel.run_keras_dropout(student.alexnet, SMALL, 256, seed)
    matrices = [weights_of((size, 4096), size, 0, seed).T for size in (256, 4096)]
    dropped_as_in_the_paper(seen, 256, matrices, misconceptions.DROPPED_KERAS)
