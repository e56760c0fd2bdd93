"""Assignment 06: references against the papers' numbers and PyTorch, other right answers, wrong ones by name."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from autograder.checks.probes import architectures as probes
from autograder.checks.reference import architectures, architectures_torch
from autograder.checks.runner import right_answers
from autograder.checks.variants import all_variants, variant
from autograder.course import Course

from .helpers import (
    STUDENT,
    automatic_tasks,
    imported,
    namespace,
    points_of,
    run_frozen,
    run_task,
    score,
    solution,
    untouched,
    verdict,
    wrong_answers,
)
from .right_answers.architectures import ANSWERS
from .table import survivors_of

NAME = "06-modern-architectures"
POINTS = {
    "inception": 10, "residual": 10, "squeeze-excite": 10, "separable": 10, "separable-saving": 5, "dense-to-conv": 12,
    "upsample": 10, "mean-iou": 6, "imagenet-history": 5,
}
TEXTS = {"innovations": 8, "segmentation": 6}
WRONG = [(task, wrong.id) for task in POINTS for wrong, _ in wrong_answers(task)]


# --- the references ------------------------------------------------------------------------------------------------


def parameters_of(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_first_inception_module_of_googlenet():
    module = architectures_torch.InceptionModule(192, 64, 96, 128, 16, 32, 32)
    assert parameters_of(module) == 163_696
    assert module(torch.zeros(1, 192, 28, 28)).shape == (1, 256, 28, 28)


def test_blocks_of_resnet_18():
    # a block of the first stage, and the one that halves the size
    assert parameters_of(architectures_torch.ResidualBlock(64, 64)) == 2 * (9 * 64 * 64 + 2 * 64)
    block = architectures_torch.ResidualBlock(64, 128, stride=2)
    assert parameters_of(block) == 9 * 64 * 128 + 9 * 128 * 128 + 64 * 128 + 3 * 2 * 128
    assert block(torch.zeros(2, 64, 7, 9)).shape == (2, 128, 4, 5)


def test_numbers_of_the_text():
    assert parameters_of(architectures_torch.SqueezeExcite(64)) == 580
    assert parameters_of(nn.Conv2d(64, 64, 3)) == 36_928
    assert parameters_of(architectures_torch.SeparableConv2d(64, 128, 3)) == 8_768
    saving = architectures.separable_saving(64, 128, 3, 10, 20)
    assert (saving["plain_parameters"], saving["separable_parameters"]) == (73_728, 8_768)
    assert saving["separable_multiply_adds"] == 8_768 * 200
    shares = [(k * k * 128 + 128 * 128) / (k * k * 128 * 128) for k in (1, 3, 5, 7)]
    assert [round(share, 2) for share in shares] == [1.01, 0.12, 0.05, 0.03]
    small = architectures.mean_iou(np.array([[0, 0, 0], [1, 1, 1]]), np.array([[0, 0, 1], [0, 1, 1]]), 2)
    assert small == 0.5


@pytest.mark.parametrize("factor", range(1, 9))
def test_the_bilinear_kernel_interpolates(factor):
    kernel = architectures_torch.bilinear_kernel(factor)
    assert kernel.dtype == torch.float32 and kernel.sum().item() == pytest.approx(factor**2)
    x = torch.randn(1, 1, 5, 6)
    wanted = functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)
    got = functional.conv_transpose2d(x, kernel[None, None], stride=factor, padding=factor // 2)
    inner = (..., slice(factor, -factor), slice(factor, -factor))
    torch.testing.assert_close(got[inner], wanted[inner])


def test_a_dense_layer_reads_larger_images():
    linear = nn.Linear(2 * 3 * 4, 5)
    conv = architectures_torch.dense_to_conv(linear, 2, 3, 4)
    x = torch.randn(2, 2, 5, 7)
    scores = conv(x)
    assert scores.shape == (2, 5, 3, 4)
    torch.testing.assert_close(scores[:, :, 1, 2], linear(x[:, :, 1:4, 2:6].flatten(1)))


# --- right answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", POINTS)
def test_the_reference_gets_every_point(task):
    results = run_task(NAME, task, right_answers(task, STUDENT))
    assert all(result.passed for result in results), [r for r in results if not r.passed]
    assert score(results) == points_of(NAME, task) == POINTS[task]


@pytest.mark.parametrize(("task", "name"), [(task, name) for task, answers in ANSWERS.items() for name in answers])
def test_other_right_answers_get_every_point(task, name):
    results = run_task(NAME, task, ANSWERS[task][name])
    assert all(result.passed for result in results), [(r.name, r.message, r.details) for r in results if not r.passed]


def test_the_solution_notebook_gets_every_point():
    cells, names = solution(NAME), imported(NAME)
    for task in POINTS:
        names = namespace(cells[task], names)
        assert score(run_task(NAME, task, names, student_id=STUDENT)) == POINTS[task]


def test_points_are_those_of_the_course():
    assignment = Course.here().assignment(NAME)
    assert {task.id: task.points for task in assignment.automatic} == POINTS
    assert sorted(automatic_tasks(NAME)) == sorted(POINTS)
    assert {task.id: task.points for task in assignment.tasks if task.kind == "text"} == TEXTS
    assert [task.id for task in assignment.tasks if task.variant] == ["separable-saving"]


def test_rounded_numbers_of_history_are_taken():
    rounded = {name: [round(value, 1) for value in entry] for name, entry in architectures.imagenet_history().items()}
    assert score(run_task(NAME, "imagenet-history", {"imagenet_history": rounded})) == 5


# --- wrong answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "id"), WRONG)
def test_a_misconception_fails_and_is_named(task, id):
    names = next(names for wrong, names in wrong_answers(task) if wrong.id == id)
    results = run_task(NAME, task, names)
    found = verdict(results)
    assert found.caught and found.named(id) and not found.named_wrongly(id), found
    assert {result.diagnosis for result in results if not result.hidden} <= {id, None}
    assert not any(result.broken for result in results)
    assert score(results) < POINTS[task]


@pytest.mark.parametrize("task", POINTS)
def test_an_untouched_cell_scores_nothing(task):
    assert run_and_score(task, {}) == 0
    if task in ANSWERS:  # a stub of a function or class; the stub of an answer is only a comment
        stub = namespace(untouched(NAME)[task], namespace("import torch\nfrom torch import nn\n"))
        results = run_task(NAME, task, stub)
        assert score(results) == 0 and not any(result.attempted for result in results)


@pytest.mark.parametrize("task", POINTS)
def test_the_right_answer_of_another_task_scores_nothing(task):
    wanted = list(right_answers(task, STUDENT))
    for other in POINTS:
        if other != task:
            borrowed = next(iter(right_answers(other, STUDENT).values()))
            assert run_and_score(task, dict.fromkeys(wanted, borrowed)) == 0


def run_and_score(task, names):
    return score(run_task(NAME, task, names, parts=("hidden",)))


def test_a_neighbours_numbers_score_nothing_and_are_called_so():
    mine = architectures.separable_saving(**variant("separable-saving", STUDENT))
    for other in list(all_variants("separable-saving"))[::29]:
        theirs = architectures.separable_saving(**other)
        if theirs == mine:
            continue
        results = run_task(NAME, "separable-saving", {"separable_saving": theirs}, parts=("hidden",))
        assert score(results) == 0
        assert {result.diagnosis for result in results} == {"another-variant"}


@pytest.mark.parametrize(("task", "answer"), [
    ("inception", "InceptionModule = 3"),
    ("inception", "def InceptionModule(**options): return None"),
    ("residual", "class ResidualBlock:\n    def __init__(self, *a, **k): pass"),
    ("squeeze-excite", "from torch import nn\ndef SqueezeExcite(channels, reduction=16): return nn.Identity()"),
    ("separable", "from torch import nn\nclass SeparableConv2d(nn.Module):\n    def __init__(self, *a, **k): pass"),
    ("dense-to-conv", "def dense_to_conv(linear, *sizes): return linear"),
    ("dense-to-conv", "def dense_to_conv(linear, *sizes): return None"),
    ("upsample", "def bilinear_kernel(factor): return [[1.0]]\nSegmentationHead = None"),
    ("mean-iou", "def mean_iou(*a): return None"),
    ("mean-iou", "def mean_iou(*a): return 'good'"),
    ("separable-saving", "separable_saving = {'plain_parameters': None}"),
    ("imagenet-history", "imagenet_history = {'AlexNet': (1,), 'VGG-16': 'good', 'ResNet-50': None}"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) <= 1 and not any(result.broken for result in results)
    assert all(result.message for result in results if not result.passed)


def test_a_forged_measurement_earns_nothing(monkeypatch):
    # what a probe reports comes from the student's process, so it may be anything at all
    def run_module(*arguments):
        return {"output": 3, "parameters": "many", "gradient": [], "shape": None}

    def run_dense_to_conv(*arguments):
        return [1, 2]

    def run_head(*arguments):
        return {"output": None}

    forged = (("residual", run_module), ("dense-to-conv", run_dense_to_conv), ("upsample", run_head))
    for task, fake in forged:
        monkeypatch.setattr(probes, fake.__name__, fake)
        names = [name for name in right_answers(task).items() if name[0] != "bilinear_kernel"]
        results = run_task(NAME, task, dict(names), parts=("hidden",))
        assert score(results) <= 1 and not any(result.broken for result in results)


@pytest.mark.long
@pytest.mark.parametrize("task", POINTS)
def test_every_mutant_of_a_reference_is_caught_or_explained(task):
    _, alive = survivors_of(NAME, task)
    assert not alive


# --- public checks, text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", POINTS)
def test_public_checks_work_from_frozen_cases(task, tmp_path, monkeypatch):
    right, wrong = right_answers(task, STUDENT), list(wrong_answers(task))
    results = run_frozen(NAME, task, right, tmp_path, monkeypatch)
    assert results and all(result.passed for result in results)
    for one, names in wrong[:4]:
        found = {result.diagnosis for result in run_frozen(NAME, task, names, tmp_path, monkeypatch)}
        assert found <= {one.id, None}


def test_sample_texts_have_points_within_the_task():
    path = Path(__file__).parent / "text_answers" / f"{NAME}.json"
    samples = json.loads(path.read_text(encoding="utf-8"))
    assert samples.keys() == TEXTS.keys()
    for task, answers in samples.items():
        points = [answers[kind]["points"] for kind in ("poor", "good")]
        assert 0 <= points[0] < points[1] <= TEXTS[task] and all(math.isfinite(value) for value in points)
