"""What several tasks share: modules whose weights do not depend on how they are named, and looks at what they give."""

# Types are left out: the source of the first two runs in the student's kernel, where nothing of this package need be.

from autograder.checks.api import CheckFailure, Tensor, expect, expect_close, in_kernel

from ..sizing_and_memory.shared import on_one_thread


def run_module(make, options, shapes, training, zeros, seed):
    """What the module `make(**options)` gives for inputs of these shapes (float64, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order; `zeros` sets every convolution to 0
    instead. Reports the output, its shape, the number of parameters, and the gradient of the first input (of a
    weighted sum of the output; None where none arrived).
    """
    import numpy
    import torch

    module = make(**options)
    if not isinstance(module, torch.nn.Module):
        return {"output": None}
    module = module.double()
    fill(module, zeros, seed)
    module.train(training)
    inputs = [
        torch.from_numpy(numpy.random.default_rng([seed, *shape]).standard_normal(shape)).requires_grad_()
        for shape in shapes
    ]
    output = on_one_thread(lambda: module(*inputs))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    if output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    count = sum(parameter.numel() for parameter in module.parameters())
    return {"output": output, "shape": tuple(output.shape), "parameters": count, "gradient": inputs[0].grad}


def fill(module, zeros, seed):
    """Sets parameters and running statistics by shape; a 1x1 kernel counts as the matrix that it is."""
    import numpy
    import torch

    with torch.no_grad():
        for name, values in [*module.named_parameters(), *module.named_buffers()]:
            shape = tuple(values.shape)
            shape = shape[:2] if shape[2:] == (1, 1) else shape
            scale = name.endswith(("weight", "running_var")) and len(shape) == 1
            if not torch.is_floating_point(values):
                continue
            drawn = numpy.random.default_rng([seed, *shape, int(scale)]).standard_normal(shape)
            drawn = 1 + abs(drawn) / 2 if scale else drawn / max(1, numpy.prod(shape[1:])) ** 0.5
            drawn = drawn * 0 if zeros and len(shape) > 1 else drawn
            values.copy_(torch.from_numpy(drawn).reshape(values.shape))


def run(student, make, options, shapes, *, training=False, zeros=False, seed=0):
    """What the notebook's module gives (see `run_module`), after a look at the types of the report."""
    kernel = in_kernel(student, run_module, fill, on_one_thread)
    return looked_at(kernel.run_module(make, options, shapes, training, zeros, seed))


def looked_at(seen):
    if not isinstance(seen, dict) or not isinstance(seen.get("output"), Tensor):
        raise CheckFailure("A module that returns a tensor is right here; something else came back.")
    if type(seen.get("parameters")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def same_output(seen, right, registry):
    expect_close(seen["output"], right, like=registry, framework="torch", what="the output")


def same_gradient(seen, right, registry):
    gradient = seen.get("gradient")
    expect(gradient is not None, "No gradient reaches the input.")
    expect_close(gradient, right, like=registry, framework="torch", what="the gradient of the input")
