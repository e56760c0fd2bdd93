"""What the hidden checks of conv2d run in the kernel."""


def convolved(layer_class, image, kernels, bias, options):
    """The image as a new layer with these kernels gives it; a square kernel's size is given as one number.

    bias: of each filter; None where the layer keeps its own.
    """
    height, width = kernels.shape[1:3]
    layer = layer_class(len(kernels), height if height == width else (height, width), **options)
    layer.kernels = kernels
    if bias is not None:
        layer.bias = bias
    return layer.forward(image)
