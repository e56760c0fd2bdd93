"""The embedded digits, and the names that load them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from autograder import datasets
from autograder.datasets import digits
from autograder.datasets.images import every_fifth


def test_the_digits_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    images = datasets.find_images("digits")
    theirs = load_digits()
    assert len(images.train_images) + len(images.test_images) == 1797
    assert images.train_images.shape[1:] == (28, 28) and images.train_images.dtype == np.uint8
    held = every_fifth(theirs.target)
    np.testing.assert_array_equal(images.test_labels, theirs.target[held])
    np.testing.assert_array_equal(images.train_images, digits.enlarge(theirs.images[~held] / 16))


def test_the_split_is_stratified_and_always_the_same() -> None:
    first, second = datasets.find_images("digits"), datasets.find_images("digits")
    np.testing.assert_array_equal(first.test_images, second.test_images)
    counts = np.bincount(first.train_labels) + np.bincount(first.test_labels)
    np.testing.assert_array_equal(np.bincount(first.test_labels), counts // 5)


def test_scikit_learn_is_not_imported() -> None:
    code = "import sys, autograder.datasets as d; d.find_images('digits'); print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_enlarging_is_bilinear() -> None:
    torch = pytest.importorskip("torch", reason="compared with PyTorch's interpolation")
    small = np.random.default_rng(0).random((3, 8, 8))
    theirs = torch.nn.functional.interpolate(
        torch.from_numpy(small)[:, None], size=(28, 28), mode="bilinear", align_corners=False
    )[:, 0].numpy()
    assert np.abs(digits.enlarge(small) / 255 - theirs).max() <= 0.5 / 255 + 1e-9


def test_without_scikit_learn_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(datasets.DataError, match="scikit-learn, which is not installed"):
        datasets.find_images("digits")
    assert datasets.whereabouts()["digits"] == "not found"


def test_an_unknown_name_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="name: there is no data set 'imagenet', only mnist, digits, cifar10"):
        datasets.load_images("imagenet")


def test_what_is_loaded_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    datasets.load_images(" Digits ")
    assert capsys.readouterr().out == (
        "Images: digits (scikit-learn's, enlarged from 8x8): "
        "1,442 images to train and 355 to test, 28x28, 10 classes.\n"
    )
