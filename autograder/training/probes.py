"""Training tasks in the kernel: the call that trains, and what a trained model says of images.

Nothing here counts or compares: labels of test images never get here.
"""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def run_training(train, images, labels, options, seconds, clock):
    """Calls `train(images, labels, **options)` within its budget (see `offer`): the model, and whether it was
    stopped and the model is the last one that it offered."""
    import autograder

    model, stopped = autograder.offer.trained(lambda: train(images, labels, **options), seconds, clock)
    return {"model": model, "stopped": stopped}


def run_watched_training(train, images, labels, options, seconds, clock):
    """`run_training`, and whether the gradients of earlier steps were added to those of later ones: `piled`.

    Watched is one parameter of each PyTorch optimizer: what arrives at it in backward passes between two steps, and
    what lies there when the step is made.
    """
    import sys
    from typing import Any

    if "torch" not in sys.modules:
        return {**run_training(train, images, labels, options, seconds, clock), "piled": False}
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    watched: dict[int, dict[str, Any]] = {}  # by optimizer
    handles, steps = [], []

    def before_step(optimizer, arguments, keywords):
        given = [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        if not given:
            return
        state = watched.get(id(optimizer))
        if state is None:
            state = watched[id(optimizer)] = {"of": given[0], "arrived": None}
            handles.append(given[0].register_hook(lambda gradient: arrive(state, gradient)))
        elif state["arrived"] is not None:
            there, arrived = state["of"].grad, state["arrived"]
            if torch.allclose(there, arrived, rtol=1e-3, atol=1e-9):
                steps.append(False)
            elif torch.allclose(there, state["before"] + arrived, rtol=1e-3, atol=1e-9):
                steps.append(True)
        if state["of"].grad is not None:
            state["before"], state["arrived"] = state["of"].grad.detach().clone(), None

    def arrive(state, gradient):
        state["arrived"] = gradient.detach().clone() + (0 if state["arrived"] is None else state["arrived"])

    handles.append(register_optimizer_step_pre_hook(before_step))
    try:
        said = run_training(train, images, labels, options, seconds, clock)
    finally:
        for handle in handles:
            handle.remove()
    return {**said, "piled": len(steps) > 5 and sum(steps) > 0.9 * len(steps)}


def logits_of(model, images, scale, offset, padding, side, batch):
    """What a PyTorch model gives for raw images (N, H, W) or (N, H, W, C): an array, one row for each; None if it is no
    model. It sees `scale * x + offset` for x in [0, 1] with `padding` zeros (left, right, above, below) around, or the
    image enlarged to `side` instead; in evaluation mode, `batch` images at a time.
    """
    import numpy
    import torch

    if not isinstance(model, torch.nn.Module):
        return None
    model.eval()
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    rows = []
    with torch.no_grad():
        for start in range(0, len(images), batch):
            x = torch.from_numpy(numpy.ascontiguousarray(images[start : start + batch])).to(device).float() / 255
            x = x.unsqueeze(1) if x.dim() == 3 else x.permute(0, 3, 1, 2).contiguous()
            if side:
                x = torch.nn.functional.interpolate(x, (side, side), mode="bilinear", antialias=True)
            x = torch.nn.functional.pad(x, tuple(padding)) * scale + offset
            output = model(x)
            if not isinstance(output, torch.Tensor):
                return None
            rows.append(output.detach().float().cpu().numpy())
    return numpy.concatenate(rows)


def labels_of(model, images, scale, batch):
    """What the model's own `predict` gives for raw images, `batch` at a time: an array; None if it has no `predict`,
    and "nothing" where that gives back None.

    scale: what the raw images are divided by first; 1 leaves them as they are.
    """
    import numpy

    if not callable(getattr(model, "predict", None)):
        return None
    answers = []
    for start in range(0, len(images), batch):
        part = images[start : start + batch]
        answer = model.predict(part if scale == 1 else (part / numpy.float32(scale)).astype("float32"))
        if answer is None:
            return "nothing"
        answer = answer.detach().cpu() if hasattr(answer, "detach") else answer
        answers.append(numpy.atleast_1d(numpy.asarray(answer)))
    return numpy.concatenate(answers)


def parameters_of(model):
    """The number of parameters of a PyTorch model; None if it is none."""
    if not hasattr(model, "parameters"):
        return None
    return sum(parameter.numel() for parameter in model.parameters())
