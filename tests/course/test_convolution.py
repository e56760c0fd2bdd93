"""Assignment 01: the references against the frameworks, and the checks against right and wrong answers."""

from __future__ import annotations

import json
import re
import time
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks.registry import reference_names
from autograder.checks.search import numbers
from autograder.checks.variant import all_variants, variant
from autograder.course import Course
from course import style
from course.convolution import figures
from course.convolution.conv2d.reference import conv2d
from course.convolution.conv2d.right_answers import ANSWERS
from course.convolution.conv2d_backward.reference import conv2d_backward
from course.convolution.dilated.reference import dilate_kernel
from course.convolution.im2col import public as speed
from course.convolution.im2col import reference as im2col_reference
from course.convolution.im2col.probes import gather
from course.convolution.im2col.reference import conv2d_im2col, im2col
from course.convolution.im2col.right_answers import BY_VIEW
from course.convolution.output_size.reference import output_size
from course.convolution.padding_output.reference import padding_output
from course.convolution.receptive_field.reference import receptive_field
from course.convolution.same_padding.reference import same_padding
from course.convolution.weight_counting.reference import weight_counting
from course.convolution.worked_sizes.reference import worked_sizes
from tests.checks import table

from ..checks.helpers import (
    SEED,
    imported,
    namespace,
    run_frozen,
    run_task,
    score,
    solution,
    untouched,
    verdict,
    wrong_answers,
)

ASSIGNMENT = "01-convolution"
few = settings(max_examples=20, deadline=None, derandomize=True, database=None)
small = st.integers(1, 3)


# the references against PyTorch and TensorFlow ---------------------------------------------------------------------


def in_torch(x, kernels, bias, stride, dilation):
    """The valid convolution by PyTorch, channels-last."""
    result = torch.nn.functional.conv2d(
        torch.from_numpy(x).movedim(-1, 1), torch.from_numpy(kernels).movedim(-1, 1),
        None if bias is None else torch.from_numpy(bias), stride=stride, dilation=dilation,
    )
    return result.movedim(1, -1)


@few
@given(st.tuples(small, small), st.tuples(small, small), small, small, st.tuples(small, small), small)
def test_conv2d_is_that_of_pytorch(size, more, channels, filters, stride, dilation):
    sides = [dilation * (k - 1) + m for k, m in zip(size, more, strict=True)]
    x, kernels = numbers(2, *sides, channels), numbers(filters, *size, channels, seed=1)
    bias = numbers(filters, seed=2)
    right = in_torch(x, kernels, bias, stride, dilation).numpy()
    np.testing.assert_allclose(conv2d(x, kernels, bias, stride, dilation=dilation), right)
    np.testing.assert_allclose(conv2d(x[0], kernels, bias, stride, dilation=dilation), right[0])
    if dilation == 1:
        np.testing.assert_allclose(conv2d_im2col(x, kernels, bias, stride), right)
    dilated = dilate_kernel(kernels, dilation)
    np.testing.assert_allclose(conv2d(x, dilated, bias, stride), right)
    counts = tuple(output_size(n, k, s, 0, dilation) for n, k, s in zip(sides, size, stride, strict=True))
    assert right.shape[1:3] == counts


@pytest.mark.parametrize("together", [0, 100, 250, 1 << 22])
def test_however_many_images_share_a_product(together):
    """A window has 8 numbers, an image 12 windows: one, two, three and all seven images of the batch together."""
    x, kernels, bias = numbers(7, 4, 5, 2), numbers(3, 2, 2, 2, seed=1), numbers(3, seed=2)
    with mock.patch.object(im2col_reference, "TOGETHER", together):
        found = conv2d_im2col(x, kernels, bias)
    np.testing.assert_allclose(found, in_torch(x, kernels, bias, 1, 1).numpy())


