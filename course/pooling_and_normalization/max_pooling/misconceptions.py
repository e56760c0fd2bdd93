"""Wrong turns with max pooling, and with the windows of every pooling layer."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ...convolution.same_padding.reference import same_padding
from ..average_pooling.reference import average_pool
from . import reference as right

MAX = "Max pooling"


def layer_class(name):
    """An adapter: a layer class of that name around a function with the references' signature."""

    def adapt(solve):
        class Layer:
            def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
                self.options = pool_size, stride, padding

            def forward(self, image):
                return solve(image, *self.options)

        return {name: Layer}

    return adapt


MAX_POOLING = Misconceptions("max-pooling", right.max_pool, student=layer_class("MaxPooling2D"))


def pool_size_as_stride(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The windows moved by their own size although a stride was given: it only stands in when there is no stride."""
    return solve(image, pool_size, None, padding)


def stride_of_one(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """Without a stride the windows moved by one pixel; no stride means that they move by their own size."""
    return solve(image, pool_size, 1 if stride is None else stride, padding)


def first_stride_for_both(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The vertical step was used in both directions; a pair is (height, width)."""
    kernel = right.pair(pool_size)
    return solve(image, pool_size, right.pair(kernel if stride is None else stride)[0], padding)


def swapped_axes(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """Height and width were swapped: a pair is (height, width), rows first."""
    kernel = right.pair(pool_size)[::-1]
    return solve(image, kernel, None if stride is None else right.pair(stride)[::-1], padding)


def swapped_steps(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The two numbers of the stride changed places: the first is the step down, the second the step to the right."""
    step = right.pair(pool_size if stride is None else stride)
    return solve(image, pool_size, step[::-1], padding)


def swapped_sides(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The two numbers of the pool size changed places: the first is the window's height, the second its width."""
    kernel = right.pair(pool_size)
    return solve(image, kernel[::-1], kernel if stride is None else stride, padding)


def padding_ignored(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """With "same" padding nothing was padded: there should be ceil(size / stride) positions in each direction."""
    return solve(image, pool_size, stride, "valid" if padding == "same" else padding)


def odd_pixel_before(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """With "same" padding the odd pixel was put before the image; it goes after."""
    if padding != "same":
        return solve(image, pool_size, stride, padding)
    kernel = right.pair(pool_size)
    step = kernel if stride is None else right.pair(stride)
    borders = [same_padding(image.shape[axis], kernel[axis + 3], step[axis + 3]) for axis in (-3, -2)]
    mirrored = [axis for axis, border in zip((-3, -2), borders, strict=True) if sum(border)]
    return np.flip(solve(np.flip(image, mirrored), pool_size, stride, padding), mirrored)


def pool_size_and_stride_swapped(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """Pool size and stride changed places: the first says how large a window is, the second how far it moves."""
    return solve(image, pool_size if stride is None else stride, pool_size, padding)


def last_window_missing(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The last window that still fits was left out: the final position is size - pool_size, and it counts."""
    if padding == "same" or image.ndim < 3:
        return solve(image, pool_size, stride, padding)
    return solve(image[..., :-1, :-1, :], pool_size, stride, padding)


def first_window_forgotten(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """A window is missing in each direction: the steps were counted, and before the first step there is one already."""
    result = solve(image, pool_size, stride, padding)
    return result if padding == "same" else result[..., :-1, :-1, :]


def rank_changed(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """A single image came back as a batch of one: the result has as many axes as the input."""
    result = solve(image, pool_size, stride, padding)
    return result[None] if image.ndim == 3 else result


def integer_result(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The result kept the image's integer type; integers and booleans become float64 first."""
    result = solve(image, pool_size, stride, padding)
    return result if image.dtype.kind == "f" else result.astype(image.dtype)


def always_float64(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """A float32 image became float64: that doubles the memory of every layer that follows. It stays float32."""
    return solve(image, pool_size, stride, padding).astype(np.float64)


def always_float32(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The result is float32 although the image is not: only a float32 image gives float32, others give float64."""
    return solve(image, pool_size, stride, padding).astype(np.float32)


GEOMETRY = (
    pool_size_as_stride, pool_size_and_stride_swapped, stride_of_one, first_stride_for_both, swapped_axes,
    swapped_steps, swapped_sides, padding_ignored, odd_pixel_before, last_window_missing,
    first_window_forgotten, rank_changed,
    integer_result, always_float64, always_float32,
)
WHOLE_LAYER = """\
import numpy as np

class {name}:
    def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
        self.pool_size, self.stride, self.padding = {pool_size}, {stride}, padding
        for name, pair in {{"pool_size": self.pool_size, "stride": self.stride}}.items():
            if min(pair) < 1:
                raise ValueError(name)
        if padding not in ("valid", "same"):
            raise ValueError("padding")

    def forward(self, image):
        if image.ndim not in (3, 4):
            raise ValueError("image")
        {first_line}
        image = image.astype(np.float32 if image.dtype == np.float32 else np.float64)
        there = np.ones_like(image)
        (kh, kw), (sh, sw) = self.pool_size, self.stride
        if self.padding == "same":
            down = max((-(-image.shape[-3] // sh) - 1) * sh + kh - image.shape[-3], 0)
            across = max((-(-image.shape[-2] // sw) - 1) * sw + kw - image.shape[-2], 0)
            border = [(down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)]
            border = [(0, 0)] * (image.ndim - 3) + border
            image, there = np.pad(image, border, constant_values={fill}), np.pad(there, border)
        if image.shape[-3] < kh or image.shape[-2] < kw:
            raise ValueError("pool_size")
        rows = []
        for i in range(0, image.shape[-3] - kh + 1, sh):
            row = []
            for j in range(0, image.shape[-2] - kw + 1, sw):
                window, real = image[..., i:i + kh, j:j + kw, :], there[..., i:i + kh, j:j + kw, :]
                row.append({reduce})
            rows.append(np.stack(row, axis=-2))
        return np.stack(rows, axis=-3)
"""

AS_PAIR = "({0},) * 2 if np.ndim({0}) == 0 else {0}"


def add_geometry(registry, name, section, prices, **reduction):
    """Registers what can go wrong with the windows of any pooling layer: `name` is its class.

    prices: why some of it costs more or less than a slip, by id. reduction: what the layer's code computes of a
    `window` (reduce) and pads with (fill).
    """
    for wrong in GEOMETRY:
        id = wrong.__name__.replace("_", "-")
        registry.add(id, section=section, price=prices.get(id))(wrong)
    registry.add_source(
        "int-not-a-pair",
        "A single number is not understood: pool_size and stride may be a pair, or an int for both directions.",
        WHOLE_LAYER.format(name=name, **reduction, pool_size="tuple(pool_size)",
                           stride="tuple(stride or pool_size)", first_line="pass"), section=section,
        raises=("TypeError", "AttributeError"), price=prices.get("int-not-a-pair"),
    )
    registry.add_source(
        "one-image-only", "The layer takes a single image only; a batch has one more axis in front.",
        WHOLE_LAYER.format(name=name, **reduction, pool_size=AS_PAIR.format("pool_size"),
                           stride=AS_PAIR.format("(pool_size if stride is None else stride)"),
                           first_line="height, width, channels = image.shape"), section=section,
        raises="ValueError", price=prices.get("one-image-only"),
    )


DTYPES_ONLY = "the values are right, and so is the dtype of most images"
CHEAP = {
    "integer-result": DTYPES_ONLY, "always-float64": DTYPES_ONLY, "always-float32": DTYPES_ONLY,
    "int-not-a-pair": "every window can be asked for as a pair",
    "swapped-steps": "only steps that are oblong show it", "swapped-sides": "only windows that are oblong show it",
}

# of the few points of min and average pooling most are asked for on small maps
FEW_POINTS = {**CHEAP, "first-window-forgotten": "no map of a valid pooling is as large as it should be"}

add_geometry(MAX_POOLING, "MaxPooling2D", MAX, CHEAP, reduce="window.max((-3, -2))", fill="-np.inf")


def zero_padded(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """What comes out when "same" padding puts zeros around the image and then treats them as pixels."""
    if padding != "same":
        return solve(image, pool_size, stride, padding)
    kernel = right.pair(pool_size)
    step = kernel if stride is None else right.pair(stride)
    return solve(right.padded(right.as_float(image), kernel, step, 0.0), kernel, step, "valid")


@MAX_POOLING.add("zero-padding", section=MAX)
def zero_padding_max(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """Zeros were padded and won: where all values are negative, a zero from outside the image is no maximum of it."""
    return zero_padded(solve, image, pool_size, stride, padding)


def padded_by_kernel(solve, image, pool_size, stride, padding, fill):
    """What comes out when "same" pads (k - 1) // 2 on both sides, whatever the stride."""
    if padding != "same":
        return solve(image, pool_size, stride, padding)
    borders = [((size - 1) // 2,) * 2 for size in right.pair(pool_size)]
    around = [(0, 0)] * (image.ndim - 3) + borders + [(0, 0)]
    return solve(np.pad(right.as_float(image), around, constant_values=fill), pool_size, stride, "valid")


@MAX_POOLING.add("symmetric-same-padding", section=MAX)
def symmetric_max(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """"Same" padding put (k - 1) // 2 pixels on both sides; how many it takes depends on size and stride too."""
    return padded_by_kernel(solve, image, pool_size, stride, padding, -np.inf)


@MAX_POOLING.add("running-maximum-from-0", section=MAX)
def running_maximum_from_0(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """No maximum is below 0: the search for it began at 0. Begin at minus infinity, or at the window's first pixel."""
    return np.maximum(solve(image, pool_size, stride, padding), 0)


@MAX_POOLING.add("mean-of-the-window", section=MAX, price="a mean is another layer, without a maximum anywhere")
def mean_for_max(image, pool_size=(2, 2), stride=None, padding="valid"):
    """The mean of each window was taken; max pooling keeps the largest value alone."""
    return average_pool(image, pool_size, stride, padding)


@MAX_POOLING.add("maximum-over-channels", section=MAX)
def maximum_over_channels(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """The maximum was taken over the channels as well; each channel is pooled on its own."""
    result = solve(image, pool_size, stride, padding)
    return np.broadcast_to(result.max(axis=-1, keepdims=True), result.shape)


@MAX_POOLING.add("nan-skipped", section=MAX, price="only images with a NaN show it")
def nan_skipped(solve, image, pool_size=(2, 2), stride=None, padding="valid"):
    """A NaN in a window was passed over; it has to come through, or a broken network looks healthy."""
    return solve(np.where(np.isnan(image), -np.inf, image), pool_size, stride, padding)
