"""Hidden checks of assignment 05."""

import numpy as np
from hypothesis import strategies as st

from autograder.checks import training
from autograder.checks.api import (
    CheckFailure,
    Tensor,
    cases,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    in_kernel,
    leaves_unchanged,
    misconceptions,
    numbers,
    once,
    points,
    reference,
    search,
    task,
)
from autograder.checks.crops import crops_in, numbered_images
from autograder.checks.forward import same_probabilities
from autograder.checks.probes import alexnet as probes
from autograder.checks.probes import alexnet_keras as keras_probes
from autograder.checks.probes import alexnet_numpy as numpy_probes
from autograder.checks.probes import alexnet_tools as tool_probes
from autograder.checks.probes import memory

SEED, FEW = st.integers(0, 50), st.integers(2, 5)


# --- alexnet-numpy -------------------------------------------------------------------------------------------------

NARROW = st.fixed_dictionaries({
    **{f"conv{n}": FEW for n in range(1, 6)}, "fc6": FEW, "fc7": FEW, "fc8": st.integers(3, 6),
})


def narrow(case, size=(67, 67), images=0, loud=1.0):
    """An image (or a batch) and the parameters of a narrow AlexNet; `loud` images show what LRN does."""
    return numpy_probes.narrow_network(dict(case.widths), size, images, loud, case.seed)


@task("alexnet-numpy")
@points(5)
@search(cases(widths=NARROW, seed=SEED), examples=8)
def test_probabilities_of_a_narrow_network(student, case):
    """A narrow network and an image of 67x67 pixels: one probability for every class."""
    image, parameters = narrow(case)
    same_probabilities(student, image, parameters)


@task("alexnet-numpy")
@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_flattened_in_the_order_of_the_axes(student, case):
    """An image of 99x131 pixels leaves 2x3 positions to flatten: row by row, the channels vary fastest."""
    same_probabilities(student, *narrow(case, (99, 131)))


@task("alexnet-numpy")
@points(2)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_a_batch_of_images(student, case):
    """Each image of a batch has its own row of probabilities, the same as alone."""
    same_probabilities(student, *narrow(case, images=3))


@task("alexnet-numpy")
@points(3)
@search(cases(widths=NARROW, seed=SEED), examples=6)
def test_normalisation_of_large_activations(student, case):
    """Where activations are large, local response normalisation shows: after the ReLUs of conv1 and conv2."""
    same_probabilities(student, *narrow(case, loud=300.0))


@task("alexnet-numpy")
@points(2)
def test_full_size(student, rng):
    """An image of 227x227 pixels and the paper's widths: 1,000 probabilities that add up to 1."""
    kernel = in_kernel(student, numpy_probes.run_full_size)
    result = kernel.run_full_size(student.alexnet_forward, int(rng.integers(50)))
    if not isinstance(result, np.ndarray):
        raise CheckFailure("alexnet_forward returns an array; something else came back.")
    expect(result.shape == (1000,), "The result is to be one number for each of the 1,000 classes.")
    logits = misconceptions.ALEXNET_FORWARD["softmax-missing"]
    logarithms = misconceptions.ALEXNET_FORWARD["log-probabilities"]
    negative = result.min() < 0
    expect(not (negative and abs(np.exp(result).sum() - 1) < 1e-3), "", diagnosis=logarithms)
    expect(not negative, "", diagnosis=logits)
    expect(abs(result.sum() - 1) < 1e-3, "The probabilities of all classes are to add up to 1.")
    expect(bool(np.ptp(result) > 0.01 / 1000), "All classes have the same probability, whatever the image and weights.")


@task("alexnet-numpy")
@points(1)
@search(cases(widths=NARROW, seed=SEED), examples=3)
def test_image_and_parameters_stay(student, case):
    """Neither the image nor the parameters are changed, and the result is a probability for each class."""
    image, parameters = narrow(case)
    result = student.alexnet_forward(image, parameters)
    whole = isinstance(result, np.ndarray) and result.shape == (case.widths["fc8"],)
    expect(whole, "The result is to be one number for each class.")
    kernel = in_kernel(student, numpy_probes.network_stays)
    expect(kernel.network_stays(student.alexnet_forward, image, parameters), "The image or a parameter was changed.")


