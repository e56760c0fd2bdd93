"""AlexNet's dropout in PyTorch, in the kernel: no types, for nothing of this package is there."""

from ...sizing_and_memory.shared import on_one_thread
from ..shared import images_of
from .public import built_torch


def run_torch_dropout(make, options, size, seed):
    """The inputs of the dense layers in training and at inference: `trained` and `plain`, by layer, up to a factor.

    The dense layers have positive weights and no bias, so that their ReLUs are open, each layer's inputs follow from
    those of the layer before, and a column of a weight's gradient is its input times one factor. Only `spoiled` where
    something was changed in place that the backward pass needs.
    """
    import torch

    model = built_torch(make, options, seed)
    if not isinstance(model, torch.nn.Module):
        return None
    classes = options["num_classes"]
    wanted = {(4096, 9216): "fc6", (4096, 4096): "fc7", (classes, 4096): "fc8"}
    dense = {}
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.requires_grad_(False)
            name = wanted.get(tuple(parameter.flatten(1).shape)) if parameter.ndim > 1 else None
            if name:
                dense[name] = parameter
                parameter /= parameter[:1].numel() ** 0.5
            if name or parameter.ndim == 1:
                parameter.abs_()
            if parameter.shape == (4096,):
                parameter.zero_()
    batch = torch.from_numpy(images_of((1, 3, size, size), seed))

    def gradients(training):
        for parameter in dense.values():
            parameter.grad = None
            parameter.requires_grad_()
        model.train(training)
        for part in model.modules():
            if hasattr(part, "running_mean"):
                part.eval()  # batch normalisation, which is no part of AlexNet, would hide what dropout does
        torch.manual_seed(seed + training)  # other masks, should there be any at inference
        on_one_thread(lambda: model(batch)[:, 0].sum().backward())
        return {name: parameter.grad.flatten(1).abs().sum(0).numpy() for name, parameter in dense.items()}

    try:
        trained, plain = gradients(True), gradients(False)
    except RuntimeError as error:
        if "modified by an inplace operation" not in str(error):
            raise
        return {"spoiled": True}
    if not all(column.any() for column in (*trained.values(), *plain.values())):
        return None
    return {"trained": trained, "plain": plain}
