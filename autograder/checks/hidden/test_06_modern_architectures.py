"""Hidden checks of assignment 06."""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    cases,
    expect,
    expect_close,
    expect_entry,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    points,
    reference,
    search,
    task,
)
from autograder.checks.probes import architectures as probes
from autograder.checks.probes import memory
from autograder.checks.variants import all_variants

FEW, SIDE, SEED = st.integers(1, 4), st.integers(1, 6), st.integers(0, 50)


def run(student, make, options, shapes, *, training=False, zeros=False, seed=0):
    """What the notebook's module gives (see `run_module`), after a look at the types of the report."""
    kernel = in_kernel(student, probes.run_module, probes.fill, memory.on_one_thread)
    return looked_at(kernel.run_module(make, options, shapes, training, zeros, seed))


def looked_at(seen):
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def same_parameters(seen, right, shape, registry):
    """The number of parameters, beside an output of the right shape."""
    expect_equal(tuple(seen["output"].shape), shape, what="the output's shape")
    expect_equal(seen["parameters"], right, like=registry, what="the number of parameters")


def same_output(seen, right, registry):
    expect_close(seen["output"], right, like=registry, framework="torch", what="the output")


def same_gradient(seen, right, registry):
    gradient = seen.get("gradient")
    expect(gradient is not None, "No gradient reaches the input.")
    expect_close(gradient, right, like=registry, framework="torch", what="the gradient of the input")


# --- inception -----------------------------------------------------------------------------------------------------

COUNTS = ("in_channels", "c1", "c3_reduce", "c3", "c5_reduce", "c5", "pool_proj")
WIDTHS = st.fixed_dictionaries(dict.fromkeys(COUNTS, FEW))
MODULES = cases(options=WIDTHS, images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED)


def inception(student, case):
    shapes = [(case.images, case.options["in_channels"], case.height, case.width)]
    return run(student, student.InceptionModule, case.options, shapes, seed=case.seed), shapes


@task("inception")
@points(2)
@search(MODULES, examples=10)
def test_parameters_of_the_branches(student, case):
    """The module has the parameters of its six convolutions, biases included."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.INCEPTION, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@task("inception")
@points(2)
@search(MODULES, examples=12)
def test_branches_keep_the_size(student, case):
    """Height and width stay for any image, and the channels of the four branches are joined."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="shape", _seed=case.seed)
    expect_equal(tuple(seen["output"].shape), right, like=misconceptions.INCEPTION, what="the output's shape")


@task("inception")
@points(4)
@search(MODULES, examples=12)
def test_output_of_the_module(student, case):
    """For given weights the output is right, branch by branch in the order 1x1, 3x3, 5x5, pooling."""
    seen, shapes = inception(student, case)
    same_output(seen, reference.inception(case.options, shapes, _seed=case.seed), misconceptions.INCEPTION)


@task("inception")
@points(2)
@search(MODULES, examples=10)
def test_gradient_through_the_branches(student, case):
    """The gradient of the input is the sum over all branches."""
    seen, shapes = inception(student, case)
    right = reference.inception(case.options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.INCEPTION)


# --- residual ------------------------------------------------------------------------------------------------------

STRAIGHT = cases(channels=FEW, images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED)
PROJECTED = cases(
    channels=st.sampled_from([(1, 1, 2), (1, 2, 1), (2, 3, 2), (3, 2, 1), (2, 2, 2), (2, 4, 3)]),
    images=st.integers(1, 2), height=SIDE, width=SIDE, seed=SEED,
)


def straight(case):
    """A block in which input and output have the same shape."""
    return {"in_channels": case.channels, "out_channels": case.channels}, [
        (case.images, case.channels, case.height, case.width)]


def projected(case):
    """A block whose shortcut has to change channels or size."""
    before, after, stride = case.channels
    return {"in_channels": before, "out_channels": after, "stride": stride}, [
        (case.images, before, case.height, case.width)]


@task("residual")
@points(2)
@search(PROJECTED, examples=8)
def test_parameters_of_the_block(student, case):
    """A projection is there where the shape changes, and only there; convolutions have no biases."""
    for options, shapes in (straight(type(case)(case, channels=case.channels[1])), projected(case)):
        seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
        right = reference.residual(options, shapes, _report="parameters", _seed=case.seed)
        expect_equal(seen["parameters"], right, like=misconceptions.RESIDUAL, what="the number of parameters")
        expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@task("residual")
