"""Wrong turns with AlexNet's forward pass in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.api import Misconceptions

from ...convolution.im2col.reference import conv2d_im2col
from ...pooling_and_normalization.average_pooling.reference import average_pool
from ...pooling_and_normalization.dense.reference import dense
from ...pooling_and_normalization.lrn.reference import lrn
from ...pooling_and_normalization.max_pooling.reference import max_pool
from ...pooling_and_normalization.relu_softmax.reference import relu, softmax
from . import reference as right

ALEXNET_FORWARD = Misconceptions("alexnet-numpy", right.alexnet_forward)
LAYERS, FORWARD = "AlexNet, layer by layer", "AlexNet in NumPy"


def _none(x: np.ndarray) -> np.ndarray:
    return x


def forward(
    image: np.ndarray, parameters: Any, *, front: Any = (relu, lrn), pool: Any = max_pool, window: int = 3,
    pool_before_norm: bool = False, second_norm: bool = True, conv_relu: Any = relu, flat: Any = _none,
    before_dense: Any = _none, dense_relu: Any = relu, end: Any = softmax,
) -> np.ndarray:
    """AlexNet's forward pass with some of its steps replaced; without options it is the right one."""
    x = image
    for layer, options in (("conv1", {"stride": 4}), ("conv2", {"padding": "same"})):
        x = conv2d_im2col(x, **parameters[layer], **options)
        first, second = front
        x = first(x)
        x = pool(x, pool_size=window, stride=2) if pool_before_norm else x
        x = second(x) if layer == "conv1" or second_norm else x
        x = x if pool_before_norm else pool(x, pool_size=window, stride=2)
    for layer in ("conv3", "conv4", "conv5"):
        x = conv_relu(conv2d_im2col(x, **parameters[layer], padding="same"))
    x = flat(pool(x, pool_size=window, stride=2))
    x = x.reshape(*x.shape[:-3], -1)
    for layer in ("fc6", "fc7"):
        x = dense_relu(dense(before_dense(x), **parameters[layer]))
    return end(dense(x, **parameters["fc8"]))


@ALEXNET_FORWARD.add("relu-on-the-logits", section=FORWARD)
def relu_on_the_logits(image, parameters):
    """The logits went through a ReLU before the softmax, which makes all unlikely classes alike."""
    return forward(image, parameters, end=lambda logits: softmax(relu(logits)))


@ALEXNET_FORWARD.add("softmax-missing", section=FORWARD)
def softmax_missing(image, parameters):
    """These are logits: the softmax, which makes probabilities of them, is missing."""
    return forward(image, parameters, end=_none)


@ALEXNET_FORWARD.add("softmax-over-the-batch", section=FORWARD)
def softmax_over_the_batch(image, parameters):
    """The softmax ran over the first axis, so the classes of an image do not add up to 1, but the images of a class."""
    return forward(image, parameters, end=lambda logits: softmax(logits, axis=0))


@ALEXNET_FORWARD.add("softmax-over-everything", section=FORWARD)
def softmax_over_everything(image, parameters):
    """All images of the batch add up to 1 together; each has probabilities of its own."""
    return forward(image, parameters, end=lambda z: softmax(z.reshape(-1)).reshape(z.shape))


@ALEXNET_FORWARD.add("log-probabilities", section=FORWARD)
def log_probabilities(image, parameters):
    """These are logarithms of probabilities."""
    return forward(image, parameters, end=lambda logits: np.log(softmax(logits)))


# As code, for values contradict it wherever the units that are dropped were silent.
ALEXNET_FORWARD.add_source(
    "dropout-at-inference",
    "Units were dropped at random, so that the same image gets other probabilities every time: this is inference.",
    '''
import numpy as np
without_dropout = alexnet_forward
def alexnet_forward(image, parameters):
    """Rows of weights at zero are inputs at zero."""
    parameters = {name: dict(arrays) for name, arrays in parameters.items()}
    for layer in ("fc6", "fc7"):
        weights = parameters[layer]["weights"]
        parameters[layer]["weights"] = 2 * weights * (np.random.default_rng().random((len(weights), 1)) < 0.5)
    return without_dropout(image, parameters)
''',
    section=FORWARD, price="every answer is another one, so nothing of the network can be seen in them",
)


@ALEXNET_FORWARD.add("halved-at-inference", section=FORWARD)
def halved_at_inference(image, parameters):
    """The inputs of the dense layers were halved, as in the paper; with today's dropout they stay as they are."""
    return forward(image, parameters, before_dense=lambda x: x / 2)


@ALEXNET_FORWARD.add("lrn-missing", section=LAYERS)
def lrn_missing(image, parameters):
    """There is no local response normalisation."""
    return forward(image, parameters, front=(relu, _none))


@ALEXNET_FORWARD.add("lrn-once", section=LAYERS)
def lrn_once(image, parameters):
    """Local response normalisation follows conv1 alone; conv2 has one too."""
    return forward(image, parameters, second_norm=False)


@ALEXNET_FORWARD.add("lrn-after-every-convolution", section=LAYERS)
def lrn_after_every_convolution(image, parameters):
    """All five convolutions are followed by local response normalisation; only conv1 and conv2 are."""
    return forward(image, parameters, conv_relu=lambda x: lrn(relu(x)))


@ALEXNET_FORWARD.add("lrn-before-relu", section=LAYERS)
def lrn_before_relu(image, parameters):
    """Local response normalisation comes before the ReLU, so that negative numbers count among the neighbours."""
    return forward(image, parameters, front=(lrn, relu))


@ALEXNET_FORWARD.add("lrn-after-pooling", section=LAYERS)
def lrn_after_pooling(image, parameters):
    """Local response normalisation comes after the pooling; in the paper it comes before."""
    return forward(image, parameters, pool_before_norm=True)


@ALEXNET_FORWARD.add("pooling-2x2", section=LAYERS)
def pooling_2x2(image, parameters):
    """The pooling windows are 2x2; AlexNet's are 3x3 and overlap."""
    return forward(image, parameters, window=2)


@ALEXNET_FORWARD.add("average-pooling", section=LAYERS)
def average_pooling(image, parameters):
    """The pooling takes averages, as LeNet-5 did; AlexNet takes maxima."""
    return forward(image, parameters, pool=average_pool)


@ALEXNET_FORWARD.add("no-relu-after-the-later-convolutions", section=LAYERS)
def no_relu_after_the_later_convolutions(image, parameters):
    """conv3, conv4 and conv5 have no ReLU; every convolution is followed by one."""
    return forward(image, parameters, conv_relu=_none)


@ALEXNET_FORWARD.add("no-relu-between-dense-layers", section=LAYERS)
def no_relu_between_dense_layers(image, parameters):
    """fc6 and fc7 are not followed by a ReLU: three dense layers without one are no more than one layer."""
    return forward(image, parameters, dense_relu=_none)


@ALEXNET_FORWARD.add("flattened-channels-first", section=FORWARD)
def flattened_channels_first(image, parameters):
    """The maps were flattened channel by channel, as PyTorch does; here the channels stand last, and vary fastest."""
    return forward(image, parameters, flat=lambda x: np.moveaxis(x, -1, -3))


@ALEXNET_FORWARD.add("batch-flattened-too", section=FORWARD)
def batch_flattened_too(image, parameters):
    """Of a batch only one row of probabilities came back; each image keeps a row of its own."""
    probabilities = forward(image, parameters)
    return probabilities if probabilities.ndim == 1 else probabilities[0]
