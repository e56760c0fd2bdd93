"""Hidden checks of alexnet-numpy."""

import numpy as np

from autograder.checks.api import CheckFailure, cases, expect, in_kernel, kernel_says, misconceptions, points, search
from autograder.checks.api import strategies as st

from .probes import network_stays, run_full_size
from .public import narrow_network, same_probabilities

SEED, FEW = st.integers(0, 50), st.integers(2, 5)
NARROW = st.fixed_dictionaries({
    **{f"conv{n}": FEW for n in range(1, 6)}, "fc6": FEW, "fc7": FEW, "fc8": st.integers(3, 6),
})


def narrow(case, size=(67, 67), images=0, loud=1.0):
    """An image (or a batch) and the parameters of a narrow AlexNet; `loud` images show what LRN does."""
    return narrow_network(dict(case.widths), size, images, loud, case.seed)


@points(5)
@search(cases(widths=NARROW, seed=SEED), examples=8)
def test_probabilities_of_a_narrow_network(student, case):
    """A narrow network and an image of 67x67 pixels: one probability for every class."""
    image, parameters = narrow(case)
    same_probabilities(student, image, parameters)


@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_flattened_in_the_order_of_the_axes(student, case):
    """An image of 99x131 pixels leaves 2x3 positions to flatten: row by row, the channels vary fastest."""
    same_probabilities(student, *narrow(case, (99, 131)))


@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_a_batch_of_images(student, case):
    """Each image of a batch has its own row of probabilities, the same as alone."""
    same_probabilities(student, *narrow(case, images=3))


@points(3)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_normalisation_of_large_activations(student, case):
    """Where activations are large, local response normalisation shows: after the ReLUs of conv1 and conv2."""
    same_probabilities(student, *narrow(case, loud=300.0))


@points(2)
def test_full_size(student, rng):
    """An image of 227x227 pixels and the paper's widths: 1,000 probabilities that add up to 1."""
    kernel = in_kernel(student, run_full_size)
    result = kernel.run_full_size(student.alexnet_forward, int(rng.integers(50)))
    if not isinstance(result, np.ndarray):
        raise CheckFailure("alexnet_forward returns an array; something else came back.")
    expect(result.shape == (1000,), "The result is to be one number for each of the 1,000 classes.")
    logits = misconceptions.ALEXNET_FORWARD["softmax-missing"]
    logarithms = misconceptions.ALEXNET_FORWARD["log-probabilities"]
    negative = result.min() < 0
    expect(not (negative and abs(np.exp(result).sum() - 1) < 1e-3), "", diagnosis=logarithms)
    expect(not negative, "", diagnosis=logits)
    expect(abs(result.sum() - 1) < 1e-3, "The probabilities of all classes are to add up to 1.")
    expect(bool(np.ptp(result) > 0.01 / 1000), "All classes have the same probability, whatever the image and weights.")


@points(1)
@kernel_says
@search(cases(widths=NARROW, seed=SEED), examples=3)
def test_image_and_parameters_stay(student, case):
    """Neither the image nor the parameters are changed, and the result is a probability for each class."""
    image, parameters = narrow(case)
    result = student.alexnet_forward(image, parameters)
    whole = isinstance(result, np.ndarray) and result.shape == (case.widths["fc8"],)
    expect(whole, "The result is to be one number for each class.")
    kernel = in_kernel(student, network_stays)
    expect(kernel.network_stays(student.alexnet_forward, image, parameters), "The image or a parameter was changed.")
