"""Assignment 05: the three AlexNets agree, the text's numbers hold, and what is special to its checks."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from autograder.checks.api import CheckFailure, Expected
from autograder.checks.registry import reference_names
from autograder.course import Course
from course import style
from course.alexnet import figures
from course.alexnet.alexnet_keras import hidden as keras_hidden
from course.alexnet.alexnet_keras import public as keras_public
from course.alexnet.alexnet_keras.public import built_keras
from course.alexnet.alexnet_numpy.public import narrow_network
from course.alexnet.alexnet_numpy.reference import alexnet_forward
from course.alexnet.alexnet_torch import hidden as torch_hidden
from course.alexnet.alexnet_torch.public import built_torch
from course.alexnet.alexnet_torch.reference import AlexNet
from course.alexnet.augmentation.public import crops_in, numbered_images
from course.alexnet.augmentation.reference import augment
from course.alexnet.feature_maps import hidden as maps_hidden
from course.alexnet.feature_maps.reference import feature_maps
from course.alexnet.filters.reference import filter_grid
from course.alexnet.shared import images_of, outputs_first
from course.alexnet.top_k.reference import top_k, top_k_accuracy
from course.sizing_and_memory.shared import layers_that_differ, same_parameters
from tests.checks.helpers import STUDENT, namespace, run_task, score

NAME = "05-alexnet"
few = settings(max_examples=20, derandomize=True, deadline=None)


# the three networks --------------------------------------------------------------------------------------------------


def parameters_of(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_numbers_of_the_table():
    with torch.device("meta"):
        one, two = AlexNet(), AlexNet(groups=2)
    assert (parameters_of(one), parameters_of(two)) == (62_378_344, 60_965_224)
    weights = [sum(p.numel() for p in layer.parameters()) for layer in one.modules() if not list(layer.children())]
    weights = [count for count in weights if count]
    assert weights == [34_944, 614_656, 885_120, 1_327_488, 884_992, 37_752_832, 16_781_312, 4_097_000]
    assert round(100 * sum(weights[5:]) / sum(weights)) == 94
    assert (224 - 11) / 4 + 1 == 54.25 and (227 - 11) // 4 + 1 == 55
    assert (256 - 224) * (256 - 224) * 2 == 2048


def test_pytorch_and_numpy_agree_at_full_size():
    model = built_torch(AlexNet, {"num_classes": 10}, 3).eval()
    image = images_of((1, 3, 227, 227), 3)
    names = iter(("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"))
    parameters = {}
    for layer in model.modules():
        if not hasattr(layer, "weight"):
            continue
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        if weight.ndim == 4:
            parameters[next(names)] = {"kernels": weight.transpose(0, 2, 3, 1), "bias": bias}
            continue
        if weight.shape[1] == 9216:  # PyTorch flattens channel by channel
            weight = weight.reshape(-1, 256, 6, 6).transpose(0, 2, 3, 1).reshape(4096, 9216)
        parameters[next(names)] = {"weights": weight.T, "biases": bias}
    with torch.no_grad():
        wanted = torch.softmax(model(torch.from_numpy(image)), 1)[0].numpy()
    got = alexnet_forward(image[0].transpose(1, 2, 0), parameters)
    np.testing.assert_allclose(got, wanted, rtol=2e-3, atol=1e-5)


def test_keras_and_numpy_agree_on_a_small_image():
    from course.alexnet.alexnet_keras.reference import alexnet  # here, for TensorFlow comes with it

    options = {"img_shape": (67, 99, 3), "num_classes": 6}
    model = built_keras(alexnet, options, 2)
    layers = [layer for layer in model.layers if layer.weights]
    parameters = {}
    for number, layer in enumerate(layers, 1):
        weight, bias = (values.value.numpy() for values in layer.weights)
        if weight.ndim == 4:
            parameters[f"conv{number}"] = {"kernels": weight.transpose(3, 0, 1, 2), "bias": bias}
        else:
            parameters[f"fc{number}"] = {"weights": weight, "biases": bias}
    images = images_of((2, 67, 99, 3), 2)
    wanted = model(images, training=False).numpy()
    np.testing.assert_allclose(alexnet_forward(images, parameters), wanted, rtol=2e-3, atol=1e-5)


def test_the_narrow_networks_tell_classes_apart():
    # a check on probabilities that are all 0 and 1 would see little
    widths = {f"conv{n}": 4 for n in range(1, 6)} | {"fc6": 5, "fc7": 5, "fc8": 4}
    for loud in (1.0, 300.0):
        for seed in range(5):
            image, parameters = narrow_network(widths, (67, 67), 0, loud, seed)
            assert 0.26 < alexnet_forward(image, parameters).max() < 0.9995


# the tools -----------------------------------------------------------------------------------------------------------


@few
@given(st.integers(1, 6), st.integers(2, 8), st.integers(2, 8), st.integers(0, 9))
def test_crops_are_found_where_they_were_cut(count, height, width, seed):
    images = numbered_images(count, height, width)
    crops = crops_in(augment(images, 2, np.random.default_rng(seed)), images, 2)
    assert [crop.image for crop in crops] == list(range(count))
    assert not any(crop.upside_down or crop.colours_reversed for crop in crops)
    again = [images[c.image, c.top : c.top + 2, c.left : c.left + 2][:, :: -1 if c.mirrored else 1] for c in crops]
    assert np.array_equal(again, augment(images, 2, np.random.default_rng(seed)))


def test_what_is_no_crop_is_refused():
    images = numbered_images(2, 4, 4)
    for odd in (images[:, :2, :2] + 0.5, images[:, :2, :2] * np.nan, np.full((2, 2, 2, 3), 1e18), images, "crops"):
        with pytest.raises(CheckFailure):
            crops_in(odd, images, 2)


@few
@given(st.integers(1, 8), st.integers(1, 6), st.integers(0, 99))
def test_top_k_is_what_pytorch_counts(images, classes, seed):
    rng = np.random.default_rng(seed)
    scores, labels = rng.permutation(images * classes).reshape(images, classes) / 7, rng.integers(0, classes, images)
    for k in range(1, classes + 1):
        best = torch.from_numpy(scores).topk(k).indices.numpy()
        assert top_k_accuracy(scores, labels, k) == np.mean((best == labels[:, None]).any(1))
        names = [name for name, _ in top_k(scores[0], k, list(range(classes)))]
        assert names == best[0].tolist()


def test_ties_go_to_the_lower_index():
    scores = np.array([[0.3, 0.3, 0.3, 0.1]])
    assert [top_k_accuracy(scores, np.array([label]), 2) for label in range(4)] == [1, 1, 0, 0]


# odd answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "answer"), [
    ("alexnet-numpy", "def alexnet_forward(*a): return None"),
    ("alexnet-numpy", "import numpy as np\ndef alexnet_forward(image, parameters): return np.full(1000, 0.001)"),
    ("alexnet-numpy", "def alexnet_forward(*a): return 'softmax'"),
    ("alexnet-torch", "AlexNet = 3"),
    ("alexnet-torch", "from torch import nn\ndef AlexNet(num_classes=1000, groups=1): return nn.Identity()"),
    ("alexnet-torch", "def AlexNet(num_classes=1000, groups=1): return None"),
    ("alexnet-torch", "def AlexNet(num_classes=1000, groups=1): return [3, 4]"),
    ("alexnet-torch", "import torch\ndef AlexNet(num_classes=1000, groups=1): return torch.zeros(1, 1000)"),
    ("alexnet-keras", "def alexnet(img_shape=(227, 227, 3), num_classes=1000): return None"),
    ("alexnet-keras", "alexnet = 'model'"),
    ("augmentation", "def augment(images, crop, rng): return images\ndef subtract_mean(a, b): return None"),
    ("augmentation", "augment = lambda images, crop, rng: images[:, :crop, :crop]\nsubtract_mean = len"),
    ("top-k", "def top_k(*a): return None\ndef top_k_accuracy(*a): return 'good'"),
    ("filters", "def filter_grid(weights, columns=8, gap=1): return weights"),
    ("feature-maps", "def feature_maps(model, layer, image): return None"),
    ("feature-maps", "def feature_maps(model, layer, image): return image[0].numpy()"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) <= 1 and not any(result.broken for result in results)
    assert all(result.message for result in results if not result.passed)


def test_layers_whose_parameters_differ_are_named():
    names, right = ("conv1", "conv2", "conv3"), [[96, 3, 11, 11], [96], [256, 96, 5, 5], [256], [384, 256, 3, 3], [384]]
    assert layers_that_differ(right, right[::-1], names) == ([], [])
    assert layers_that_differ(right, [*right[:2], [256, 48, 5, 5], *right[3:]], names) == (["conv2"], ["256x48x5x5"])
    assert layers_that_differ(right, [*right[:3], *right[4:]], names) == (["conv2"], [])
    assert layers_that_differ(right, [*right, [96], [96]], names) == ([], ["96"])
    # a dense layer may be written as a convolution
    assert layers_that_differ([[10, 96], [10]], [[10, 6, 4, 4], [10]], names) == ([], [])
    assert outputs_first([(11, 11, 3, 96), (96,), (9216, 4096)]) == [[96, 3, 11, 11], [96], [4096, 9216]]
    seen = {"parameters": 3, "layers": [*right[:2], [256, 48, 5, 5], *right[3:]]}
    with pytest.raises(CheckFailure, match="that conv2 should have. Nothing asks for parameters of 256x48x5x5") as said:
        same_parameters(seen, Expected(lambda: 4, (), {}), Expected(lambda: right, (), {}), names, None)
    assert said.value.fixed == "There are no weights, or no biases, of the shapes that conv2 should have."


def test_a_forged_measurement_earns_nothing(monkeypatch):
    # what a probe reports comes from the student's process, so it may be anything at all
    def run_torch_network(*arguments):
        return {"output": 3, "parameters": "many", "again": True}

    def run_torch_dropout(*arguments):
        return {"trained": {"fc6": "half"}, "plain": {"fc7": None, "fc8": []}}

    def run_feature_maps(*arguments):
        return {"output": [1], "hooks": "none"}

    for fake in (run_torch_network, run_torch_dropout):
        monkeypatch.setattr(torch_hidden, fake.__name__, fake)
    monkeypatch.setattr(maps_hidden, "run_feature_maps", run_feature_maps)

    def run_keras_network(*arguments):
        return {"output": None}

    def run_keras_scores(*arguments):
        return ["all", "right"]

    def run_keras_saved(*arguments):
        return {"problem": None, "output": 1}

    def run_keras_dropout(*arguments):
        return {"trained": 0.5, "plain": 0.5}

    def run_keras_defaults(*arguments):
        return {"output": "large", "parameters": 62378344}

    for fake in (run_keras_network, run_keras_scores, run_keras_saved, run_keras_dropout, run_keras_defaults):
        monkeypatch.setattr(keras_hidden, fake.__name__, fake)

    def run_keras_layer(*arguments):
        return {"output": "normalised", "again": "the same"}

    monkeypatch.setattr(keras_public, "run_keras_layer", run_keras_layer)
    for task in ("alexnet-torch", "alexnet-keras", "feature-maps"):
        results = run_task(NAME, task, reference_names(task, STUDENT), parts=("hidden",))
        assert score(results) == 0 and not any(result.broken for result in results)


# a trained AlexNet at the end ----------------------------------------------------------------------------------------

# what torchvision's file holds: name, shape
IN_THE_FILE = {
    "features.0": (64, 3, 11, 11), "features.3": (192, 64, 5, 5), "features.6": (384, 192, 3, 3),
    "features.8": (256, 384, 3, 3), "features.10": (256, 256, 3, 3), "classifier.1": (4096, 9216),
    "classifier.4": (4096, 4096), "classifier.6": (1000, 4096),
}  # fmt: skip


@pytest.fixture(scope="module")
def notebook() -> dict[str, Any]:
    """What the notebook's given cells define at its end; the small network is not trained, the weights are random."""
    cells = {cell.id: cell.source for cell in nbformat.read(Course.here().assignment(NAME).solution_path, 4).cells}
    source = "\n".join(
        line for name in ("setup", "small-data", "trained-network", "prepared") for line in cells[name].splitlines()
        if not line.startswith("figures.")
    )
    rng, weights = np.random.default_rng(0), {}
    for name, shape in IN_THE_FILE.items():
        weights[f"{name}.weight"] = 0.02 * rng.standard_normal(shape, dtype=np.float32)
        weights[f"{name}.bias"] = np.zeros(shape[0], np.float32)
    names = {"random_weights": weights}
    source = source.replace('load_pretrained("alexnet", download=DOWNLOAD)', "random_weights")
    names = namespace(source, names)
    names["stroke_net"] = names["StrokeNet"]().eval()
    return names


