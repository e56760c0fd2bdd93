"""Public checks of assignment 05."""

import numpy as np

from autograder.checks import training
from autograder.checks.api import (
    CheckFailure,
    Tensor,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    numbers,
    reference,
    task,
)
from autograder.checks.crops import crops_in, numbered_images
from autograder.checks.forward import same_probabilities
from autograder.checks.probes import alexnet as probes
from autograder.checks.probes import alexnet_keras as keras_probes
from autograder.checks.probes import alexnet_numpy as numpy_probes
from autograder.checks.probes import alexnet_tools as tool_probes
from autograder.checks.probes import memory

WIDTHS = {"conv1": 4, "conv2": 5, "conv3": 3, "conv4": 4, "conv5": 3, "fc6": 6, "fc7": 5, "fc8": 4}


@task("alexnet-numpy")
def test_a_narrow_network(student):
    """A network with 3 to 6 maps or units in each layer and an image of 67x67 pixels: four probabilities."""
    same_probabilities(student, *numpy_probes.narrow_network(WIDTHS, (67, 67), 0, 1.0, 0))


@task("alexnet-numpy")
def test_a_larger_image_with_large_numbers(student):
    """The same network made for 99x131 pixels, with large activations: the last maps are 2x3, and LRN shows."""
    same_probabilities(student, *numpy_probes.narrow_network(WIDTHS, (99, 131), 0, 300.0, 1))


@task("alexnet-numpy")
def test_two_images(student):
    """Two images at once: two rows of four probabilities."""
    same_probabilities(student, *numpy_probes.narrow_network(WIDTHS, (67, 67), 2, 1.0, 2))


def torch_network(student, options):
    kernel = in_kernel(
        student, probes.run_torch_network, probes.built_torch, probes.weights_of, probes.images_of, memory.on_one_thread
    )
    seen = kernel.run_torch_network(student.AlexNet, options, 1, 227, 0)
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    expect(seen["repeats"], "", diagnosis=misconceptions.ALEXNET_TORCH["dropout-at-inference"])
    return seen


@task("alexnet-torch")
def test_parameters_for_ten_classes(student):
    """For ten classes, with one group and with two, the network has the layers' parameters."""
    for options in ({"num_classes": 10, "groups": 1}, {"num_classes": 10, "groups": 2}):
        seen = torch_network(student, options)
        expect_equal(seen["parameters"], reference.alexnet_in_torch(options, 1, _report="parameters"),
                     like=misconceptions.ALEXNET_TORCH, what="the number of parameters")


@task("alexnet-torch")
def test_logits_of_one_image(student):
    """For given weights and an image of 227x227 the ten logits are right."""
    options = {"num_classes": 10}
    seen = torch_network(student, options)
    expect_close(seen["output"], reference.alexnet_in_torch(options, 1), framework="torch",
                 like=misconceptions.ALEXNET_TORCH, rtol=2e-4, atol=2e-4, what="the output")


KERAS_HELPERS = (keras_probes.built_keras, keras_probes.quickly_built, probes.weights_of, probes.images_of)
SMALL = {"img_shape": (67, 67, 3), "num_classes": 5}


@task("alexnet-keras")
def test_probabilities_of_a_small_network(student):
    """For images of 67x67 pixels, five classes and given weights: parameters and probabilities."""
    kernel = in_kernel(student, keras_probes.run_keras_network, *KERAS_HELPERS)
    seen = kernel.run_keras_network(student.alexnet, SMALL, 2, 0)
    if not isinstance(seen["output"], np.ndarray):
        raise CheckFailure("A Keras model is right here; something else came back.")
    expect_equal(seen["parameters"], reference.alexnet_in_keras(SMALL, 2, _report="parameters"),
                 like=misconceptions.ALEXNET_KERAS, what="the number of parameters")
    expect(seen["functional"], "", diagnosis=misconceptions.ALEXNET_KERAS["sequential"])
    expect_close(seen["output"], reference.alexnet_in_keras(SMALL, 2), like=misconceptions.ALEXNET_KERAS,
                 rtol=1e-3, atol=1e-5, what="the output")


@task("alexnet-keras")
def test_compiled_and_saved(student):
    """The network is compiled, and can be saved and loaded again."""
    kernel = in_kernel(student, keras_probes.run_keras_scores, keras_probes.run_keras_saved, *KERAS_HELPERS)
    scores = kernel.run_keras_scores(student.alexnet, SMALL, 4, 0)
    if not isinstance(scores, dict):
        raise CheckFailure("A Keras model is right here; something else came back.")
    known = misconceptions.COMPILED_KERAS
    expect(scores["problem"] != "not compiled", "", diagnosis=known["not-compiled"])
    expect(scores["problem"] != "loss", "", diagnosis=known["loss-for-one-hot-labels"])
    expect(scores["problem"] != "accuracy", "", diagnosis=known["accuracy-missing"])
    saved = kernel.run_keras_saved(student.alexnet, SMALL, 2, 0)
    expect(saved["problem"] != "lambda", "", diagnosis=misconceptions.SAVED_KERAS["lrn-as-lambda"])
    expect(saved["problem"] != "loading", "", diagnosis=misconceptions.SAVED_KERAS["cannot-be-loaded"])


KNOWN = misconceptions.AUGMENT


def augmented(student, images, crop, seed):
    kernel = in_kernel(student, tool_probes.run_augment)
    first, second = kernel.run_augment(student.augment, images, crop, seed)
    return crops_in(first, images, crop), crops_in(second, images, crop)


