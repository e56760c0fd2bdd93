"""What the checks of several tasks draw from."""

import numpy as np

from autograder.checks.api import cases, expect_close, in_kernel, later, numbers, once
from autograder.checks.api import strategies as st

SEED, CHANNELS = st.integers(0, 999), st.integers(1, 3)

STEPS = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 8, 6], [7, 2, 3, 4]], dtype=float)[:, :, None]
WINDOWS = cases(side=st.integers(4, 6), window=st.integers(2, 3), stride=st.integers(1, 3), seed=st.integers(0, 9))


def forwarding(layer_class):
    """In the kernel: what gives the result of a new layer of the class, with these options, for x."""
    def new_forward(x, options):
        return layer_class(**options).forward(x)

    return new_forward


def forwarded(layer_class, x, **options):
    """What a new layer of a class of the student's, with these options, gives for x; as `later` does."""
    new_forward = once(layer_class, (forwarding, layer_class), lambda: in_kernel(layer_class, forwarding).forwarding(
        layer_class))
    return later(new_forward, x, options)


def strided(layer, expected, case, like):
    """Compares on a square window with a stride of its own."""
    image = numbers(case.side, case.side + 1, 1, seed=case.seed)
    options = {"pool_size": (case.window, case.window), "stride": (case.stride, case.stride)}
    expect_close(later(layer(**options).forward, image), expected(image, **options), like=like)
