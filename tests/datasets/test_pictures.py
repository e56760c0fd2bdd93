"""Class folders of pictures, and the archive with CIFAR-10."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autograder import datasets
from autograder.datasets import pictures
from autograder.datasets.places import cache


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (32, 32)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def class_folder(folder: Path, classes: dict[str, int]) -> Path:
    for shade, (name, count) in enumerate(classes.items()):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            (folder / name / f"{number:04}.png").write_bytes(picture((40 * shade, number, 0)))
    return folder


def test_class_folders_without_a_split_hold_back_every_fifth(tmp_path: Path) -> None:
    images = datasets.load_folder(class_folder(tmp_path / "pets", {"cat": 10, "dog": 5}))
    assert images.name == "pets" and images.classes == ("cat", "dog")
    assert images.train_images.shape == (12, 32, 32, 3) and images.train_images.dtype == np.uint8
    assert images.test_labels.tolist() == [0, 0, 1]
    assert images.test_images[:, 0, 0].tolist() == [[0, 4, 0], [0, 9, 0], [40, 4, 0]]


def test_train_and_test_folders_are_taken_as_they_are(tmp_path: Path) -> None:
    class_folder(tmp_path / "train", {"cat": 3, "dog": 2})
    class_folder(tmp_path / "test", {"cat": 1, "dog": 1})
    images = datasets.load_folder(tmp_path)
    assert images.train_labels.tolist() == [0, 0, 0, 1, 1] and images.test_labels.tolist() == [0, 1]


def test_a_picture_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    folder = class_folder(tmp_path / "pets", {"cat": 5})
    (folder / "cat" / "broken.png").write_bytes(picture((1, 2, 3))[:60])
    (folder / "cat" / "notes.txt").write_text("no picture, and no warning either")
    with pytest.warns(UserWarning, match="cat/broken.png is no readable picture"):
        images = datasets.load_folder(folder)
    assert len(images.train_images) + len(images.test_images) == 5


def test_pictures_of_several_sizes_need_a_size(tmp_path: Path) -> None:
    folder = class_folder(tmp_path / "pets", {"cat": 5})
    (folder / "cat" / "wide.png").write_bytes(picture((1, 2, 3), size=(64, 16)))
    with pytest.raises(datasets.DataError, match="differ in size"):
        datasets.load_folder(folder)
    assert datasets.load_folder(folder, size=(8, 12)).train_images.shape[1:] == (8, 12, 3)


@pytest.mark.parametrize(
    ("made", "said"), [(None, "cannot be read"), ({}, "no subfolders"), ({"cat": 0}, "no readable pictures")]
)
def test_a_folder_without_pictures_gets_one_sentence(tmp_path: Path, made: dict[str, int] | None, said: str) -> None:
    folder = tmp_path / "pets"
    if made is not None:
        folder.mkdir()
        class_folder(folder, made)
    with pytest.raises(datasets.DataError, match=f"^pets: .*{said}"):
        datasets.load_folder(folder)


def archive(data: Path, members: dict[str, bytes], links: tuple[tarfile.TarInfo, ...] = ()) -> Path:
    path = data / "photos" / pictures.CIFAR10
    path.parent.mkdir(parents=True)
    with tarfile.open(path, "w:xz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in links:
            tar.addfile(info)
    return path


def members() -> dict[str, bytes]:
    return {
        f"{part}/{name}/{number:04}.jpg": picture((9 * number, 0, 0))
        for part in ("train", "test")
        for name in ("cat", "dog")
        for number in range(2)
    }


def link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


@pytest.fixture
def course_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNN_COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(pictures, "CIFAR10_COUNT", 8)
    return tmp_path / "data"


def test_cifar10_is_unpacked_once(course_data: Path) -> None:
    path = archive(course_data, members())
    assert datasets.whereabouts()["cifar10"] == "CNN_COURSE_DATA"
    images = datasets.find_images("cifar10")
    assert images.name == "cifar10" and images.train_images.shape == (4, 32, 32, 3)
    path.unlink()
    assert datasets.whereabouts()["cifar10"] == "the cache"
    np.testing.assert_array_equal(datasets.find_images("cifar10").test_images, images.test_images)
    assert sorted(p.name for p in cache().iterdir()) == ["cifar10", "cifar10.npz"]


@pytest.mark.parametrize("kept", [0, 40, -200])
def test_damaged_arrays_are_decoded_again(course_data: Path, kept: int) -> None:
    archive(course_data, members())
    first = datasets.find_images("cifar10")
    arrays = cache() / "cifar10.npz"
    arrays.write_bytes(arrays.read_bytes()[:kept])
    again = datasets.find_images("cifar10")
    assert again.classes == first.classes == ("cat", "dog")
    np.testing.assert_array_equal(again.train_images, first.train_images)


def test_an_archive_writes_pictures_and_nothing_else(course_data: Path) -> None:
    outside = course_data.parent / "outside"
    strange = {"../outside": b"x", str(outside): b"x", "train/cat/../../../outside": b"x", "train/cat/run.sh": b"x"}
    large = {"train/cat/0099.jpg": bytes(pictures.CIFAR10_MEMBER_BYTES + 1)}
    links = (link("train/cat/0098.jpg", str(outside)), link("train/frog", str(course_data)))
    archive(course_data, strange | large | members(), links)
    folder = datasets.cifar10_folder()
    assert not outside.exists()
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()} == set(members())


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.8])
def test_an_archive_cut_short_leaves_nothing(course_data: Path, kept: float) -> None:
    path = archive(course_data, members())
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(datasets.DataError, match="damaged or cut short"):
        datasets.cifar10_folder()
    assert list(cache().iterdir()) == []


def test_an_archive_with_too_few_pictures_is_refused(course_data: Path) -> None:
    archive(course_data, dict(list(members().items())[:-1]))
    with pytest.raises(datasets.DataError, match="7 of 8 pictures are there"):
        datasets.cifar10_folder()


def test_the_copy_that_was_first_stays(course_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(course_data, members())

    def beaten(source: Path, target: Path) -> None:
        (Path(target) / "train").mkdir(parents=True)
        raise OSError("Directory not empty")

    monkeypatch.setattr(os, "replace", beaten)
    assert (datasets.cifar10_folder() / "train").is_dir()
    assert [p.name for p in cache().iterdir()] == ["cifar10"]


def test_without_cifar10_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_COURSE_DATA", raising=False)
    with pytest.raises(datasets.DataError, match="CNN_COURSE_DATA names no folder with photos/cifar10-jpeg.tar.xz"):
        datasets.find_images("cifar10")
