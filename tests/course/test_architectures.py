"""Assignment 06: references against the papers' numbers and PyTorch, other right answers, wrong ones by name."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from autograder.checks import places
from autograder.checks.registry import reference_names
from autograder.datasets import find_images
from course import costs, style
from course.modern_architectures import figures, shared
from course.modern_architectures.dense_to_conv import public as dense_public
from course.modern_architectures.dense_to_conv.reference import dense_to_conv
from course.modern_architectures.imagenet_history.reference import imagenet_history
from course.modern_architectures.inception.reference import InceptionModule
from course.modern_architectures.mean_iou.reference import mean_iou
from course.modern_architectures.residual.reference import ResidualBlock
from course.modern_architectures.separable.reference import SeparableConv2d
from course.modern_architectures.separable_saving.reference import separable_saving
from course.modern_architectures.squeeze_excite.reference import SqueezeExcite
from course.modern_architectures.upsample import public as upsample_public
from course.modern_architectures.upsample.reference import bilinear_kernel
from course.pooling_and_normalization.batch_norm.reference import BatchNorm
from course.sizing_and_memory.shared import on_one_thread

from ..checks.helpers import run_task, score

NAME = "06-modern-architectures"


# --- the references ------------------------------------------------------------------------------------------------


def parameters_of(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_first_inception_module_of_googlenet():
    module = InceptionModule(192, 64, 96, 128, 16, 32, 32)
    assert parameters_of(module) == 163_696
    assert module(torch.zeros(1, 192, 28, 28)).shape == (1, 256, 28, 28)


def test_blocks_of_resnet_18():
    # a block of the first stage, and the one that halves the size
    assert parameters_of(ResidualBlock(64, 64)) == 2 * (9 * 64 * 64 + 2 * 64)
    block = ResidualBlock(64, 128, stride=2)
    assert parameters_of(block) == 9 * 64 * 128 + 9 * 128 * 128 + 64 * 128 + 3 * 2 * 128
    assert block(torch.zeros(2, 64, 7, 9)).shape == (2, 128, 4, 5)


def test_numbers_of_the_text():
    assert parameters_of(SqueezeExcite(64)) == 580
    assert parameters_of(nn.Conv2d(64, 64, 3)) == 36_928
    assert parameters_of(SeparableConv2d(64, 128, 3)) == 8_768
    saving = separable_saving(64, 128, 3, 10, 20)
    assert (saving["plain_parameters"], saving["separable_parameters"]) == (73_728, 8_768)
    assert saving["separable_multiply_adds"] == 8_768 * 200
    shares = [(k * k * 128 + 128 * 128) / (k * k * 128 * 128) for k in (1, 3, 5, 7)]
    assert [round(share, 2) for share in shares] == [1.01, 0.12, 0.05, 0.03]
    small = mean_iou(np.array([[0, 0, 0], [1, 1, 1]]), np.array([[0, 0, 1], [0, 1, 1]]), 2)
    assert small == 0.5


@pytest.mark.parametrize("factor", range(1, 9))
def test_the_bilinear_kernel_interpolates(factor):
    kernel = bilinear_kernel(factor)
    assert kernel.dtype == torch.float32 and kernel.sum().item() == pytest.approx(factor**2)
    x = torch.randn(1, 1, 5, 6)
    wanted = functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)
    got = functional.conv_transpose2d(x, kernel[None, None], stride=factor, padding=factor // 2)
    inner = (..., slice(factor, -factor), slice(factor, -factor))
    torch.testing.assert_close(got[inner], wanted[inner])


def test_a_dense_layer_reads_larger_images():
    linear = nn.Linear(2 * 3 * 4, 5)
    conv = dense_to_conv(linear, 2, 3, 4)
    x = torch.randn(2, 2, 5, 7)
    scores = conv(x)
    assert scores.shape == (2, 5, 3, 4)
    torch.testing.assert_close(scores[:, :, 1, 2], linear(x[:, :, 1:4, 2:6].flatten(1)))


# --- right answers -------------------------------------------------------------------------------------------------


def test_rounded_numbers_of_history_are_taken():
    right = imagenet_history()
    rounded = {key: np.float32(round(value, 2)) for key, value in right.items() if isinstance(value, float)}
    answer = rounded | {"most_saved_per_multiply_add": " resnet-50"}
    assert score(run_task(NAME, "imagenet-history", {"imagenet_history": answer})) == 5


def test_numbers_of_the_history():
    """By hand, from the table as the notebook shows it, which is rounded."""
    right = imagenet_history()
    assert right["error_ratio"] == pytest.approx((100 - 56.522) / (100 - 84.122))
    assert right["parameter_ratio"] == pytest.approx(138.4 / 25.6, rel=0.01)
    assert right["saved_per_million"] == pytest.approx((84.122 - 56.522) / (66.3 - 61.1), rel=0.01)
    gains = {"VGG-16": 15.07 / 14.76, "ResNet-50": 19.608 / 3.38, "EfficientNet-B7": 27.6 / 37.04}
    assert right["most_saved_per_multiply_add"] == max(gains, key=gains.get)
    assert right["recipe_share"] == pytest.approx(4.728 / 7.992)


# --- wrong answers -------------------------------------------------------------------------------------------------


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
    ("imagenet-history", "imagenet_history = {'error_ratio': (1,), 'parameter_ratio': 'good', 'recipe_share': None}"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) <= 1 and not any(result.broken for result in results)
    assert all(result.message for result in results if not result.passed)


def test_a_forged_measurement_earns_nothing(monkeypatch):
    # what a probe reports comes from the student's process, so it may be anything at all
    def run_module(*arguments):
        return {"output": 3, "layers": "many", "gradient": [], "shape": None}

    def run_dense_to_conv(*arguments):
        return [1, 2]

    def run_head(*arguments):
        return {"output": None}

    forged = (("residual", shared, run_module), ("dense-to-conv", dense_public, run_dense_to_conv),
              ("upsample", upsample_public, run_head))
    for task, module, fake in forged:
        monkeypatch.setattr(module, fake.__name__, fake)
        names = [name for name in reference_names(task).items() if name[0] != "bilinear_kernel"]
        results = run_task(NAME, task, dict(names), parts=("hidden",))
        assert score(results) <= 1 and not any(result.broken for result in results)


@pytest.mark.parametrize(("task", "wrong", "said"), [
    ("squeeze-excite", "one-layer", "There are too few parameters of the shape 2, 2x8 and 8x2."),
    ("residual", "no-normalisation-at-all", "There are too few parameters of the shape 3."),
])
def test_a_layer_that_differs_is_named(task, wrong, said):
    source = places.folder_of(task).part("right_answers").WRONG[wrong]
    results = run_task(NAME, task, source, parts=("public",))
    assert any(result.message.startswith(said) for result in results), [result.message for result in results]


FORGETFUL = '''
from torch import nn
class Block(nn.Module):
    def __init__(self, in_channels=2, out_channels=2, stride=1):
        super().__init__()
        self.convolution = nn.Conv2d(in_channels, out_channels, 3, stride, 1)
    def forward(self, x):
        x = self.convolution(x)
'''


@pytest.mark.parametrize(("given", "said"), [
    ("ResidualBlock = Block", shared.NOTHING_BACK), ("ResidualBlock = Block()", shared.MADE_ALREADY),
    ("ResidualBlock = lambda **options: 'a block'", shared.NO_MODULE),
])
def test_a_forgotten_return_and_what_is_no_class_of_a_module_are_told(given, said):
    results = run_task(NAME, "residual", FORGETFUL + given)
    assert {result.message for result in results} == {said} and score(results) == 0


@pytest.mark.parametrize(("task", "source", "said"), [
    ("dense-to-conv", "dense_to_conv = lambda linear, channels, height, width: nn.Conv2d(channels, 4, (height + 1, 9))",
     "The kernel is larger than the image."),
    ("upsample", "SegmentationHead = lambda **options: 'a head'", shared.NO_MODULE),
])
def test_what_a_probe_did_not_ask_is_not_called_none_or_a_text(task, source, said):
    parts = ("public", "hidden") if task == "dense-to-conv" else ("public",)
    told = {result.message for result in run_task(NAME, task, f"from torch import nn\n{source}", parts=parts)}
    assert said in told and not any("came back" in one for one in told), told


# the demonstrations ------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """The descriptions of what has been displayed."""
    words = []
    monkeypatch.setenv("CNN_STRICT", "1")
    monkeypatch.setattr(style, "display", lambda data, raw: words.append(data["text/plain"]))
    return words


def test_batch_normalisation_learns_at_rates_at_which_the_plain_stack_guesses(shown, capsys):
    images = find_images("digits")
    pictures = torch.from_numpy(images.train_images[:1400]).float()[:, None] / 255
    labels = torch.from_numpy(images.train_labels[:1400])
    on_one_thread(lambda: figures.rates_with_and_without_norm(pictures, labels))
    without, with_norm = (
        [float(number) for number in re.findall(r"\d\.\d\d", part)]
        for part in shown[-1].split("without ")[1].split("with ")
    )
    assert min(without) > 2.2 and math.log(10) == pytest.approx(2.30, abs=0.01)
    assert max(with_norm[:5]) < 2.1 and max(with_norm[2:5]) < 1
    assert re.search(r"training: 0\.0\d+ without, 1\.000 with", capsys.readouterr().out)


def test_pytorchs_batch_normalisation_is_that_of_the_second_assignment():
    """Written down in another way, as the notebook's table says; the variance that it remembers is over n - 1."""
    x = torch.randn(4, 3, 5, 6, dtype=torch.float64) * 2 + 5
    theirs, ours = nn.BatchNorm2d(3, momentum=0.1, dtype=torch.float64), BatchNorm(3, momentum=0.9)
    last = x.movedim(1, -1).numpy()
    torch.testing.assert_close(theirs(x).movedim(1, -1).detach(), torch.from_numpy(ours.forward(last, True)))
    torch.testing.assert_close(theirs.running_mean, torch.from_numpy(ours.running_mean))


