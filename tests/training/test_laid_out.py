"""The images of a class: found and laid out once, named in every result, and a reason to grade again."""

from __future__ import annotations

import fcntl
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder import datasets
from autograder.classroom.worker import WorkerSpec, training_images
from autograder.course import CourseError
from autograder.submission.notebook import Template
from autograder.submission.results import read_results
from autograder.training import laid_out as training_data
from autograder.training.laid_out import TrainingData
from tests.small import courses
from tests.small import small_class as classroom
from tests.small.grade_small import grade
from tests.small.small_class import RIGHT, answered, small_course, submit

LOADING = 'from autograder import load_images\npictures = load_images("cifar10", otherwise="digits")\npictures.name'


@pytest.fixture(autouse=True)
def the_digits_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other data set is at hand, whatever the caller has in `CNN_COURSE_DATA`."""
    monkeypatch.delenv("CNN_COURSE_DATA", raising=False)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that holds nothing else, and is emptied of images."""
    place = tmp_path / "temporary"
    place.mkdir()
    place.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    training_data.remove_all()


def put_up_cifar10(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digits as a stand-in for CIFAR-10, in this process alone."""
    monkeypatch.setitem(
        datasets.LOADERS, "cifar10", lambda: replace(datasets.find_images("digits"), name="cifar10", source="made up")
    )


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small course, whose notebook loads pictures, with one submission."""
    plain = courses.small_cells
    for module in (courses, classroom):
        monkeypatch.setattr(module, "small_cells", lambda: [*plain(), courses.locked("pictures", LOADING)])
    submit(tmp_path, "ada", answered(Template.load(small_course(tmp_path)), RIGHT))
    return tmp_path


def shown(root: Path) -> str:
    notebook = nbformat.read(root / "autograded" / "ada" / "00-small" / "00-small.ipynb", as_version=4)
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "pictures")
    return "".join(str(output.get("text") or output.get("data")) for output in cell.outputs)


def test_the_data_set_stands_in_the_result_and_another_one_regrades(
    course: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
):
    assert list(grade(course).graded) == ["ada"]
    assert read_results(course / "autograded" / "ada" / "00-small").provenance.datasets == ("digits",)
    assert "digits" in shown(course) and "cifar10" not in shown(course)
    assert grade(course).unchanged == ["ada"]
    put_up_cifar10(monkeypatch)
    assert list(grade(course).graded) == ["ada"]
    assert read_results(course / "autograded" / "ada" / "00-small").provenance.datasets == ("cifar10",)
    assert "cifar10" in shown(course)


def test_each_set_is_laid_out_once_for_as_long_as_the_process_lives(temporary: Path):
    calls = (("digits",), ("cifar10", "digits"))
    first, second = TrainingData(calls), TrainingData(calls)
    assert first.names == second.names == ("digits",)
    assert first.folder == second.folder and [first.folder] == list(temporary.iterdir())
    training_data.remove_all()
    assert list(temporary.iterdir()) == []


def test_without_images_there_is_no_folder(temporary: Path):
    assert TrainingData(()).folder is None and TrainingData(()).names == ()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(temporary: Path):
    left, used = temporary / "autograder-images-left", temporary / "autograder-images-used"
    for folder in (left, used):
        folder.mkdir()
        (folder / training_data.LOCK).touch()
    lock = os.open(used / training_data.LOCK, os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    mine = TrainingData((("digits",),)).folder
    os.close(lock)
    assert set(temporary.iterdir()) == {used, mine}


def test_images_that_cannot_be_had_are_said_in_a_sentence():
    with pytest.raises(CourseError, match="The assignment's images are missing: CIFAR-10 was not found"):
        TrainingData((("cifar10",),))


def test_a_worker_elsewhere_lays_out_its_own_and_refuses_other_images(
    course: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
):
    assignment = small_course(course)
    spec = WorkerSpec(course, "00-small", "required", datasets=("digits",), images=Path("not/here"))
    folder = training_images(spec, assignment)
    assert folder is not None and (folder / "digits" / "train_images.npy").is_file()
    assert training_images(replace(spec, images=course), assignment) == course
    put_up_cifar10(monkeypatch)
    with pytest.raises(CourseError, match="A worker has the images cifar10 and the command has digits"):
        training_images(spec, assignment)
