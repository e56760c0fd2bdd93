"""AlexNet in NumPy: the forward pass from the pixels to the probabilities.

Arrays are channels-last, as in the layers that it is built from. Source: A. Krizhevsky, I. Sutskever and G. Hinton,
"ImageNet Classification with Deep Convolutional Neural Networks" (2012), section 3, in one piece instead of two halves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ...convolution.im2col.reference import conv2d_im2col
from ...pooling_and_normalization.dense.reference import dense
from ...pooling_and_normalization.lrn.reference import lrn
from ...pooling_and_normalization.max_pooling.reference import max_pool
from ...pooling_and_normalization.relu_softmax.reference import relu, softmax

Parameters = Mapping[str, Mapping[str, np.ndarray]]


def alexnet_forward(image: np.ndarray, parameters: Parameters) -> np.ndarray:
    """The probability of every class, for one image or for each image of a batch.

    image: (height, width, channels), in the paper 227x227x3, or (batch, height, width, channels). parameters:
    `conv1` to `conv5` with `kernels` (filters, height, width, in_channels) and `bias` (filters,); `fc6` to `fc8` with
    `weights` (features, units) and `biases` (units,). All widths come from them. Returns (classes,) or
    (batch, classes), float32 for a float32 image. Raises ValueError where an array does not fit the one before it,
    and for an image that is too small for the last pooling: 67 pixels are the fewest.
    """
    x = relu(conv2d_im2col(image, **parameters["conv1"], stride=4))
    x = max_pool(lrn(x), pool_size=3, stride=2)  # the windows overlap by one pixel
    x = relu(conv2d_im2col(x, **parameters["conv2"], padding="same"))
    x = max_pool(lrn(x), pool_size=3, stride=2)
    for layer in ("conv3", "conv4", "conv5"):
        x = relu(conv2d_im2col(x, **parameters[layer], padding="same"))
    x = max_pool(x, pool_size=3, stride=2)

    x = x.reshape(*x.shape[:-3], math.prod(x.shape[-3:]))  # one vector an image, row by row, pixel by pixel
    for layer in ("fc6", "fc7"):
        x = relu(dense(x, **parameters[layer]))  # dropout is for training alone
    return softmax(dense(x, **parameters["fc8"]))
