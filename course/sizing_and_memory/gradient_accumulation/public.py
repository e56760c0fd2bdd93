"""Public checks of gradient-accumulation, and its code for the kernel."""

from autograder.checks.api import expect, expect_close, in_kernel, misconceptions, numbers, reference

from ..shared import gradients_of, on_one_thread


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


def accumulated(student, samples, micro_batch, report, earlier=None):
    weights = [numbers(2, 3, seed=1), numbers(2, seed=2), numbers(1, 2, seed=3), numbers(1, seed=4)]
    arguments = (weights, numbers(samples, 3, seed=5), numbers(samples, 1, seed=6), micro_batch, "squared-error",
                 earlier, False)
    kernel = in_kernel(student, run_accumulation, on_one_thread, gradients_of)
    seen = kernel.run_accumulation(student.accumulate_gradients, *arguments)
    return seen, reference.accumulation(*arguments, _report=report)


def test_four_samples_two_by_two(student):
    """Four samples, two by two: the gradients are those of all four at once."""
    seen, right = accumulated(student, 4, 2, "gradients")
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


def test_five_samples_two_by_two(student):
    """Five samples, two by two: the last micro batch has one sample only."""
    seen, right = accumulated(student, 5, 2, "gradients")
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


def test_loss_of_the_batch(student):
    """The loss of the whole batch is returned, as a Python float."""
    seen, right = accumulated(student, 4, 2, "loss")
    loss = seen["loss"]
    expect(not hasattr(loss, "framework"), "The loss is a tensor.",
           diagnosis=misconceptions.ACCUMULATION["loss-as-a-tensor"])
    expect_close(loss, right, like=misconceptions.ACCUMULATION, what="the returned loss")


def test_small_portions(student):
    """The network never sees more samples at once than a micro batch has."""
    seen, _ = accumulated(student, 4, 2, "loss")
    expect(all(size <= 2 for size in seen["sizes"]), "More samples than a micro batch went through at once.",
           diagnosis=misconceptions.ACCUMULATION["whole-batch-at-once"])
    expect(seen["most_alive"] == 1, "Activations of more than one micro batch were kept at once.",
           diagnosis=misconceptions.ACCUMULATION["one-backward-at-the-end"])
