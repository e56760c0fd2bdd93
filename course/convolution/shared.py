"""What the checks of several tasks draw from."""

from autograder.checks.api import numbers
from autograder.checks.api import strategies as st

small, seeds = st.integers(1, 3), st.integers(0, 99)


def whole(*shape, seed):
    """Whole numbers as floats, so that an example can be worked out by hand."""
    return numbers(*shape, seed=seed, dtype="int64").astype(float)


def mirrored_whole(filters, side, channels, seed):
    """Square kernels that look the same turned and transposed, where the kernel's orientation is not what matters."""
    kernels = whole(filters, side, side, channels, seed=seed)
    kernels = kernels + kernels[:, ::-1, ::-1]
    return kernels + kernels.swapaxes(1, 2)
