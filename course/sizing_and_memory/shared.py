"""What several tasks share, of this assignment and of others: code for the kernel, and a look at what comes back."""

# Types are left out: the source of most of these runs in the student's kernel, where nothing of this package need be.

from collections import Counter

from autograder.checks.api import CheckFailure, expect_equal, read_entry, read_number

MB = 10**6
TEXTBOOK = {"image": (200, 300, 3), "maps": (100, 200, 400), "batch": 50}  # the network that the notebook works out
SMALL_NETWORK = {"image": (63, 50, 3), "maps": (8, 40, 32), "batch": 10}  # of the worked examples; nobody's own


def on_one_thread(run):
    """The result of `run()`, computed on one thread: for tiny tensors several only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    if threads == 1:  # as in the grader's kernels
        return run()
    torch.set_num_threads(1)
    try:
        return run()
    finally:
        torch.set_num_threads(threads)


def saved_bytes(model, run):
    """(bytes kept for the backward pass, result) of `run()`: all that is stored once, the model's parameters left out.

    A layer may keep a view of a parameter, as a dense one does: it takes no memory of its own, and counts for none.
    """
    import torch

    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage  # holding it keeps its address from being used again
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = run()
    return sum(storage.nbytes() for storage in kept.values()), result


def wide_layers(copies):
    """(widen, narrow), two layers of a tensor and a scale; what lies between them takes `copies` times the room.

    widen(x, scale) is tanh(x * scale), each number at the front of a row of `copies`; narrow(wide, scale) is tanh(scale
    times the front). For the backward pass widen keeps what it was given, and so does narrow. Their results do not
    depend on `copies`. The rest of a row is held and never looked at: reading 100 MB takes longer than all that is
    computed here. So does taking them from the system, which clears what it hands out. So as much is taken as was ever
    held at once, and what widen puts out lies in what was let go by others before, where there is some.
    """
    import gc
    import weakref

    import numpy
    import torch

    let_go = {}

    def room(*shape):
        shelf = let_go.setdefault(shape, [])
        if not shelf and copies > 1:
            gc.collect()  # what only a cycle of objects still holds is let go; Python would find it some time later
        memory = shelf.pop() if shelf else numpy.full(shape, 1, "float32")  # what is not written to takes no memory
        lent = memory.view()
        weakref.finalize(lent, shelf.append, memory).atexit = False  # once no tensor lies there any more
        return torch.from_numpy(lent)

    class Widen(torch.autograd.Function):
        @staticmethod
        def forward(x, scale):
            wide = room(*x.shape, copies)
            wide[..., 0] = torch.tanh(x * scale)
            return wide

        @staticmethod
        def setup_context(context, inputs, output):
            context.save_for_backward(*inputs)

        @staticmethod
        def backward(context, gradient):
            x, scale = context.saved_tensors
            row = gradient[..., 0] * (1 - torch.tanh(x * scale) ** 2)
            return row * scale, (row * x).sum()

    class Narrow(torch.autograd.Function):
        @staticmethod
        def forward(wide, scale):
            return torch.tanh(wide[..., 0] * scale)

        @staticmethod
        def setup_context(context, inputs, output):
            context.save_for_backward(*inputs)

        @staticmethod
        def backward(context, gradient):
            wide, scale = context.saved_tensors
            front = wide[..., 0]
            row = gradient * (1 - torch.tanh(front * scale) ** 2)
            return (row * scale)[..., None].expand_as(wide), (row * front).sum()

    return Widen.apply, Narrow.apply


def gradients_of(model):
    """All gradients of a model in one row, in the order of its parameters; zeros where there is none."""
    import torch

    rows = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return torch.cat([row.reshape(-1).double() for row in rows]).numpy()


def as_array(value):
    """A tensor as an array, the 16-bit types as float32, which holds all their values; other values as they are."""
    if not hasattr(value, "detach"):
        return value
    value = value.detach()
    return (value.float() if value.element_size() == 2 else value).numpy()


def whole_numbers(answer, keys):
    """The entries as ints above 0, however they are written."""
    found = []
    for key in keys:
        value = read_number(read_entry(answer, key, known=keys), f'the entry "{key}"')
        if not value > 0:
            raise CheckFailure(f'The entry "{key}" must be a number above 0.')
        found.append(read_number(value, f'the entry "{key}"', whole=True))
    return found


def report_of(seen, *keys):
    """The report of a probe, after a look at its form: it comes from the notebook's process."""
    if not isinstance(seen, dict) or any(key not in seen for key in keys):
        raise CheckFailure("What came back from your notebook is not what this check asks for.")
    return seen


def same_parameters(seen, right, layers, names, registry):
    """The number of parameters; where it is wrong, the layers that differ are named.

    right, layers: the reference's number, and the shapes of its parameters: the weights of each layer before its
    biases, in the order of `names`. seen: a report with `parameters`, and `layers` as their shapes, a list each.
    """
    wanted = layers.value
    try:
        expect_equal(seen["parameters"], right, like=registry, what="the number of parameters")
    except CheckFailure as error:
        found = seen.get("layers")
        if not isinstance(found, list) or not all(isinstance(shape, list) for shape in found):
            raise CheckFailure("What came back from your notebook is not what this check measures there.") from None
        missing, more = layers_that_differ(wanted, found, names)
        if not missing and not more:
            raise
        lacks = f"There are no weights, or no biases, of the shapes that {' and '.join(missing)} should have." \
            if missing else "Every layer's weights and biases are there."
        extra = f" Nothing asks for parameters of {' and '.join(more)}." if more else ""
        raise CheckFailure(
            lacks + extra, error.details, error.counterexample,
            fixed=lacks if missing else "There are parameters that no layer that is asked for has.",
        ) from None


def layers_that_differ(wanted, found, names):
    """The names of the layers whose parameters are not among those found, and the shapes that are left over."""
    left = Counter(map(as_matrix, found))
    missing = []
    for number, shape in enumerate(wanted):
        key, name = as_matrix(shape), names[number // 2]
        if left[key] > 0:
            left[key] -= 1
        elif name not in missing:
            missing.append(name)
    more = [shape for shape in found if left[as_matrix(shape)] > 0]
    return missing, list(dict.fromkeys("x".join(map(str, shape)) or "a single number" for shape in more))


def as_matrix(shape):
    """(outputs, inputs of each) of weights, (outputs,) of biases: a dense layer may be written as a convolution."""
    inputs = 1
    for size in shape[1:]:
        inputs *= size
    return (shape[0], inputs) if len(shape) > 1 else tuple(shape)
