"""Assignment 03: references against PyTorch and the textbook, right answers of other kinds, wrong ones by name."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from autograder.checks.registry import reference_names, registries
from autograder.checks.search import numbers
from autograder.checks.variant import all_variants, variant
from autograder.course import Course
from course.sizing_and_memory.alexnet_table.misconceptions import ALEXNET_LAYERS
from course.sizing_and_memory.alexnet_table.reference import alexnet_table
from course.sizing_and_memory.checkpointing import hidden as checkpointing_hidden
from course.sizing_and_memory.checkpointing import public as checkpointing
from course.sizing_and_memory.checkpointing.reference import checkpointed_forward
from course.sizing_and_memory.checkpointing.reference import checkpointing as checkpointed
from course.sizing_and_memory.conv_parameters.reference import conv_parameters
from course.sizing_and_memory.gradient_accumulation import hidden as accumulation_hidden
from course.sizing_and_memory.gradient_accumulation import public as accumulation
from course.sizing_and_memory.gradient_accumulation.reference import accumulate_gradients
from course.sizing_and_memory.inference_memory.reference import inference_memory, output_sizes
from course.sizing_and_memory.layer_summary.public import layer_from
from course.sizing_and_memory.layer_summary.reference import (
    ConvLayer,
    DenseLayer,
    PoolLayer,
    summarize_layers,
    summary_column,
)
from course.sizing_and_memory.layer_summary.right_answers import LAYER_CLASSES
from course.sizing_and_memory.mixed_precision import public as autocast
from course.sizing_and_memory.training_memory.reference import training_memory
from course.sizing_and_memory.what_it_buys.reference import what_it_buys

from ..bench.submission import grader_of, reference_job
from ..checks.helpers import STUDENT, run_task, score, wrong_answers

NAME = "03-sizing-and-memory"
TEXTBOOK = {"image": (200, 300, 3), "maps": (100, 200, 400), "batch": 50}


# --- the references ------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(1, 4), st.booleans(), st.sampled_from(["", "training", "evaluation"]), st.integers(0, 99))
def test_what_checkpoints_do_not_change_is_known_without_them(blocks, needs_gradient, normed, seed):
    weights = [[numbers(2, 2, 3, 3, seed=seed + 4 * n), numbers(2, seed=seed + 4 * n + 1),
                numbers(2, 2, 3, 3, seed=seed + 4 * n + 2), numbers(2, seed=seed + 4 * n + 3)] for n in range(blocks)]
    case = (weights, numbers(2, 2, 3, 4, seed=seed), needs_gradient, "list", True, normed)
    seen = checkpointing.run_checkpointed(checkpointed_forward, *case)
    assert checkpointed(*case, _report="order") == seen["order"]
    np.testing.assert_array_equal(checkpointed(*case), seen["output"].detach().numpy())
    np.testing.assert_allclose(checkpointed(*case, _report="gradients"), seen["gradients"], rtol=1e-12, atol=1e-12)
    if needs_gradient:
        np.testing.assert_allclose(checkpointed(*case, _report="input_gradient"), seen["input_gradient"], rtol=1e-12)


def test_the_textbook_network():
    assert conv_parameters(**TEXTBOOK) == {
        "layer1": 2_800, "layer2": 180_200, "layer3": 720_400, "total": 903_400}
    assert inference_memory(**TEXTBOOK) == {"total": 12_613_600}
    assert training_memory(**TEXTBOOK) == {
        "outputs": 526_000_000, "inputs": 36_000_000, "parameters_and_gradients": 2 * 3_613_600, "total": 569_227_200}


@settings(max_examples=20, deadline=None, derandomize=True)
@given(height=st.integers(4, 40), width=st.integers(4, 40), maps=st.tuples(*[st.integers(1, 9)] * 3))
def test_parameters_and_outputs_are_those_of_torch(height, width, maps):
    layers, channels, outputs = [], 3, []
    for count in maps:
        layers.append(nn.Conv2d(channels, count, 3, stride=2, padding=1))  # padding 1 gives ceil(side / 2) too
        channels = count
    x = torch.zeros(1, 3, height, width)
    for layer in layers:
        x = layer(x)
        outputs.append(x.numel())
    image = (height, width, 3)
    assert output_sizes(image, maps) == outputs
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    assert list(conv_parameters(image, maps, 7).values()) == [*counts, sum(counts)]


def conv_text(filters, kernel, stride, padding, groups):
    return f"conv {filters * groups}@{kernel}x{kernel} stride {stride} padding {padding} groups {groups}"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    convolution=st.tuples(*[st.integers(low, high) for low, high in [(1, 3), (1, 4), (1, 5), (0, 2), (1, 2)]]),
    pool=st.tuples(st.integers(1, 3), st.integers(1, 4)), units=st.integers(1, 5),
    sides=st.tuples(st.integers(6, 15), st.integers(6, 15)),
)
def test_summary_is_what_torch_does(convolution, pool, units, sides):
    filters, kernel, stride, padding, groups = convolution
    conv = nn.Conv2d(2, filters * groups, kernel, stride, padding, groups=groups)
    x = conv(torch.zeros(1, 2, *sides))
    if min(x.shape[2:]) < pool[0]:
        return
    pooled = nn.functional.max_pool2d(x, *pool)
    dense = nn.Linear(pooled[0].numel(), units)
    texts = [conv_text(*convolution), f"pool {pool[0]}x{pool[0]} stride {pool[1]}", f"fc {units}"]
    shapes = summary_column(texts, (*sides, 2), "output_shape")
    assert shapes == [(*x.shape[2:], x.shape[1]), (*pooled.shape[2:], pooled.shape[1]), (units,)]
    counted = summary_column(texts, (*sides, 2), "parameters")
    assert counted == [sum(p.numel() for p in layer.parameters()) for layer in (conv, nn.ReLU(), dense)]
    multiplied = [conv.weight.numel() * x[0, 0].numel(), 0, dense.weight.numel()]
    assert summary_column(texts, (*sides, 2), "multiply_adds") == multiplied


def test_alexnet_in_its_versions():
    summary = summarize_layers(layers_of(ALEXNET_LAYERS), (227, 227, 3))
    table = {row.name: (row.output_shape, row.parameters) for row in summary}
    assert table | {"total": sum(row.parameters for row in summary)} == alexnet_table()
    assert alexnet_table()["total"] == 62_378_344
    assert sum(row.multiply_adds for row in summary) == 1_135_256_096
    groups = [f"{text} groups 2" if text[:5] in ("conv2", "conv4", "conv5") else text for text in ALEXNET_LAYERS]
    counts = summary_column(groups, (227, 227, 3), "parameters")
    assert (counts[2], counts[5], counts[6], sum(counts)) == (307_456, 663_936, 442_624, 60_965_224)
    narrow = [
        "c1 64@11x11 stride 4 padding 2", "p1 3x3 stride 2", "c2 192@5x5 padding 2", "p2 3x3 stride 2",
        "c3 384@3x3 padding 1", "c4 256@3x3 padding 1", "c5 256@3x3 padding 1", "p5 3x3 stride 2",
        "fc6 4096", "fc7 4096", "fc8 1000",
    ]
    assert sum(summary_column(narrow, (224, 224, 3), "parameters")) == 61_100_840


def test_the_small_network_of_the_text():
    texts = ["a 6@5x5", "b 2x2 stride 2", "c 16@5x5", "d 2x2 stride 2", "e 120@5x5", "f 64", "g 10"]
    assert summary_column(texts, (32, 32, 3), "parameters") == [456, 0, 2_416, 0, 48_120, 7_744, 650]
    assert sum(summary_column(texts, (32, 32, 3), "parameters")) == 59_386
    products = summary_column(texts, (32, 32, 3), "multiply_adds")
    assert products == [352_800, 0, 240_000, 0, 48_000, 7_680, 640]
    assert sum(products) == 649_120


def layers_of(texts):
    return [layer_from(text, ConvLayer, PoolLayer, DenseLayer) for text in texts]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(samples=st.integers(1, 7), micro_batch=st.integers(1, 8), seed=st.integers(0, 9))
def test_accumulated_gradients_are_the_whole_batchs(samples, micro_batch, seed):
    torch.manual_seed(seed)
    model, loss_fn = nn.Linear(3, 2).double(), nn.CrossEntropyLoss()
    x, y = torch.randn(samples, 3, dtype=torch.float64), torch.randint(0, 2, (samples,))
    whole = loss_fn(model(x), y)
    wanted = torch.autograd.grad(whole, list(model.parameters()))
    assert accumulate_gradients(model, loss_fn, x, y, micro_batch) == pytest.approx(whole.item())
    for parameter, right in zip(model.parameters(), wanted, strict=True):
        torch.testing.assert_close(parameter.grad, right)


@pytest.mark.parametrize("blocks", [1, 2, 4, 8])
def test_checkpoints_keep_n_of_2n_plus_1_maps(blocks):
    weights = [[numbers(3, 3, 3, 3, seed=n), numbers(3), numbers(3, 3, 3, 3, seed=n + 99), numbers(3)]
               for n in range(blocks)]
    x = numbers(2, 3, 8, 8)
    plain = checkpointed(weights, x, _report="saved", answer=lambda blocks, x: blocks(x))
    assert checkpointed(weights, x, _report="saved") / plain == pytest.approx(blocks / (2 * blocks + 1))


# --- right answers -------------------------------------------------------------------------------------------------


def test_plain_numbers_of_every_kind_are_taken():
    right = training_memory(**variant("training-memory", STUDENT))
    for kind in (float, np.int64, np.float64):
        results = run_task(NAME, "training-memory", {"training_memory": {k: kind(v) for k, v in right.items()}})
        assert score(results) == 10
    table = alexnet_table()
    listed = {key: [list(table[key][0]), table[key][1]] for key in list(table)[:-1]} | {"fc6": (4096, 37_752_832)}
    assert score(run_task(NAME, "alexnet-table", {"alexnet_table": listed | {"total": table["total"]}})) == 10
    bought = what_it_buys()
    bought["leaves_parameters_alone"] = tuple(reversed(bought["leaves_parameters_alone"]))
    assert score(run_task(NAME, "what-it-buys", {"what_it_buys": bought})) == 7


# --- wrong answers -------------------------------------------------------------------------------------------------


def test_the_three_tasks_share_their_numbers():
    assert variant("conv-parameters", "Ada ") == variant("inference-memory", "ada") == variant("training-memory", "ada")


def test_all_variants_are_equally_hard():
    for one in all_variants("conv-parameters"):
        image, outputs = one["image"], output_sizes(one["image"], one["maps"])
        assert np.prod(image) + outputs[0] > 1.01 * max(outputs[0] + outputs[1], outputs[1] + outputs[2])
        assert any(side % 2 for side in image[:2])


@pytest.mark.parametrize("task", ["conv-parameters", "inference-memory", "training-memory"])
def test_every_mistake_shows_in_everybodys_numbers(task):
    (registry,) = registries(task).values()
    for one in all_variants(task):
        right = registry.reference(**one)
        results = [wrong.around(registry.reference)(**one) for wrong in registry]
        assert right not in results and all(results.count(result) == 1 for result in results)


def test_one_slip_in_the_sizes_costs_its_own_points():
    names = next(names for wrong, names in wrong_answers("layer-summary") if wrong.id == "ceil-instead-of-floor")
    lost = {r.name for r in run_task(NAME, "layer-summary", names, parts=("hidden",)) if not r.passed}
    assert not lost & {"test_parameters_of_convolutions", "test_parameters_of_dense_layers",
                       "test_multiply_adds_of_convolutions", "test_groups"}


@pytest.mark.parametrize("answer", [
    "conv_parameters = None", "conv_parameters = [1, 2, 3]", "conv_parameters = {'layer1': 'many'}",
    "conv_parameters = {'layer1': float('nan'), 'total': 10 ** 400}", "conv_parameters = {1: object()}",
])
def test_answers_that_are_no_numbers(answer):
    results = run_task(NAME, "conv-parameters", answer)
    assert score(results) == 0 and not any(result.broken for result in results)


@pytest.mark.parametrize(("task", "answer"), [
    ("layer-summary", LAYER_CLASSES + "def summarize(layers, input_shape): return None"),
    ("layer-summary", LAYER_CLASSES + "def summarize(layers, input_shape): return [(1, 2)] * len(layers)"),
    ("layer-summary", LAYER_CLASSES + "def summarize(layers): return []"),
    ("gradient-accumulation", "def accumulate_gradients(*a): return None"),
    ("gradient-accumulation", "accumulate_gradients = 3"),
    ("checkpointing", "def checkpointed_forward(blocks, x): return None"),
    ("checkpointing", "def checkpointed_forward(blocks, x): return x"),
    ("mixed-precision", "def autocast_forward(model, x, dtype): return [x]"),
    ("mixed-precision", "def autocast_forward(model, x, dtype): return x"),
    ("alexnet-table", "alexnet_table = {'conv1': 3, 'total': 'all'}"),
    ("what-it-buys", "what_it_buys = {'half_batch': 10**400, 'half_sides': float('inf'), 'half_filters': -10**400}"),
    ("what-it-buys", "what_it_buys = {'half_batch': None, 'leaves_parameters_alone': [3]}"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) <= 1 and not any(result.broken for result in results)
    assert all(result.message for result in results if not result.passed)


def test_a_forged_measurement_earns_nothing(monkeypatch):
    # what a probe reports comes from the student's process, so it may be anything at all
    def run_accumulation(*arguments):
        return {"gradients": [1.0], "direction": None, "loss": 1.0}

    def run_checkpointed(*arguments):
        return {"output": [], "saved": -1.5, "order": ["x"], "gradients": "y", "input_gradient": 3}

    def run_autocast(*arguments):
        return [{"output": 1}]

    def run_wide_accumulation(*arguments):
        return {"direction": "north"}

    def run_deep_checkpointed(*arguments):
        return "all of them"

    forgeries = {
        "gradient-accumulation": [(accumulation, run_accumulation), (accumulation_hidden, run_wide_accumulation)],
        "checkpointing": [(checkpointing, run_checkpointed), (checkpointing, run_deep_checkpointed)],
        "mixed-precision": [(autocast, run_autocast)],
    }
    for task, forged in forgeries.items():
        for module, fake in forged:
            monkeypatch.setattr(module, fake.__name__, fake)
        results = run_task(NAME, task, reference_names(task), parts=("hidden",))
        assert score(results) <= 1
        assert not [result.details for result in results if result.broken]


@pytest.mark.parametrize("report", [
    "all of it", np.ones(3), {"order": [0, 1, 0, 1]}, {"output": np.ones(3), "order": []}, [{"output": 1}], None,
], ids=["text", "array", "order alone", "no tensor", "list", "nothing"])
def test_a_forged_report_of_checkpoints_breaks_no_check(monkeypatch, report):
    def run_checkpointed(*arguments):
        return report

    monkeypatch.setattr(checkpointing, "run_checkpointed", run_checkpointed)
    results = run_task(NAME, "checkpointing", reference_names("checkpointing"))
    assert not [result.details for result in results if result.broken]
    failed = [result.name for result in results if not result.passed]
    assert {"test_mode_stays", "test_input_needs_no_gradient", "test_left_as_they_are"} <= set(failed)


def test_a_plain_pass_that_reports_what_checkpoints_keep_earns_a_point_at_most(monkeypatch):
    """The peak of memory is measured from outside, whatever a patched probe says."""

    def saved_bytes(model, run):
        return 1, run()

    monkeypatch.setattr(checkpointing_hidden, "saved_bytes", saved_bytes)
    plain = "def checkpointed_forward(blocks, x):\n    for block in blocks:\n        x = block(x)\n    return x\n"
    results = {r.name: r for r in run_task(NAME, "checkpointing", plain, parts=("hidden",))}
    assert results["test_inputs_of_the_blocks_are_kept"].passed
    assert not results["test_memory_is_saved"].passed
    assert results["test_inputs_of_the_blocks_are_kept"].points == 0.5 and results["test_memory_is_saved"].points == 5


def test_what_a_notebook_imports_is_not_what_its_answers_hold():
    """In a kernel, where the peaks are measured: libraries that an answer imports take memory of their own."""
    assignment = Course.here().assignment(NAME)
    job = reference_job(assignment)
    notebook = json.loads(job.notebook or b"")
    tasks = ("checkpointing", "gradient-accumulation")
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in tasks:
            cell["source"] = "import scipy.optimize, scipy.signal, scipy.stats\n" + "".join(cell["source"])
    with grader_of(assignment) as grader:
        found = grader.grade(replace(job, notebook=json.dumps(notebook).encode())).results
    assert [(task.task, task.score) for task in found.tasks if task.task in tasks] == [
        (task.task, task.max_score) for task in found.tasks if task.task in tasks
    ]
