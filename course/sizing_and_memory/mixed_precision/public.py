"""Public checks of mixed-precision, and its code for the kernel."""

from autograder.checks.api import CheckFailure, expect, expect_close, in_kernel, misconceptions, numbers, reference

from ..shared import gradients_of, on_one_thread, saved_bytes


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


def half_precision(student, report):
    shapes = [(4, 3), (4,), (2, 4), (2,)]
    weights = [numbers(*shape, seed=i, dtype="float32") for i, shape in enumerate(shapes)]
    arguments = (weights, numbers(5, 3, seed=9, dtype="float32"), "bfloat16")
    kernel = in_kernel(student, run_autocast, saved_bytes, on_one_thread, gradients_of)
    seen = kernel.run_autocast(student.autocast_forward, *arguments)
    if not hasattr(seen["output"], "framework"):
        raise CheckFailure("autocast_forward returns a tensor; something else came back.")
    return seen, reference.mixed_precision(*arguments, _report=report)


def test_output_in_sixteen_bits(student):
    """Asked for bfloat16, the output is bfloat16, and close to the one in float32."""
    seen, right = half_precision(student, "output")
    registry = misconceptions.MIXED_PRECISION
    expect(seen["output"].dtype != "float32", "The output is float32.", diagnosis=registry["not-autocast"])
    expect_close(seen["output"], right, like=registry, framework="torch", dtype="bfloat16", rtol=0.03, atol=0.1,
                 what="the output")


def test_parameters_are_left_alone(student):
    """The parameters stay float32, and get their gradients."""
    seen, right = half_precision(student, "gradients")
    registry = misconceptions.MIXED_PRECISION
    expect(seen["untouched"], "The parameters changed.", diagnosis=registry["parameters-converted"])
    recorded = seen["gradients"] is not None or seen["output"].requires_grad
    expect(recorded, "Nothing was recorded.", diagnosis=registry["no-gradients-recorded"])
    expect(seen["gradients"] is not None, "No gradients arrived.", diagnosis=registry["a-converted-copy"])
    expect_close(seen["gradients"], right, like=registry, rtol=0.03, atol=0.2, what="the row of all gradients")
