"""What a public check sees of a known misconception, it names: beside two arrays that differ, few see what is wrong."""

from __future__ import annotations

import pytest

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks.diagnosis import Misconceptions
from autograder.checks.places import folder_of
from autograder.checks.runner import CheckSession

TASKS = (
    "conv2d", "conv2d-backward", "dilated", "im2col", "output-size", "receptive-field", "same-padding",
    "average-pooling", "batch-norm", "dense", "dropout", "max-pooling", "min-pooling", "pooling-backward",
    "relu-softmax", "shift-invariance", "lenet-model", "lenet-repair", "lenet-evaluate", "residual", "separable",
    "inception", "top-k", "filters",
)  # fmt: skip
# What the public checks see and have no name for: they see it in one case alone, or in another misconception's place.
UNNAMED = {"receptive-field": {"strides-added-up"}, "lenet-model": {"batch-flattened", "layers-in-a-list"}}


@pytest.mark.long
@pytest.mark.parametrize("task", TASKS)
def test_a_public_check_names_what_it_sees(task: str) -> None:
    if folder_of(task).package not in ("convolution", "pooling_and_normalization"):
        pytest.importorskip("torch")
    folder = folder_of(task)
    known = [one for one in vars(folder.part("misconceptions")).values() if isinstance(one, Misconceptions)]
    right = {name: value for one in known for name, value in one.names(one.reference).items()}
    session = CheckSession(folder.package, parts=("public",), folders=[folder])
    unnamed, seen = set(), 0
    for registry in known:
        for id, wrong, _ in registry.answers():
            names = {**right, **registry.names(wrong)}
            failed = [test for test in session.run(task, Student(LocalTransport(names))) if not test.passed]
            seen += bool(failed)
            if failed and id not in {test.diagnosis for test in failed}:
                unnamed.add(id)
    assert seen and unnamed == UNNAMED.get(task, set())
