"""What several tasks share: modules whose weights do not depend on how they are named, and looks at what they give."""

# Types are left out: the source of the first two runs in the student's kernel, where nothing of this package need be.

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    expect,
    expect_close,
    expect_equal,
    in_kernel,
    later,
    look_at,
    remembered,
    wrong_return,
)

from ..sizing_and_memory.shared import on_one_thread

# A normalisation that changes nothing divides by the root of 1.00001, once for each layer.
ROUGHLY = {"rtol": 1e-4, "atol": 1e-4}

A_TENSOR = "A module that returns a tensor is right here"
NOTHING_BACK = "`forward` gives back nothing: its last line needs a `return`."
MADE_ALREADY = "This is a module that was already made; give the class itself, without parentheses."
NO_MODULE = "What was made is no nn.Module: the class has to inherit from it."

IN_PLACE = (
    "A result that the backward pass still needs was changed in place, as by `+=` on what a ReLU gave: make the sum a "
    "new tensor, or the network cannot be trained."
)


def run_module(make, options, shapes, training, weights, seed, backward=False):
    """What the module `make(**options)` gives for inputs of these shapes (float64, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order; `weights` says how, see `fill`; where
    they are positive, the inputs are, too. Reports the output, its shape and the parameters' shapes; after a backward
    pass, where one is asked for, the gradient of the first input (of a weighted sum of the output; None where none
    arrived), the shapes of `unused` parameters, which get no gradient, and whether it is `spoiled`, because something
    was changed in place that the backward pass needs.
    """
    import numpy
    import torch

    if isinstance(make, torch.nn.Module):
        return {"output": "a module in place of its class"}
    module = make(**options)
    if not isinstance(module, torch.nn.Module):
        return {"output": "no module"}
    named = named_tensors(module.double())
    if any(torch.nn.parameter.is_lazy(values) for _, values in named):
        with torch.no_grad():  # which gives lazy layers their sizes
            module.eval()(*[torch.zeros(shape, dtype=torch.float64) for shape in shapes])
        named = named_tensors(module)
    fill(named, weights, seed)
    module.train(training)
    drawn = [torch.from_numpy(numpy.random.default_rng([seed, *shape]).standard_normal(shape)) for shape in shapes]
    inputs = [(values.abs() if weights == "positive" else values).requires_grad_() for values in drawn]
    # copies, which a module may change in place, as it may what another layer gives it
    output = on_one_thread(lambda: module(*[values.clone() for values in inputs]))
    if not isinstance(output, torch.Tensor):
        return {"output": output}
    spoiled = False
    if backward and output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel(), dtype=output.dtype).reshape(output.shape)
        try:
            on_one_thread((output * factors).sum().backward)
        except RuntimeError as error:
            if "modified by an inplace operation" not in str(error):
                raise
            spoiled = True
    parameters = list(module.parameters())
    sizes = [list(parameter.shape) for parameter in parameters]
    layers = sorted(size[:2] if size[2:] == [1, 1] else size for size in sizes)
    seen = {"output": output, "shape": tuple(output.shape), "layers": layers}
    if not backward:
        return seen
    unused = [list(value.shape) for value in parameters if value.requires_grad and value.grad is None]
    return {**seen, "unused": unused, "gradient": inputs[0].grad, "spoiled": spoiled}


module_ran = remembered(run_module)  # for the references, whose reports are asked for one by one

def named_tensors(module):
    """The parameters and buffers of a module, with their names."""
    return [*module.named_parameters(), *module.named_buffers()]


def fill(named, weights, seed):
    """Sets parameters and running statistics by shape; a 1x1 kernel counts as the matrix that it is.

    weights: "drawn"; "plain", with biases of 0 and normalisations that change nothing, so that a layer too many or too
    few of these kinds does not show; "positive", plain, where a ReLU does not show either; or "zeros", plain, with
    every kernel and matrix at 0.
    """
    import torch

    drawn = {}  # making a generator takes longer than most layers
    with torch.no_grad():
        for name, values in named:
            if not torch.is_floating_point(values):
                continue
            shape = tuple(values.shape)
            shape = shape[:2] if shape[2:] == (1, 1) else shape
            scale = len(shape) == 1 and name.endswith(("weight", "running_var"))
            if (shape, scale) not in drawn:
                drawn[shape, scale] = torch.from_numpy(values_of(shape, scale, weights, seed))
            values.copy_(drawn[shape, scale].reshape(values.shape))


