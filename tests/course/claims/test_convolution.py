"""Assignment 01: the numbers in its words, and what they say of the frameworks."""

from __future__ import annotations

import warnings
from functools import partial

import numpy as np
import pytest
import tensorflow as tf
import torch
from torch import nn
from torch.nn import functional

from autograder.checks.search import numbers
from autograder.course import Course
from course.convolution.conv2d.reference import conv2d
from course.convolution.conv2d_backward.reference import conv2d_backward
from course.convolution.dilated.reference import dilate_kernel
from course.convolution.im2col import public as speed
from course.convolution.im2col.reference import im2col
from course.convolution.output_size.reference import output_size
from course.convolution.padding_output.reference import padding_output
from course.convolution.receptive_field.reference import receptive_field
from course.convolution.same_padding.reference import same_padding
from course.convolution.weight_counting.reference import weight_counting

from ...checks.helpers import session_of
from . import says

NAME = "01-convolution"
said = partial(says, NAME)


def test_weights():
    example, colour = (weight_counting(small, (200, 200, 3), kernel, filters)
                       for small, kernel, filters in (((28, 28, 1), 3, 4), ((32, 32, 3), 5, 10)))
    dense, shared = example["dense_large"], colour["conv_neuron"]
    said(
        f"A picture of 200x200 pixels in colour is {dense:,} numbers. A single neuron of a dense layer that looks at "
        f"it has {dense:,} weights",
        f"the same {shared} weights are used everywhere in the image", f"the blue one stays at {shared}",
        f"A 5x5 filter on RGB has {shared} weights and a bias, however large the image is; a single dense neuron has "
        f"{dense:,} on 200x200x3",
        f"a dense neuron has {example['dense_small']} weights, a 3x3 neuron has {example['conv_neuron']}, and a layer "
        f"of 4 such filters has 4 x (9 + 1) = {example['conv_layer']} parameters",
        f"rise from {16 * 16 * 3} at 16 pixels to {256 * 256 * 3:,} at 256, those of a 5x5 neuron stay at {shared}",
    )


def test_sizes():
    assert output_size(7, 3, 3) == 2 and output_size(10, 5, 2) == 3
    assert (output_size(8, 3, 2) - 1) * 2 + 3 == 7  # where the last of the windows ends: before the eighth pixel
    said(
        f"{output_size(7, 3, 2)} windows, so the result has 3 numbers",
        f"7 pixels, a 3-wide window and stride 3: (7 - 3) / 3 + 1 = {(7 - 3) / 3 + 1:.2f}. Two windows fit, and the "
        "last row of pixels is never read. Frameworks say nothing about it",
        f"a 3-wide kernel reads pixels 0, 2 and 4, so its window covers {2 * (3 - 1) + 1} pixels",
        f"padding adds a 0 on each side, and {output_size(7, 3, 1, 1)} windows fit",
        "with 8 pixels and stride 2 the last pixel (orange) is never read",
        # the hint of output-size: three windows on ten pixels, and the next would end outside
        "8 pixels with a padding of 1 are 10.", f"its window is {2 * (3 - 1) + 1} wide",
    )


def test_frameworks_leave_pixels_unread_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert functional.conv1d(torch.ones(1, 1, 7), torch.ones(1, 1, 3), stride=3).shape == (1, 1, 2)
        assert tf.nn.conv1d(np.ones((1, 7, 1)), np.ones((3, 1, 1)), 3, "VALID").shape == (1, 2, 1)


def test_padding():
    reads = conv2d_backward(np.ones((5, 5, 1)), np.zeros((7, 7, 1)), np.ones((1, 3, 3, 1)))[0][..., 0]
    assert (reads[0, 0], reads[3, 3]) == (1, 9)
    for size, kernel, stride in ((7, 3, 1), (6, 3, 2), (5, 1, 2)):
        windows, added = -(-size // stride), same_padding(size, kernel, stride)
        start = (windows - 1) * stride
        said(f"| {size} | {kernel} | {stride} | {windows} | {start} to {start + kernel - 1} | {sum(added)} | {added} |")
    right = padding_output()
    said(
        "Without padding a corner pixel is read once, one in the middle nine times",
        f"28x28 becomes {right['valid']}x{right['valid']} with a 3x3 kernel",
        f"the map keeps its size (28x28 stays {right['same']}x{right['same']})", "(PyTorch does the same, at stride 1)",
        "9 pixels, a window of 4, stride 4: three windows start at 0, 4 and 8, and the last one ends at 11.",
        "three zeros are missing: one goes before, two after",
    )
    assert same_padding(9, 4, 4) == (1, 2) and same_padding(8, 1, 3) == (0, 0)
    with pytest.raises(ValueError, match="stride"):
        nn.Conv1d(1, 1, 3, stride=2, padding="same")


def test_frameworks_leave_the_kernel_as_it_is():
    image, kernel = np.array([[1.0, 2, 0], [0, 1, 3], [4, 2, 0]]), np.array([[1.0, 0], [0, -1]])
    result = conv2d(image[..., None], kernel[None, ..., None])[..., 0]
    in_torch = functional.conv2d(torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None])[0, 0]
    in_tensorflow = tf.nn.conv2d(image[None, ..., None], kernel[..., None, None], 1, "VALID")[0, ..., 0]
    assert np.array_equal(in_torch, result) and np.array_equal(in_tensorflow, result)
    (first, second), (third, fourth) = result.astype(int)
    said(
        "Every framework leaves it as it is, which is called *cross-correlation*",
        f"1*1 + 1*(-1) = {first} 2*1 + 3*(-1) = {second}", f"0*1 + 2*(-1) = {third} 1*1 + 0*(-1) = {fourth}",
        "An image of 5x6x3 and 4 kernels of 2x2x3 give 4x5x4.",
    )
    assert conv2d(np.zeros((5, 6, 3)), np.zeros((4, 2, 2, 3))).shape == (4, 5, 4)


