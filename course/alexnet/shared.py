"""Weights by shape and images, alike for both frameworks. Types are left out: this runs in the student's kernel."""


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
