"""The real files, where `CNN_COURSE_DATA` has them."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import datasets

WHERE = datasets.whereabouts()


@pytest.mark.skipif(WHERE["mnist"] != "CNN_COURSE_DATA", reason="CNN_COURSE_DATA has no MNIST")
def test_mnist_is_the_real_one() -> None:
    images = datasets.find_images()
    assert images.train_images.shape == (60_000, 28, 28) and images.test_images.shape == (10_000, 28, 28)
    assert images.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert abs(images.train_images.mean() / 255 - 0.1307) < 1e-4
    np.testing.assert_array_equal(np.bincount(images.test_labels)[:2], [980, 1135])


@pytest.mark.slow
@pytest.mark.skipif(WHERE["cifar10"] == "not found", reason="CNN_COURSE_DATA has no CIFAR-10 pictures")
def test_cifar10_is_whole() -> None:
    images = datasets.find_images("cifar10")
    assert images.train_images.shape == (50_000, 32, 32, 3) and images.test_images.shape == (10_000, 32, 32, 3)
    assert np.bincount(images.train_labels).tolist() == [5_000] * 10
    assert images.classes[0] == "airplane" and images.classes[-1] == "truck"
    np.testing.assert_array_equal(datasets.find_images("cifar10").test_images, images.test_images)