@points(3)
@search(STRAIGHT, examples=12)
def test_output_with_a_straight_shortcut(student, case):
    """Where the shapes agree, the input itself is added; for given weights the output is right."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, _seed=case.seed), misconceptions.RESIDUAL)


@task("residual")
@points(2)
@search(PROJECTED, examples=12)
def test_output_with_a_projection(student, case):
    """Where stride or channels change, the projected input is added; for given weights the output is right."""
    options, shapes = projected(case)
    seen = run(student, student.ResidualBlock, options, shapes, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, _seed=case.seed), misconceptions.RESIDUAL)


@task("residual")
@points(1)
@search(STRAIGHT.filter(lambda case: case.images * case.height * case.width > 1), examples=8)
def test_output_in_training(student, case):
    """In training the batch normalisations use the batch's own means and variances."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, training=True, seed=case.seed)
    same_output(seen, reference.residual(options, shapes, True, _seed=case.seed), misconceptions.RESIDUAL)


@task("residual")
@points(2)
@search(STRAIGHT, examples=8)
def test_gradient_of_the_identity_path(student, case):
    """With all kernels at zero the gradient still reaches the input, through the shortcut."""
    options, shapes = straight(case)
    seen = run(student, student.ResidualBlock, options, shapes, zeros=True, seed=case.seed)
    right = reference.residual(options, shapes, False, True, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.RESIDUAL)


# --- squeeze-excite ------------------------------------------------------------------------------------------------

SQUEEZED = cases(
    options=st.fixed_dictionaries({"channels": st.integers(4, 12), "reduction": st.integers(2, 4)}),
    height=SIDE, width=SIDE, seed=SEED,
)


def squeezed(student, case, images=1, **options):
    options = case.options | options
    shapes = [(images, options["channels"], case.height, case.width)]
    return run(student, student.SqueezeExcite, options, shapes, seed=case.seed), options, shapes


@task("squeeze-excite")
@points(2)
@search(SQUEEZED, examples=10)
def test_parameters_of_the_two_layers(student, case):
    """Two dense layers with biases, channels // reduction units between them."""
    seen, options, shapes = squeezed(student, case)
    right = reference.squeeze_excite(options, shapes, _report="parameters", _seed=case.seed)
    same_parameters(seen, right, shapes[0], misconceptions.SQUEEZE_EXCITE)


@task("squeeze-excite")
@points(4)
@search(SQUEEZED, examples=12)
def test_scaled_channels(student, case):
    """Each channel is scaled by its factor; for given weights the output is right."""
    seen, options, shapes = squeezed(student, case)
    same_output(seen, reference.squeeze_excite(options, shapes, _seed=case.seed), misconceptions.SQUEEZE_EXCITE)


@task("squeeze-excite")
@points(1)
@search(SQUEEZED, examples=8)
def test_every_image_by_itself(student, case):
    """Every image of a batch has factors of its own."""
    seen, options, shapes = squeezed(student, case, images=3)
    same_output(seen, reference.squeeze_excite(options, shapes, _seed=case.seed), misconceptions.SQUEEZE_EXCITE)


@task("squeeze-excite")
@points(1)
@search(SQUEEZED, examples=8)
def test_fewer_channels_than_the_reduction(student, case):
    """With fewer channels than the reduction one unit is left between the layers."""
    seen, options, shapes = squeezed(student, case, channels=3, reduction=16)
    right = reference.squeeze_excite(options, shapes, _report="parameters", _seed=case.seed)
    same_parameters(seen, right, shapes[0], misconceptions.SQUEEZE_EXCITE)


@task("squeeze-excite")
@points(2)
@search(SQUEEZED, examples=8)
def test_gradient_through_the_factors(student, case):
    """The gradient flows through the channels and through their factors."""
    seen, options, shapes = squeezed(student, case)
    right = reference.squeeze_excite(options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.SQUEEZE_EXCITE)


# --- separable -----------------------------------------------------------------------------------------------------