def values_of(shape, scale, weights, seed):
    """What `fill` puts into a parameter of this shape; scale: whether it is what a normalisation multiplies with."""
    import numpy

    drawn = numpy.random.default_rng([seed, *shape, int(scale)]).standard_normal(shape)
    if len(shape) > 1:
        drawn = abs(drawn) if weights == "positive" else drawn * (weights != "zeros")
        drawn = drawn / max(1, numpy.prod(shape[1:])) ** 0.5
    elif weights != "drawn":
        drawn = drawn * 0 + scale
    elif scale:
        drawn = 1 + abs(drawn) / 2
    return numpy.asarray(drawn)


IN_THE_KERNEL = (named_tensors, fill, values_of, on_one_thread)  # what `run_module` calls there


def run(student, make, options, shapes, *, training=False, weights="drawn", seed=0, backward=False):
    """What the notebook's module gives (see `run_module`), read when one of the looks below has its turn."""
    kernel = in_kernel(student, run_module, *IN_THE_KERNEL)
    return later(kernel.run_module, make, options, shapes, training, weights, seed, backward)


def looked_at(seen):
    output = seen.get("output", "no report") if isinstance(seen, dict) else seen
    if isinstance(output, Tensor):
        return seen
    if output is None:
        raise CheckFailure(NOTHING_BACK, fixed=NOTHING_BACK)
    known = {"a module in place of its class": MADE_ALREADY, "no module": NO_MODULE}
    if isinstance(output, str) and output in known:
        raise CheckFailure(known[output], fixed=known[output])
    raise wrong_return(A_TENSOR, output)


def same_layers(seen, right, registry):
    """The parameters by their shapes: which layer differs, where no known mistake explains it."""
    def compare(got):
        wanted, found = right.value, as_plain_shapes(looked_at(got).get("layers"))
        missing = [shape for shape in wanted if found.count(shape) < wanted.count(shape)]
        more = [shape for shape in found if found.count(shape) > wanted.count(shape)]
        try:
            expect_equal(found, right, like=registry, what="the list of the parameters' shapes")
        except CheckFailure as error:
            lacks = f"There are too few parameters of the shape {in_words(missing)}. " if missing else ""
            extra = f"There are more parameters of the shape {in_words(more)} than are asked for." if more else ""
            fixed = "The parameters are not those of the layers that are asked for."
            raise CheckFailure((lacks + extra).rstrip(), fixed=fixed, counterexample=error.counterexample) from None

    look_at(seen, compare)


def as_plain_shapes(layers):
    if not isinstance(layers, list) or not all(isinstance(shape, list) for shape in layers):
        raise CheckFailure("What came back from your notebook is not what this check asks for.")
    return layers


def in_words(shapes):
    """\"8x2 and 8\", each shape once."""
    *first, last = dict.fromkeys("x".join(map(str, shape)) or "()" for shape in shapes)
    return f"{', '.join(first)} and {last}" if first else last


def same_output(seen, right, registry, **how):
    def compare(got):
        expect_close(looked_at(got)["output"], right, like=registry, framework="torch", what="the output", **how)

    look_at(seen, compare)


def same_shape(seen, right, registry):
    def compare(got):
        expect_equal(tuple(looked_at(got)["output"].shape), right, like=registry, what="the output's shape")

    look_at(seen, compare)


def all_used(seen):
    """Every layer that was made takes part: one of the same shape may have been used twice in its place."""
    def compare(got):
        unused = as_plain_shapes(looked_at(got).get("unused"))
        if unused and got.get("spoiled") is not True:
            raise CheckFailure(f"A layer with parameters of the shape {in_words(unused)} was made and is not used.",
                               fixed="A layer was made and is not used.")

    look_at(seen, compare)


def same_gradient(seen, right, registry, **how):
    def compare(got):
        gradient = looked_at(got).get("gradient")
        expect(got.get("spoiled") is not True, IN_PLACE)
        expect(gradient is not None, "No gradient reaches the input.")
        expect_close(gradient, right, like=registry, framework="torch", what="the gradient of the input", **how)

    look_at(seen, compare)
