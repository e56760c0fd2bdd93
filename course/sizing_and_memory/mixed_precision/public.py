"""Public checks of mixed-precision, and its code for the kernel."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
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

from ..shared import gradients_of, on_one_thread, report_of

WORDS = {"dtypes": "the list of the parameters' dtypes", "arrived": "whether gradients reach the parameters"}


def run_autocast(forward, model, x, dtype, evaluating=False):
    """What `forward(model, x, dtype)` gives on a float32 network; see `network` for the networks.

    dtype: its name in torch. evaluating: the network is in evaluation mode, and its last parameter frozen. Reports the
    output, the gradients (of the sum of the output; None where they did not arrive everywhere), the parameters' dtypes
    afterwards, and whether parameters and input are untouched, the mode is the same, and the input needs a gradient.
    """
    import torch

    model = network(model).train(not evaluating)
    list(model.parameters())[-1].requires_grad_(not evaluating)
    image = torch.from_numpy(x)
    before = [(p, p.detach().clone(), p.requires_grad) for p in model.parameters()]
    output = on_one_thread(lambda: forward(model, image, getattr(torch, dtype)))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    untouched = torch.equal(image, torch.from_numpy(x))
    untouched = untouched and all(
        p is q and p.dtype == torch.float32 and torch.equal(p, old) and p.requires_grad == trained
        for p, (q, old, trained) in zip(model.parameters(), before, strict=True)
    )
    if output.requires_grad:
        on_one_thread(output.float().sum().backward)
    arrived = all(p.grad is not None for p in model.parameters())
    return {"output": output, "gradients": gradients_of(model) if arrived else None, "untouched": untouched,
            "same_mode": all(part.training != evaluating for part in model.modules()), "needed": image.requires_grad,
            "dtypes": [str(p.dtype) for p in model.parameters()]}


def network(arrays):
    """A network with these float32 weights, by their number.

    [kernels, bias, kernels, bias, matrix, bias]: conv-ReLU-conv-ReLU-Linear. [matrix, bias, matrix, bias]:
    Linear-ReLU-Linear. [matrix, shares]: adds `shares` to its input, takes the input away again, and multiplies the
    rest by the matrix.
    """
    import torch

    nn = torch.nn
    if len(arrays) == 2:
        class Sums(nn.Module):
            def __init__(self, matrix, shares):
                super().__init__()
                self.linear = nn.Linear(matrix.shape[1], matrix.shape[0], bias=False)
                self.linear.weight = nn.Parameter(torch.from_numpy(matrix))
                self.shares = nn.Parameter(torch.from_numpy(shares))

            def forward(self, x):
                return self.linear((x + self.shares) - x)

        return Sums(*arrays)
    parts = []
    for values, bias in zip(arrays[::2], arrays[1::2], strict=True):
        if values.ndim == 4:
            layer = nn.Conv2d(values.shape[1], values.shape[0], 3, padding=1)
        else:
            parts += [nn.Flatten()] if len(arrays) == 6 else []
            layer = nn.Linear(values.shape[1], values.shape[0])
        layer.load_state_dict({"weight": torch.from_numpy(values), "bias": torch.from_numpy(bias)})
        parts += [layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def asked(student, weights, x, dtype, look, **how):
    """Has `look` look at what the student's forward pass gave: see `run_autocast`."""
    kernel = in_kernel(student, run_autocast, network, on_one_thread, gradients_of)

    def with_its_form(seen):
        output = seen.get("output") if isinstance(seen, dict) else seen
        if not isinstance(output, Tensor):
            raise wrong_return("autocast_forward returns a tensor", output)
        look(report_of(seen, "gradients", "untouched", "same_mode", "needed", "dtypes"))

    look_at(later(kernel.run_autocast, student.autocast_forward, weights, x, dtype, **how), with_its_form)


def in_sixteen_bits(student, weights, x, dtype, look):
    """The same, after a look at the output's dtype."""
    right = reference.mixed_precision(weights, x, dtype, _report="dtype")

    def of_the_dtype(seen):
        expect_equal(seen["output"].dtype, right, like=misconceptions.MIXED_PRECISION, what="the output's dtype")
        look(seen)

    asked(student, weights, x, dtype, of_the_dtype)


def layers_between(units, seed=0):
    """Float32 weights of Linear-ReLU-Linear, from 3 features to 2 scores."""
    shapes = [(units, 3), (units,), (2, units), (2,)]
    return [numbers(*shape, seed=seed + i, dtype="float32") for i, shape in enumerate(shapes)]


