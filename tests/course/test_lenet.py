"""Assignment 04: the networks' numbers against PyTorch, what an evaluation says, and answers of an odd form.

Its training tasks are tested in test_training.py.
"""

from __future__ import annotations

import re
from typing import Any

import keras
import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from autograder.bridge.errors import StudentError
from autograder.checks.hints import explain
from autograder.checks.registry import reference_names
from autograder.course import Course
from course import costs, style
from course.lenet import figures, shared
from course.lenet.keras_cnn import probes as keras_probes
from course.lenet.keras_cnn import public as keras_cnn
from course.lenet.keras_cnn.reference import build_cnn
from course.lenet.lenet_components.reference import CONNECTIONS, lenet_components
from course.lenet.lenet_evaluate import public as lenet_evaluate
from course.lenet.lenet_evaluate.reference import evaluation, judged
from course.lenet.lenet_model.reference import LeNet5
from course.lenet.lenet_repair.reference import batch_after_view

from ..checks.helpers import namespace, run_task, score, solution

NAME = "04-lenet"


# --- the references ------------------------------------------------------------------------------------------------


def layers_of(network, image):
    """(output shape, channels last; number of parameters) of every layer that a forward pass goes through."""
    seen = []
    for layer in network.children():
        layer.register_forward_hook(lambda layer, _, output: seen.append((
            (*output.shape[2:], output.shape[1]), sum(p.numel() for p in layer.parameters())
        )))
    network(image)
    return seen


def test_the_table_of_layers_is_that_of_the_network():
    table, seen = lenet_components(), layers_of(LeNet5(), torch.zeros(1, 1, 32, 32))
    assert seen == [table[name] for name in ("C1", "S2", "C3", "S4", "C5", "F6", "output")]
    assert table["total"] == sum(p.numel() for p in LeNet5().parameters()) == 61_706


def test_the_papers_connections():
    sizes = [len(maps) for maps in CONNECTIONS]
    assert sizes == 6 * [3] + 9 * [4] + [6] and len(set(CONNECTIONS)) == 16
    assert lenet_components()["C3_paper"] == 1_516
    assert {m for maps in CONNECTIONS for m in maps} == set(range(6))


def test_the_table_in_the_notebook_is_the_papers():
    connected = np.array([[mark == "X" for mark in row] for row in figures.CONNECTIONS])
    assert [tuple(np.flatnonzero(column)) for column in connected.T] == list(CONNECTIONS)


@pytest.mark.parametrize("batch", [16, 32, 64, 160])
def test_the_view_as_pytorch_does_it(batch):
    assert batch_after_view(batch) == torch.zeros(batch, 16, 5, 5).view(-1, 256).shape[0]


@pytest.mark.parametrize("batch", [1, 8, 15, 50])
def test_the_view_fails_where_pytorch_fails(batch):
    with pytest.raises(RuntimeError):
        torch.zeros(batch, 16, 5, 5).view(-1, 256)
    with pytest.raises(ValueError, match="batch"):
        batch_after_view(batch)


