"""Public checks of feature-maps."""

import numpy as np

from autograder.checks.api import Tensor, expect, expect_close, in_kernel, misconceptions, reference

from ...sizing_and_memory.shared import on_one_thread


def as_maps(output, right):
    """The maps in an answer that has the right numbers in another form: a tensor, with the batch's axis, or turned."""
    maps = output.array if isinstance(output, Tensor) else output
    if not isinstance(maps, np.ndarray):
        return output
    maps = maps[0] if maps.ndim == 4 and len(maps) == 1 else maps
    turned = maps.shape != right.shape and maps.ndim == 3 and np.moveaxis(maps, -1, 0).shape == right.shape
    return np.moveaxis(maps, -1, 0) if turned else maps


def run_feature_maps(read, layer, channels, size, inplace, fails, seed):
    """What `read(model, layer, image)` gives on a small network, and what is left of hooks afterwards.

    The network: features (convolution, ReLU, pooling), a block whose input is added to its output, a head. inplace:
    the ReLU overwrites its input. fails: "never", "head" (the network raises after all layers ran), "first" (the
    image has a channel too many). Reports the maps, the change in the number of hooks (the layer has one of its own
    before), whether something was raised, what the whole network gives for the image, `usual`, and `last`, what it
    gave while it was looked into: None if that ended before.
    """
    import numpy
    import torch

    nn = torch.nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU(inplace=inplace), nn.MaxPool2d(2, ceil_mode=True)
            )
            self.block = nn.ModuleDict({"body": nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.Tanh())})
            self.head = nn.Linear(4, 3)

        def forward(self, x):
            x = 2 * self.features(x)
            x = x + self.block["body"](x)
            if fails == "head":
                raise RuntimeError("this network fails on purpose, after its layers ran")
            self.last = self.head(x.mean((2, 3)))
            return self.last

    model = Network().double().eval()
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            drawn = numpy.random.default_rng([seed, number]).standard_normal(tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(drawn))
    model.get_submodule(layer).register_forward_hook(lambda module, inputs, output: None)

    def hooks():
        return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules())

    before = hooks()
    if fails == "never":  # an answer that keeps something would give this image's maps again
        read(model, layer, torch.ones(1, channels, *size, dtype=torch.float64))
    given = (1, channels + (fails == "first"), *size)
    image = torch.from_numpy(numpy.random.default_rng([seed, *given]).standard_normal(given))
    with torch.no_grad():
        usual = None if fails == "first" or fails == "head" else model(image.clone())
    model.last, maps, raised = None, None, False
    try:
        maps = on_one_thread(lambda: read(model, layer, image))
    except NotImplementedError:
        raise
    except Exception:
        if fails == "never":
            raise
        raised = True
    left, last = hooks() - before, model.last
    return {"output": maps, "hooks": left, "raised": raised, "usual": usual, "last": last}


def looked(student, layer, inplace=False, fails="never"):
    kernel = in_kernel(student, run_feature_maps, on_one_thread)
    return kernel.run_feature_maps(student.feature_maps, layer, 2, (4, 5), inplace, fails, 0)


def test_maps_of_two_layers(student):
    """The maps of a pooling layer and of a layer deeper inside, for an image of 4x5 pixels."""
    for layer in ("features.2", "block.body.0"):
        expect_close(looked(student, layer)["output"], reference.read_features(layer, 2, (4, 5)),
                     like=misconceptions.FEATURE_MAPS, rtol=1e-5, atol=1e-6, what="the stack of maps")


def test_maps_that_the_next_layer_overwrites(student):
    """The maps of a convolution whose ReLU works in place."""
    expect_close(looked(student, "features.0", True)["output"], reference.read_features("features.0", 2, (4, 5), True),
                 like=misconceptions.FEATURE_MAPS, rtol=1e-5, atol=1e-6, what="the stack of maps")


def test_hooks_afterwards(student):
    """Afterwards the model has the hooks that it had before, also when it raised an error."""
    known = misconceptions.FEATURE_MAPS
    left, after_error = looked(student, "features.1")["hooks"], looked(student, "features.1", fails="head")["hooks"]
    expect(left <= 0, "", diagnosis=known["hook-left-behind"])
    expect(left == 0, "", diagnosis=known["other-hooks-removed"])
    expect(after_error <= 0, "", diagnosis=known["hook-left-after-an-error"])
