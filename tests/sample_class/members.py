"""Who is in the class, what each handed in, and what it must earn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.course import Assignment
from tests.sample_class import notebooks as make

ASSIGNMENT = "01-convolution"


@dataclass(frozen=True)
class Member:
    """A submission, and what is expected of it.

    ``all_points`` says whether a task that is not in ``scores`` earns all its points or none. ``reasons`` are the
    tasks' reasons, ``diagnoses`` a named misconception that the task's tests find.
    """

    student: str
    about: str
    notebook: bytes
    all_points: bool
    scores: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    diagnoses: Mapping[str, str] = field(default_factory=dict)
    status: str = "needs_manual_grade"

    def expected(self, assignment: Assignment) -> dict[str, Any]:
        """Task id to score, None for a text task."""
        return {
            task.id: None
            if task.kind == "text"
            else self.scores.get(task.id, task.points if self.all_points else 0.0)
            for task in assignment.tasks
        }


def members(assignment: Assignment) -> Iterator[Member]:
    """The class. Text answers are handed in by all who answer anything, and wait for a person."""
    blank, right = make.released(assignment), make.solutions(assignment)
    whole = make.filled_in(blank, right)

    def changed(answers: Mapping[str, str], words: str = "good") -> bytes:
        """words: which of the course's sample answers stands in the text tasks."""
        return make.as_bytes(make.filled_in(whole, {**make.samples(assignment, words), **answers}))

    texts = {task.id: right[task.id] for task in assignment.tasks if task.kind == "text"}
    yield Member("reference", "has the course's own answers", make.as_bytes(whole), all_points=True)
    independent = changed(make.answers_in("independent"), "short")
    yield Member("independent", "is right in another way", independent, all_points=True)
    yield Member(
        "flipped", "turns the kernel around", changed(make.answers_in("flipped_kernel"), "half"), all_points=True,
        scores={"conv2d": FLIPPED_KERNEL}, diagnoses={"conv2d": "flipped-kernel"},
    )  # fmt: skip
    yield Member(
        "symmetric", "pads both sides alike", changed(make.answers_in("symmetric_padding"), "copied"), all_points=True,
        scores=SYMMETRIC_PADDING, diagnoses={"same-padding": "symmetric-same-padding"},
    )  # fmt: skip
    yield Member(
        "rounded-up", "counts a window that does not fit", changed(make.answers_in("rounded_up"), "poor"),
        all_points=True, scores={"output-size": ROUNDED_UP}, diagnoses={"output-size": "ceil-instead-of-floor"},
    )  # fmt: skip
    half = {task: right[task] for task in ("output-size", "same-padding")}
    yield Member(
        "half-finished", "stops after two tasks", make.as_bytes(make.filled_in(blank, {**half, **texts})),
        all_points=False, scores={task: assignment.task(task).points for task in half},
    )  # fmt: skip
    yield Member("untouched", "is as it was released", make.as_bytes(blank), all_points=False, status="graded")
    raises = make.with_cell(whole, "conv2d", "import numpy as np\nnp.zeros(3)[7]")
    yield Member(
        "raises", "has a cell that raises, and one task not done",
        make.as_bytes(make.filled_in(raises, {"im2col": 'raise RuntimeError("I will do this tomorrow")'})),
        all_points=True, scores={"im2col": 0.0},
    )  # fmt: skip
    yield Member(
        "loops", "never leaves a loop", changed({"im2col": "number = 0\nwhile True:\n    number += 1"}),
        all_points=True, scores={"im2col": 0.0}, reasons={"im2col": "timeout"},
    )  # fmt: skip
    yield Member(
        "kills", "ends its kernel", changed({"im2col": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"}),
        all_points=True, scores={"im2col": 0.0}, reasons={"im2col": "died"},
    )  # fmt: skip
    forged = make.with_forged_metadata(make.filled_in(blank, {**texts, **make.answers_in("forger")}))
    yield Member("forges", "tries to forge its score", make.as_bytes(forged), all_points=False)
    yield Member(
        "cut-off", "is only half a file", make.cut_off(make.as_bytes(whole)), all_points=False, status="not_gradable"
    )
    yield Member(
        "other-editor", "is right, saved by another editor", make.saved_by_another_editor(whole), all_points=True
    )


# What each misconception still earns. Three later tasks pad too, which costs them a little.
FLIPPED_KERNEL = 16.0
SYMMETRIC_PADDING = {"same-padding": 3.0, "conv2d": 16.0, "im2col": 10.0, "conv2d-backward": 9.0}
ROUNDED_UP = 6.0
