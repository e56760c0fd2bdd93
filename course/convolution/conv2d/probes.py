"""What the hidden checks of conv2d run in the kernel."""


def forward_on_view(layer, image):
    """In the kernel: the layer's result for a read-only view that is not contiguous."""
    import numpy

    spread = numpy.zeros((image.shape[0], 2 * image.shape[1], image.shape[2]), image.dtype)
    view = spread[:, ::2]
    view[...] = image
    view.flags.writeable = False
    return layer.forward(view)
