"""Assignment 06 in the kernel: the notebook's modules with weights that do not depend on how they are named."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.

from .memory import on_one_thread


def run_module(make, options, shapes, training, zeros, seed):
    """What the module `make(**options)` gives for inputs of these shapes (float64, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order; `zeros` sets every convolution to 0
    instead. Reports the output, its shape, the number of parameters, and the gradient of the first input (of a
    weighted sum of the output; None where none arrived).
    """
    import numpy
    import torch

    module = make(**options)
    if not isinstance(module, torch.nn.Module):
        return {"output": None}
    module = module.double()
    fill(module, zeros, seed)
    module.train(training)
    inputs = [
        torch.from_numpy(numpy.random.default_rng([seed, *shape]).standard_normal(shape)).requires_grad_()
        for shape in shapes
    ]
    output = on_one_thread(lambda: module(*inputs))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    if output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    count = sum(parameter.numel() for parameter in module.parameters())
    return {"output": output, "shape": tuple(output.shape), "parameters": count, "gradient": inputs[0].grad}


def fill(module, zeros, seed):
    """Sets parameters and running statistics by shape; a 1x1 kernel counts as the matrix that it is."""
    import numpy
    import torch

    with torch.no_grad():
        for name, values in [*module.named_parameters(), *module.named_buffers()]:
            shape = tuple(values.shape)
            shape = shape[:2] if shape[2:] == (1, 1) else shape
            scale = name.endswith(("weight", "running_var")) and len(shape) == 1
            if not torch.is_floating_point(values):
                continue
            drawn = numpy.random.default_rng([seed, *shape, int(scale)]).standard_normal(shape)
            drawn = 1 + abs(drawn) / 2 if scale else drawn / max(1, numpy.prod(shape[1:])) ** 0.5
            drawn = drawn * 0 if zeros and len(shape) > 1 else drawn
            values.copy_(torch.from_numpy(drawn).reshape(values.shape))


def run_head(make, options, size, factor, seed):
    """What a segmentation head gives for a map of `size` and one `factor` times as large: as `run_module`.

    The output's border, `factor` pixels wide, is left out, because transposed convolutions and interpolation differ
    there; `shape` is the whole output's.
    """
    low = (2, options["low_channels"], *size)
    high = (2, options["high_channels"], size[0] * factor, size[1] * factor)
    seen = run_module(make, options, [low, high], False, False, seed)
    if "parameters" not in seen:
        return seen
    output = seen["output"]
    inner = output[..., factor:-factor, factor:-factor]
    return {"output": inner, "shape": tuple(output.shape), "parameters": seen["parameters"]}


def run_dense_to_conv(convert, outputs, channels, size, larger_by, bias, seed):
    """What the convolution made from a dense layer gives on images `larger_by` pixels larger than the layer's.

    Reports the output (None where the kernel is larger than the image), the module's kind and kernel, and whether the
    dense layer still is what it was.
    """
    import numpy
    import torch

    height, width = size
    linear = torch.nn.Linear(channels * height * width, outputs, bias=bias).double()
    fill(linear, False, seed)
    before = [parameter.detach().clone() for parameter in linear.parameters()]
    module = convert(linear, channels, height, width)
    shape = (2, channels, height + larger_by[0], width + larger_by[1])
    images = torch.from_numpy(numpy.random.default_rng([seed, *shape]).standard_normal(shape))
    if not callable(module):
        return {"output": module}
    is_conv = isinstance(module, torch.nn.Conv2d)
    kernel = tuple(module.kernel_size) if is_conv else ()
    if kernel and (kernel[0] > shape[2] or kernel[1] > shape[3]):
        return {"output": None, "is_conv": is_conv, "kernel": kernel}
    output = on_one_thread(lambda: module(images))
    same = all(torch.equal(a, b) for a, b in zip(before, linear.parameters(), strict=True))
    return {"output": output, "is_conv": is_conv, "kernel": kernel, "untouched": same}


def run_mean_iou(mean_iou, prediction, target, num_classes, ignore_index):
    """The mean IoU of two arrays, handed over as tensors."""
    import torch

    return mean_iou(torch.from_numpy(prediction), torch.from_numpy(target), num_classes, ignore_index)