@pytest.fixture
def shown(monkeypatch):
    """The descriptions of what has been displayed."""
    words: list[str] = []
    monkeypatch.setenv("CNN_STRICT", "1")
    monkeypatch.setattr(style, "display", lambda data, raw: words.append(data["text/plain"]))
    return words


def test_the_notebooks_network_takes_the_weights_of_the_file(notebook):
    assert parameters_of(notebook["trained"]) == 61_100_840 and not notebook["trained"].training
    assert all(parameter.device.type == "cpu" for parameter in notebook["trained"].parameters())


def test_photographs_are_prepared_as_the_weights_want_them(notebook):
    """The shorter side becomes 256, the middle is cut out, and each colour is centred and scaled."""
    picture = np.zeros((512, 1024, 3), np.uint8)
    picture[:, 512:] = 255
    made = notebook["prepared"](Image.fromarray(picture))
    assert made.shape == (1, 3, 224, 224) and made.dtype == torch.float32
    for colour, (mean, deviation) in enumerate(((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))):
        assert float(made[0, colour, 0, 0]) == pytest.approx(-mean / deviation, rel=1e-5)
        assert float(made[0, colour, 0, -1]) == pytest.approx((1 - mean) / deviation, rel=1e-5)
    assert notebook["prepared"](Image.new("L", (40, 30))).shape == (1, 3, 224, 224)


