import sys
from pathlib import Path

import pytest

from autograder.checks.runner import CheckSession
from autograder.course import ROOT_VARIABLE, Course, CourseError
from tests.small.courses import at_home, code_task, locked, make_course


def test_tasks_come_in_the_order_of_the_notebook_with_kind_points_and_names(tmp_path: Path):
    assignment = Course(make_course(tmp_path)).assignment("00-small")
    assert [(t.id, t.kind, t.points, t.names) for t in assignment.tasks] == [
        ("why", "text", 5.0, ()),
        ("double", "code", 4.0, ("double",)),
        ("square", "code", 6.0, ("square",)),
        ("tiny-sum", "answer", 2.0, ("tiny_sum",)),
    ]
    assert assignment.max_score == 12.0
    assert assignment.title == "A small assignment"


def test_an_editable_cell_without_a_check_is_no_task(tmp_path: Path):
    assert "student-id" not in {t.id for t in Course(make_course(tmp_path)).assignment("00-small").tasks}


def test_what_is_not_said_has_a_sane_default(tmp_path: Path):
    assignment = Course(make_course(tmp_path)).assignment("00-small")
    assert assignment.runtime == "numpy"
    assert assignment.forbidden == Course(tmp_path).forbidden("numpy") != ()
    assert assignment.task("double").limits == {}
    assert assignment.task("square").limits == {"wall_s": 5}
    assert assignment.task("tiny-sum").variant and not assignment.task("square").variant


def test_the_notebook_says_runtime_libraries_and_limits(tmp_path: Path):
    make_course(tmp_path, runtime="torch", forbidden=["tensorflow"], limits={"wall_s": 120})
    assignment = Course(tmp_path).assignment("00-small")
    assert (assignment.runtime, assignment.forbidden, assignment.limits) == (
        "torch",
        ("tensorflow",),
        {"wall_s": 120},
    )


SETTINGS = """
[tool.autograder]
course = "moving"
id = "m1"
title = "Moving pictures"
[tool.autograder.forbidden]
numpy = ["scipy"]
"""


def test_the_courses_own_settings_stand_in_its_pyproject(tmp_path: Path):
    make_course(tmp_path)
    (tmp_path / "pyproject.toml").unlink()
    bare = Course(tmp_path)
    assert (bare.package, bare.id, bare.title, bare.leaderboard, bare.kit_readme) == (
        "course", "course", "course", None, None,
    )  # fmt: skip
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    course = Course(tmp_path)
    assert (course.package, course.id, course.title) == ("moving", "m1", "Moving pictures")
    assert course.assignment("00-small").forbidden == ("scipy",)
    assert course.assignment("00-small").folder == tmp_path / "moving" / "small"
    (tmp_path / "pyproject.toml").write_text("[tool.autograder]\ncourse = ")
    with pytest.raises(CourseError, match="is not valid TOML"):
        Course(tmp_path).assignment("00-small")


def test_a_course_is_found_from_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    inner = tmp_path / "submitted" / "ada"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("this is [ no TOML, and nobody of ours wrote it")
    monkeypatch.chdir(inner)
    assert Course.here() == Course(tmp_path)
    monkeypatch.setenv(ROOT_VARIABLE, "/elsewhere")  # what a command hands on counts first
    assert Course.here() == Course(Path("/elsewhere"))


def test_without_a_course_in_sight_the_installed_one_counts_or_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert Course.here().package == "course"  # this repository's, which its environment has installed
    monkeypatch.setattr("autograder.course.entry_points", lambda group: [])
    assert Course.here().package == "course"  # where this package lies
    monkeypatch.setattr("autograder.course.IN_PLACE", tmp_path)
    with pytest.raises(CourseError, match="There is no course here"):
        Course.here()


def test_another_course_under_the_same_name_is_not_taken_for_it(tmp_path: Path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.autograder]\ncourse = "tests"\n')
    with pytest.raises(CourseError, match="one of that name lies in"):
        Course(tmp_path).module("anything")