@task("augmentation")
def test_crops_of_two_images(student):
    """Crops of 3x3 from two images of 4x5: pieces of their own image, as they are or with left and right exchanged."""
    crops, _ = augmented(student, numbered_images(2, 4, 5), 3, 0)
    expect(not any(crop.colours_reversed for crop in crops), "", diagnosis=KNOWN["colours-reversed"])
    expect(not any(crop.upside_down for crop in crops), "", diagnosis=KNOWN["flipped-upside-down"])
    expect([crop.image for crop in crops] == [0, 1], "", diagnosis=KNOWN["images-exchanged"])


@task("augmentation")
def test_every_image_by_itself(student):
    """Of 100 images some are mirrored and some are not, and they are cut at different places."""
    crops, more = augmented(student, numbered_images(100, 6, 6), 4, 0)
    mirrored = {crop.turned for crop in crops}, {crop.turned for crop in more}
    expect(len(mirrored[0]) == 2, "All 100 images are mirrored, or none is.")
    expect(len({(crop.top, crop.left) for crop in crops}) > 1, "All 100 images were cut at the same place.")


@task("augmentation")
def test_the_same_generator(student):
    """The same generator gives the same crops."""
    images = numbered_images(30, 6, 6)
    same = augmented(student, images, 4, 3) == augmented(student, images, 4, 3)
    expect(same, "", diagnosis=KNOWN["generator-not-used"])


@task("augmentation")
def test_mean_of_three_images(student):
    """Three training images and two others, of 2x2 pixels: each pixel loses its mean over the training images."""
    train, other = numbers(3, 2, 2, 3, seed=1), numbers(2, 2, 2, 3, seed=2)
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    right = reference.subtract_mean(train, other)
    for part, name in ((1, "the other set"), (0, "the training set")):
        expect_close(result[part], right, part=part, like=misconceptions.SUBTRACT_MEAN, what=name)


SCORES = np.array([[0.1, 0.5, 0.2, 0.2], [0.7, 0.1, 0.15, 0.05], [0.3, 0.3, 0.3, 0.1]])


@task("top-k")
def test_accuracy_of_three_images(student):
    """Three images and four classes: the accuracy for k = 1, 2 and 3."""
    for k in (1, 2, 3):
        labels = np.array([2, 3, 1])
        expect_close(student.top_k_accuracy(SCORES, labels, k), reference.top_k_accuracy(SCORES, labels, k),
                     like=misconceptions.TOP_K_ACCURACY, what="the accuracy")


@task("top-k")
def test_best_of_four_classes(student):
    """The two and the three best of four classes; two of them have equal scores."""
    kernel = in_kernel(student, tool_probes.run_top_k)
    for k in (2, 3):
        names = ["ant", "bee", "cat", "dog"]
        best = kernel.run_top_k(student.top_k, SCORES[0], k, names)
        expect_equal(best, reference.top_k(SCORES[0], k, names), like=misconceptions.TOP_K)


@task("top-k")
def test_k_above_the_number_of_classes(student):
    """A k for which there are not enough classes is a ValueError that names it."""
    with expect_raises("ValueError", naming="k"):
        student.top_k_accuracy(SCORES, np.array([0, 1, 2]), 5)


@task("filters")
def test_five_filters_in_three_columns(student):
    """Five filters of 2x3 in three columns with a gap of 1: a picture of 5x11, one place of it empty."""
    weights = numbers(5, 3, 2, 3)
    expect_close(student.filter_grid(weights, 3), reference.filter_grid(weights, 3),
                 like=misconceptions.FILTER_GRID, rtol=1e-5, atol=1e-6, what="the picture")


@task("filters")
def test_filters_of_another_size(student):
    """One filter of 3x2 alone, in the eight columns that are the default."""
    weights = numbers(1, 1, 3, 2)
    expect_close(student.filter_grid(weights), reference.filter_grid(weights), like=misconceptions.FILTER_GRID,
                 rtol=1e-5, atol=1e-6, what="the picture")


def looked(student, layer, inplace=False, fails="never"):
    kernel = in_kernel(student, probes.run_feature_maps, memory.on_one_thread)
    return kernel.run_feature_maps(student.feature_maps, layer, 2, (4, 5), inplace, fails, 0)


@task("feature-maps")
def test_maps_of_two_layers(student):
    """The maps of a pooling layer and of a layer deeper inside, for an image of 4x5 pixels."""
    for layer in ("features.2", "block.body.0"):
        expect_close(looked(student, layer)["output"], reference.read_features(layer, 2, (4, 5)),
                     like=misconceptions.FEATURE_MAPS, rtol=1e-5, atol=1e-6, what="the result")


@task("feature-maps")
def test_maps_that_the_next_layer_overwrites(student):
    """The maps of a convolution whose ReLU works in place."""
    expect_close(looked(student, "features.0", True)["output"], reference.read_features("features.0", 2, (4, 5), True),
                 like=misconceptions.FEATURE_MAPS, rtol=1e-5, atol=1e-6, what="the result")


@task("feature-maps")
def test_hooks_afterwards(student):
    """Afterwards the model has the hooks that it had before, also when it raised an error."""
    known = misconceptions.FEATURE_MAPS
    left, after_error = looked(student, "features.1")["hooks"], looked(student, "features.1", fails="head")["hooks"]
    expect(left <= 0, "", diagnosis=known["hook-left-behind"])
    expect(left == 0, "", diagnosis=known["other-hooks-removed"])
    expect(after_error <= 0, "", diagnosis=known["hook-left-after-an-error"])


@task("alexnet-train")
def test_first_steps(student):
    """Trained on 400 digits in three equal channels, the network reads others and returns logits."""
    training.expect_first_steps(student, training.ALEXNET, misconceptions.ALEXNET_TRAIN)