def test_a_batch_without_images_or_channels_has_a_result():
    assert conv2d_im2col(np.zeros((0, 4, 5, 2)), numbers(3, 2, 2, 2)).shape == (0, 3, 4, 3)
    nothing = conv2d_im2col(np.zeros((2, 4, 5, 0)), np.zeros((3, 2, 2, 0)), np.ones(3))
    np.testing.assert_array_equal(nothing, np.ones((2, 3, 4, 3)))


@few
@given(st.tuples(st.integers(1, 7), st.integers(1, 7)), st.tuples(st.integers(1, 4), st.integers(1, 4)), small, small)
def test_same_padding_is_that_of_tensorflow(sides, size, step, dilation):
    import tensorflow as tf

    stride = 1 if dilation > 1 else step
    x, kernels = numbers(1, *sides, 2), numbers(2, *size, 2, seed=1)
    options = {"strides": stride, "padding": "SAME", "dilations": dilation}
    right = tf.nn.conv2d(x, kernels.transpose(1, 2, 3, 0), **options).numpy()
    np.testing.assert_allclose(conv2d(x, kernels, None, stride, "same", dilation), right)
    if dilation == 1:
        np.testing.assert_allclose(conv2d_im2col(x, kernels, None, stride, "same"), right)


@few
@given(st.tuples(small, small), st.tuples(small, small), small, small, st.tuples(small, small),
       st.sampled_from(["valid", "same"]))
def test_gradients_are_those_of_pytorch(size, more, channels, filters, stride, padding):
    x = numbers(2, *(k - 1 + m for k, m in zip(size, more, strict=True)), channels)
    kernels = numbers(filters, *size, channels, seed=1)
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        pads = [same_padding(x.shape[1 + a], size[a], stride[a]) for a in (0, 1)]
    leaves = torch.from_numpy(x).requires_grad_(), torch.from_numpy(kernels).requires_grad_()
    bias = torch.zeros(filters, dtype=torch.float64, requires_grad=True)
    framed = torch.nn.functional.pad(leaves[0].movedim(-1, 1), (*pads[1], *pads[0]))
    result = torch.nn.functional.conv2d(framed, leaves[1].movedim(-1, 1), bias, stride=stride).movedim(1, -1)
    grad = numbers(*result.shape, seed=2)
    result.backward(torch.from_numpy(grad))
    found = conv2d_backward(grad, x, kernels, stride, padding)
    for ours, theirs in zip(found, (*leaves, bias), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), atol=1e-12)


