"""Hidden checks of alexnet-numpy."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    cases,
    expect,
    in_kernel,
    kernel_says,
    misconceptions,
    once,
    points,
    reference,
    search,
)
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


# The misconceptions that a test below is about. What costs the points of the first test does not cost these again.
FLATTENING = ("flattened-channels-first",)
OF_BATCHES = ("softmax-over-the-batch", "softmax-over-everything", "batch-flattened-too")
NORMALISING = ("lrn-missing", "lrn-once", "lrn-after-every-convolution", "lrn-before-relu", "lrn-after-pooling")


def same_but_for_known_slips(student, image, parameters, about):
    """Passes for the right probabilities, and for those of one known slip which this test is not about."""
    result = student.alexnet_forward(image, parameters)
    right = reference.alexnet_forward(image, parameters).value
    if is_close(result, right) or not is_of_a_slip(student, result, image, parameters, about):
        same_probabilities(student, image, parameters)


def is_of_a_slip(student, result, image, parameters, about):
    """Whether the result is what a misconception of another kind gives, one that explained all such results so far."""
    known = misconceptions.ALEXNET_FORWARD
    possible = once(student, ("alexnet-numpy", "slips"), lambda: [one.id for one in known if one.distort is not None])
    possible[:] = [id for id in possible if is_close(result, known[id].distort(image, parameters))]
    return any(id not in about for id in possible)


def is_close(result, answer):
    same = isinstance(result, np.ndarray) and result.shape == answer.shape
    return same and np.allclose(result, answer, rtol=1e-5, atol=1e-8)


@points(4.5)
@search(cases(widths=NARROW, seed=SEED), examples=8)
def test_probabilities_of_a_narrow_network(student, case):
    """A narrow network and an image of 67x67 pixels: one probability for every class."""
    image, parameters = narrow(case)
    same_probabilities(student, image, parameters)


@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_flattened_in_the_order_of_the_axes(student, case):
    """An image of 99x131 pixels leaves 2x3 positions to flatten: row by row, the channels vary fastest."""
    same_but_for_known_slips(student, *narrow(case, (99, 131)), FLATTENING)


@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_a_batch_of_images(student, case):
    """Each image of a batch has its own row of probabilities, the same as alone."""
    same_but_for_known_slips(student, *narrow(case, images=3), OF_BATCHES)


@points(3)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_normalisation_of_large_activations(student, case):
    """Where activations are large, local response normalisation shows: after the ReLUs of conv1 and conv2."""
    same_but_for_known_slips(student, *narrow(case, loud=300.0), NORMALISING)


@points(2.5)
def test_full_size(student, rng):
    """An image of 227x227 pixels and the paper's widths: 1,000 probabilities that add up to 1."""
    kernel = in_kernel(student, run_full_size)
    result = kernel.run_full_size(student.alexnet_forward, int(rng.integers(50)))
    if not isinstance(result, np.ndarray):
        raise CheckFailure("alexnet_forward returns an array; something else came back.")
    expect(result.shape == (1000,), "The result should be one number for each of the 1,000 classes.")
    logits = misconceptions.ALEXNET_FORWARD["softmax-missing"]
    logarithms = misconceptions.ALEXNET_FORWARD["log-probabilities"]
    negative = result.min() < 0
    expect(not (negative and abs(np.exp(result).sum() - 1) < 1e-3), "", diagnosis=logarithms)
    expect(not negative, "", diagnosis=logits)
    expect(abs(result.sum() - 1) < 1e-3, "The probabilities of all classes must add up to 1.")
    expect(bool(np.ptp(result) > 0.01 / 1000), "All classes have the same probability, whatever the image and weights.")


@points(1)
@kernel_says
@search(cases(widths=NARROW, seed=SEED), examples=3)
def test_image_and_parameters_stay(student, case):
    """Neither the image nor the parameters are changed, and the result is a probability for each class."""
    image, parameters = narrow(case)
    result = student.alexnet_forward(image, parameters)
    whole = isinstance(result, np.ndarray) and result.shape == (case.widths["fc8"],)
    expect(whole, "The result should be one number for each class.")
    kernel = in_kernel(student, network_stays)
    expect(kernel.network_stays(student.alexnet_forward, image, parameters), "The image or a parameter was changed.")
