"""Public checks of checkpointing, and its code for the kernel."""

from autograder.checks.api import (
    Tensor,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    later,
    look_at,
    misconceptions,
    numbers,
    reference,
    wrong_return,
)

from ..shared import gradients_of, on_one_thread, report_of, saved_bytes, wide_layers


def run_checkpointed(forward, weights, x, needs_gradient, container, again, normed="", backward=True):
    """What `forward(blocks, x)` gives on blocks of two conv-ReLU pairs (3x3, padding 1, float64).

    weights: per block [kernels, bias, kernels, bias]. container: "list" or "sequential". again: whether the blocks were
    asked about another input before. normed: "training" or "evaluation", the mode of a batch normalisation behind each
    convolution, if there is one. Reports the output; after a backward pass, where one is asked for, the gradients of
    parameters and input (of a weighted sum of the output; None where none arrived); the bytes kept for that pass; in
    which order the blocks ran, forward and again, with a -1 behind where nothing was recorded; and whether the input
    needs a gradient after the call.
    """
    import torch

    nn = torch.nn
    blocks = []
    for arrays in weights:
        pairs = []
        for kernels, bias in (arrays[:2], arrays[2:]):
            conv = nn.Conv2d(kernels.shape[1], kernels.shape[0], 3, padding=1).double()
            conv.load_state_dict({"weight": torch.from_numpy(kernels), "bias": torch.from_numpy(bias)})
            between = [nn.BatchNorm2d(conv.out_channels, affine=False).double()] if normed else []
            pairs += [conv, *between, nn.ReLU()]
        blocks.append(nn.Sequential(*pairs))
    model = nn.Sequential(*blocks).train(normed != "evaluation")
    order = []
    for number, block in enumerate(blocks):  # its first layer runs too where block.forward(x) is asked and not block(x)
        block[0].register_forward_pre_hook(lambda module, arguments, number=number: order.append(number))
    given = blocks if container == "list" else model
    if again:
        on_one_thread(lambda: forward(given, torch.from_numpy(-x)))
        order.clear()
    image = torch.from_numpy(x).requires_grad_(needs_gradient)
    saved, output = on_one_thread(lambda: saved_bytes(model, lambda: forward(given, image)))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    needed = image.requires_grad
    arrived = output.requires_grad
    if backward and arrived:
        factors = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    return {"output": output, "gradients": gradients_of(model) if backward and arrived else None,
            "input_gradient": image.grad, "saved": saved, "order": order if arrived else [*order, -1], "needed": needed}


def run_deep_checkpointed(forward, scales, copies):
    """The gradients that `forward` leaves on blocks inside which a tensor holds 4000 * copies bytes, in one row.

    scales: two for each block, which is a layer that widens and one that narrows, see `wide_layers`. The input is 1000
    numbers, and the gradients are those of the output's mean; `copies` does not change them.
    """
    import torch

    class Layer(torch.nn.Module):
        def __init__(self, function, scale):
            super().__init__()
            self.function, self.scale = function, torch.nn.Parameter(torch.tensor(scale))

        def forward(self, x):
            return self.function(x, self.scale)

    layers = wide_layers(copies)
    blocks = torch.nn.Sequential(*[torch.nn.Sequential(*map(Layer, layers, row.tolist())) for row in scales])
    image = torch.linspace(0.5, 1.5, 1000).requires_grad_()
    output = on_one_thread(lambda: forward(blocks, image))
    on_one_thread(output.mean().backward)
    return gradients_of(blocks)


WEIGHTS = [
    [numbers(2, 2, 3, 3, seed=n) / 2, numbers(2, seed=n) + 1, numbers(2, 2, 3, 3, seed=n + 9) / 2,
     numbers(2, seed=n + 9) + 1]
    for n in (1, 2)
]


def with_its_form(seen):
    """A report of `run_checkpointed`, after a look at its form."""
    output = seen.get("output") if isinstance(seen, dict) else seen
    if not isinstance(output, Tensor):
        raise wrong_return("checkpointed_forward returns a tensor", output)
    return report_of(seen, "gradients", "input_gradient", "saved", "order", "needed")


def same_output(student, arguments, more=lambda seen: None):
    """The output is the right one; then `more` may look at the report of `run_checkpointed`."""
    kernel = in_kernel(student, run_checkpointed, saved_bytes, on_one_thread, gradients_of)
    right = reference.checkpointing(*arguments, _report="output")

    def compare(seen):
        seen = with_its_form(seen)
        expect_close(seen["output"], right, like=misconceptions.CHECKPOINTING, framework="torch", what="the output")
        more(seen)

    look_at(later(kernel.run_checkpointed, student.checkpointed_forward, *arguments), compare)


def mode_stays(student, weights, x, container):
    """A call leaves the mode of the blocks as it was, as batch normalisation shows."""
    for mode in ("training", "evaluation"):
        same_output(student, (weights, x, False, container, True, mode, False))


def input_needs_no_gradient(student, weights, x, container):
    """The output is right, and an input that needed no gradient needs none after the call. The kernel says the latter.
    """
    same_output(student, (weights, x, False, container, True, "", False), lambda seen: expect(
        seen["needed"] is False, "The input needs gradients now.",
        diagnosis=misconceptions.CHECKPOINTING["input-made-to-need-gradients"]))


def checkpointed(student, report, size=4):
    arguments = (WEIGHTS, numbers(1, 2, size, size, seed=5), True, "sequential", True)
    kernel = in_kernel(student, run_checkpointed, saved_bytes, on_one_thread, gradients_of)
    seen = kernel.run_checkpointed(student.checkpointed_forward, *arguments)
    return with_its_form(seen), reference.checkpointing(*arguments, _report=report)


def test_output_of_two_blocks(student):
    """Two blocks give the output that they give without checkpoints."""
    seen, right = checkpointed(student, "output")
    expect_close(seen["output"], right, like=misconceptions.CHECKPOINTING, framework="torch", what="the output")


def test_gradients_of_two_blocks(student):
    """The parameters of both blocks get the gradients that they get without checkpoints."""
    seen, right = checkpointed(student, "gradients")
    registry = misconceptions.CHECKPOINTING
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry["gradients-switched-off"])
    expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")


def test_left_as_they_are(student):
    """Blocks stay in training or in evaluation mode, and an input that needed no gradient needs none afterwards."""
    for x in (numbers(2, 2, 3, 3, seed=5), numbers(3, 2, 3, 4, seed=6)):  # a name is earned in two cases
        mode_stays(student, WEIGHTS, x, "list")
        input_needs_no_gradient(student, WEIGHTS, x, "list")


def test_less_is_kept(student):
    """With two blocks, two maps are kept for the backward pass instead of five."""
    seen, _ = checkpointed(student, "output", size=12)
    registry = misconceptions.CHECKPOINTING
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry["gradients-switched-off"])
    right = checkpointed(student, "order", size=12)[1]
    expect_equal(seen["order"], right, like=registry, what="the order in which the blocks run, forward and again")
    expect(seen["saved"] <= 1.1 * 2 * 8 * 2 * 12 * 12, "More than the blocks' inputs was kept.")