def test_numbers_of_the_text():
    dense = nn.Linear(32 * 32, 120)
    assert sum(p.numel() for p in dense.parameters()) == 123_000  # the model answer of lenet-limits
    side = (((224 - 4) // 2) - 4) // 2
    assert side == 53 and (side * side * 16 + 1) * 120 > 5e6


def test_weights_do_not_depend_on_how_a_network_is_written():
    sequence = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )
    one, other = (shared.run_network(make, [2], 3)["output"] for make in (LeNet5, lambda: sequence))
    torch.testing.assert_close(one, other)


# --- the demonstrations --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """The names that the notebook's given cells make up to the training loop, on the digits, with LeNet-5."""
    cells = nbformat.read(Course.here().assignment(NAME).solution_path, as_version=4).cells
    names: dict[str, Any] = {"LeNet5": LeNet5}
    for cell in cells:
        if cell.id in ("setup", "digits-loaded", "loop", "with-norm"):
            lines = [line for line in cell.source.splitlines() if not line.startswith("figures.")]
            names = namespace("\n".join(lines).replace("load_images()", 'load_images("digits")'), names)
    return names


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """The descriptions of what has been displayed."""
    words: list[str] = []
    monkeypatch.setenv("CNN_STRICT", "1")
    monkeypatch.setattr(style, "display", lambda data, raw: words.append(data["text/plain"]))
    return words


def test_a_wrong_scale_fails_and_the_network_stays_sure(notebook, shown):
    """As the caption says it: raw bytes cost something, scaled twice it guesses, exchanged it reads hardly one."""
    figures.wrong_scale(notebook["loop"], LeNet5, notebook["own_images"], notebook["own_labels"])
    rows = re.findall(r"(\d+)% right, (\d+)% sure, on average", shown[-1])
    (right, sure), (right_raw, sure_raw), (right_twice, _), _, (right_swapped, sure_swapped) = [
        (int(a), int(b)) for a, b in rows
    ]
    assert right > 90 and right_raw < 65 and sure_raw > 75 and abs(sure - sure_raw) < 20
    assert right_twice < 20 and right_swapped < 5 and sure_swapped > 60


def test_a_forgotten_eval_costs_accuracy_and_another_answer_each_time(notebook, shown, capsys):
    figures.forgotten_eval(notebook["loop"], notebook["WithNorm"], notebook["own_images"], notebook["own_labels"])
    right, hundred, alone, sorted_ = (int(share) for share in re.findall(r"(\d+)% right", shown[-1]))
    assert right > 93 and right >= hundred > alone + 2 and right > sorted_ + 2
    said = capsys.readouterr().out
    changed = re.search(r"changes its mind about ([\d.]+)% of the images; with eval\(\), about 0\.", said)
    assert changed and float(changed[1]) > 2


def test_what_lenet_costs(shown):
    figures.what_it_cost([LeNet5()], build_cnn, np.zeros((100, 28, 28), np.uint8), 7.0)
    dense = 28 * 28 * 25 * 6 + 10 * 10 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10
    assert dense == 416_520 == costs.multiply_adds(LeNet5(), 1, 32, 32)
    assert re.search(r"LeNet-5 +61,706 +416,520", shown[-1])


def test_what_is_asked_in_the_texts():
    assert 28 * 28 * 6 * 32 * 32 == 4_816_896  # C1 as a dense layer: "nearly 5 million" weights


# --- the evaluation ------------------------------------------------------------------------------------------------


def test_an_evaluation_by_hand():
    shares = np.full((5, 10), 0.01)
    for row, (guess, share) in enumerate([(0, 0.9), (2, 0.8), (2, 0.7), (2, 0.6), (1, 0.8)]):
        shares[row, guess] = share
    found = judged(shares, np.array([0, 1, 2, 2, 2]))  # the example of the text
    assert found.accuracy == 0.6
    assert found.confusion[:3, :3].tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 2]] and found.confusion.sum() == 5
    assert found.mistakes == [(1, 1, 2, 0.8), (4, 2, 1, 0.8)]  # equally sure: in the images' order


def test_few_images_and_empty_classes():
    found = evaluation(1, _report="confusion")
    assert found.shape == (10, 10) and found.sum() == 1
    assert evaluation(30, _kind="sure", _report="mistakes").shape == (4, 4)
    assert evaluation(30, _report="mistakes").shape == (10, 4)


EVALUATE = """
from dataclasses import make_dataclass
import numpy as np
import torch
from torch.nn import functional as F
Evaluation = make_dataclass("Evaluation", ["accuracy", "confusion", "mistakes"])
""" + solution(NAME)["lenet-evaluate"]


@pytest.mark.parametrize(("old", "new", "lost", "name"), [
    ("(2, 2, 2, 2)", "(0, 0, 0, 0)", 3, "not-padded"),  # LeNet5 could not take such images at all
    ("F.pad(batch, (2, 2, 2, 2))", "F.interpolate(batch, (32, 32), mode='bilinear')", 3, "resized"),
    ("confusion, mistakes)", "confusion.astype(float), mistakes)", 1, "confusion-of-floats"),
    ("[:, None] / 255", "[:, None] / 255 - 0.1307", 3, None),
])
def test_what_a_slip_in_the_evaluation_costs(old, new, lost, name):
    assert EVALUATE.count(old) == 1
    results = run_task(NAME, "lenet-evaluate", EVALUATE.replace(old, new), parts=("hidden",))
    assert score(results) == 10 - lost
    assert {result.diagnosis for result in results if not result.passed} == {name}


