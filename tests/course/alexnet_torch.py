"""AlexNet in PyTorch on parameters laid out as the NumPy network's, to compare the two and to time them."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from course.alexnet.alexnet_numpy.reference import Parameters

TorchParameters = list[tuple[torch.Tensor, torch.Tensor]]


def as_torch(parameters: Parameters) -> TorchParameters:
    """The parameters in PyTorch's order: channels before the window; a row of weights for each unit.

    The features of fc6 stay in NumPy's order (row, column, channel); `torch_forward` flattens in that order.
    """
    layers = []
    for layer in parameters.values():
        weights, bias = layer.values()
        moved = np.moveaxis(weights, -1, 1) if weights.ndim == 4 else weights.T
        layers.append((torch.from_numpy(np.ascontiguousarray(moved)), torch.from_numpy(bias)))
    return layers


def torch_forward(images: np.ndarray, parameters: TorchParameters) -> torch.Tensor:
    """Probabilities (batch, classes) for a channels-last batch."""
    convolutions, fully_connected = parameters[:5], parameters[5:]
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    for number, (kernels, bias) in enumerate(convolutions):
        stride, padding = (4, 0) if number == 0 else (1, kernels.shape[-1] // 2)
        x = functional.relu(functional.conv2d(x, kernels, bias, stride, padding))
        if number < 2:
            # PyTorch divides alpha by the size of the neighbourhood.
            x = functional.local_response_norm(x, size=5, alpha=5e-4, beta=0.75, k=2.0)
        if number in (0, 1, 4):
            x = functional.max_pool2d(x, 3, 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    for weights, bias in fully_connected[:-1]:
        x = functional.relu(functional.linear(x, weights, bias))
    weights, bias = fully_connected[-1]
    return functional.softmax(functional.linear(x, weights, bias), dim=-1)
