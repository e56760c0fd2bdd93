"""The numbers of assignment 06: one convolution that keeps the map's size, to be made separable."""

VARIANTS = {
    "separable-saving": {
        "in_channels": [48, 64, 96, 144],
        "out_channels": [80, 128, 160, 256],
        "kernel": [3, 5, 7],
        "height": [14, 28, 30],
        "width": [20, 36, 56],
    },
}