SEPARATED = cases(
    options=st.fixed_dictionaries({"in_channels": FEW, "out_channels": FEW, "kernel_size": st.integers(1, 3)}),
    images=st.integers(1, 2), height=st.integers(3, 7), width=st.integers(3, 7), seed=SEED,
)


def separated(student, case, **options):
    options = case.options | options
    shapes = [(case.images, options["in_channels"], case.height, case.width)]
    return run(student, student.SeparableConv2d, options, shapes, seed=case.seed), options, shapes


@task("separable")
@points(3)
@search(SEPARATED, examples=12)
def test_parameters_of_the_halves(student, case):
    """One kernel per input channel, then one weight for every pair of channels; no biases."""
    seen, options, shapes = separated(student, case)
    right = reference.separable(options, shapes, _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], right, like=misconceptions.SEPARABLE, what="the number of parameters")
    expect(bool(np.isfinite(seen["output"].array).all()), "The output has numbers that are not finite.")


@task("separable")
@points(3)
@search(SEPARATED, examples=12)
def test_output_of_the_halves(student, case):
    """For given weights the output is right."""
    seen, options, shapes = separated(student, case)
    same_output(seen, reference.separable(options, shapes, _seed=case.seed), misconceptions.SEPARABLE)


@task("separable")
@points(2)
@search(SEPARATED, examples=12)
def test_stride_and_padding(student, case):
    """Stride and padding belong to the depthwise half."""
    for more in ({"stride": 2}, {"padding": 1}, {"stride": 2, "padding": 2}):
        seen, options, shapes = separated(student, case, **more)
        same_output(seen, reference.separable(options, shapes, _seed=case.seed), misconceptions.SEPARABLE)


@task("separable")
@points(2)
@search(SEPARATED, examples=8)
def test_gradient_through_both_halves(student, case):
    """The gradient flows back through both halves."""
    seen, options, shapes = separated(student, case)
    right = reference.separable(options, shapes, _report="gradient", _seed=case.seed)
    same_gradient(seen, right, misconceptions.SEPARABLE)


# --- separable-saving ----------------------------------------------------------------------------------------------


def saving(student, key, variant):
    expect_entry(
        student.separable_saving, key, reference.separable_saving(**variant), like=misconceptions.SEPARABLE_SAVING,
        others=all_variants("separable-saving"), rtol=0,
    )


@task("separable-saving")
@points(1)
def test_plain_parameters(student, variant):
    """The parameters of the plain convolution."""
    saving(student, "plain_parameters", variant)


@task("separable-saving")
@points(2)
def test_separable_parameters(student, variant):
    """The parameters of the separable convolution."""
    saving(student, "separable_parameters", variant)


@task("separable-saving")
@points(1)
def test_plain_multiply_adds(student, variant):
    """The multiply-adds of the plain convolution."""
    saving(student, "plain_multiply_adds", variant)


@task("separable-saving")
@points(1)
def test_separable_multiply_adds(student, variant):
    """The multiply-adds of the separable convolution."""
    saving(student, "separable_multiply_adds", variant)


# --- dense-to-conv -------------------------------------------------------------------------------------------------

DENSE = cases(outputs=FEW, channels=st.integers(1, 3), size=st.tuples(st.integers(1, 4), st.integers(1, 4)), seed=SEED)
LARGER = cases(
    outputs=FEW, channels=st.integers(1, 3), size=st.tuples(st.integers(1, 4), st.integers(1, 4)), seed=SEED,
    larger_by=st.tuples(st.integers(0, 4), st.integers(0, 4)),
)


def converted(student, case, larger_by=(0, 0), bias=True):
    arguments = (case.outputs, case.channels, case.size, larger_by, bias)
    kernel = in_kernel(student, probes.run_dense_to_conv, probes.fill, memory.on_one_thread)
    seen = kernel.run_dense_to_conv(student.dense_to_conv, *arguments, case.seed)
    turned = isinstance(seen, dict) and case.size[0] != case.size[1] and seen.get("kernel") == case.size[::-1]
    expect(not turned, "The kernel lies on its side.",
           diagnosis=misconceptions.DENSE_TO_CONV["height-and-width-swapped"])
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("dense_to_conv returns a convolution; something else came back.")
    return seen, reference.convolved(*arguments, _seed=case.seed)


