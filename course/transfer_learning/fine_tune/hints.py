"""Hints of fine-tune: a question, a worked case, the shape of the idea."""

HINTS = (
    """What is random at the beginning, and what has been learned already? Which layers may change in phase one,
which in phase two, and which never?""",
    """In phase two, for the network of this notebook: conv1 stays, conv5 learns, norm1 to norm5 are off. Look at
`[(layer.name, layer.trainable) for layer in pretrained.layers]` before each `fit`. A mean of a norm that
differs after training says that a switch was forgotten.""",
    """One model, two phases, and between them three things: set `trainable` layer by layer, choose a much smaller
rate, compile again. Each phase's `fit` has a history; the lists of both, one behind the other, are the
history that you return. The number of classes is found in the labels of `train`.""",
)
