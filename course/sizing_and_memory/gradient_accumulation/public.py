"""Public checks of gradient-accumulation, and its code for the kernel."""

from autograder.checks.api import (
    Tensor,
    expect,
    expect_close,
    in_kernel,
    later,
    look_at,
    misconceptions,
    numbers,
    reference,
    second,
)

from ..shared import gradients_of, on_one_thread, report_of, wide_layers


def run_accumulation(accumulate, weights, inputs, targets, micro_batch, loss, earlier, frozen, normed, other):
    """What `accumulate` leaves on a network Linear-tanh-Linear with these weights (float64).

    earlier: the value of every gradient before the call, None for no gradients. frozen: the first layer is not
    trained. normed: "training" or "evaluation", the mode of a batch normalisation behind the first layer, if there is
    one. other: whether the same is asked about other samples in between, and then about the first again. Reports the
    returned loss, the gradients, these as a row of length 1, and whether the inputs need gradients now.
    """
    import torch

    first, second = torch.nn.Linear(*weights[0].shape[::-1]), torch.nn.Linear(*weights[2].shape[::-1])
    between = [torch.nn.BatchNorm1d(len(weights[0]), affine=False)] if normed else []
    model = torch.nn.Sequential(first, *between, torch.nn.Tanh(), second).double()
    model.train(normed != "evaluation")
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(value))
    first.requires_grad_(not frozen)
    for parameter in model.parameters():
        parameter.grad = None if earlier is None else torch.full_like(parameter, earlier)
    if frozen:
        first.weight.grad = first.bias.grad = None
    losses = {"cross-entropy": torch.nn.functional.cross_entropy, "squared-error": torch.nn.functional.mse_loss}

    def ask(samples):
        arguments = (model, losses[loss], samples, torch.from_numpy(targets), micro_batch)
        return on_one_thread(lambda: accumulate(*arguments))

    if other:
        ask(torch.from_numpy(inputs))
        ask(torch.from_numpy(-2 * inputs))
    samples = torch.from_numpy(inputs)
    value = ask(samples)
    return {**left_on(model, value), "needed": samples.requires_grad}


