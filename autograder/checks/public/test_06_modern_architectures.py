"""Public checks of assignment 06. For numbers of one's own they look at the form and at what must fit together."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    misconceptions,
    reference,
    task,
)
from autograder.checks.probes import architectures as probes
from autograder.checks.probes import memory


def run(student, make, options, shapes, training=False, zeros=False):
    kernel = in_kernel(student, probes.run_module, probes.fill, memory.on_one_thread)
    seen = kernel.run_module(make, options, shapes, training, zeros, 0)
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    return seen


def same_output(seen, right, registry):
    expect_close(seen["output"], right, like=registry, framework="torch", what="the output")


INCEPTION = {"in_channels": 3, "c1": 2, "c3_reduce": 1, "c3": 4, "c5_reduce": 1, "c5": 2, "pool_proj": 3}


@task("inception")
def test_joined_channels(student):
    """2 + 4 + 2 + 3 channels come out, and height and width stay."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 5, 6)])
    right = reference.inception(INCEPTION, [(1, 3, 5, 6)], _report="shape")
    expect_equal(tuple(seen["output"].shape), right, like=misconceptions.INCEPTION, what="the output's shape")


@task("inception")
def test_parameters_of_the_six_convolutions(student):
    """The module has the parameters of six convolutions with biases."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 5, 6)])
    right = reference.inception(INCEPTION, [(1, 3, 5, 6)], _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.INCEPTION, what="the number of parameters")


@task("inception")
def test_output_of_a_small_module(student):
    """For given weights the output of a small module is right."""
    seen = run(student, student.InceptionModule, INCEPTION, [(1, 3, 4, 4)])
    same_output(seen, reference.inception(INCEPTION, [(1, 3, 4, 4)]), misconceptions.INCEPTION)


@task("residual")
def test_straight_block(student):
    """A block of 2 channels without a stride, on an image of 4x4: the input itself is added."""
    options, shapes = {"in_channels": 2, "out_channels": 2}, [(1, 2, 4, 4)]
    seen = run(student, student.ResidualBlock, options, shapes)
    same_output(seen, reference.residual(options, shapes), misconceptions.RESIDUAL)


@task("residual")
def test_block_with_a_projection(student):
    """A block from 2 to 3 channels with stride 2, on an image of 5x5: a projection is added."""
    options, shapes = {"in_channels": 2, "out_channels": 3, "stride": 2}, [(1, 2, 5, 5)]
    seen = run(student, student.ResidualBlock, options, shapes)
    right = reference.residual(options, shapes, _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.RESIDUAL, what="the number of parameters")
    same_output(seen, reference.residual(options, shapes), misconceptions.RESIDUAL)


@task("squeeze-excite")
def test_parameters_for_eight_channels(student):
    """8 channels and a reduction of 4: two dense layers, 8 to 2 and 2 to 8, with biases."""
    options, shapes = {"channels": 8, "reduction": 4}, [(1, 8, 3, 3)]
    seen = run(student, student.SqueezeExcite, options, shapes)
    right = reference.squeeze_excite(options, shapes, _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.SQUEEZE_EXCITE, what="the number of parameters")


@task("squeeze-excite")
def test_two_images(student):
    """Two images of 3x5: each channel of each image is scaled by its own factor."""
    options, shapes = {"channels": 8, "reduction": 4}, [(2, 8, 3, 5)]
    seen = run(student, student.SqueezeExcite, options, shapes)
    same_output(seen, reference.squeeze_excite(options, shapes), misconceptions.SQUEEZE_EXCITE)


@task("separable")
def test_parameters_from_two_to_three_channels(student):
    """From 2 to 3 channels with a 3x3 kernel: 18 + 6 parameters."""
    options, shapes = {"in_channels": 2, "out_channels": 3, "kernel_size": 3}, [(1, 2, 5, 5)]
    seen = run(student, student.SeparableConv2d, options, shapes)
    right = reference.separable(options, shapes, _report="parameters")
    expect_equal(seen["parameters"], right, like=misconceptions.SEPARABLE, what="the number of parameters")


@task("separable")
def test_output_with_stride_and_padding(student):
    """For given weights the output is right, also with a stride and padding."""
    for more in ({}, {"stride": 2, "padding": 1}):
        options, shapes = {"in_channels": 2, "out_channels": 3, "kernel_size": 3, **more}, [(1, 2, 5, 6)]
        seen = run(student, student.SeparableConv2d, options, shapes)
        same_output(seen, reference.separable(options, shapes), misconceptions.SEPARABLE)


SAVING = ["plain_parameters", "separable_parameters", "plain_multiply_adds", "separable_multiply_adds"]


@task("separable-saving")
def test_form_of_the_saving(student, variant):
    """Four whole numbers; the separable ones are smaller, and every weight is used at each output position."""
    answer = student.separable_saving
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for key in SAVING:
        value = answer.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0 or value % 1:
            raise CheckFailure(f'The entry "{key}" is to be a whole number above 0.')
    expect(answer["separable_parameters"] < answer["plain_parameters"], "Here the separable convolution is smaller.")
    positions = variant["height"] * variant["width"]
    for key in SAVING[2:]:
        expect(answer[key] % positions == 0, f'"{key}" cannot be shared out evenly among the output\'s positions.')


def converted(student, arguments):
    kernel = in_kernel(student, probes.run_dense_to_conv, probes.fill, memory.on_one_thread)
    seen = kernel.run_dense_to_conv(student.dense_to_conv, *arguments, 0)
    expect(seen.get("kernel") != (3, 2), "The kernel lies on its side.",
           diagnosis=misconceptions.DENSE_TO_CONV["height-and-width-swapped"])
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("dense_to_conv returns a convolution; something else came back.")
    return seen


@task("dense-to-conv")
def test_scores_of_two_images(student):
    """Two channels of 2x3 and four scores: the convolution gives what the dense layer gave."""
    arguments = (4, 2, (2, 3), (0, 0), True)
    same_output(converted(student, arguments), reference.convolved(*arguments), misconceptions.DENSE_TO_CONV)


@task("dense-to-conv")
def test_scores_of_a_larger_image(student):
    """An image one row and two columns larger has 2x3 places for the window."""
    arguments = (4, 2, (2, 3), (1, 2), True)
    same_output(converted(student, arguments), reference.convolved(*arguments), misconceptions.DENSE_TO_CONV)


@task("upsample")
def test_kernel_for_a_factor_of_two(student):
    """The kernel for a factor of 2 is 4x4 and adds up to 4; for 3 it is 5x5 and adds up to 9."""
    for factor in (2, 3):
        expect_close(student.bilinear_kernel(factor), reference.bilinear_kernel(factor),
                     like=misconceptions.BILINEAR_KERNEL, framework="torch", what="the kernel")


@task("upsample")
def test_small_head(student):
    """A map of 3x4 and one twice as large: scores for every class at every pixel of the larger one."""
    options = {"low_channels": 3, "high_channels": 2, "num_classes": 2}
    kernel = in_kernel(student, probes.run_head, probes.run_module, probes.fill, memory.on_one_thread)
    seen = kernel.run_head(student.SegmentationHead, options, (3, 4), 2, 0)
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    registry = misconceptions.SEGMENTATION_HEAD
    expect_equal(seen["shape"], reference.segmentation(options, (3, 4), 2, _report="shape"), like=registry,
                 what="the output's shape")
    # a float32 kernel may do the enlarging
    expect_close(seen["output"], reference.segmentation(options, (3, 4), 2), like=registry, framework="torch",
                 rtol=1e-4, atol=1e-5, what="the output")


TARGET = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 2, 2], [0, 0, 2, 2]])
PREDICTION = np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 2], [0, 0, 0, 2]])


def scored(student, prediction, target, num_classes, ignore_index=None):
    kernel = in_kernel(student, probes.run_mean_iou)
    value = kernel.run_mean_iou(student.mean_iou, prediction, target, num_classes, ignore_index)
    value = value.array if isinstance(value, Tensor) else value
    expect_close(value, reference.mean_iou(prediction, target, num_classes, ignore_index),
                 like=misconceptions.MEAN_IOU, rtol=1e-5, what="the mean IoU")


@task("mean-iou")
def test_three_classes(student):
    """A map of 4x4 with three classes."""
    scored(student, PREDICTION, TARGET, 3)


@task("mean-iou")
def test_a_fourth_class_that_is_absent(student):
    """A fourth class that is nowhere changes nothing."""
    scored(student, PREDICTION, TARGET, 4)


@task("mean-iou")
def test_a_border_to_ignore(student):
    """Pixels marked 255 in the target do not count."""
    marked = TARGET.copy()
    marked[0] = 255
    scored(student, PREDICTION, marked, 3, 255)


@task("imagenet-history")
def test_form_of_the_history(student):
    """Four networks, each with top-1 and top-5 accuracy in percent and its parameters in millions."""
    answer = student.imagenet_history
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in ("AlexNet", "VGG-16", "ResNet-50", "EfficientNet-B7"):
        entry = answer.get(name)
        if not isinstance(entry, (tuple, list)) or len(entry) != 3:
            raise CheckFailure(f'"{name}" is to have three numbers.')
        if not all(isinstance(value, (int, float)) for value in entry):
            raise CheckFailure(f'"{name}" is to have three numbers.')
        top1, top5, millions = entry
        expect(1 < top1 < top5 <= 100, f'The accuracies of "{name}" are to be percent, top-1 below top-5.')
        expect(1 < millions < 1000, f'The parameters of "{name}" are to be in millions.')
