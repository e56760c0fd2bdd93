"""The reference AlexNet in NumPy against the same network in PyTorch, narrow and at full size."""

from __future__ import annotations

import numpy as np
import pytest

from course.alexnet.alexnet_numpy.reference import alexnet_forward

from .alexnet_parameters import FULL, NARROW, drawn
from .alexnet_torch import as_torch, torch_forward


def image_of(side: int, *batch: int, dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(side).standard_normal((*batch, side, side, 3)).astype(dtype)


@pytest.mark.parametrize("side", [67, 71, 99])
def test_a_narrow_network_gives_pytorchs_probabilities(side):
    parameters = drawn(NARROW, side, seed=side)
    image = image_of(side)
    right = torch_forward(image[np.newaxis], as_torch(parameters))[0].numpy()
    probabilities = alexnet_forward(image, parameters)
    np.testing.assert_allclose(probabilities, right, rtol=1e-9)
    assert probabilities.max() - probabilities.min() > 0.01, "equal probabilities would tell nothing apart"


def test_a_batch_gives_each_images_probabilities():
    parameters, images = drawn(NARROW, 67, seed=1), image_of(67, 3)
    one_by_one = [alexnet_forward(image, parameters) for image in images]
    np.testing.assert_allclose(alexnet_forward(images, parameters), one_by_one)
    assert alexnet_forward(images[:0], parameters).shape == (0, NARROW[-1])


def test_the_full_network_gives_pytorchs_probabilities():
    parameters = drawn(FULL, 227, seed=2)
    assert sum(array.size for layer in parameters.values() for array in layer.values()) == 62_378_344
    image = image_of(227, dtype="float32")
    probabilities = alexnet_forward(image, parameters)
    right = torch_forward(image[np.newaxis], as_torch(parameters))[0].numpy()
    assert probabilities.shape == (1000,) and probabilities.dtype == np.float32
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(probabilities, right, rtol=1e-3)


def test_images_and_parameters_that_do_not_fit_are_refused_and_none_is_changed():
    parameters, image = drawn(NARROW, 67, seed=3), image_of(67)
    before = image.copy(), {name: {key: a.copy() for key, a in layer.items()} for name, layer in parameters.items()}
    alexnet_forward(image, parameters)
    np.testing.assert_array_equal(image, before[0])
    for name, layer in parameters.items():
        for key, array in layer.items():
            np.testing.assert_array_equal(array, before[1][name][key])
    for wrong in (image[:66], image[:, :, :2], image[0]):
        with pytest.raises(ValueError):
            alexnet_forward(wrong, parameters)
    with pytest.raises(ValueError):
        alexnet_forward(image_of(99), parameters)  # more features than fc6 has weights for
