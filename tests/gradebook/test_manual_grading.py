"""A person grades the text tasks: the sample answers of every assignment, through the gradebook, to the
final score."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.checks.places import TaskFolder, sample_answers
from autograder.course import Assignment, Course, words_of
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.manual import manual_grades
from autograder.submission.notebook import Template, grade_id_of, is_untouched, sanitise
from autograder.submission.verdict import judge_text
from tests.small import nbgrader_course

COURSE = Course.here()


def samples_of(assignment: Assignment) -> dict[str, dict[str, tuple[float, str]]]:
    """The sample answers of an assignment's text tasks: the points and the text of each, by task and name."""
    texts = [task.id for task in assignment.tasks if task.kind == "text"]
    return {id: sample_answers(TaskFolder(COURSE, words_of(assignment.name), words_of(id))) for id in texts}


SAMPLES = {assignment.name: samples_of(assignment) for assignment in COURSE}
CASES = [(name, quality) for name in SAMPLES for quality in ("good", "poor")]

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    assert nbgrader_course.NAME  # the module keeps nbgrader from starting a process for each gradebook
    yield tmp_path_factory.mktemp("course")


def hand_in(assignment: Assignment, answers: dict[str, str]) -> bytes:
    """The released notebook with these text answers."""
    notebook = nbformat.read(assignment.release_path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id_of(cell), cell.source)
    return nbformat.writes(notebook).encode()


def results_of(data: bytes, assignment: Assignment) -> dict[str, Any]:
    """What grading says of the text tasks; the automatic ones are not run here and earn nothing."""
    template = Template.load(assignment)
    notebook = sanitise(data, template)
    cells = {grade_id_of(cell): cell for cell in notebook.cells}
    tasks = []
    for task in assignment.tasks:
        one = {"task": task.id, "kind": task.kind, "score": 0.0, "max_score": task.points, "status": "not_attempted"}
        if task.kind == "text":
            judged = judge_text(task, is_untouched(cells[task.answer_id], template))
            one |= {"score": judged.score, "status": judged.status}
        tasks.append(one)
    return {"status": "needs_manual_grade", "tasks": tasks}


@pytest.mark.parametrize(("name", "quality"), CASES)
def test_a_sample_answer_waits_for_a_person_and_then_counts(folder: Path, name: str, quality: str):
    assignment, student = Course.here().assignment(name), f"{quality}-{name}"
    samples = {task: found[quality] for task, found in SAMPLES[name].items()}
    data = hand_in(assignment, {task: answer for task, (_, answer) in samples.items()})
    with GradebookWriter(folder) as writer:
        writer.commit_many([Commit(name, student, results_of(data, assignment))])
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "cnn") as gradebook:
        waiting = {
            g.name for n in gradebook.find_submission(name, student).notebooks for g in n.grades if g.needs_manual_grade
        }
        assert waiting == set(samples) == {task.id for task in assignment.tasks if task.kind == "text"}
        for task, (points, _) in samples.items():
            grade = gradebook.find_grade(task, name, name, student)
            assert grade.max_score == assignment.task(task).points >= points
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()
        submission = gradebook.find_submission(name, student)
        assert submission.score == sum(points for points, _ in samples.values())
        assert not submission.needs_manual_grade
    read = manual_grades(folder, name)[student]
    scores = {task: read.grades[task].score for task in samples}
    assert scores == {task: points for task, (points, _) in samples.items()}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("change", ["", "\n\n", "windows", "emptied"])
def test_an_untouched_question_asks_nobody(name: str, change: str):
    assignment = Course.here().assignment(name)
    notebook = nbformat.read(assignment.release_path, as_version=4)
    for cell in notebook.cells:
        if grade_id_of(cell) in SAMPLES[name]:
            cell.source = {"windows": cell.source.replace("\n", "\r\n"), "emptied": " "}.get(
                change, cell.source + change
            )
    tasks = results_of(nbformat.writes(notebook).encode(), assignment)["tasks"]
    assert {task["status"] for task in tasks if task["kind"] == "text"} == {"not_attempted"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_model_answer_and_the_samples_stay_out_of_the_release(name: str):
    """But for the sample that is copied from there."""
    released = Course.here().assignment(name).release_path.read_text(encoding="utf-8")
    for found in SAMPLES[name].values():
        for sample, (_, answer) in found.items():
            assert sample == "copied" or answer[:40] not in released


@pytest.mark.parametrize("name", SAMPLES)
def test_a_good_answer_earns_more_than_a_poor_one(name: str):
    for found in SAMPLES[name].values():
        assert found["good"][0] > found["poor"][0]
