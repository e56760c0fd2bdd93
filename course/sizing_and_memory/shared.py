"""What several tasks share, of this assignment and of others: code for the kernel, and a look at what comes back."""

# Types are left out: the source of most of these runs in the student's kernel, where nothing of this package need be.

from autograder.checks.api import CheckFailure, read_entry, read_number

MB = 10**6


def on_one_thread(run):
    """The result of `run()`, computed on one thread: for tiny tensors several only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return run()
    finally:
        torch.set_num_threads(threads)


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
            raise CheckFailure(f'The entry "{key}" is to be a number above 0.')
        found.append(read_number(value, f'the entry "{key}"', whole=True))
    return found


def report_of(seen, *keys):
    """The report of a probe, after a look at its form: it comes from the notebook's process."""
    if not isinstance(seen, dict) or any(key not in seen for key in keys):
        raise CheckFailure("What came back from your notebook is not what this check asks for.")
    return seen