# --- alexnet-torch -------------------------------------------------------------------------------------------------

ONE_TOWER, TWO_TOWERS = {"num_classes": 1000, "groups": 1}, {"num_classes": 1000, "groups": 2}


def torch_network(student, options, images=1, seed=0):
    """What the notebook's network gives (see `run_torch_network`), after a look at the types of the report."""
    kernel = in_kernel(
        student, probes.run_torch_network, probes.built_torch, probes.weights_of, probes.images_of, memory.on_one_thread
    )
    seen = kernel.run_torch_network(student.AlexNet, options, images, 227, seed)
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int or type(seen.get("repeats")) is not bool:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    expect(seen["repeats"], "", diagnosis=misconceptions.ALEXNET_TORCH["dropout-at-inference"])
    return seen


def torch_parameters(student, options):
    seen = torch_network(student, options)
    expect_equal(seen["output"].shape, (1, 1000), what="the output's shape")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")
    expect_equal(seen["parameters"], reference.alexnet_in_torch(options, 1, _report="parameters"),
                 like=misconceptions.ALEXNET_TORCH, what="the number of parameters")


def torch_output(student, options, images, seed):
    seen = torch_network(student, options, images, seed)
    expect_close(seen["output"], reference.alexnet_in_torch(options, images, _seed=seed), framework="torch",
                 like=misconceptions.ALEXNET_TORCH, rtol=2e-4, atol=2e-4, what="the output")


@task("alexnet-torch")
@points(3)
def test_parameters_of_one_tower(student):
    """For 1,000 classes and one group the network has the parameters of the table."""
    torch_parameters(student, ONE_TOWER)


@task("alexnet-torch")
@points(2)
def test_parameters_of_two_groups(student):
    """With two groups conv2, conv4 and conv5 have about half of their parameters."""
    torch_parameters(student, TWO_TOWERS)


@task("alexnet-torch")
@points(4)
def test_logits_for_given_weights(student, rng):
    """For given weights and an image of 227x227 the logits are right."""
    torch_output(student, ONE_TOWER, 1, int(rng.integers(1, 4)))


@task("alexnet-torch")
@points(2)
def test_logits_with_two_groups(student, rng):
    """For given weights the logits of the network with two groups are right."""
    torch_output(student, TWO_TOWERS, 1, int(rng.integers(1, 4)))


@task("alexnet-torch")
@points(2)
def test_another_number_of_classes(student, rng):
    """A network for other classes, and a batch of two images: a row of logits for each image."""
    torch_output(student, {"num_classes": 7}, 2, int(rng.integers(1, 4)))


@task("alexnet-torch")
@points(2)
def test_dropout_in_training(student, rng):
    """In training half of the inputs of fc6 and half of the inputs of fc7 are dropped, and nothing else."""
    options, seed = {"num_classes": 10}, int(rng.integers(50))
    kernel = in_kernel(
        student, probes.run_torch_dropout, probes.built_torch, probes.weights_of, probes.images_of, memory.on_one_thread
    )
    dropped_as_in_the_paper(kernel.run_torch_dropout(student.AlexNet, options, 227, seed), misconceptions.DROPPED_TORCH)


def dropped_as_in_the_paper(seen, registry):
    """Judges the shares of dropped inputs that a probe reports."""
    wanted = ("fc6", "fc7", "fc8")
    if not isinstance(seen, dict) or not all(isinstance(seen.get(name), float) for name in wanted):
        raise CheckFailure("Three dense layers of 4,096, 4,096 and `num_classes` units that learn are right here.")
    fc6, fc7, fc8 = (seen[name] for name in wanted)
    some = [share > 0.02 for share in (fc6, fc7, fc8)]
    named = {
        (False, False, False): "dropout-missing", (False, True, True): "dropout-after-fc6-and-fc7",
        (True, True, True): "dropout-before-every-dense-layer", (True, False, False): "dropout-once",
        (False, True, False): "dropout-once",
    }.get(tuple(some))
    expect(seen.get("uneven") is False, "", diagnosis=registry["dropout-on-the-convolutions"])
    expect(named is None, "", diagnosis=registry[named] if named else None)
    expect(some == [True, True, False], "Other inputs are dropped than those of fc6 and fc7.")
    expect(abs(fc6 - 0.5) < 0.15 and abs(fc7 - 0.5) < 0.15, "", diagnosis=registry["dropout-at-another-rate"])


