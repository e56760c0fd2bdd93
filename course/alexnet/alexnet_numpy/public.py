"""Public checks of alexnet-numpy."""

import numpy as np

from autograder.checks.api import expect, expect_close, misconceptions, reference

WIDTHS = {"conv1": 4, "conv2": 5, "conv3": 3, "conv4": 4, "conv5": 3, "fc6": 6, "fc7": 5, "fc8": 4}


def narrow_network(widths, size, images, loud, seed):
    """An image of that size (a batch with `images` > 0), and float64 parameters of a network with these widths.

    loud: the image's scale. Above 100 local response normalisation changes what comes out.
    """
    import numpy

    rng = numpy.random.default_rng([seed, *size, *widths.values()])
    shape = (images,) * bool(images) + (*size, 3)
    image, inputs, parameters = loud * rng.random(shape), 3, {}
    for name, kernel in (("conv1", 11), ("conv2", 5), ("conv3", 3), ("conv4", 3), ("conv5", 3)):
        filters = widths[name]
        gain = 2.0 if name in ("conv1", "conv2") and loud > 1 else 1.5
        kernels = rng.standard_normal((filters, kernel, kernel, inputs)) * gain / (kernel * inputs**0.5)
        parameters[name] = {"kernels": kernels, "bias": 0.2 + 0.2 * rng.random(filters)}
        inputs = filters
    positions = 1
    for side in size:
        side = ((side - 11) // 4 + 1 - 3) // 2 + 1
        positions *= ((side - 3) // 2 + 1 - 3) // 2 + 1
    inputs = inputs * positions
    for name in ("fc6", "fc7", "fc8"):
        units = widths[name]
        weights = 2.0 * rng.standard_normal((inputs, units)) / inputs**0.5
        weights /= 3 * loud**0.5 if name == "fc6" and loud > 1 else 1
        parameters[name] = {"weights": weights, "biases": 0.5 * rng.standard_normal(units)}
        inputs = units
    return image, parameters


def same_probabilities(student, image, parameters):
    """Passes when `alexnet_forward` gives the reference's probabilities; answers that vary are dropout's."""
    right = reference.alexnet_forward(image, parameters)
    result = student.alexnet_forward(image, parameters)
    if isinstance(result, np.ndarray) and result.shape == right.value.shape and not np.allclose(result, right.value):
        again = [student.alexnet_forward(image, parameters) for _ in range(12)]
        same = all(np.array_equal(result, other, equal_nan=True) for other in again)
        expect(same, "", diagnosis=misconceptions.ALEXNET_FORWARD["dropout-at-inference"])
    expect_close(result, right, like=misconceptions.ALEXNET_FORWARD, rtol=1e-5, atol=1e-8, what="the result")


def test_a_narrow_network(student):
    """A network with 3 to 6 maps or units in each layer and an image of 67x67 pixels: four probabilities."""
    same_probabilities(student, *narrow_network(WIDTHS, (67, 67), 0, 1.0, 0))


def test_a_larger_image_with_large_numbers(student):
    """The same network made for 99x131 pixels, with large activations: the last maps are 2x3, and LRN shows."""
    same_probabilities(student, *narrow_network(WIDTHS, (99, 131), 0, 300.0, 1))


def test_two_images(student):
    """Two images at once: two rows of four probabilities."""
    same_probabilities(student, *narrow_network(WIDTHS, (67, 67), 2, 1.0, 2))