@few
@given(st.lists(st.tuples(small, st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=3))
def test_the_receptive_field_is_where_gradients_arrive(layers):
    x = torch.zeros(1, 1, 120, requires_grad=True)
    result = x
    for kernel, stride, dilation in layers:
        result = torch.nn.functional.conv1d(result, torch.ones(1, 1, kernel), stride=stride, dilation=dilation)
    result[0, 0, result.shape[2] // 2].backward()
    reached = torch.nonzero(x.grad[0, 0]).flatten()
    assert receptive_field(layers) == int(reached[-1] - reached[0]) + 1


def test_numbers_of_the_curriculum():
    sizes = {(7, 3): 5, (7, 3, 2): 3, (7, 3, 1, 1): 7, (32, 5, 1, 2): 32, (227, 11, 4): 55}
    assert {case: output_size(*case) for case in sizes} == sizes
    counts = weight_counting((32, 32, 3), (200, 200, 3), 5, 10)
    assert counts == {"dense_small": 3072, "dense_large": 120_000, "conv_neuron": 75, "conv_layer": 760}
    assert worked_sizes([(7, 3, 3, 0)]) == {"sizes": [None]}
    assert padding_output() == {"same": 28, "valid": 26, "valid_repeats": 13, "least_read": "corners"}
    assert receptive_field([(3, 1, 1), (3, 1, 1)]) == 5
    image = np.zeros((227, 227, 3), np.float32)
    assert im2col(image, 11, 4).shape == (363, 3025)
    result = conv2d_im2col(image, np.zeros((96, 11, 11, 3)), stride=4)
    assert (result.shape, result.dtype) == ((55, 55, 96), np.float32)


def test_numbers_in_the_notebooks_prose():
    """The examples that the notebook works out in words and tables."""
    assert weight_counting((28, 28, 1), (28, 28, 1), 3, 4) == {
        "dense_small": 784, "dense_large": 784, "conv_neuron": 9, "conv_layer": 40,
    }
    paddings = {(7, 3, 1): (1, 1), (6, 3, 2): (0, 1), (5, 1, 2): (0, 0)}
    assert {case: same_padding(*case) for case in paddings} == paddings
    image, kernel = np.array([[1, 2, 0], [0, 1, 3], [4, 2, 0]]), np.array([[1, 0], [0, -1]])
    result = conv2d(image[..., None], kernel[None, ..., None])[..., 0]
    assert result.tolist() == [[0, -1], [-2, 1]]
    x, weights = np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]])
    grads = conv2d_backward(np.full((1, 1, 1), 10.0), x[..., None], weights[None, ..., None])
    assert [grad.ravel().tolist() for grad in grads] == [[50, 60, 70, 80], [10, 20, 30, 40], [10]]
    layers = [(3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 1, 2)]
    assert [receptive_field(layers[: n + 1]) for n in range(4)] == [3, 5, 9, 17]
    assert receptive_field([(3, 2, 1), (3, 1, 1)]) == 7
    assert receptive_field([(3, 2, 1), (3, 2, 1), (3, 1, 1)]) == 15
    assert im2col(np.arange(1, 10).reshape(3, 3, 1), 2).T.tolist() == [
        [1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9],
    ]


# the checks against right and wrong answers ------------------------------------------------------------------------


def test_every_list_of_worked_sizes_has_one_that_does_not_fit():
    found = [worked_sizes(**numbers)["sizes"] for numbers in all_variants("worked-sizes")]
    assert all(sizes.count(None) == 2 and len(sizes) == 5 for sizes in found)
    assert len({tuple(sizes) for sizes in found}) == len(found)


def test_one_cause_costs_its_points_once():
    cheap = ("flipped-kernel", "only-the-first-channel", "bias-forgotten", "odd-pixel-before", "stride-swapped",
             "dilation-ignored", "integer-result", "symmetric-same-padding", "always-float64")
    lost = {}
    with table.without_shrinking(verdict_alone=True):
        for wrong, names in wrong_answers("conv2d"):
            if wrong.id in cheap:
                lost[wrong.id] = 20 - score(run_task(ASSIGNMENT, "conv2d", names, parts=("hidden",)))
    assert len(lost) == len(cheap) and max(lost.values()) <= 4, lost


def test_a_smallest_counterexample_is_small():
    flipped = next(names for wrong, names in wrong_answers("conv2d") if wrong.id == "flipped-kernel")
    results = run_task(ASSIGNMENT, "conv2d", flipped, parts=("hidden",))
    failed = next(result for result in results if result.name == "test_one_filter_one_channel")
    assert failed.counterexample == "image 2x2x1, kernels 1x2x2x1"
    assert failed.section == "Cross-correlation" and failed.details == ""


# the kit, the speed, the texts -------------------------------------------------------------------------------------


def test_a_layer_that_draws_its_kernels_passes_the_frozen_checks(monkeypatch, tmp_path):
    source = ANSWERS["six plain loops"]
    results = run_frozen(ASSIGNMENT, "conv2d", namespace(source), tmp_path, monkeypatch)
    assert all(result.passed for result in results)


def test_public_checks_of_the_layer_are_quick():
    names = reference_names("conv2d")
    run_task(ASSIGNMENT, "conv2d", names, parts=("public",))
    start = time.process_time()
    run_task(ASSIGNMENT, "conv2d", names, parts=("public",))
    assert time.process_time() - start < 0.3


