"""Weights by shape and images, alike for both frameworks; and which layer differs where the parameters are wrong."""

# Types are left out: the source of the first three runs in the student's kernel, where nothing of this package need be.

from collections import Counter

from autograder.checks.api import CheckFailure, expect_equal

LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")


def weights_of(shape, fan_in, kernel, seed):
    """float32 weights of that shape, drawn from the seed: overlapping pieces of one short row, which takes no time.

    The 11x11 and 5x5 kernels are large, so that local response normalisation has something to do.
    """
    import numpy

    if len(shape) == 1:
        return (0.1 * numpy.random.default_rng([seed, *shape]).standard_normal(shape)).astype("float32")
    gain = {11: 60.0, 5: 3.0, 3: 1.3}.get(kernel, 0.6)
    rows, columns = shape[0], int(numpy.prod(shape[1:]))
    row = numpy.random.default_rng([seed, *shape]).standard_normal(7 * rows + columns).astype("float32")
    pieces = numpy.lib.stride_tricks.sliding_window_view(row * (gain / fan_in**0.5), columns)[: 7 * rows : 7]
    return numpy.ascontiguousarray(pieces).reshape(shape)


def images_of(shape, seed):
    """float32 images in [0, 1)."""
    import numpy

    return numpy.random.default_rng([seed, *shape]).random(shape, dtype="float32")


def outputs_first(shapes):
    """The shapes of Keras' parameters, which end in (inputs, outputs), as PyTorch has them: outputs, inputs, window."""
    return [[*shape[::-1][:2], *shape[:-2]] for shape in shapes]


def same_parameters(seen, right, layers, registry):
    """The number of parameters; where it is wrong, the layers that differ are named.

    right, layers: the reference's number, and the shapes of its parameters from conv1 to fc8, the weights of each layer
    before its biases. Where the shapes are right (a number may be wrong all the same), the number is all that is said.
    """
    wanted = layers.value
    try:
        expect_equal(seen["parameters"], right, like=registry, what="the number of parameters")
    except CheckFailure as error:
        found = seen.get("layers")
        if not isinstance(found, list) or not all(isinstance(shape, list) for shape in found):
            raise CheckFailure("What came back from your notebook is not what this check measures there.") from None
        names, more = layers_that_differ(wanted, found)
        if not names and not more:
            raise
        lacks = f"The weights or biases of {' and '.join(names)} are not there in their shapes." if names else (
            "Every layer's weights and biases are there.")
        extra = f" There are parameters of {' and '.join(more)} that are not asked for." if more else ""
        raise CheckFailure(
            lacks + extra, error.details, error.counterexample,
            fixed=lacks if names else "There are parameters that belong to no layer of AlexNet.",
        ) from None


def layers_that_differ(wanted, found):
    """The names of the layers whose parameters are not among those found, and the shapes that are left over."""
    left = Counter(map(as_matrix, found))
    names = []
    for number, shape in enumerate(wanted):
        key, name = as_matrix(shape), LAYERS[number // 2]
        if left[key] > 0:
            left[key] -= 1
        elif name not in names:
            names.append(name)
    more = [shape for shape in found if left[as_matrix(shape)] > 0]
    return names, list(dict.fromkeys("x".join(map(str, shape)) or "a single number" for shape in more))


def as_matrix(shape):
    """(outputs, inputs of each) of weights, (outputs,) of biases: a dense layer may be written as a convolution."""
    inputs = 1
    for size in shape[1:]:
        inputs *= size
    return (shape[0], inputs) if len(shape) > 1 else tuple(shape)


def dropped_shares(trained, plain):
    """Which inputs of the dense layers are dropped in training, as shares: of fc6, fc7 and fc8, those that are there.

    trained, plain: by layer the row of its inputs, each up to a factor, in training and at inference. `uneven` says
    whether inputs of fc6 that were kept differ in more than one factor from inference.
    """
    shares = {name: float((trained[name][plain[name] > 0] == 0).mean()) for name in trained}
    if "fc6" in shares:
        kept = (trained["fc6"] > 0) & (plain["fc6"] > 0)
        factors = trained["fc6"][kept] / plain["fc6"][kept]
        shares["uneven"] = bool(len(factors) < 2 or factors.std() > 1e-3 * factors.mean())
    return shares
