"""What several tasks of assignment 04 share: a network run in the kernel, with weights drawn by shape."""

import re

from autograder.checks.api import CheckFailure, StudentError, Tensor, expect, in_kernel, remembered

from ..sizing_and_memory.shared import on_one_thread

FORMS = {"instance": "instance-for-class", "nothing": "return-forgotten"}  # by the misconception that they are
LAYERS = ("C1", "C3", "C5", "F6", "the output")
ODD = {
    "no module": "A class is asked for whose networks are modules of PyTorch; something else was made.",
    "no tensor": "The network's forward must return a tensor; something else came back.",
}


def run(student, make, batches, registry, signs, seed=0):
    """What the notebook's network gives (see `run_network`).

    signs: patterns for the text of an exception that only one misconception of the registry ends in, by its id; `{n}`
    stands for the first batch's size. Raises CheckFailure where no network can be asked.
    """
    kernel = in_kernel(student, run_network, filled, gradient_of_images, on_one_thread)
    try:
        seen = kernel.run_network(make, list(batches), seed)
    except StudentError as error:
        for id, sign in signs.items():
            found = re.search(sign(batches[0]), error.text) and set(registry[id].raises) & set(error.bases)
            expect(not found, "", diagnosis=registry[id], details=str(error))
        raise
    form = seen.get("form") if isinstance(seen, dict) else None
    if form in FORMS:
        raise CheckFailure(registry[FORMS[form]].sentence, diagnosis=FORMS[form])
    if form != "module" or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure(ODD.get(form, "What came back from your notebook is not what this check measures there."))
    if type(seen.get("parameters")) is not int or not isinstance(seen.get("kernels"), list):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_network(make, batches, seed):
    """What the network `make()` gives for batches of these sizes (32x32 images, float32, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order. Reports its form ("module" where all
    is as it should be, else only that), the outputs of the batches (joined, and their shapes), how many parameters
    there are, their shapes and those of the kernels among them; and, in training mode, the first batch's output and the
    gradient of its images, in one array.
    """
    import numpy
    import torch

    if isinstance(make, torch.nn.Module):
        return {"form": "instance"}
    network = make()
    if not isinstance(network, torch.nn.Module):
        return {"form": "no module"}
    if any(torch.nn.parameter.is_lazy(parameter) for parameter in network.parameters()):
        network.eval()(torch.zeros(1, 1, 32, 32))  # which gives lazy layers their sizes
    filled(network, seed)
    network.eval()
    images = [
        torch.from_numpy(numpy.random.default_rng([seed, size]).random((size, 1, 32, 32), "float32"))
        for size in batches
    ]
    outputs = [on_one_thread(lambda batch=batch: network(batch)) for batch in images]
    if not all(isinstance(output, torch.Tensor) for output in outputs):
        return {"form": "nothing" if all(output is None for output in outputs) else "no tensor"}
    torch.manual_seed(seed)
    network.train()
    training = on_one_thread(lambda: network(images[0])).detach().reshape(-1)
    gradient = gradient_of_images(network, images[0])
    return {
        "form": "module",
        "shapes": [tuple(output.shape) for output in outputs],
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "layers": [list(parameter.shape) for parameter in network.parameters()],
        "kernels": [tuple(parameter.shape) for parameter in network.parameters() if parameter.dim() == 4],
        "output": torch.cat([output.detach().reshape(-1) for output in outputs]),
        "training": training if gradient is None else torch.cat([training, gradient.reshape(-1)]),
    }


network_ran = remembered(run_network)  # for the references, whose reports are asked for one by one


def gradient_of_images(network, images):
    """The gradient of a weighted sum of the output; None where none reaches the images."""
    import torch

    images = images.clone().requires_grad_()
    output = on_one_thread(lambda: network(images))
    if output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel()).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    return images.grad


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