@task("dense-to-conv")
@points(5)
@search(DENSE, examples=15)
def test_same_scores_as_the_dense_layer(student, case):
    """On images of the layer's size the convolution gives what the dense layer gave."""
    seen, right = converted(student, case)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@task("dense-to-conv")
@points(3)
@search(LARGER, examples=15)
def test_a_map_of_scores(student, case):
    """On a larger image there is a score for every place where the window fits."""
    seen, right = converted(student, case, larger_by=case.larger_by)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@task("dense-to-conv")
@points(1)
@search(DENSE, examples=6)
def test_dense_layer_without_bias(student, case):
    """A dense layer without a bias becomes a convolution without one."""
    seen, right = converted(student, case, bias=False)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@task("dense-to-conv")
@points(2)
@search(DENSE, examples=6)
def test_it_is_a_convolution(student, case):
    """An nn.Conv2d with a kernel as large as the image comes back, and the dense layer stays what it was."""
    seen, _ = converted(student, case)
    expect(seen.get("is_conv") is True, "What came back is no nn.Conv2d.")
    expect(tuple(seen["output"].shape[:2]) == (2, case.outputs), "The number of images or of scores is off.")
    expect(seen.get("kernel") == case.size, "The kernel is not as large as the image.")
    expect(seen.get("untouched") is True, "The dense layer was changed.")


@task("dense-to-conv")
@points(1)
def test_sizes_that_do_not_fit(student):
    """A dense layer of another number of inputs is refused with a ValueError."""
    kernel = in_kernel(student, _converted_with_a_wrong_height)
    with expect_raises("ValueError"):
        kernel._converted_with_a_wrong_height(student.dense_to_conv)


def _converted_with_a_wrong_height(convert):
    import torch

    return convert(torch.nn.Linear(12, 3), 2, 3, 3) is None


# --- upsample ------------------------------------------------------------------------------------------------------


def same_kernel(student, factor):
    expect_close(student.bilinear_kernel(factor), reference.bilinear_kernel(factor),
                 like=misconceptions.BILINEAR_KERNEL, framework="torch", what="the kernel")


@task("upsample")
@points(2)
def test_kernel_for_even_factors(student):
    """The bilinear kernel for the factors 2, 4, 6 and 8."""
    for factor in (2, 4, 6, 8):
        same_kernel(student, factor)


@task("upsample")
@points(2)
def test_kernel_for_odd_factors(student):
    """The bilinear kernel for the factors 1, 3, 5 and 7."""
    for factor in (3, 5, 7, 1):
        same_kernel(student, factor)


HEADS = cases(
    options=st.fixed_dictionaries({"low_channels": FEW, "high_channels": FEW, "num_classes": st.integers(2, 4)}),
    size=st.tuples(st.integers(3, 5), st.integers(3, 5)), factor=st.sampled_from([2, 3, 4]), seed=SEED,
)


def head(student, case):
    kernel = in_kernel(student, probes.run_head, probes.run_module, probes.fill, memory.on_one_thread)
    return looked_at(kernel.run_head(student.SegmentationHead, case.options, case.size, case.factor, case.seed))


@task("upsample")
@points(2)
@search(HEADS, examples=10)
def test_form_of_the_head(student, case):
    """Two 1x1 convolutions with biases, and scores for every class at every pixel of the larger map."""
    registry = misconceptions.SEGMENTATION_HEAD
    seen, case_of = head(student, case), (case.options, case.size, case.factor)
    shape = reference.segmentation(*case_of, _report="shape", _seed=case.seed)
    expect_equal(seen.get("shape"), shape, like=registry, what="the output's shape")
    count = reference.segmentation(*case_of, _report="parameters", _seed=case.seed)
    expect_equal(seen["parameters"], count, like=registry, what="the number of parameters")