def nearly_equal_pairs(count, seed=0):
    """(weights, rows): a layer takes two features apart that are equal in 16 bits, and not in float32.

    64 and 64 + 1/128 are one number in bfloat16 and in float16. What a layer makes of their difference is 0 where its
    product is computed in 16 bits; a third feature, far smaller, tells that something was computed.
    """
    matrix = np.abs(numbers(2, seed=seed, dtype="float32"))[:, None] + np.float32(1)
    small = numbers(2, seed=seed + 1, dtype="float32")[:, None]
    first = np.concatenate([matrix, -matrix, small], axis=1)
    weights = [first, np.zeros(2, "float32"), np.eye(2, dtype="float32"), np.zeros(2, "float32")]
    rows = np.float32([[64 + 1 / 128, 64, 2**-5]]) * (1 + np.arange(count, dtype="float32")[:, None] % 2)
    return weights, rows


def small_shares(features, seed=0):
    """(weights, rows) of a network of sums: shares of 2^-12 are lost when they are added to 1 in 16 bits."""
    shares = np.float32(2.0**-12) * (1 + np.arange(features, dtype="float32") % 3)
    rows = np.float32(1) + np.arange(3 * features, dtype="float32").reshape(3, features) % 3
    return [1 + np.abs(numbers(2, features, seed=seed, dtype="float32")), shares], rows


def products_in_sixteen_bits(student, dtype, count, seed=0):
    weights, rows = nearly_equal_pairs(count, seed)
    right = reference.mixed_precision(weights, rows, dtype)
    in_sixteen_bits(student, weights, rows, dtype, lambda seen: expect_close(
        seen["output"], right, like=misconceptions.MIXED_PRECISION, framework="torch", rtol=0.02, atol=5e-4,
        what="the output"))


def sums_in_float32(student, dtype, features, seed=0):
    weights, rows = small_shares(features, seed)
    right, registry = reference.mixed_precision(weights, rows, dtype), misconceptions.MIXED_PRECISION
    # asked for in any case, so that the kit has their answers
    known = {one: reference.mixed_precision(weights, rows, dtype, _report=one) for one in ("dtypes", "arrived")}

    def compare(seen):
        try:
            expect_close(seen["output"], right, like=registry, framework="torch", rtol=0.02, atol=1e-6,
                         what="the output")
        except CheckFailure:
            # several wrong turns lose what is small: what else they do tells them apart
            for report, answer in known.items():
                found = seen["gradients"] is not None if report == "arrived" else seen[report]
                expect_equal(found, answer, like=registry, what=WORDS[report])
            raise

    in_sixteen_bits(student, weights, rows, dtype, compare)


def test_output_in_sixteen_bits(student):
    """Asked for bfloat16, the output is bfloat16, and close to the one in float32."""
    weights, rows = layers_between(4), numbers(5, 3, seed=9, dtype="float32")
    right = reference.mixed_precision(weights, rows, "bfloat16")
    in_sixteen_bits(student, weights, rows, "bfloat16", lambda seen: expect_close(
        seen["output"], right, like=misconceptions.MIXED_PRECISION, framework="torch", rtol=0.03, atol=0.1,
        what="the output"))


def test_products_in_sixteen_bits(student):
    """The layers multiply in 16 bits, in which 64 and 64 + 1/128 are the same number."""
    products_in_sixteen_bits(student, "bfloat16", 2)


def test_sums_in_float32(student):
    """Sums are computed in float32: autocast leaves them alone, and 1 + 1/4096 is not 1."""
    sums_in_float32(student, "bfloat16", 3)


def test_parameters_are_left_alone(student):
    """The parameters stay float32, and get their gradients; mode and input are left alone, too."""
    weights, rows = layers_between(4), numbers(5, 3, seed=9, dtype="float32")
    registry = misconceptions.MIXED_PRECISION
    right = reference.mixed_precision(weights, rows, "bfloat16", _report="gradients")

    def compare(seen):
        gradients_arrive(seen, registry)
        expect_close(seen["gradients"], right, like=registry, rtol=0.03, atol=0.2, what="the row of all gradients")
        all_as_before(seen, registry)

    asked(student, weights, rows, "bfloat16", compare)
    asked(student, weights, rows, "bfloat16", lambda seen: all_as_before(seen, registry), evaluating=True)


def all_as_before(seen, registry):
    """Parameters, input and mode are what they were before the call."""
    expect(seen["same_mode"] is True, "The mode of the model changed.", diagnosis=registry["mode-changed"])
    expect(seen["needed"] is False, "The input needs gradients now.",
           diagnosis=registry["input-made-to-need-gradients"])
    expect(seen["untouched"] is True, "The parameters or the input changed.")


def gradients_arrive(seen, registry):
    """The output carries gradients, and they reach the model's own parameters."""
    expect(seen["output"].requires_grad, "Nothing was recorded.", diagnosis=registry["no-gradients-recorded"])
    expect(seen["gradients"] is not None, "No gradients arrived.", diagnosis=registry["a-copy-of-the-model"])
