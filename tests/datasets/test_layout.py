"""The sandbox hands out what the grader laid there: training data only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets
from autograder.sandbox.facade import make_module
from autograder.sandbox.variants import Variants

NOBODYS = Variants({}, "")


def digits(name: str = "digits") -> datasets.ImageSet:
    return replace(datasets.find_images("digits"), name=name)


def test_the_sandbox_reads_what_the_grader_laid_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images = digits()
    datasets.lay_out_training([images], tmp_path / "data", default="digits")
    found = make_module(NOBODYS, tmp_path / "data").load_images()
    assert (found.name, found.classes, found.source) == (images.name, images.classes, images.source)
    np.testing.assert_array_equal(found.train_images, images.train_images)
    np.testing.assert_array_equal(found.train_labels, images.train_labels)
    with pytest.raises(AttributeError):
        found.test_images  # noqa: B018
    assert capsys.readouterr().out == "Images: digits, the training part.\n"


def test_an_array_is_the_readers_own_to_write_to_and_the_file_stays(tmp_path: Path) -> None:
    datasets.lay_out_training([digits()], tmp_path / "data", default="digits")
    module = make_module(NOBODYS, tmp_path / "data")
    mine = module.load_images().train_images
    assert type(mine) is np.ndarray
    before = mine.copy()
    mine[:] = 7
    np.testing.assert_array_equal(module.load_images().train_images, before)


def test_a_set_is_had_by_its_name_or_the_one_to_fall_back_on(tmp_path: Path) -> None:
    datasets.lay_out_training([digits("mnist"), digits("cifar10")], tmp_path / "data", default="mnist")
    load = make_module(NOBODYS, tmp_path / "data").load_images
    assert load().name == "mnist"
    assert load("cifar10", otherwise="mnist").name == load(" CIFAR10").name == "cifar10"
    assert load("digits", otherwise="cifar10").name == "cifar10"
    with pytest.raises(RuntimeError, match="there are only these images: mnist, cifar10"):
        load("digits")


def test_without_a_default_only_names_give_images(tmp_path: Path) -> None:
    datasets.lay_out_training([digits("cifar10")], tmp_path / "data", default=None)
    load = make_module(NOBODYS, tmp_path / "data").load_images
    assert load("cifar10").name == "cifar10"
    with pytest.raises(RuntimeError, match="only these images: cifar10"):
        load()


def test_no_test_image_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    datasets.lay_out_training([digits()], folder, default="digits")
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {"index.json", "digits/train_images.npy", "digits/train_labels.npy"}
    assert all(path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644) for path in folder.rglob("*"))


def test_otherwise_is_taken_where_a_set_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_COURSE_DATA", raising=False)
    found = datasets.find_images("cifar10", otherwise="digits")
    assert found.name == "digits" and "CIFAR-10 was not found" in found.source
    assert datasets.find_images("digits", otherwise="cifar10").name == "digits"
    for names in (("nothing", "digits"), ("cifar10", "nothing")):
        with pytest.raises(ValueError, match="no data set 'nothing'"):
            datasets.find_images(names[0], otherwise=names[1])
