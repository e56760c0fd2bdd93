"""Assignment 05 in the kernel: whole networks with weights that do not depend on how layers are named, and hooks."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.

from .memory import on_one_thread


def weights_of(shape, fan_in, kernel, seed):
    """float32 weights of that shape, drawn from the seed: overlapping pieces of one short row, which takes no time.

    The 11x11 and 5x5 kernels are large, so that local response normalisation has something to do.
    """
    import numpy

    if len(shape) == 1:
        return (0.1 * numpy.random.default_rng([seed, *shape]).standard_normal(shape)).astype("float32")
    gain = {11: 60.0, 5: 3.0, 3: 1.3}.get(kernel, 0.6)
    rows, columns = shape[0], int(numpy.prod(shape[1:]))
    row = numpy.random.default_rng([seed, *shape]).standard_normal(7 * rows + columns).astype("float32")
    pieces = numpy.lib.stride_tricks.sliding_window_view(row * (gain / fan_in**0.5), columns)[: 7 * rows : 7]
    return numpy.ascontiguousarray(pieces).reshape(shape)


def images_of(shape, seed):
    """float32 images in [0, 1)."""
    import numpy

    return numpy.random.default_rng([seed, *shape]).random(shape, dtype="float32")


def built_torch(make, options, seed):
    """The module `make(**options)` with weights by shape. It is made without memory first, where that works."""
    import torch

    def with_weights(module):
        state = {}
        for name, value in module.state_dict().items():
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
            module = with_weights(make(**options))
        whole = not any(value.is_meta for value in (*module.parameters(), *module.buffers()))
    except Exception:  # an answer that looks at its values; it is built as it is below
        whole = False
    if whole:
        return module
    module = make(**options)
    return with_weights(module) if isinstance(module, torch.nn.Module) else module


def run_torch_network(make, options, images, size, seed):
    """What a PyTorch network gives at inference for images (images, 3, size, size), twice, and its parameters."""
    import torch

    model = built_torch(make, options, seed)
    if not isinstance(model, torch.nn.Module):
        return {"output": None}
    model.eval()
    batch = torch.from_numpy(images_of((images, 3, size, size), seed))
    with torch.no_grad():
        output = on_one_thread(lambda: model(batch))
        again = on_one_thread(lambda: model(batch))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    count = sum(parameter.numel() for parameter in model.parameters())
    return {"output": output, "parameters": count, "repeats": bool(torch.equal(output, again))}


def run_torch_dropout(make, options, size, seed):
    """Which inputs of the dense layers are dropped in training, as shares: of fc6, fc7, fc8, and of earlier layers.

    Dense weights are positive, so that their ReLUs are open, and a column of a weight's gradient is 0 only where its
    input is: of those that are not 0 at inference, where it was dropped. `uneven` says whether inputs of fc6 that were
    kept differ in more than one factor from inference.
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
    batch = torch.from_numpy(images_of((1, 3, size, size), seed))

    def gradients(training):
        for parameter in dense.values():
            parameter.grad = None
            parameter.requires_grad_()
        model.train(training)
        torch.manual_seed(seed + training)  # other masks, should there be any at inference
        on_one_thread(lambda: model(batch)[:, 0].sum().backward())
        return {name: parameter.grad.flatten(1).abs().sum(0) for name, parameter in dense.items()}

    trained, plain = gradients(True), gradients(False)
    if not all(column.any() for column in (*trained.values(), *plain.values())):
        return None
    shares = {name: float((trained[name][plain[name] > 0] == 0).double().mean()) for name in dense}
    if "fc6" in shares:
        kept = (trained["fc6"] > 0) & (plain["fc6"] > 0)
        factors = trained["fc6"][kept] / plain["fc6"][kept]
        shares["uneven"] = bool(factors.numel() < 2 or factors.std() > 1e-3 * factors.mean())
    return shares


def run_feature_maps(read, layer, channels, size, inplace, fails, seed):
    """What `read(model, layer, image)` gives on a small network, and what is left of hooks afterwards.

    The network: features (convolution, ReLU, pooling), a block whose input is added to its output, a head. inplace:
    the ReLU overwrites its input. fails: "never", "head" (the network raises after all layers ran), "first" (the
    image has a channel too many). Reports the maps, the change in the number of hooks (the layer has one of its own
    before), whether something was raised, and whether the image is still what it was.
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
            return self.head(x.mean((2, 3)))

    model = Network().double().eval()
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            drawn = numpy.random.default_rng([seed, number]).standard_normal(tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(drawn))
    model.get_submodule(layer).register_forward_hook(lambda module, inputs, output: None)

    def hooks():
        return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules())

    before, given = hooks(), (1, channels + (fails == "first"), *size)
    image = torch.from_numpy(numpy.random.default_rng([seed, *given]).standard_normal(given))
    untouched, maps, raised = image.clone(), None, False
    try:
        maps = on_one_thread(lambda: read(model, layer, image))
    except NotImplementedError:
        raise
    except Exception:
        if fails == "never":
            raise
        raised = True
    left = hooks() - before
    return {"output": maps, "hooks": left, "raised": raised, "untouched": bool(torch.equal(image, untouched))}