# --- answers of an odd form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "answer"), [
    ("lenet-components", "lenet_components = 61706"),
    ("lenet-components", "lenet_components = {'C1': None, 'S2': (), 'C3': 'good', 'total': True}"),
    ("lenet-model", "LeNet5 = 3"),
    ("lenet-model", "def LeNet5(): return None"),
    ("lenet-model", "from torch import nn\ndef LeNet5(): return nn.Linear(32, 10)"),
    ("lenet-repair", "class RepairedLeNet: pass\ndef batch_after_view(batch): return None"),
    ("lenet-evaluate", "def evaluate(model, images, labels): return None"),
    ("lenet-evaluate", "def evaluate(model, images, labels): return {'accuracy': 1.0}"),
    ("lenet-evaluate", "import types\ndef evaluate(*a):\n"
                       "    return types.SimpleNamespace(accuracy='1', confusion=[[1]], mistakes=[(1, 2)])"),
    ("keras-cnn", "def build_cnn(input_shape=(28, 28, 1), num_classes=10): return None"),
    ("keras-cnn", "build_cnn = 'a network'"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) == 0 and not any(result.broken for result in results), results
    assert all(result.message for result in results if not result.passed)


def test_a_forged_measurement_earns_nothing(monkeypatch):
    # what a probe reports comes from the student's process, so it may be anything at all
    def run_network(*arguments):
        return {"output": 3, "parameters": "many", "kernels": None, "shapes": {}}

    def run_evaluation(*arguments):
        return {"accuracy": [], "confusion": 2, "mistakes": {}, "by_index": None}

    def run_keras(*arguments):
        return {"form": {"layers": ["Conv2D"], "input": (None, 28, 28, 1), "output": (None, 10), "compiled": True,
                         "loss": 7, "from_logits": "no"}, "probabilities": "high", "metrics": {"accuracy": "1"}}

    def run_fit(*arguments):
        return {"accuracy": 1.0}

    monkeypatch.setattr(keras_probes, "run_fit", run_fit)
    forged = (
        ("lenet-model", shared, run_network), ("lenet-evaluate", lenet_evaluate, run_evaluation),
        ("keras-cnn", keras_cnn, run_keras),
    )
    for task, place, fake in forged:
        monkeypatch.setattr(place, fake.__name__, fake)
        results = run_task(NAME, task, dict(reference_names(task)), parts=("hidden",))
        # A network in Keras is believed that there are convolutions in it; that is worth a point, and nothing else is.
        passed = {result.name for result in results if result.passed}
        assert passed <= ({"test_a_convolutional_network"} if task == "keras-cnn" else set()), results
        assert score(results) <= 1 and not any(result.broken for result in results), results


def test_the_solutions_network_is_lenet():
    names = namespace(solution(NAME)["lenet-model"], {"nn": nn, "torch": torch, "F": nn.functional})
    assert score(run_task(NAME, "lenet-model", names)) == 15


# --- what is said of a network ---------------------------------------------------------------------------------------

NETWORK = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.c3(x)), 2)
        x = torch.tanh(self.c5(torch.flatten(x, start_dim=1)))
        return self.output(torch.tanh(self.f6(x)))

