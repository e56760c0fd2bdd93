"""Hints of lenet-train: a question, a worked case, the shape of the idea."""

HINTS = (
    """What is done to a raw image before the network sees it, in this notebook? The judge does exactly that to the
test images. Where in your function is it done?""",
    """Print the mean loss of every epoch. A network that knows nothing about ten classes has a loss of ln 10 =
2.30. If it stays there, no step reaches the weights, or the rate is far too small. If it jumps up and down
above it, the rate is too large, the pixels are not scaled, or old gradients are added to new ones. It
should fall from the first epochs on.""",
    """In this order: the seed, the network on the device, images and labels prepared once and put on the device,
the optimiser. Then the five lines of the training loop, in epochs, with `offer(model)` after each. Only the
arguments are used: `images` and `labels`, not what the notebook calls `train_images`. How many epochs you
can afford follows from the time of one.""",
)
