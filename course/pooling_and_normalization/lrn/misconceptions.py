"""Wrong turns with local response normalisation."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ..max_pooling.misconceptions import DTYPES_ONLY
from ..max_pooling.reference import as_float
from . import reference as right

LRN_SECTION = "Local response normalization"


def _lrn_layer(solve):
    class LocalResponseNormalization:
        def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
            self.options = size, k, alpha, beta

        def forward(self, image):
            return solve(image, *self.options)

    return {"LocalResponseNormalization": LocalResponseNormalization}


LRN = Misconceptions("lrn", right.lrn, student=_lrn_layer)


def _lrn(image, energy, k, alpha, beta):
    """The formula with another sum of squares; sizes and ranks that the reference refuses are refused here too."""
    image = as_float(image)
    return (image / (k + alpha * energy) ** beta).astype(image.dtype)


def _energy(image, size, mode="constant"):
    """Sums of squares over `size` neighbouring channels, beyond the ends as `numpy.pad` does in that mode."""
    squares = np.pad(as_float(image) ** 2, [(0, 0)] * (image.ndim - 1) + [(size // 2, size // 2)], mode=mode)
    channels = image.shape[-1]
    return sum(squares[..., start : start + channels] for start in range(size))


@LRN.add("size-as-radius", section=LRN_SECTION)
def size_as_radius(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The size was taken for a radius: 5 means five channels in all, two on each side, and not eleven."""
    right.lrn(image, size, k, alpha, beta)
    return right.lrn(image, 2 * size + 1, k, alpha, beta)


