"""Hints of alexnet-train: a question, a worked case, the shape of the idea."""

HINTS = (
    """How large are the maps of a picture of 28x28, and of one of 32x32, after each of your poolings? What is left
for the dense layers?""",
    """Overlapping pooling, 3x3 with stride 2 and without padding, makes 28 to 13, to 6, to 2, and 32 to 15, to 7,
to 3. With 64 maps the dense layers get 256 or 576 numbers. A loss that stays near ln 10 = 2.30 with ten
classes says that nothing is learned: look at scale and rate first.""",
    """Work in three steps: a network whose sizes follow from `images.shape` and that takes a batch of zeros; a
plain loop that lets the loss fall on a few hundred images; then augmentation that suits what the images
show, and a rate that rises and falls. The seed comes before the network is made. Offer the model after
every epoch.""",
)