# --- alexnet-keras -------------------------------------------------------------------------------------------------

KERAS_HELPERS = (keras_probes.built_keras, keras_probes.quickly_built, probes.weights_of, probes.images_of)
SMALL = {"img_shape": (67, 67, 3), "num_classes": 5}


def keras_network(student, rng):
    """What the notebook's network gives for three images and weights of a drawn seed; the seed too."""

    def made():
        seed = int(rng.integers(1, 4))
        kernel = in_kernel(student, keras_probes.run_keras_network, *KERAS_HELPERS)
        return keras_report(kernel.run_keras_network(student.alexnet, SMALL, 3, seed)), seed

    # a network of 22 million parameters is built once for two tests
    return once(student, ("alexnet-keras", "network"), made)


def keras_report(seen):
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), np.ndarray):
        raise CheckFailure("A Keras model is right here; something else came back.")
    if type(seen.get("parameters")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


@task("alexnet-keras")
@points(2)
def test_parameters_of_the_small_network(student, rng):
    """For images of 67x67 pixels and five classes the network has the layers' parameters, and is a functional model."""
    seen, seed = keras_network(student, rng)
    expect_equal(seen["output"].shape, (3, 5), what="the output's shape")
    expect_equal(seen["parameters"], reference.alexnet_in_keras(SMALL, 3, _report="parameters", _seed=seed),
                 like=misconceptions.ALEXNET_KERAS, what="the number of parameters")
    expect(seen.get("functional") is True, "", diagnosis=misconceptions.ALEXNET_KERAS["sequential"])


@task("alexnet-keras")
@points(1)
def test_full_size_network(student):
    """Without arguments the network is the paper's: 227x227 pixels, 1,000 classes, 62,378,344 parameters."""
    kernel = in_kernel(student, keras_probes.run_keras_defaults, keras_probes.quickly_built)
    seen = keras_report(kernel.run_keras_defaults(student.alexnet))
    expect_equal(seen["output"].shape, (1, 1000), what="the output's shape")
    expect_equal(seen["parameters"], reference.keras_defaults(), what="the number of parameters")


@task("alexnet-keras")
@points(3)
def test_probabilities_for_given_weights(student, rng):
    """For given weights the probabilities of small images are right."""
    seen, seed = keras_network(student, rng)
    expect_close(seen["output"], reference.alexnet_in_keras(SMALL, 3, _seed=seed), like=misconceptions.ALEXNET_KERAS,
                 rtol=1e-3, atol=1e-5, what="the output")
    expect(seen.get("repeats") is True, "The same image gives other probabilities every time.")


@task("alexnet-keras")
@points(2)
def test_compiled_with_loss_and_accuracy(student, rng):
    """The model is compiled with sparse categorical cross-entropy and accuracy: both are right for given weights."""
    seed = int(rng.integers(1, 4))
    kernel = in_kernel(student, keras_probes.run_keras_scores, *KERAS_HELPERS)
    seen = kernel.run_keras_scores(student.alexnet, SMALL, 4, seed)
    known, problem = misconceptions.COMPILED_KERAS, seen.get("problem") if isinstance(seen, dict) else "no model"
    names = {"not compiled": "not-compiled", "loss": "loss-for-one-hot-labels", "accuracy": "accuracy-missing"}
    expect(problem not in names, "", diagnosis=known[names[problem]] if problem in names else None)
    if problem is not None or not isinstance(seen.get("scores"), np.ndarray):
        raise CheckFailure("A compiled Keras model is right here; something else came back.")
    # whether the network's output is right is asked above; here, how it is scored
    if not isinstance(seen.get("output"), np.ndarray) or seen["output"].shape != (4, 5) or seen["scores"].shape != (2,):
        raise CheckFailure("A row of probabilities for each image, one loss and one accuracy are right here.")
    loss, certain = cross_entropy(seen["output"].astype(float))
    close = np.allclose(seen["scores"], [loss, 0.5], rtol=1e-3, atol=1e-3)
    beyond = certain and seen["scores"][0] > loss and bool(np.isclose(seen["scores"][1], 0.5))
    expect(close or beyond, "Loss or accuracy are not what sparse categorical cross-entropy and accuracy give.")


def cross_entropy(output):
    """Cross-entropy of what a network gives, for the labels that `run_keras_scores` takes; and whether some of its
    probabilities are too small for float32, so that a loss computed from logits is larger."""
    labels = output.argmax(1)
    labels[1::2] = (labels[1::2] + 1) % output.shape[1]
    # a network without softmax is told so by its own check, and is judged here by the probabilities it stands for
    chances = np.exp(output - output.max(1, keepdims=True)) if output.min() < 0 else output
    own = (chances / chances.sum(1, keepdims=True))[np.arange(len(labels)), labels]
    return -np.log(np.clip(own, 1e-7, 1)).mean(), bool(own.min() < 1e-6)


@task("alexnet-keras")
@points(3)
def test_saved_and_loaded(student, rng):
    """Saved to a file and loaded again, the network gives the same probabilities."""
    seed = int(rng.integers(1, 4))
    kernel = in_kernel(student, keras_probes.run_keras_saved, *KERAS_HELPERS)
    seen = kernel.run_keras_saved(student.alexnet, SMALL, 2, seed)
    known, problem = misconceptions.SAVED_KERAS, seen.get("problem") if isinstance(seen, dict) else "no model"
    names = {"lambda": "lrn-as-lambda", "loading": "cannot-be-loaded"}
    expect(problem not in names, "", diagnosis=known[names[problem]] if problem in names else None)
    if problem is not None or not all(isinstance(seen.get(time), np.ndarray) for time in ("before", "output")):
        raise CheckFailure("A Keras model is right here; something else came back.")
    before, after = seen["before"], seen["output"]
    expect(before.shape == (2, 5), "A row of probabilities for each image is right here.")
    same = before.shape == after.shape and np.allclose(before, after, rtol=1e-3, atol=1e-5)
    expect(same, "", diagnosis=known["configuration-incomplete"])


@task("alexnet-keras")
@points(1)
def test_keras_dropout_in_training(student, rng):
    """In training half of the inputs of fc6 and half of the inputs of fc7 are dropped, and nothing else."""
    kernel = in_kernel(student, keras_probes.run_keras_dropout, *KERAS_HELPERS)
    seen = kernel.run_keras_dropout(student.alexnet, SMALL, 256, int(rng.integers(50)))
    dropped_as_in_the_paper(seen, misconceptions.DROPPED_KERAS)


# --- augmentation --------------------------------------------------------------------------------------------------

IMAGES = cases(count=st.integers(2, 5), height=st.integers(4, 9), width=st.integers(4, 9), crop=st.integers(2, 4),
               seed=SEED)
KNOWN = misconceptions.AUGMENT


def augmented(student, images, crop, seed):
    """The result of `augment` with a new generator, and of a second call with the same one."""
    kernel = in_kernel(student, tool_probes.run_augment)
    return kernel.run_augment(student.augment, images, crop, seed)


def many_crops(student, rng, count=160, height=6, width=6, crop=4):
    """Crops of many images, among which everything possible occurs if it is drawn as it should be."""
    images = numbered_images(count, height, width)
    first, second = augmented(student, images, crop, int(rng.integers(10**6)))
    return crops_in(first, images, crop), crops_in(second, images, crop)


@task("augmentation")
@points(1)
@search(IMAGES, examples=20)
def test_pieces_of_their_own_image(student, case):
    """Each picture is a piece of the image at its place of the batch, as it is or with left and right exchanged."""
    images = numbered_images(case.count, case.height, case.width)
    for picture, crop in enumerate(crops_in(augmented(student, images, case.crop, case.seed)[0], images, case.crop)):
        expect(not crop.colours_reversed, "", diagnosis=KNOWN["colours-reversed"])
        expect(not crop.upside_down, "", diagnosis=KNOWN["flipped-upside-down"])
        expect(crop.image == picture, "", diagnosis=KNOWN["images-exchanged"])


@task("augmentation")
@points(1)
def test_every_place_occurs(student, rng):
    """Row and column of the crop are drawn for each image by themselves, from the first to the last possible one."""
    crops, more = many_crops(student, rng)
    tops, lefts = ([getattr(crop, side) for crop in crops + more] for side in ("top", "left"))
    expect({1} != set(tops) or {1} != set(lefts), "", diagnosis=KNOWN["always-the-middle"])
    places = {(crop.top, crop.left) for crop in crops}
    expect(len(places) > 1, "", diagnosis=KNOWN["one-crop-for-all"])
    expect(tops != lefts, "", diagnosis=KNOWN["always-on-the-diagonal"])
    expect(max(tops) > 1 and max(lefts) > 1, "", diagnosis=KNOWN["last-place-never-drawn"])
    expect(len(places) == 9, "Not every place of the crop occurs, though there are many images.")
    counts = np.bincount([3 * top + left for top, left in zip(tops, lefts, strict=True)], minlength=9)
    expect(bool(counts.min() > 10), "Some places of the crop occur much less often than others.")


@task("augmentation")
@points(1)
def test_about_half_are_mirrored(student, rng):
    """About half of the images are mirrored, and which ones is drawn for each image by itself."""
    first, second = ([crop.turned for crop in crops] for crops in many_crops(student, rng))
    third = [crop.turned for crop in many_crops(student, rng)[0]]
    share = np.mean([first, second, third])
    one_decision = all(len(set(flips)) == 1 for flips in (first, second, third))
    expect(not one_decision or len({first[0], second[0], third[0]}) == 1, "", diagnosis=KNOWN["one-flip-for-all"])
    if one_decision:  # all alike in three calls: one decision for each call is told by more of them
        more = [many_crops(student, rng, 2)[0][0].turned for _ in range(12)]
        expect(len({*more, first[0]}) == 1, "", diagnosis=KNOWN["one-flip-for-all"])
    expect(share > 0, "", diagnosis=KNOWN["never-flipped"])
    expect(share < 1, "", diagnosis=KNOWN["always-flipped"])
    expect(abs(share - 0.5) < 0.15, "The share of mirrored images is far from one half.")


@task("augmentation")
@points(1)
def test_drawn_from_the_generator(student, rng):
    """The same generator gives the same crops, another one gives others, and so does the next call."""
    images, seed = numbered_images(60, 7, 8), int(rng.integers(10**6))
    (first, second), (again, _), (other, _) = (augmented(student, images, 4, s) for s in (seed, seed, seed + 1))
    for result in (first, second, again, other):
        crops_in(result, images, 4)  # of the right kind at all
    expect(np.array_equal(first, again), "", diagnosis=KNOWN["generator-not-used"])
    expect(not np.array_equal(first, other), "", diagnosis=KNOWN["the-same-every-time"])
    expect(not np.array_equal(first, second), "A second call with the same generator repeats the first one.")


@task("augmentation")
@points(1)
@search(IMAGES, examples=8)
def test_images_stay_and_crops_fit(student, case):
    """The images given are not changed; a crop is from one pixel to the whole image wide, else it is a ValueError."""
    size = min(case.height, case.width)
    images = numbered_images(24, case.height, case.width)
    kernel = in_kernel(student, tool_probes.augment_stays)
    expect(kernel.augment_stays(student.augment, images, 2, case.seed), "", diagnosis=KNOWN["input-changed"])
    for crop in (1, size):
        crops_in(augmented(student, images, crop, case.seed)[0], images, crop)
    for crop in (0, size + 1):
        with expect_raises("ValueError", naming="crop"):
            augmented(student, images, crop, case.seed)


@task("augmentation")
@points(2)
@search(cases(train=st.integers(1, 4), other=st.integers(1, 4), height=st.integers(1, 4), width=st.integers(1, 4),
              seed=SEED), examples=15)
def test_mean_of_the_training_set(student, case):
    """Both sets lose the training set's mean, pixel by pixel."""
    train = 100 * numbers(case.train + 1, case.height, case.width, 3, seed=case.seed)
    other = 100 * numbers(case.other, case.height, case.width, 3, seed=case.seed + 1)
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    right = reference.subtract_mean(train, other)
    for part, name in ((1, "the other set"), (0, "the training set")):
        expect_close(result[part], right, part=part, like=misconceptions.SUBTRACT_MEAN, what=name)


@task("augmentation")
@points(1)
@search(cases(images=st.integers(2, 4), side=st.integers(1, 3), seed=SEED), examples=8)
def test_mean_of_bytes(student, case):
    """Images of whole numbers from 0 to 255 become negative where they are darker than the mean, and stay as given."""
    rng = np.random.default_rng(case.seed)
    train, other = (rng.integers(0, 256, (case.images, case.side, case.side, 3), dtype=np.uint8) for _ in range(2))
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    for part, right in enumerate((train - train.mean(axis=0), other - train.mean(axis=0))):
        whole = isinstance(result[part], np.ndarray) and result[part].shape == right.shape
        expect(whole, "The sets keep their shapes.")
        wrapped = misconceptions.SUBTRACT_MEAN["wrapped-below-zero"]
        expect(result[part].dtype.kind == "f", "", diagnosis=wrapped)
    expect_close(result[1], reference.subtract_mean(train, other), part=1, like=misconceptions.SUBTRACT_MEAN,
                 rtol=1e-4, atol=1e-3, what="the other set")
    stays = leaves_unchanged(student, student.subtract_mean, train / 1.0, other / 1.0)
    expect(stays, "The images given to the function were changed.")


# --- top-k ---------------------------------------------------------------------------------------------------------

COUNTED = cases(images=st.integers(6, 12), classes=st.integers(3, 7), k=st.integers(1, 3), seed=SEED)
MANY = cases(images=st.integers(12, 20), classes=st.integers(4, 7), k=st.integers(1, 3), seed=SEED)
NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu"]


def scored(case, tied):
    """Scores and labels; `tied` ones are small whole numbers, so that many are equal."""
    rng = np.random.default_rng([case.seed, case.images, case.classes])
    shape = (case.images, case.classes)
    scores = rng.integers(0, 3, shape).astype(float) if tied else rng.permutation(np.prod(shape)).reshape(shape) / 8
    return scores, rng.integers(0, case.classes, case.images)


def same_best(student, scores, k):
    names = NAMES[: len(scores)]
    kernel = in_kernel(student, tool_probes.run_top_k)
    best = kernel.run_top_k(student.top_k, scores, k, names)
    expect_equal(best, reference.top_k(scores, k, names), like=misconceptions.TOP_K)


def same_accuracy(student, scores, labels, k):
    expect_close(student.top_k_accuracy(scores, labels, k), reference.top_k_accuracy(scores, labels, k),
                 like=misconceptions.TOP_K_ACCURACY, rtol=1e-6, what="the accuracy")


@task("top-k")
@points(1)
@search(COUNTED, examples=20)
def test_accuracy_of_different_scores(student, case):
    """The share of images whose label is among the k best classes, where no two scores are equal."""
    same_accuracy(student, *scored(case, tied=False), case.k)


@task("top-k")
@points(1)
@search(MANY, examples=25)
def test_accuracy_with_equal_scores(student, case):
    """Of equal scores the class with the lower index comes first, and so may be the last that counts."""
    same_accuracy(student, *scored(case, tied=True), case.k)


@task("top-k")
@points(1)
@search(COUNTED, examples=20)
def test_best_classes(student, case):
    """The k best classes with their scores, the best first."""
    same_best(student, scored(case, tied=False)[0][0], case.k)


@task("top-k")
@points(1)
@search(COUNTED, examples=20)
def test_best_classes_with_equal_scores(student, case):
    """Of equal scores the class with the lower index comes first."""
    same_best(student, scored(case, tied=True)[0][0], case.k)


@task("top-k")
@points(1)
@search(cases(classes=st.integers(2, 5), seed=SEED), examples=6)
def test_as_many_as_there_are_classes(student, case):
    """k may be the number of classes; below 1 or above that number it is a ValueError that names it."""
    scores = numbers(3, case.classes, seed=case.seed)
    labels = np.arange(3) % case.classes
    same_best(student, scores[0], case.classes)
    same_accuracy(student, scores, labels, case.classes)
    for k in (0, case.classes + 1):
        with expect_raises("ValueError", naming="k"):
            student.top_k(scores[0], k, NAMES[: case.classes])
        with expect_raises("ValueError", naming="k"):
            student.top_k_accuracy(scores, labels, k)


# --- filters -------------------------------------------------------------------------------------------------------

SIDES = {"channels": st.integers(1, 3), "height": st.integers(2, 4), "width": st.integers(2, 4), "seed": SEED}


def ready_filters(case, count):
    """Filters that are scaled already: in every channel the smallest weight is 0 and the largest 1."""
    weights = numbers(count, case.channels, case.height, case.width, seed=case.seed)
    low, high = weights.min(axis=(2, 3), keepdims=True), weights.max(axis=(2, 3), keepdims=True)
    return (weights - low) / (high - low)


def same_grid(student, weights, columns, gap):
    expect_close(student.filter_grid(weights, columns, gap), reference.filter_grid(weights, columns, gap),
                 like=misconceptions.FILTER_GRID, rtol=1e-5, atol=1e-6, what="the picture")


@task("filters")
@points(2)
@search(cases(rows=st.integers(1, 3), columns=st.integers(2, 4), **SIDES), examples=15)
def test_filters_row_by_row(student, case):
    """The filters stand side by side, row by row; without gaps they fill the picture."""
    same_grid(student, ready_filters(case, case.rows * case.columns), case.columns, 0)


@task("filters")
@points(1)
@search(cases(**SIDES), examples=15)
def test_each_filter_from_0_to_1(student, case):
    """Each filter is scaled as a whole: its smallest weight becomes 0, its largest 1."""
    weights = 3 * numbers(2, case.channels, case.height, case.width, seed=case.seed)
    weights[1] += 5
    same_grid(student, weights, 2, 0)


@task("filters")
@points(1)
@search(cases(rows=st.integers(1, 3), columns=st.integers(1, 3), gap=st.integers(1, 3), **SIDES), examples=15)
def test_gaps_between_filters(student, case):
    """Between two filters there is a gap of ones, outside there is none."""
    same_grid(student, ready_filters(case, case.rows * case.columns), case.columns, case.gap)


@task("filters")
@points(1)
@search(cases(count=st.integers(1, 7), columns=st.integers(2, 4), **SIDES).filter(lambda c: c.count % c.columns),
        examples=15)
def test_empty_places(student, case):
    """Where the last row is not full, its empty places are ones."""
    same_grid(student, ready_filters(case, case.count), case.columns, 0)


@task("filters")
@points(1)
@search(cases(**SIDES), examples=6)
def test_a_filter_without_contrast_and_wrong_arguments(student, case):
    """A filter whose weights are all equal becomes 0; columns below 1 and negative gaps are a ValueError."""
    weights = ready_filters(case, 2)
    weights[0] = 4.0
    same_grid(student, weights, 2, 0)
    kept = leaves_unchanged(student, student.filter_grid, weights)
    expect(kept, "The weights given to the function were changed.")
    for columns, gap, name in ((0, 1, "columns"), (2, -1, "gap")):
        with expect_raises("ValueError", naming=name):
            student.filter_grid(weights, columns, gap)


# --- feature-maps --------------------------------------------------------------------------------------------------

LOOKED_AT = {"channels": st.integers(1, 3), "size": st.tuples(st.integers(3, 6), st.integers(3, 6)), "seed": SEED}


def looked(student, case, layer, inplace=False, fails="never"):
    kernel = in_kernel(student, probes.run_feature_maps, memory.on_one_thread)
    seen = kernel.run_feature_maps(student.feature_maps, layer, case.channels, case.size, inplace, fails, case.seed)
    if not isinstance(seen, dict) or type(seen.get("hooks")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def same_maps(student, case, layer, inplace=False):
    seen = looked(student, case, layer, inplace)
    right = reference.read_features(layer, case.channels, case.size, inplace, _seed=case.seed)
    expect_close(seen["output"], right, like=misconceptions.FEATURE_MAPS, rtol=1e-5, atol=1e-6, what="the result")
    return seen


@task("feature-maps")
@points(2)
@search(cases(layer=st.sampled_from(["features.1", "features.2", "features"]), **LOOKED_AT), examples=12)
def test_maps_of_a_layer(student, case):
    """The output of the layer for the image: (channels, height, width), as a NumPy array."""
    same_maps(student, case, case.layer)


@task("feature-maps")
@points(2)
@search(cases(layer=st.sampled_from(["block.body.0", "block.body"]), **LOOKED_AT), examples=12)
def test_maps_behind_a_forward_of_its_own(student, case):
    """A layer deep inside a network whose forward pass is more than one layer after the other."""
    same_maps(student, case, case.layer)


@task("feature-maps")
@points(1)
@search(cases(**LOOKED_AT), examples=8)
def test_maps_before_an_in_place_layer(student, case):
    """The maps are those that the layer gave, also when the next layer overwrites them."""
    same_maps(student, case, "features.0", inplace=True)


def looked_at_maps(student, case):
    """A look at a layer that has to give as many numbers as its maps have: no hook is left by who sets none."""
    seen = looked(student, case, "features.1")
    size = 4 * case.size[0] * case.size[1]
    whole = isinstance(seen["output"], np.ndarray) and seen["output"].size == size
    expect(whole, "feature_maps returns a NumPy array with all maps of the layer; something else came back.")
    return seen


@task("feature-maps")
@points(1)
@search(cases(**LOOKED_AT), examples=4)
def test_no_hook_left(student, case):
    """Afterwards the model has the hooks that it had before, no more and no fewer."""
    seen = looked_at_maps(student, case)
    expect(seen["hooks"] <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-behind"])
    expect(seen["hooks"] == 0, "", diagnosis=misconceptions.FEATURE_MAPS["other-hooks-removed"])


@task("feature-maps")
@points(2)
@search(cases(fails=st.sampled_from(["first", "head"]), **LOOKED_AT), examples=6)
def test_no_hook_left_after_an_error(student, case):
    """When the forward pass raises, the hook is removed all the same."""
    seen = looked_at_maps(student, case)
    expect(seen["hooks"] <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-behind"])
    left = looked(student, case, "features.1", fails=case.fails)["hooks"]
    expect(left <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-after-an-error"])
    expect(left == 0, "", diagnosis=misconceptions.FEATURE_MAPS["other-hooks-removed"])


# --- alexnet-train -------------------------------------------------------------------------------------------------


@task("alexnet-train")
@points(9)
def test_accuracy(student):
    """On pictures it has not seen, each altered a little, the network reaches the accuracy that the notebook shows."""
    training.expect_accuracy(student, training.ALEXNET, misconceptions.ALEXNET_TRAIN)


@task("alexnet-train")
@points(2)
def test_logits_come_back(student):
    """The trained network returns logits: numbers of both signs, one for each class."""
    training.expect_logits(student, training.ALEXNET, misconceptions.ALEXNET_TRAIN)


@task("alexnet-train")
@points(2)
def test_one_picture_at_a_time(student):
    """What the trained network says of a picture depends neither on the other pictures of its batch nor on the call."""
    training.expect_batch_independent(student, training.ALEXNET, misconceptions.ALEXNET_TRAIN)


@task("alexnet-train")
@points(2)
def test_the_seed_decides(student):
    """Two trainings with the same seed give the same network; on a GPU, where the order of sums is open, not asked."""
    training.expect_seeded(student, training.ALEXNET, misconceptions.ALEXNET_TRAIN)