@pytest.mark.parametrize("way", [im2col, gather])
def test_ours_gathers_at_its_speed(way):
    student = Student(LocalTransport({"im2col": way}))
    assert speed.yardsticks(student) <= speed.LIMIT * speed.OURS


def test_ours_gathers_what_the_reference_does():
    image = numbers(*speed.SHAPE, dtype="float32")
    found = gather(image, speed.KERNEL, speed.STRIDE)
    assert found.shape == (speed.ROWS, speed.POSITIONS)
    np.testing.assert_array_equal(found, im2col(image, speed.KERNEL, speed.STRIDE))


def test_a_wrong_matrix_has_no_speed():
    names = {**reference_names("im2col"), "im2col": lambda image, *args: np.zeros((363, 3025), np.float32)}
    results = run_task(ASSIGNMENT, "im2col", names, parts=("hidden",))
    assert not next(result for result in results if result.name == "test_gathers_fast").passed


def test_one_round_on_memory_that_nobody_touched_before_is_not_a_slow_answer():
    """On a machine just started, the first round may take ten times the CPU time of the others."""
    rounds = []

    def cold(image, *rest, **options):
        if image.shape == speed.SHAPE and len(rounds) < speed.IMAGES:
            rounds.append(image)
            start = time.process_time()
            while time.process_time() - start < 0.3:
                np.ones(1000).sum()
        return im2col(image, *rest, **options)

    results = run_task(ASSIGNMENT, "im2col", {**reference_names("im2col"), "im2col": cold}, parts=("hidden",))
    assert len(rounds) == speed.IMAGES
    assert score(results) == sum(result.points for result in results)


@pytest.mark.parametrize(("slip", "product"), [
    ({}, {"test_product_is_the_convolution", "test_product_with_stride_and_padding"}),
    ({"kernels.shape[1:3], stride)": "kernels.shape[1:3])"}, {"test_product_is_the_convolution"}),
    ({"(matrix @": "(matrix[:, ::-1] @"}, {"test_product_with_stride_and_padding"}),  # its kernels are mirrored
], ids=["no-other-slip", "stride-not-handed-on", "kernels-turned"])
def test_a_matrix_in_the_wrong_order_costs_its_own_points_and_hides_no_other_slip(slip, product):
    """A product that is wrong of the student's own matrices is asked again of the right ones."""
    source = BY_VIEW.replace(
        ".transpose(3, 4, 2, 0, 1).reshape(", ".transpose(0, 1, 3, 4, 2).reshape("  # windows as rows, and never turned
    )
    for old, new in slip.items():
        assert old in source
        source = source.replace(old, new)
    names = namespace(source, {"same_padding": same_padding})
    results = {r.name: r.passed for r in run_task(ASSIGNMENT, "im2col", names, parts=("hidden",))}
    assert not any(results[f"test_columns_{name}"] for name in ("in_the_right_order", "with_stride_and_dilation"))
    assert {name for name, passed in results.items() if passed and name.startswith("test_product")} == product
    assert names["im2col"].__globals__["im2col"] is names["im2col"]


def test_numbers_in_the_solution_are_the_students_own():
    source = solution(ASSIGNMENT)["weight-counting"]
    names = namespace(source, {"np": np, "variant": lambda task: variant(task, "ada"), "STUDENT_ID": "ada"})
    other = run_task(ASSIGNMENT, "weight-counting", names, student_id="ada", seed=SEED)
    assert score(other) == 5


@pytest.mark.parametrize("task", ["output-size", "same-padding", "receptive-field", "dilated"])
def test_mutants_of_short_references_are_killed(task):
    _, survivors = table.survivors_of(ASSIGNMENT, task)
    assert not survivors


def test_a_failing_verdict_says_why():
    found = verdict(run_task(ASSIGNMENT, "output-size", {"output_size": lambda *a, **k: None}, parts=("hidden",)))
    assert found.caught and not found.diagnoses and "None" in found.failures[0]


# the pictures ------------------------------------------------------------------------------------------------------


