"""The sandbox hands out what the grader laid there: training data only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.sandbox.facade import make_module


def test_the_sandbox_reads_what_the_grader_laid_out(tmp_path: Path) -> None:
    images = datasets.find_images("digits")
    datasets.lay_out_training(images, tmp_path / "data")
    found = make_module({}, tmp_path / "data").load_images()
    assert found.name == "digits"
    np.testing.assert_array_equal(found.train_images, images.train_images)
    np.testing.assert_array_equal(found.train_labels, images.train_labels)
    with pytest.raises(AttributeError):
        found.test_images  # noqa: B018


def test_no_test_image_is_written(tmp_path: Path) -> None:
    datasets.lay_out_training(datasets.find_images("digits"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"train_images.npy", "train_labels.npy", "name.txt"}
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in tmp_path.iterdir())
