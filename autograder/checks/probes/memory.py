"""Assignment 03 in the kernel: layers from text, small networks from arrays, and what a forward pass keeps."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def summary_rows(summarize, conv, pool, dense, layers, input_shape):
    """Rows of `summarize` as tuples (name, output shape, parameters, multiply-adds); anything else as it came.

    layers: one text each: "conv1 96@11x11 stride 4 padding 2 groups 1", "pool1 3x3 stride 2", "fc6 4096".
    """
    rows = summarize([layer_from(text, conv, pool, dense) for text in layers], tuple(input_shape))
    if not isinstance(rows, list):
        return rows
    return [row_as_tuple(row) for row in rows]


def layer_from(text, conv, pool, dense):
    """One layer of the notebook's classes, from its text."""
    name, size, *words = text.split()
    options = {word: int(value) for word, value in zip(words[::2], words[1::2], strict=True)}
    if "@" in size:
        filters, kernel = size.split("@")
        return conv(name, int(filters), int(kernel.split("x")[0]), **options)
    if "x" in size:
        return pool(name, int(size.split("x")[0]), **options)
    return dense(name, int(size))


def row_as_tuple(row):
    """The four fields of a LayerSummary; a row of another kind as it came."""
    fields = ("name", "output_shape", "parameters", "multiply_adds")
    if not all(hasattr(row, field) for field in fields):
        return row
    values = [getattr(row, field) for field in fields]
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def saved_bytes(run):
    """(bytes kept for the backward pass, result) of `run()`: every stored tensor once, parameters left out."""
    import torch

    kept = {}

    def pack(tensor):
        if not isinstance(tensor, torch.nn.Parameter):
            storage = tensor.untyped_storage()
            kept[storage.data_ptr()] = storage  # holding it keeps its address from being used again
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = run()
    return sum(storage.nbytes() for storage in kept.values()), result


def on_one_thread(run):
    """The result of `run()`, computed on one thread: for tiny tensors several only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return run()
    finally:
        torch.set_num_threads(threads)


def gradients_of(model):
    """All gradients of a model in one row, in the order of its parameters; zeros where there is none."""
    import torch

    rows = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return torch.cat([row.reshape(-1).double() for row in rows]).numpy()


def run_accumulation(accumulate, weights, inputs, targets, micro_batch, loss, earlier, frozen):
    """What `accumulate` leaves on a network Linear-tanh-Linear with these weights (float64).

    earlier: the value of every gradient before the call, None for no gradients. frozen: the first layer is not
    trained. Reports the returned loss, the gradients, the weights afterwards, the sizes of the batches that the
    network saw, and how many of them were alive (before their backward pass) at once.
    """
    import torch

    first, second = torch.nn.Linear(*weights[0].shape[::-1]), torch.nn.Linear(*weights[2].shape[::-1])
    model = torch.nn.Sequential(first, torch.nn.Tanh(), second).double()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(value))
    first.requires_grad_(not frozen)
    for parameter in model.parameters():
        parameter.grad = None if earlier is None else torch.full_like(parameter, earlier)
    if frozen:
        first.weight.grad = first.bias.grad = None
    seen = {"sizes": [], "alive": 0, "most_alive": 0}

    def backward_reached(gradient):
        seen["alive"] -= 1

    def forward_ran(module, arguments, output):
        seen["sizes"].append(len(arguments[0]))
        if output.requires_grad:
            seen["alive"] += 1
            seen["most_alive"] = max(seen["most_alive"], seen["alive"])
            output.register_hook(backward_reached)

    model.register_forward_hook(forward_ran)
    losses = {"cross-entropy": torch.nn.functional.cross_entropy, "squared-error": torch.nn.functional.mse_loss}
    arguments = (model, losses[loss], torch.from_numpy(inputs), torch.from_numpy(targets), micro_batch)
    value = on_one_thread(lambda: accumulate(*arguments))
    left = torch.cat([p.detach().reshape(-1) for p in model.parameters()]).numpy()
    return {"loss": value, "gradients": gradients_of(model), "weights": left, "sizes": seen["sizes"],
            "most_alive": seen["most_alive"]}


def run_checkpointed(forward, weights, x, needs_gradient, container):
    """What `forward(blocks, x)` gives on blocks of two conv-ReLU pairs (3x3, padding 1, float64).

    weights: per block [kernels, bias, kernels, bias]. container: "list" or "sequential". Reports output, gradients
    of parameters and input (of a weighted sum of the output; None where none arrived), the bytes kept for the
    backward pass, and in which order the blocks ran, forward and again.
    """
    import torch

    nn = torch.nn
    blocks = []
    for arrays in weights:
        pairs = []
        for kernels, bias in (arrays[:2], arrays[2:]):
            conv = nn.Conv2d(kernels.shape[1], kernels.shape[0], 3, padding=1).double()
            conv.load_state_dict({"weight": torch.from_numpy(kernels), "bias": torch.from_numpy(bias)})
            pairs += [conv, nn.ReLU()]
        blocks.append(nn.Sequential(*pairs))
    model = nn.Sequential(*blocks)
    order = []
    for number, block in enumerate(blocks):
        block.register_forward_pre_hook(lambda module, arguments, number=number: order.append(number))
    image = torch.from_numpy(x).requires_grad_(needs_gradient)
    given = blocks if container == "list" else model
    saved, output = on_one_thread(lambda: saved_bytes(lambda: forward(given, image)))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    arrived = output.requires_grad
    if arrived:
        factors = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    return {"output": output, "gradients": gradients_of(model) if arrived else None, "input_gradient": image.grad,
            "saved": saved, "order": order}


def run_autocast(forward, weights, x, dtype):
    """What `forward(model, x, dtype)` gives on a float32 network conv-ReLU-conv-ReLU-Linear, or Linear-ReLU-Linear.

    weights: [kernels, bias, kernels, bias, matrix, bias] or [matrix, bias, matrix, bias]; dtype: its name in torch.
    Reports output, gradients (of the sum of the output; None where none arrived), whether every parameter still is
    the same float32 tensor, and the bytes kept for the backward pass.
    """
    from functools import partial

    import torch

    nn, parts = torch.nn, []
    for values, bias in zip(weights[::2], weights[1::2], strict=True):
        if values.ndim == 4:
            layer = nn.Conv2d(values.shape[1], values.shape[0], 3, padding=1)
        else:
            parts += [nn.Flatten()] if len(weights) == 6 else []
            layer = nn.Linear(values.shape[1], values.shape[0])
        layer.load_state_dict({"weight": torch.from_numpy(values), "bias": torch.from_numpy(bias)})
        parts += [layer, nn.ReLU()]
    model = nn.Sequential(*parts[:-1])
    before = [(p, p.detach().clone()) for p in model.parameters()]
    run = partial(forward, model, torch.from_numpy(x), getattr(torch, dtype))
    saved, output = on_one_thread(lambda: saved_bytes(run))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    arrived = output.requires_grad
    if arrived:
        on_one_thread(output.float().sum().backward)
    arrived = arrived and all(p.grad is not None for p in model.parameters())
    untouched = all(
        p is q and p.dtype == torch.float32 and torch.equal(p, old)
        for p, (q, old) in zip(model.parameters(), before, strict=True)
    )
    return {"output": output, "gradients": gradients_of(model) if arrived else None, "untouched": untouched,
            "saved": saved}


def as_array(value):
    """A tensor as an array, the 16-bit types as float32, which holds all their values; other values as they are."""
    if not hasattr(value, "detach"):
        return value
    value = value.detach()
    return (value.float() if value.element_size() == 2 else value).numpy()
