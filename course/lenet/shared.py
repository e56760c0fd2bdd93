"""What several tasks of assignment 04 share: a network run in the kernel, with weights drawn by shape."""

import re

from autograder.checks.api import CheckFailure, StudentError, Tensor, expect, in_kernel

from ..sizing_and_memory.shared import on_one_thread


def run(student, make, batches, registry, signs):
    """What the notebook's network gives (see `run_network`); an error whose text has one of the `signs` is named."""
    kernel = in_kernel(student, run_network, filled, gradient_of_images, shift_of_scores, on_one_thread)
    try:
        seen = kernel.run_network(make, list(batches), 0)
    except StudentError as error:
        for sign, id in signs.items():
            expect(not re.search(sign, error.text), "", diagnosis=registry[id], details=str(error))
        raise
    if not isinstance(seen["output"], Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    return seen


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_network(make, batches, seed):
    """What the network `make()` gives for batches of these sizes (32x32 images, float32, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order. Reports the outputs of the batches
    (joined, and their shapes), the number of parameters and the shapes of the kernels among them, the first batch's
    output in training mode and in evaluation mode, how it changes when the biases of the last layer do, and the
    gradient of its images.
    """
    import numpy
    import torch

    network = make()
    if not isinstance(network, torch.nn.Module):
        return {"output": None}
    filled(network, seed)
    network.eval()
    images = [
        torch.from_numpy(numpy.random.default_rng([seed, size]).random((size, 1, 32, 32), "float32"))
        for size in batches
    ]
    outputs = [on_one_thread(lambda batch=batch: network(batch)) for batch in images]
    if not all(isinstance(output, torch.Tensor) for output in outputs):
        return {"output": None}
    report = {
        "shapes": [tuple(output.shape) for output in outputs],
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "kernels": [tuple(parameter.shape) for parameter in network.parameters() if parameter.dim() == 4],
        "output": torch.cat([output.detach().reshape(-1) for output in outputs]),
        "evaluation": outputs[0].detach().clone(),
    }
    report["gradient"] = gradient_of_images(network, images[0])
    torch.manual_seed(seed)
    network.train()
    report["training"] = on_one_thread(lambda: network(images[0])).detach().clone()
    network.eval()
    report["shift"] = shift_of_scores(network, images[0])
    return report


def gradient_of_images(network, images):
    """The gradient of a weighted sum of the output; None where none reaches the images."""
    import torch

    images = images.clone().requires_grad_()
    output = on_one_thread(lambda: network(images))
    if output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel()).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    return images.grad


def shift_of_scores(network, images):
    """How the output changes when the ten biases of the last layer grow by 1 to 10; None if there are none."""
    import torch

    biases = [parameter for parameter in network.parameters() if tuple(parameter.shape) == (10,)]
    if not biases:
        return None
    with torch.no_grad():
        before = on_one_thread(lambda: network(images))
        biases[-1] += torch.arange(1.0, 11.0)
        return on_one_thread(lambda: network(images)) - before


def filled(network, seed):
    """Sets every parameter by its shape; a kernel counts as the row of numbers that it is."""
    import numpy
    import torch

    with torch.no_grad():
        for parameter in network.parameters():
            rows = parameter.shape[0] if parameter.dim() else 1
            columns = parameter.numel() // rows
            drawn = numpy.random.default_rng([seed, rows, columns]).standard_normal((rows, columns))
            drawn = 1.5 * drawn / columns**0.5
            parameter.copy_(torch.from_numpy(drawn).reshape(parameter.shape))