def test_it_is_looked_at_with_the_answers_and_says_what_stands_in(notebook, shown, capsys, tmp_path):
    own = tmp_path / "own.png"
    Image.new("RGB", (300, 260), "red").save(own)
    prepared, small, digit = notebook["prepared"], notebook["stroke_net"], notebook["pictures"][:1]
    for trained in (notebook["trained"], None):
        figures.best_of_a_thousand(top_k, prepared, small, [own], trained=trained)
        figures.filters_side_by_side(filter_grid, small, trained=trained)
        figures.maps_side_by_side(feature_maps, prepared, small, digit, trained=trained)
        said = capsys.readouterr().out
        assert said.count(figures.STANDS_IN) == (3 if trained is None else 0)
    assert len(shown) == 6 and shown[0].count("own.png: ") == 1
    assert any(name in shown[0] for name in figures._classes()) and re.search(r"own\.png: \d ", shown[3])
    assert "AlexNet: 64 of 11x11" in shown[1] and "AlexNet" not in shown[4]


def test_what_alexnet_costs(notebook, shown):
    figures.what_it_cost(AlexNet, notebook["stroke_net"], 7.0)
    (one, two, small) = (
        [int(word.replace(",", "")) for word in re.findall(r"\d[\d,]+(?= )", line)]
        for line in shown[-1].splitlines()[2:]
    )
    assert one == [62_378_344, 1_135_256_096] and two[0] == 60_965_224
    assert 560 < one[0] / small[0] < 600 and round(one[1] / small[1], -2) == 700
    assert round(227**2 / 28**2) == 66 and 0.3 < 1 - two[1] / one[1] < 0.4