def test_a_course_that_was_unloaded_makes_room_for_another_of_its_name(tmp_path: Path):
    for place in ("one", "two"):
        (tmp_path / place / "moving").mkdir(parents=True)
        (tmp_path / place / "moving" / "__init__.py").write_text(f"HERE = {place!r}\n")
        (tmp_path / place / "pyproject.toml").write_text(SETTINGS)
        course = Course(tmp_path / place)
        course.folder.joinpath("where.py").write_text(f"HERE = {place!r}\n")
        assert course.module("where").HERE == place
        course.unload()
        assert str(course.root) not in sys.path


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("x = 1", ()),
        ("images = load_images()", ((),)),
        ("%matplotlib inline\na = load_images('cifar10',  otherwise = \"digits\")", (("cifar10", "digits"),)),
        ('load_images(\n    "digits",\n)\nload_images( )\nload_images("digits")', (("digits",), ())),
    ],
)
def test_the_images_are_read_from_the_calls(tmp_path: Path, source: str, calls: tuple[tuple[str, ...], ...]):
    make_course(tmp_path, cells=[locked("data", source), *code_task("only", "only = 1", 3)])
    assert Course(tmp_path).assignment("00-small").images == calls


def test_what_checks_train_on_besides_is_said_in_the_metadata(tmp_path: Path):
    cells = [locked("data", "load_images()"), *code_task("only", "only = 1", 3)]
    make_course(tmp_path, cells=cells, images=[["cifar10", "digits"], []])
    assert Course(tmp_path).assignment("00-small").images == ((), ("cifar10", "digits"))
    make_course(tmp_path, "01-odd", cells=cells, images="cifar10")
    with pytest.raises(CourseError, match="no lists of up to two names"):
        Course(tmp_path).assignment("01-odd")


@pytest.mark.parametrize("source", ["load_images(name)", "load_images('a', 'b')", "load_images('a' if b else 'c')"])
def test_images_that_only_running_could_tell_are_refused(tmp_path: Path, source: str):
    make_course(tmp_path, cells=[locked("data", source), *code_task("only", "only = 1", 3)])
    with pytest.raises(CourseError, match="something else than names in quotes"):
        Course(tmp_path).assignment("00-small")


def test_only_a_folder_with_its_own_notebook_is_an_assignment(tmp_path: Path):
    make_course(tmp_path)
    (tmp_path / "solutions" / "notes").mkdir()
    (tmp_path / "solutions" / "notes" / "other.ipynb").write_text("{}")
    (tmp_path / "solutions" / "readme.ipynb").write_text("{}")
    assert Course(tmp_path).names == ("00-small",)


def test_an_edited_notebook_is_read_again(tmp_path: Path):
    make_course(tmp_path)
    assert len(Course(tmp_path).assignment("00-small").tasks) == 4
    make_course(tmp_path, cells=code_task("only", "only = 1", 3))
    assert [t.id for t in Course(tmp_path).assignment("00-small").tasks] == ["only"]


@pytest.mark.parametrize(
    ("own", "says"),
    [({"runtime": "matlab"}, "matlab"), ({"limits": {"walls": 3}}, "walls")],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, own: dict[str, object], says: str):
    make_course(tmp_path, **own)
    with pytest.raises(CourseError, match=says):
        Course(tmp_path).assignment("00-small")


def test_an_unknown_assignment_names_those_that_exist(tmp_path: Path):
    with pytest.raises(CourseError, match="it has: 00-small"):
        Course(make_course(tmp_path)).assignment("01-convolution")


@pytest.mark.parametrize(("source", "error"), [("def test_(:\n", "SyntaxError"), ("1 / 0\n", "ZeroDivisionError")])
def test_checks_that_cannot_be_loaded_are_named(tmp_path: Path, source: str, error: str):
    make_course(tmp_path)
    (tmp_path / "small_course" / "small" / "double" / "hidden.py").write_text(source)
    with at_home(tmp_path), pytest.raises(CourseError, match=rf"double/hidden\.py cannot be loaded \({error}: .*\)"):
        CheckSession("00-small")


@pytest.mark.parametrize("text", ["[]", "3", '{"cells": 3}', '{"cells": [[]]}', '{"metadata": [], "cells": []}'])
def test_a_solution_that_is_no_notebook_is_named(tmp_path: Path, text: str):
    make_course(tmp_path)
    (tmp_path / "solutions" / "00-small" / "00-small.ipynb").write_text(text)
    with pytest.raises(CourseError, match=r"The notebook of assignment '00-small' is not one that Jupyter wrote"):
        Course(tmp_path).assignment("00-small")
