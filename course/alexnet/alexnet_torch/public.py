"""Public checks of alexnet-torch."""

import numpy as np

from autograder.checks.api import (
    Tensor,
    expect,
    expect_close,
    in_kernel,
    misconceptions,
    reference,
    wrong_return,
)

from ...sizing_and_memory.shared import on_one_thread, same_parameters
from ..shared import LAYERS, images_of, weights_of


def built_torch(make, options, seed):
    """The module `make(**options)` with weights by shape. It is made without memory first, where that works.

    Layers that learn their inputs' sizes when they see some, the lazy ones, are shown an image. Batch normalisation
    is left as it begins: it is no part of AlexNet, and so does nothing.
    """
    import torch

    def lazy(module):
        return any(torch.nn.parameter.is_lazy(value) for value in (*module.parameters(), *module.buffers()))

    def with_weights(module):
        state = {}
        norms = [name for name, part in module.named_modules() if hasattr(part, "running_mean")]
        for name, value in module.state_dict().items():
            if value.ndim == 0 or name.rpartition(".")[0] in norms:
                start = 1.0 if name.endswith(("weight", "running_var")) else 0.0
                state[name] = torch.full(tuple(value.shape), start, dtype=value.dtype)
                continue
            shape = tuple(value.shape)
            fan_in = max(1, value[:1].numel())
            kernel = shape[-1] if len(shape) == 4 else 0
            # a dense layer may be written as a convolution: its weights are the same matrix
            drawn = shape if len(shape) == 1 or kernel in (3, 5, 11) else (shape[0], fan_in)
            values = weights_of(drawn, fan_in, kernel, seed).reshape(shape)
            state[name] = torch.from_numpy(values).to(value.dtype)
        module.load_state_dict(state, assign=True)
        return module

    try:
        with torch.device("meta"):
            module = make(**options)
            if lazy(module):
                raise ValueError("what is not there yet has no shape")
            module = with_weights(module)
        whole = not any(value.is_meta for value in (*module.parameters(), *module.buffers()))
    except Exception:  # an answer that looks at its values; it is built as it is below
        whole = False
    if whole:
        return module
    module = make(**options)
    if not isinstance(module, torch.nn.Module):
        return module
    if lazy(module):
        with torch.no_grad():
            module.eval()(torch.zeros(1, 3, 227, 227))
    return with_weights(module)


def run_torch_network(make, options, images, size, seed, twice=True):
    """What a PyTorch network gives at inference for images (images, 3, size, size), twice, and its parameters."""
    import torch

    model = built_torch(make, options, seed)
    if not isinstance(model, torch.nn.Module):
        return {"output": model}
    model.eval()
    batch = torch.from_numpy(images_of((images, 3, size, size), seed))
    with torch.no_grad():
        output = on_one_thread(lambda: model(batch))
        again = on_one_thread(lambda: model(batch)) if twice else output
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    sizes = [list(parameter.shape) for parameter in model.parameters()]
    count = sum(parameter.numel() for parameter in model.parameters())
    return {"output": output, "again": again, "parameters": count, "layers": sizes}


def torch_network(student, options):
    kernel = in_kernel(student, run_torch_network, built_torch, weights_of, images_of, on_one_thread)
    seen = kernel.run_torch_network(student.AlexNet, options, 1, 227, 0)
    if not isinstance(seen["output"], Tensor) or "again" not in seen:  # a tensor in place of the module
        raise wrong_return("A module that returns a tensor is right here", seen["output"])
    same = np.array_equal(seen["output"].array, seen["again"].array)
    expect(same, "", diagnosis=misconceptions.ALEXNET_TORCH["dropout-at-inference"])
    return seen


def test_parameters_for_ten_classes(student):
    """For ten classes, with one group and with two, the network has the layers' parameters."""
    for options in ({"num_classes": 10, "groups": 1}, {"num_classes": 10, "groups": 2}):
        seen = torch_network(student, options)
        right, layers = (reference.alexnet_in_torch(options, 1, _report=part) for part in ("parameters", "layers"))
        same_parameters(seen, right, layers, LAYERS, misconceptions.ALEXNET_TORCH)


def test_logits_of_one_image(student):
    """For given weights and an image of 227x227 the ten logits are right."""
    options = {"num_classes": 10, "groups": 1}
    seen = torch_network(student, options)
    expect_close(seen["output"], reference.alexnet_in_torch(options, 1), framework="torch",
                 like=misconceptions.ALEXNET_TORCH, rtol=2e-4, atol=2e-4, what="the output")
