"""What the checks of several tasks draw from."""

from autograder.checks.api import numbers
from autograder.checks.api import strategies as st

small, seeds = st.integers(1, 3), st.integers(0, 99)


def whole(*shape, seed):
    """Whole numbers as floats, so that an example can be worked out by hand."""
    return numbers(*shape, seed=seed, dtype="int64").astype(float)


def mirrored(kernels):
    """Kernels (filters, height, width, channels) that look the same mirrored and turned; square ones transposed too.

    They serve where the kernel's orientation is not what is asked for.
    """
    kernels = kernels + kernels[:, ::-1]
    kernels = kernels + kernels[:, :, ::-1]
    return kernels + kernels.swapaxes(1, 2) if kernels.shape[1] == kernels.shape[2] else kernels


def mirrored_whole(filters, side, channels, seed):
    """Mirrored square kernels of whole numbers."""
    return mirrored(whole(filters, side, side, channels, seed=seed))