LeNet5 = RepairedLeNet = Net
"""
NEIGHBOURS = {  # they end in an exception like that of a misconception with a name, and are none of those
    "a padded C1, the dense layer as it was": [("nn.Conv2d(1, 6, 5)", "nn.Conv2d(1, 6, 5, padding=2)")],
    "256 units further on": [("nn.Linear(400, 120)", "nn.Linear(400, 256)")],
    "two images in a row": [("torch.flatten(x, start_dim=1)", "x.view(-1, 800)")],
    "a view of another size": [("torch.flatten(x, start_dim=1)", "x.view(-1, 257)")],
    "an attribute before its time": [("        super().__init__()\n", "        super().__init__()\n        self.c2\n")],
}


def changed(*changes):
    source = NETWORK
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return source


@pytest.mark.parametrize("changes", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_an_exception_like_that_of_a_misconception_has_no_name(changes):
    for task in ("lenet-model", "lenet-repair"):
        results = run_task(NAME, task, changed(*changes))
        assert not any(result.diagnosis for result in results) and not all(result.passed for result in results)


CONVOLUTIONS, DENSE = (
    "        self.c1, self.c3 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)\n",
    "        self.c5, self.f6, self.output = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)\n",
)
IN_FORWARD = "    def forward(self, x):\n"
UNSEEN = {  # layers that PyTorch does not find in a network, however it comes that it does not
    "convolutions made in forward": ("layers-in-a-list", [
        (CONVOLUTIONS, ""),
        ("self.c1(x)", "nn.Conv2d(1, 6, 5)(x)"), ("self.c3(x)", "nn.Conv2d(6, 16, 5)(x)")]),
    "kernels as bare tensors": ("layers-in-a-list", [
        (CONVOLUTIONS, "        self.k1, self.k3 = torch.randn(6, 1, 5, 5) / 5, torch.randn(16, 6, 5, 5) / 12\n"),
        ("self.c1(x)", "F.conv2d(x, self.k1)"), ("self.c3(x)", "F.conv2d(x, self.k3)")]),
    "all layers made in forward": ("all-layers-in-a-list", [
        (CONVOLUTIONS + DENSE, ""),
        (IN_FORWARD, IN_FORWARD + (CONVOLUTIONS + DENSE).replace("self.", "")),
        ("self.c1(x)", "c1(x)"), ("self.c3(x)", "c3(x)"), ("self.c5(", "c5("), ("self.f6(", "f6("),
        ("self.output(torch", "output(torch")]),
    "all layers in a dict": ("all-layers-in-a-list", [
        (CONVOLUTIONS + DENSE, (CONVOLUTIONS + DENSE) + "        self.all = dict(self._modules)\n"
                               "        self._modules.clear()\n"),
        *((f"self.{name}({rest}", f"self.all['{name}']({rest}")
          for name, rest in (("c1", "x"), ("c3", "x"), ("c5", ""), ("f6", ""), ("output", "torch")))]),
}


@pytest.mark.parametrize(("name", "changes"), UNSEEN.values(), ids=UNSEEN)
def test_layers_that_pytorch_does_not_find_have_a_name(name, changes):
    results = run_task(NAME, "lenet-model", changed(*changes), parts=("hidden",))
    named = [result for result in results if result.diagnosis]
    assert {result.diagnosis for result in named} == {name} and len(named) > 2
    assert score(results) <= 1 and "made anew in `forward`" in named[0].message


@pytest.mark.parametrize(("change", "name"), [
    (("LeNet5 = RepairedLeNet = Net", "LeNet5 = RepairedLeNet = Net()"), "instance-for-class"),
    (("return self.output", "self.output"), "return-forgotten"),
    (("        super().__init__()\n", ""), "init-of-module-forgotten"),
])
def test_what_keeps_a_network_from_being_asked_is_said(change, name):
    for task in ("lenet-model", "lenet-repair"):
        failed = [result for result in run_task(NAME, task, changed(change), parts=("hidden",)) if not result.passed]
        names = {result.diagnosis for result in failed if "atch" not in result.description}
        assert name in names and names <= {name, None}


@pytest.mark.parametrize("metrics", [
    ["accuracy"], "accuracy", ["accuracy", "mae"], [keras.metrics.SparseCategoricalAccuracy()],
], ids=str)
def test_metrics_without_their_name_are_told_whatever_keras_says_of_them(metrics):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    with pytest.raises((TypeError, ValueError)) as raised:
        model.compile("adam", "sparse_categorical_crossentropy", metrics)
        model.fit(np.zeros((6, 4)), np.zeros(6), verbose=0)
    error = StudentError(raised.type.__name__, (), str(raised.value), None)
    assert "The third argument weighs losses" in explain(error, hidden=False, source=None)