@LRN.add("alpha-by-size", section=LRN_SECTION)
def alpha_by_size(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """Alpha was divided by the size, as PyTorch does; the paper's formula, which is asked for, takes it as it is."""
    return solve(image, size, k, alpha / size, beta)


@LRN.add("window-not-clipped", section=LRN_SECTION)
def window_not_clipped(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The window slid inwards at the ends to stay complete; it is cut off there, and holds fewer channels."""
    right.lrn(image, size, k, alpha, beta)
    squares, channels = as_float(image) ** 2, image.shape[-1]
    starts = [min(max(i - size // 2, 0), max(channels - size, 0)) for i in range(channels)]
    energy = np.stack([squares[..., start : start + size].sum(axis=-1) for start in starts], axis=-1)
    return _lrn(image, energy, k, alpha, beta)


@LRN.add("slice-ends-too-early", section=LRN_SECTION)
def slice_ends_too_early(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The sum stopped one channel early: the upper limit belongs to the window, and a slice ends before its own."""
    right.lrn(image, size, k, alpha, beta)
    squares, channels = as_float(image) ** 2, image.shape[-1]
    ends = [min(channels - 1, i + size // 2) for i in range(channels)]
    energy = [squares[..., max(i - size // 2, 0) : end].sum(axis=-1) for i, end in enumerate(ends)]
    return _lrn(image, np.stack(energy, axis=-1), k, alpha, beta)


@LRN.add("last-neighbour-left-out", section=LRN_SECTION)
def last_neighbour_left_out(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The farthest channel on the right was left out: there are as many neighbours on either side."""
    right.lrn(image, size, k, alpha, beta)
    squares, channels = as_float(image) ** 2, image.shape[-1]
    energy = [squares[..., max(i - size // 2, 0) : i + size // 2].sum(axis=-1) for i in range(channels)]
    return _lrn(image, np.stack(energy, axis=-1), k, alpha, beta)


@LRN.add("window-wrapped", section=LRN_SECTION)
def window_wrapped(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The window went around: the first channel counted the last ones as neighbours. It is cut off at the ends."""
    right.lrn(image, size, k, alpha, beta)
    return _lrn(image, _energy(image, size, mode="wrap"), k, alpha, beta)


@LRN.add("end-channel-repeated", section=LRN_SECTION)
def end_channel_repeated(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The first and the last channel were repeated beyond the ends; the window is cut off there."""
    right.lrn(image, size, k, alpha, beta)
    return _lrn(image, _energy(image, size, mode="edge"), k, alpha, beta)


@LRN.add("over-space", section=LRN_SECTION)
def over_space(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The squares were summed over neighbouring pixels; the neighbours are the channels at the same pixel."""
    right.lrn(image, size, k, alpha, beta)
    squares, reach = as_float(image) ** 2, size // 2
    border = [(0, 0)] * (image.ndim - 3) + [(reach, reach), (reach, reach), (0, 0)]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(squares, border), (size, size), axis=(-3, -2))
    return _lrn(image, windows.sum(axis=(-2, -1)), k, alpha, beta)


@LRN.add("all-channels", section=LRN_SECTION)
def all_channels(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """All channels were summed, whatever the size; the window holds `size` channels centred on the one at hand."""
    solve(image, size, k, alpha, beta)
    return solve(image, 2 * image.shape[-1] + 1, k, alpha, beta)


@LRN.add("own-channel-left-out", section=LRN_SECTION)
def own_channel_left_out(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The channel itself was left out of the sum; the window is centred on it, and it counts."""
    right.lrn(image, size, k, alpha, beta)
    return _lrn(image, _energy(image, size) - as_float(image) ** 2, k, alpha, beta)


@LRN.add("window-off-centre", section=LRN_SECTION)
def window_off_centre(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The window began at the channel, or ended there; it is centred on it, with as many neighbours on either side."""
    right.lrn(image, size, k, alpha, beta)
    squares, channels = as_float(image) ** 2, image.shape[-1]
    energy = np.stack([squares[..., i : i + size].sum(axis=-1) for i in range(channels)], axis=-1)
    return _lrn(image, energy, k, alpha, beta)


@LRN.add("k-missing", section=LRN_SECTION)
def k_missing(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The k is missing: without it a quiet pixel is divided by nearly nothing, and a pixel of zeros by zero."""
    right.lrn(image, size, k, alpha, beta)
    with np.errstate(all="ignore"):
        return _lrn(image, _energy(image, size), 0.0, alpha, beta)


@LRN.add("k-of-one", section=LRN_SECTION)
def k_of_one(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The k that was given makes no difference: 1 stands in its place, which is what PyTorch takes by default."""
    return solve(image, size, 1.0, alpha, beta)


@LRN.add("alpha-missing", section=LRN_SECTION)
def alpha_missing(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The alpha is missing: the sum of the squares is multiplied by it before k is added."""
    return solve(image, size, k, 1.0, beta)


@LRN.add("k-outside-of-the-power", section=LRN_SECTION)
def k_outside_of_the_power(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The k was added after the power; it stands inside the bracket that is raised to beta."""
    right.lrn(image, size, k, alpha, beta)
    values = as_float(image)
    return (values / (k + (alpha * _energy(image, size)) ** beta)).astype(values.dtype)


@LRN.add("beta-missing", section=LRN_SECTION)
def beta_missing(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The exponent is missing: the whole bracket is raised to the power of beta before it divides."""
    return solve(image, size, k, alpha, 1.0)


@LRN.add("multiplied", section=LRN_SECTION, price="every value is wrong, and loud channels become louder")
def multiplied(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The activation was multiplied by the bracket; it is divided, so that loud neighbours make it quieter."""
    return solve(image, size, k, alpha, -beta)


@LRN.add("not-squared", section=LRN_SECTION)
def not_squared(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The activations were summed as they are; their squares are."""
    right.lrn(image, size, k, alpha, beta)
    values, reach = as_float(image), size // 2
    padded = np.pad(values, [(0, 0)] * (image.ndim - 1) + [(reach, reach)])
    with np.errstate(all="ignore"):
        return _lrn(image, sum(padded[..., s : s + image.shape[-1]] for s in range(size)), k, alpha, beta)


@LRN.add("mean-of-the-squares", section=LRN_SECTION)
def mean_of_the_squares(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The mean of the squares was taken, of as many as the window holds; their sum is asked for."""
    right.lrn(image, size, k, alpha, beta)
    return _lrn(image, _energy(image, size) / _energy(np.ones(image.shape), size), k, alpha, beta)


@LRN.add("in-place-neighbours", section=LRN_SECTION)
def in_place_neighbours(image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """Channels normalised before were taken as neighbours: keep the input as it is and write into another array."""
    right.lrn(image, size, k, alpha, beta)
    result, reach = as_float(image).copy(), size // 2
    for i in range(image.shape[-1]):
        energy = (result[..., max(i - reach, 0) : i + reach + 1] ** 2).sum(axis=-1)
        result[..., i] /= (k + alpha * energy) ** beta
    return result


@LRN.add("integer-result", section=LRN_SECTION, price=DTYPES_ONLY)
def lrn_integer_result(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """The result was written into an integer array, and its fractions were cut off; integers become float64 first."""
    result = solve(image, size, k, alpha, beta)
    return result if image.dtype.kind == "f" else result.astype(image.dtype)


@LRN.add("always-float64", section=LRN_SECTION, price=DTYPES_ONLY)
def lrn_always_float64(solve, image, size=5, k=2.0, alpha=1e-4, beta=0.75):
    """A float32 image became float64: that doubles the memory of every layer that follows. It stays float32."""
    return solve(image, size, k, alpha, beta).astype(np.float64)


LRN.add_source(
    "even-size-accepted",
    "An even size was accepted; it has no channel in its middle, so it is refused with a ValueError that names size.",
    """\
import numpy as np

class LocalResponseNormalization:
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75):
        if size < 1:
            raise ValueError("size must be positive")
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta

    def forward(self, image):
        if image.ndim not in (3, 4):
            raise ValueError("image must have 3 or 4 axes")
        a = image if image.dtype == np.float32 else image.astype(np.float64)
        reach, last = self.size // 2, a.shape[-1]
        total = [(a[..., max(i - reach, 0):min(i + reach + 1, last)] ** 2).sum(-1) for i in range(last)]
        return (a / (self.k + self.alpha * np.stack(total, -1)) ** self.beta).astype(a.dtype)
""", section=LRN_SECTION, price="an argument that is not refused",
)