@task("upsample")
@points(4)
@search(HEADS, examples=12)
def test_scores_of_the_head(student, case):
    """The coarse scores, enlarged bilinearly, and the fine ones are added (compared away from the border)."""
    seen = head(student, case)
    right = reference.segmentation(case.options, case.size, case.factor, _seed=case.seed)
    # a float32 kernel may do the enlarging
    expect_close(seen["output"], right, like=misconceptions.SEGMENTATION_HEAD, framework="torch", rtol=1e-4, atol=1e-5,
                 what="the output")


# --- mean-iou ------------------------------------------------------------------------------------------------------

LABELS = cases(classes=st.integers(2, 4), shape=st.tuples(st.integers(1, 2), SIDE, SIDE), seed=SEED)


def labels(case, classes, seed=0):
    """A map of labels below `classes`, drawn from the case."""
    return np.random.default_rng([case.seed, seed, *case.shape]).integers(0, classes, case.shape)


def scored(student, prediction, target, num_classes, ignore_index=None):
    kernel = in_kernel(student, probes.run_mean_iou)
    value = kernel.run_mean_iou(student.mean_iou, prediction, target, num_classes, ignore_index)
    value = value.array if isinstance(value, Tensor) else value
    expect_close(value, reference.mean_iou(prediction, target, num_classes, ignore_index),
                 like=misconceptions.MEAN_IOU, rtol=1e-5, what="the mean IoU")


@task("mean-iou")
@points(2)
@search(LABELS, examples=20)
def test_every_class_is_there(student, case):
    """Prediction and target have every class: the mean of intersection over union."""
    prediction, target = labels(case, case.classes), labels(case, case.classes, 1)
    everything = np.arange(case.classes)
    prediction = np.concatenate([prediction.ravel(), everything, everything[::-1]])
    target = np.concatenate([target.ravel(), everything, everything])
    scored(student, prediction, target, case.classes)


@task("mean-iou")
@points(1)
@search(LABELS, examples=15)
def test_absent_classes(student, case):
    """A class that neither has does not count; one that only the prediction has counts with 0."""
    scored(student, labels(case, case.classes - 1), labels(case, max(1, case.classes - 2), 1), case.classes + 1)


@task("mean-iou")
@points(2)
def test_ignored_pixels(student, rng):
    """Pixels whose target is ignore_index do not count, whatever was predicted there."""
    for mark, side in ((0, 5), (255, 6), (2, 7)):
        prediction, target = rng.integers(0, 3, (2, 2, side, side))
        scored(student, prediction, np.where(rng.random(target.shape) < 0.3, mark, target), 3, mark)


@task("mean-iou")
@points(1)
def test_a_float_comes_back(student):
    """The result is a Python float; it is 1 for a perfect map, and NaN where no class is there at all."""
    kernel = in_kernel(student, probes.run_mean_iou)
    target = np.array([[0, 1], [1, 2]])
    value = kernel.run_mean_iou(student.mean_iou, target, target, 3, None)
    expect(isinstance(value, float), "The result is not a Python float.")
    expect_close(value, reference.mean_iou(target, target, 3), what="the mean IoU")
    nothing = np.full((2, 2), 9)
    value = kernel.run_mean_iou(student.mean_iou, nothing, nothing, 3, 9)
    expect(isinstance(value, float), "The result is not a Python float.")
    expect_close(value, reference.mean_iou(nothing, nothing, 3, 9), what="the mean IoU")


# --- imagenet-history ----------------------------------------------------------------------------------------------


def history(student, name):
    expect_entry(student.imagenet_history, name, reference.imagenet_history(), like=misconceptions.IMAGENET_HISTORY,
                 rtol=0.002)


@task("imagenet-history")
@points(1)
def test_alexnet_in_history(student):
    """AlexNet: top-1, top-5, millions of parameters."""
    history(student, "AlexNet")


@task("imagenet-history")
@points(1)
def test_vgg_in_history(student):
    """VGG-16: top-1, top-5, millions of parameters."""
    history(student, "VGG-16")


@task("imagenet-history")
@points(2)
def test_resnet_in_history(student):
    """ResNet-50, with the weights that follow the paper: top-1, top-5, millions of parameters."""
    history(student, "ResNet-50")


@task("imagenet-history")
@points(1)
def test_efficientnet_in_history(student):
    """EfficientNet-B7: top-1, top-5, millions of parameters."""
    history(student, "EfficientNet-B7")
