"""AlexNet's defaults and dropout in Keras, in the kernel: no types, for nothing of this package is there."""

from ..shared import images_of, weights_of
from .public import built_keras, quickly_built


def run_keras_defaults(make):
    """The network `make()` at its full size: parameters, and what it gives for one grey image."""
    import numpy

    model = quickly_built(make, {})
    if model is None:
        return {"output": None}
    image = numpy.full((1, *model.input_shape[1:]), 0.5, "float32")
    return {"output": numpy.asarray(model(image, training=False)), "parameters": model.count_params()}


def run_keras_dropout(make, options, features, seed):
    """The inputs of the dense layers in training and at inference, by layer; as `run_torch_dropout`.

    features: how many numbers reach fc6.
    """
    import numpy
    import tensorflow as tf

    model = built_keras(make, options, seed)
    if model is None:
        return None
    wanted = {(features, 4096): "fc6", (4096, 4096): "fc7", (4096, options["num_classes"]): "fc8"}
    dense = {}
    for variable in model.weights:
        shape = tuple(variable.shape)
        if shape and "float" in str(variable.dtype):
            fan_in = int(numpy.prod(shape[:-1])) if len(shape) > 1 else 1
            name = wanted.get((fan_in, shape[-1])) if len(shape) > 1 else None
            if name:
                dense[name] = variable
                # a dense layer may be written as a convolution: its weights are the same matrix
                drawn = weights_of((fan_in, shape[-1]), fan_in, 0, seed).reshape(shape)
                variable.assign(numpy.abs(drawn) / fan_in**0.5)
            elif len(shape) == 1:
                variable.assign(numpy.abs(variable.value.numpy()) * (shape != (4096,)))
    batch = images_of((1, *options["img_shape"]), seed)

    def gradients(training):
        with tf.GradientTape() as tape:
            # the logarithm of one class, whose gradient keeps its sign from the softmax on down
            loss = tf.math.log(model(batch, training=training)[:, :1])
        rows = tape.gradient(loss, [getattr(variable, "value", variable) for variable in dense.values()])
        return {
            name: numpy.abs(numpy.asarray(row)).reshape(-1, row.shape[-1]).sum(1)
            for name, row in zip(dense, rows, strict=True)
        }

    trained, plain = gradients(True), gradients(False)
    if not all(row.any() for row in (*trained.values(), *plain.values())):
        return None
    return {"trained": trained, "plain": plain}
