"""The numbers of separable-saving: one convolution that keeps the map's size, to be made separable."""

CHOICES = {
    "in_channels": [48, 64, 96, 144],
    "out_channels": [80, 128, 160, 256],
    "kernel": [3, 5, 7],
    "height": [14, 28, 30],
    "width": [20, 36, 56],
}
