"""AlexNet at full size and unchanged inputs, in the kernel: no types, for nothing of this package is there."""


def run_full_size(forward, seed):
    """What `forward` gives for an image of 227x227x3 with the paper's widths, all float32."""
    import numpy

    rng = numpy.random.default_rng(seed)

    def drawn(*shape):
        # a short row again and again: drawing 62 million numbers takes longer than the forward pass
        row = rng.standard_normal(65537).astype("float32") * (1.4 / numpy.prod(shape[1:]) ** 0.5)
        return numpy.resize(row, shape)

    parameters, inputs = {}, 3
    for name, filters, kernel in (
        ("conv1", 96, 11), ("conv2", 256, 5), ("conv3", 384, 3), ("conv4", 384, 3), ("conv5", 256, 3)
    ):
        bias = numpy.zeros(filters, "float32")
        parameters[name] = {"kernels": drawn(filters, kernel, kernel, inputs), "bias": bias}
        inputs = filters
    inputs = 6 * 6 * 256
    for name, units in (("fc6", 4096), ("fc7", 4096), ("fc8", 1000)):
        parameters[name] = {"weights": drawn(inputs, units), "biases": numpy.zeros(units, "float32")}
        inputs = units
    return forward(rng.random((227, 227, 3), dtype="float32"), parameters)


def network_stays(forward, image, parameters):
    """Whether a forward pass leaves the image and all parameters as they were."""
    import copy

    import numpy

    before = copy.deepcopy((image, parameters))
    forward(image, parameters)
    same = [numpy.array_equal(image, before[0])]
    for name, arrays in parameters.items():
        same += [numpy.array_equal(array, before[1][name][key]) for key, array in arrays.items()]
    return all(same)
