"""Public checks of dense-to-conv, and its code for the kernel."""

from autograder.checks.api import Tensor, expect, in_kernel, misconceptions, reference, wrong_return

from ...sizing_and_memory.shared import on_one_thread
from ..shared import fill, same_output, values_of


def run_dense_to_conv(convert, outputs, channels, size, larger_by, bias, seed, even=False):
    """What the convolution made from a dense layer gives on images `larger_by` pixels larger than the layer's.

    even: each unit weighs all its inputs alike, so that it does not show in which order the weights lie in the kernel.
    Reports the output, the module's kind and kernel, whether it is `biased`, and whether the dense layer still is what
    it was; there is no output where the convolution `reads` another number of maps, or where its kernel is larger than
    the image, and it `fits` not.
    """
    import numpy
    import torch

    height, width = size
    linear = torch.nn.Linear(channels * height * width, outputs, bias=bias)
    fill(list(linear.named_parameters()), "drawn", seed)
    if even:
        with torch.no_grad():
            linear.weight.copy_(linear.weight[:, :1].expand_as(linear.weight))
    before = [parameter.detach().clone() for parameter in linear.parameters()]
    module = convert(linear, channels, height, width)
    shape = (2, channels, height + larger_by[0], width + larger_by[1])
    images = torch.from_numpy(numpy.random.default_rng([seed, *shape]).standard_normal(shape).astype("float32"))
    if not callable(module):
        return {"output": module}
    is_conv = isinstance(module, torch.nn.Conv2d)
    if is_conv and module.in_channels != channels:
        return {"output": None, "reads": module.in_channels}
    kernel = tuple(module.kernel_size) if is_conv else ()
    if kernel and (kernel[0] > shape[2] or kernel[1] > shape[3]):
        return {"output": None, "is_conv": is_conv, "kernel": kernel, "fits": False}
    output = on_one_thread(lambda: module(images))
    same = all(torch.equal(a, b) for a, b in zip(before, linear.parameters(), strict=True))
    return {"output": output, "is_conv": is_conv, "kernel": kernel, "untouched": same,
            "biased": is_conv and module.bias is not None}


def made_otherwise(seen):
    """Raises CheckFailure for a convolution that no image need be shown to."""
    expect("reads" not in seen, "The convolution reads another number of maps than `channels`.")
    expect(seen.get("fits") is not False, "The kernel is larger than the image.")


def converted(student, arguments):
    kernel = in_kernel(student, run_dense_to_conv, fill, values_of, on_one_thread)
    seen = kernel.run_dense_to_conv(student.dense_to_conv, *arguments, 0)
    expect(seen.get("kernel") != (3, 2), "The kernel lies on its side.",
           diagnosis=misconceptions.DENSE_TO_CONV["height-and-width-swapped"])
    made_otherwise(seen)
    if not isinstance(seen["output"], Tensor):
        raise wrong_return("dense_to_conv returns a convolution", seen["output"])
    return seen


def test_scores_of_two_images(student):
    """Two channels of 2x3 and four scores: the convolution gives what the dense layer gave."""
    arguments = (4, 2, (2, 3), (0, 0), True)
    same_output(converted(student, arguments), reference.convolved(*arguments), misconceptions.DENSE_TO_CONV)


def test_scores_of_a_larger_image(student):
    """An image one row and two columns larger has 2x3 places for the window."""
    arguments = (4, 2, (2, 3), (1, 2), True)
    same_output(converted(student, arguments), reference.convolved(*arguments), misconceptions.DENSE_TO_CONV)
