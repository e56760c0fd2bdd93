"""Assignment 05's forward pass in NumPy: narrow networks, and the full-size one drawn in the kernel."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def narrow_network(widths, size, images, loud, seed):
    """An image of that size (a batch with `images` > 0), and float64 parameters of a network with these widths.

    loud: the image's scale. Above 100 local response normalisation changes what comes out.
    """
    import numpy

    rng = numpy.random.default_rng([seed, *size, *widths.values()])
    shape = (images,) * bool(images) + (*size, 3)
    image, inputs, parameters = loud * rng.random(shape), 3, {}
    for name, kernel in (("conv1", 11), ("conv2", 5), ("conv3", 3), ("conv4", 3), ("conv5", 3)):
        filters = widths[name]
        gain = 2.0 if name in ("conv1", "conv2") and loud > 1 else 1.5
        kernels = rng.standard_normal((filters, kernel, kernel, inputs)) * gain / (kernel * inputs**0.5)
        parameters[name] = {"kernels": kernels, "bias": 0.2 + 0.2 * rng.random(filters)}
        inputs = filters
    positions = 1
    for side in size:
        side = ((side - 11) // 4 + 1 - 3) // 2 + 1
        positions *= ((side - 3) // 2 + 1 - 3) // 2 + 1
    inputs = inputs * positions
    for name in ("fc6", "fc7", "fc8"):
        units = widths[name]
        weights = 2.0 * rng.standard_normal((inputs, units)) / inputs**0.5
        weights /= 3 * loud**0.5 if name == "fc6" and loud > 1 else 1
        parameters[name] = {"weights": weights, "biases": 0.5 * rng.standard_normal(units)}
        inputs = units
    return image, parameters


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