def test_what_the_blocks_cost(shown):
    on_one_thread(lambda: figures.what_they_cost(InceptionModule, ResidualBlock, SqueezeExcite, SeparableConv2d))
    rows = {line.split("  ")[0]: line.split()[-3:-1] for line in shown[-1].splitlines()[2:]}
    assert rows["a 3x3 convolution"] == ["36,928", f"{64 * 64 * 9 * 784:,}"]
    assert rows["squeeze and excitation"][0] == "580"
    assert rows["separable convolution"] == [f"{64 * 9 + 64 * 64:,}", f"{(64 * 9 + 64 * 64) * 784:,}"]
    assert rows["residual block"] == [f"{2 * (64 * 64 * 9 + 2 * 64):,}", f"{2 * 64 * 64 * 9 * 784:,}"]


def test_counting_multiply_adds_leaves_a_network_as_it_was():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 36, 5)).train()
    before = [buffer.clone() for buffer in network.buffers()]
    assert costs.multiply_adds(network, 3, 8, 8) == 4 * 27 * 36 + 144 * 5
    assert network.training and not network[0]._forward_hooks
    assert all(torch.equal(one, other) for one, other in zip(before, network.buffers(), strict=True))
    grouped = nn.Conv2d(4, 8, 3, groups=2)
    assert costs.multiply_adds(grouped, 4, 5, 5) == 8 * 2 * 9 * 9