def calls_of_figures():
    """Each call of `figures` in the notebook, with its picture's name."""
    cells = json.loads(Course.here().assignment(ASSIGNMENT).solution_path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in sources if source.startswith("figures.")]


class BlankConv2D:
    """A layer that computes nothing, so that the demonstration of its slowness is quick."""

    def __init__(self, filters, kernel_size, stride=1):
        self.filters, self.kernel_size, self.stride = filters, kernel_size, stride

    def forward(self, image):
        return np.zeros([(n - self.kernel_size) // self.stride + 1 for n in image.shape[:2]] + [self.filters])


def test_every_picture_is_drawn_and_described(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "display", lambda data, raw: shown.append(data["text/plain"]))
    monkeypatch.setattr(style, "interact", lambda draw, **ranges: draw(**{k: most for k, (_, most) in ranges.items()}))
    monkeypatch.setenv("CNN_STRICT", "1")  # errors are raised, and not said
    monkeypatch.setattr(style, "NOBODY_THERE", ())  # and yet somebody moves the sliders
    names = {"figures": figures, "Conv2D": BlankConv2D, "receptive_field": receptive_field, "im2col": im2col,
             "conv2d_im2col": conv2d_im2col, "conv2d_backward": conv2d_backward, "output_size": output_size,
             "same_padding": same_padding}
    calls = calls_of_figures()
    assert len(calls) == 16
    for call in calls:
        before = len(shown)
        namespace(call, names)
        assert len(shown) > before and all(len(words) > 30 for words in shown[before:]), call
    assert any("dilations 67" in words for words in shown)
    cost = next(words for words in shown if "with your code" in words)
    assert "conv1   55x55x96      34,944    105,415,200" in cost and "3,747,200  1,076,634,144" in cost
    assert any("row 3, column 3" in words and "number of this place is -4." in words for words in shown)


def in_words(array):
    return " / ".join(" ".join(f"{number:g}" for number in row) for row in np.asarray(array))


def test_the_backward_pass_is_drawn_as_it_is(monkeypatch):
    """On the examples of the text, and on that of the picture with four windows."""
    shown = []
    monkeypatch.setattr(style, "display", lambda data, raw: shown.append(data["text/plain"]))
    one, kernel = np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]])
    grads = conv2d_backward(np.full((1, 1, 1), 10.0), one[..., None], kernel[None, ..., None])
    figures.meeting_and_way_back()
    assert conv2d(one[..., None], kernel[None, ..., None]).item() == 70 and "the result is 70" in shown[-1]
    for grad, said in zip(grads, ("50, 60, 70 and 80", "10, 20, 30 and 40", "the bias gets 10"), strict=True):
        assert said in shown[-1] and sorted(np.ravel(grad)) == [float(word) for word in re.findall(r"\d+", said)]

    image, kernel, g = np.arange(1.0, 10).reshape(3, 3), np.array([[1.0, 2], [3, 4]]), np.array([[2.0, 1], [1, 3]])
    grad_x, grad_kernels, _ = conv2d_backward(g[..., None], image[..., None], kernel[None, ..., None])
    figures.gradients_add_up()
    assert f"grad_x has the rows {in_words(grad_x[..., 0])}" in shown[-1]
    assert f"grad_kernels {in_words(grad_kernels[0, ..., 0])}." in shown[-1]
    figures.the_full_convolution()
    assert f"the rows {in_words(grad_x[..., 0])}" in shown[-1]


def test_pictures_of_unanswered_tasks_say_what_is_missing(monkeypatch, capsys):
    monkeypatch.delenv("CNN_STRICT", raising=False)
    names = {"figures": figures, **imported(ASSIGNMENT)}
    for cell in untouched(ASSIGNMENT).values():
        if cell.lstrip().startswith(("def ", "class ")):
            names = namespace(cell, names)
    for call in calls_of_figures():
        if not call.endswith("()"):
            namespace(call, names)
            assert "as soon as you have answered" in capsys.readouterr().out
