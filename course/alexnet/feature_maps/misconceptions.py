"""Wrong turns with forward hooks. Each is a whole wrong answer, as a student would write it."""

from __future__ import annotations

import numpy as np
import torch

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right

FEATURE_MAPS = Misconceptions("feature-maps", right.read_features, student=notebook("feature_maps"))
HOOKS = "Looking inside: feature maps"


def _read(model, layer, image, keep, *, remove=True, careful=True):
    """A hook that keeps `keep(module, inputs, output)`, taken away again or not, after errors or not."""
    kept = []
    hook = model.get_submodule(layer).register_forward_hook(lambda *seen: kept.append(keep(*seen)))
    try:
        with torch.no_grad():
            model(image)
    except Exception:
        if careful:
            hook.remove()
        raise
    if remove:
        hook.remove()
    return kept[-1]


def _copy(module, inputs, output):
    return output.detach().clone()


@FEATURE_MAPS.add("hook-left-behind", section=HOOKS)
@on(right.read_features)
def hook_left_behind(model, layer, image):
    """The hook stays on the model: every later call of the model runs it again, and keeps its maps in memory."""
    return _read(model, layer, image, _copy, remove=False)[0].numpy()


@FEATURE_MAPS.add("hook-left-after-an-error", section=HOOKS)
@on(right.read_features)
def hook_left_after_an_error(model, layer, image):
    """The hook stays on the model if the forward pass raises: the line that removes it is not reached."""
    return _read(model, layer, image, _copy, careful=False)[0].numpy()


@FEATURE_MAPS.add("other-hooks-removed", section=HOOKS)
@on(right.read_features)
def other_hooks_removed(model, layer, image):
    """Hooks that were on the model before are gone: remove only your own."""
    try:
        return _read(model, layer, image, _copy)[0].numpy()
    finally:
        model.get_submodule(layer)._forward_hooks.clear()


@FEATURE_MAPS.add("input-of-the-layer", section=HOOKS, price="what the layer gives was not looked at")
@on(right.read_features)
def input_of_the_layer(model, layer, image):
    """These are the layer's inputs; its outputs are asked for."""
    return _read(model, layer, image, lambda module, inputs, output: inputs[0].clone())[0].numpy()


@FEATURE_MAPS.add("overwritten-in-place", section=HOOKS)
@on(right.read_features)
def overwritten_in_place(model, layer, image):
    """The maps were changed after the hook saw them: the next layer works in place, on the same memory."""
    return _read(model, layer, image, lambda module, inputs, output: output)[0].numpy()


@FEATURE_MAPS.add("batch-axis-kept", section=HOOKS)
@on(right.read_features)
def batch_axis_kept(model, layer, image):
    """The batch axis is still there; for one image the result is (channels, height, width)."""
    return _read(model, layer, image, _copy).numpy()


@FEATURE_MAPS.add("first-map-alone", section=HOOKS, price="of all the maps that are asked for there is one")
@on(right.read_features)
def first_map_alone(model, layer, image):
    """Only the first map came back; all channels are asked for."""
    return _read(model, layer, image, _copy)[0, :1].numpy()


@FEATURE_MAPS.add("channels-last", section=HOOKS)
@on(right.read_features)
def channels_last(model, layer, image):
    """The channels stand last; the result is (channels, height, width)."""
    return np.moveaxis(_read(model, layer, image, _copy)[0].numpy(), 0, -1)


@FEATURE_MAPS.add("maps-averaged", section=HOOKS, price="no map of the layer is there")
@on(right.read_features)
def maps_averaged(model, layer, image):
    """The maps were averaged over the channels; each one is asked for."""
    return _read(model, layer, image, _copy)[0].mean(0, keepdim=True).numpy()


@FEATURE_MAPS.add("model-sliced", section=HOOKS)
@on(right.read_features)
def model_sliced(model, layer, image):
    """The layers up to this one were run one after the other: what `forward` does between them was left out."""
    target, x = model.get_submodule(layer), image
    leaves = [module for module in model.modules() if not list(module.children())]
    inside = list(target.modules())
    with torch.no_grad():
        for module in leaves:
            x = module(x)
            if module is inside[-1]:
                return x[0].numpy().copy()
    raise AttributeError(layer)


@FEATURE_MAPS.add("last-part-of-the-name", section=HOOKS)
@on(right.read_features)
def last_part_of_the_name(model, layer, image):
    """Only the last part of the dotted name was used, so the maps are those of another layer with the same number."""
    name = layer.split(".")[-1]
    found = next(n for n, _ in model.named_modules() if n.split(".")[-1] == name)
    return _read(model, found, image, _copy)[0].numpy()


@FEATURE_MAPS.add("output-replaced", section=HOOKS)
@on(right.read_features)
def output_replaced(model, layer, image):
    """The hook returns something, which PyTorch takes for the layer's output from there on; a hook returns nothing."""
    kept = []

    def keep(module, inputs, output):
        kept.append(output.detach().clone())
        return torch.relu(output)

    hook = model.get_submodule(layer).register_forward_hook(keep)
    try:
        with torch.no_grad():
            model(image)
    finally:
        hook.remove()
    return kept[-1][0].numpy()