def run_wide_accumulation(accumulate, scales, inputs, targets, micro_batch, copies):
    """What `accumulate` leaves on a network inside which a tensor holds 2000 * copies bytes for a sample.

    A sample is one number. It is multiplied by 500 fixed ones, which a layer widens and another narrows, see
    `wide_layers`; scales: one for each. The result is the mean. Reports as `run_accumulation` does.
    """
    import torch

    widen, narrow = wide_layers(copies)

    class Wide(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = torch.nn.ParameterList([torch.nn.Parameter(torch.tensor(scale)) for scale in scales])
            self.pattern = torch.linspace(0.5, 1.5, 500)

        def forward(self, x):
            first, second = self.scales
            return narrow(widen(x * self.pattern, first), second).mean(dim=1, keepdim=True)

    model, loss = Wide(), torch.nn.functional.mse_loss
    arguments = (model, loss, torch.from_numpy(inputs), torch.from_numpy(targets), micro_batch)
    return left_on(model, on_one_thread(lambda: accumulate(*arguments)))


def left_on(model, loss):
    """A report of the returned loss and of a model's gradients."""
    row = gradients_of(model)
    length = float((row**2).sum()) ** 0.5
    return {"loss": loss, "gradients": row, "direction": row / length if 0 < length < float("inf") else row}


def largest_portion(accumulate, samples, micro_batch):
    """How many samples went through a network at once, and how many of its outputs were held at once, at most."""
    import torch

    model = torch.nn.Linear(2, 1)
    seen = {"portion": 0, "alive": 0, "held": 0}

    def backward_reached(gradient):
        seen["alive"] -= 1

    def forward_ran(module, arguments, output):
        seen["portion"] = max(seen["portion"], len(arguments[0]))
        if output.requires_grad:
            seen["alive"] += 1
            seen["held"] = max(seen["held"], seen["alive"])
            output.register_hook(backward_reached)

    model.register_forward_hook(forward_ran)
    accumulate(model, torch.nn.functional.mse_loss, torch.rand(samples, 2), torch.rand(samples, 1), micro_batch)
    return {"portion": seen["portion"], "held": seen["held"]}


def accumulated(student, weights, inputs, targets, micro_batch, loss, earlier=None, frozen=False, normed="",
                other=False, report="gradients"):
    """(what the student's function left, read when it is looked at; the right report) for a case."""
    arguments = (weights, inputs, targets, micro_batch, loss, earlier, frozen, normed, other)
    kernel = in_kernel(student, run_accumulation, left_on, on_one_thread, gradients_of)
    seen = later(kernel.run_accumulation, student.accumulate_gradients, *arguments)
    look_at(seen, lambda report: report_of(report, "loss", "gradients", "direction"))
    return seen, reference.accumulation(*arguments, _report=report)


def small_case(samples, micro_batch, **how):
    weights = [numbers(2, 3, seed=1), numbers(2, seed=2), numbers(1, 2, seed=3), numbers(1, seed=4)]
    inputs, targets = numbers(samples, 3, seed=5), numbers(samples, 1, seed=6)
    return accumulated(student=how.pop("student"), weights=weights, inputs=inputs, targets=targets,
                       micro_batch=micro_batch, loss="squared-error", **how)


def same_gradients(seen, right):
    look_at(seen, lambda report: expect_close(
        report["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients"))


def same_direction(seen, right, **how):
    """The gradients but for a factor, which other checks ask for."""
    look_at(seen, lambda report: expect_close(
        report["direction"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients", **how))


def inputs_need_no_gradients(seen):
    """The inputs are the caller's, and need no gradients afterwards, as before."""
    look_at(seen, lambda report: expect(
        report_of(report, "needed")["needed"] is False, "The inputs need gradients now.",
        diagnosis=misconceptions.ACCUMULATION["inputs-made-to-need-gradients"]))


def same_loss(seen, right):
    """The loss of the whole batch, as a Python float."""
    def compare(report):
        loss, registry = report["loss"], misconceptions.ACCUMULATION
        tensor = isinstance(loss, Tensor)
        expect_close(loss.array if tensor else loss, right, like=registry, what="the returned loss")
        expect(isinstance(loss, float), "The returned loss is not a Python float.",
               diagnosis=registry["loss-as-a-tensor"] if tensor else None)

    look_at(seen, compare)


@second(lambda rng: 6)
def test_four_samples_two_by_two(student, case):
    """Four samples, two by two: the gradients are those of all four at once."""
    same_gradients(*small_case(case or 4, 2, student=student))


@second(lambda rng: 7)
def test_five_samples_two_by_two(student, case):
    """Five samples, two by two: the last micro batch has one sample only."""
    same_gradients(*small_case(case or 5, 2, student=student))


@second(lambda rng: 6)
def test_called_again(student, case):
    """Called again for other samples, and for the first once more: the gradients are those of the last call."""
    seen, right = small_case(case or 4, 2, student=student, other=True)
    same_gradients(seen, right)
    inputs_need_no_gradients(seen)


def test_mode_of_the_model(student):
    """A model in evaluation mode stays in it, and its batch normalisation does not look at the batch."""
    for samples, micro_batch in ((4, 2), (6, 3)):  # a name is earned in two cases
        same_direction(*small_case(samples, micro_batch, student=student, normed="evaluation", report="direction"))


@second(lambda rng: 6)
def test_loss_of_the_batch(student, case):
    """The loss of the whole batch is returned, as a Python float."""
    same_loss(*small_case(case or 4, 2, student=student, report="loss"))


def test_small_portions(student):
    """The network never sees more samples at once than a micro batch has, and lets their outputs go before the next."""
    same_direction(*small_case(4, 2, student=student, normed="training", report="direction"))
    seen = in_kernel(student, largest_portion).largest_portion(student.accumulate_gradients, 6, 2)
    portion, held = report_of(seen, "portion", "held").values()
    expect(portion <= 2, "More samples than a micro batch has went through the network at once.")
    expect(held <= 1, "The outputs of more than one micro batch were held at once: their backward pass came too late.")
