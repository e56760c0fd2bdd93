"""What the hidden checks of max-pooling run in the kernel."""


def forward_on_a_view(layer, image):
    image.flags.writeable = False
    return layer.forward(image[::-1, ::2])
