"""What the hidden checks of dense run in the kernel."""


def computed(layer_class, x, weights, biases):
    """What a new layer of the class with these parameters gives for x."""
    layer = layer_class(*weights.shape)
    layer.weights, layer.biases = weights, biases
    return layer.forward(x)