def test_the_matrix():
    rows, places = im2col(np.zeros((227, 227, 3), np.float32), 11, 4).shape
    said(
        f"the window has 11 x 11 x 3 = {rows} numbers and there are 55 x 55 = {places:,} of them: (96 x {rows}) times "
        f"({rows} x {places:,}) gives 96 x {places:,}, that is 55x55x96",
        f"A loop over the {places:,} windows takes longer",
        f"AlexNet's first layer has {places:,} windows, and a window has 11 x 11 = {rows // 3} taps.",
        "The 5 in the middle lies in all four windows, and so in all four columns",
        f"About 4 million numbers in each are good: as float32 that is {4_000_000 * 4 // 10**6} MB",
    )
    assert (im2col(np.arange(1, 10).reshape(3, 3, 1), 2) == 5).any(axis=0).all()


def test_points_for_speed():
    points = {name: points for name, _, points in session_of(NAME).tests("im2col")}
    assert speed.LIMIT == 2
    said(f"{points['test_gathers_fast']:g} of the points are for speed: on AlexNet's first layer your `im2col` may "
         "take twice the CPU time of ours")


def test_the_backward_pass_is_a_convolution_again():
    x, kernels, g = numbers(5, 6, 2), numbers(3, 2, 3, 2, seed=1), numbers(4, 4, 3, seed=2)
    grad_x, grad_kernels, _ = conv2d_backward(g, x, kernels)
    turned, framed = kernels[:, ::-1, ::-1].swapaxes(0, 3), np.pad(g, ((1, 1), (2, 2), (0, 0)))
    np.testing.assert_allclose(conv2d(framed, turned), grad_x)
    by_channel, by_filter = (np.moveaxis(maps, 2, 0)[..., None] for maps in (x, g))
    np.testing.assert_allclose(conv2d(by_channel, by_filter).transpose(3, 1, 2, 0), grad_kernels)
    said("`grad_x` is the *full* cross-correlation (with a frame of kernel - 1 zeros) of `grad_output` with the "
         "kernels turned by 180 degrees, and `grad_kernels` is the valid cross-correlation of the image with "
         "`grad_output` as the kernel")


def test_the_row_of_the_hint():
    grad_x, grad_kernels, grad_bias = conv2d_backward(
        np.array([1.0, 100]).reshape(1, 2, 1), np.array([1.0, 2, 3]).reshape(1, 3, 1),
        np.array([10.0, 20]).reshape(1, 1, 2, 1),
    )
    (first, middle, last), (left, right) = (grad.ravel().astype(int) for grad in (grad_x, grad_kernels))
    said(f"All pixels get {first}, {middle} and {last}; the weights get 1 x 1 + 100 x 2 = {left} and 1 x 2 + 100 x 3 = "
         f"{right}; the bias gets {grad_bias.item():g}.")


def test_dilation():
    kernel = np.arange(1, 10).reshape(3, 3)
    two, three = (dilate_kernel(kernel, dilation) for dilation in (2, 3))
    said(
        f"A 3x3 kernel covers {len(two)}x{len(two)} pixels with dilation 2 and {len(three)}x{len(three)} with dilation "
        f"3, and always has {np.count_nonzero(three)} weights",
        "1 2 3 1 0 2 0 3 4 5 6 with dilation 2: 0 0 0 0 0 7 8 9 4 0 5 0 6 0 0 0 0 0 7 0 8 0 9",
        f"taps 1 2 3 with dilation 3 become `{' '.join(map(str, three[0]))}`: two gaps of two zeros, {len(three)} wide",
    )
    assert two.tolist() == [[1, 0, 2, 0, 3], [0] * 5, [4, 0, 5, 0, 6], [0] * 5, [7, 0, 8, 0, 9]]


def test_receptive_fields():
    layers = [(3, 1, 1), (3, 2, 1), (3, 1, 1), (3, 1, 2)]
    apart, reaches = ("1 pixel", "1 pixel", "2 pixels", "2 pixels"), ("2 x 1", "2 x 1", "2 x 2", "2 x 2 x 2")
    for number, (layer, between, further) in enumerate(zip(layers, apart, reaches, strict=True), 1):
        said(f"| {layer} | {between} | {further} | {receptive_field(layers[:number])} |")
    hint = [receptive_field([(3, 2, 1), (2, 3, 1), (3, 1, 1)][:number]) for number in (1, 2, 3)]
    plain = [receptive_field([(3, 1, 1)] * number) for number in range(1, 11)]
    assert set(np.diff(plain)) == {2}
    said(
        f"reaches 2 x 1 further: {hint[0]}; then neighbours are 2 apart. The second reaches 1 x 2 further: {hint[1]}; "
        f"then they are 6 apart. The third reaches 2 x 6 further: {hint[2]}.",
        "With plain layers it grows by the same 2 pixels each time",
        f"two 3-wide layers see {receptive_field([(3, 1, 1)] * 2)} pixels",
        f"the first with stride 2: {receptive_field([(3, 2, 1), (3, 1, 1)])} pixels",
        f"three with strides 2, 2, 1: {receptive_field([(3, 2, 1), (3, 2, 1), (3, 1, 1)])} pixels",
    )


def test_what_is_not_there_when_it_is_graded():
    missing = Course.here().forbidden("numpy")
    assert {"torch", "tensorflow", "scipy", "cv2"} <= set(missing)
    said("PyTorch, TensorFlow, SciPy and OpenCV are not there when your work is graded")
