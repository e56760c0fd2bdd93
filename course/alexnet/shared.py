"""Weights by shape and images, alike for both frameworks; AlexNet's layers."""

# Types are left out: the source of the first three runs in the student's kernel, where nothing of this package need be.

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
