"""How fast an im2col gathers its windows, measured where student code runs and against a yardstick run beside it.

The yardstick copies as many pixels in as large steps, so that a slow, busy or small machine slows both alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..bridge.student import Handle, Student, in_kernel
from .compare import expect
from .diagnosis import Misconception

SHAPE, KERNEL, STRIDE = (227, 227, 3), 11, 4
COLUMNS = 55  # every 55th column comes back to be compared: one for each row of windows
REPEATS = 5
REFERENCE = 1.25  # yardsticks that the reference takes, as measured; a test holds this
LIMIT = 2 * REFERENCE
ROUNDS = 3


def gathering(student: Student, im2col: Handle, seed: int) -> tuple[float, list[np.ndarray]]:
    """Times `im2col` on AlexNet's first layer: (its CPU time in yardsticks, a sample of each result).

    Both are the best of five, on five images (see `image_number`). A ratio above the limit is measured again, twice
    at the most, so that a busy machine costs nobody anything.
    """
    measure = in_kernel(student, race).race
    ratio, samples = np.inf, []
    for _ in range(ROUNDS):
        own, yardstick, samples = measure(im2col, seed, SHAPE, KERNEL, STRIDE, REPEATS, COLUMNS)
        ratio = min(ratio, float(own) / max(float(yardstick), 1e-9))
        if ratio <= LIMIT:
            break
    return ratio, samples


def expect_fast(ratio: float, slow: Misconception) -> None:
    """Passes up to the limit; names the misconception `slow` above it."""
    details = f"{ratio:.1f} times as long as copying so many pixels once; {LIMIT:g} times is fast enough"
    expect(ratio <= LIMIT, "im2col is slower than it can be.", diagnosis=slow, details=details)


def image_number(number: int, seed: int) -> np.ndarray:
    """The image that the repetition `number` gathers: float32, drawn in the kernel in the same way."""
    return np.random.default_rng([seed, number]).random(SHAPE, dtype=np.float32)


def race(im2col: Any, seed: int, shape: Any, kernel: int, stride: int, repeats: int, step: int) -> Any:
    """In the kernel: best CPU seconds of `im2col` and of the yardstick, taking turns; every `step`-th column.

    The yardstick copies strided parts of the image from places drawn at random, kernel x kernel times. The thread's
    clock is read, because the process's ticks only every few milliseconds where its CPU time is limited.
    """
    import time

    import numpy

    side = (shape[0] - kernel) // stride + 1
    own, yardstick, samples = [], [], []
    for number in range(repeats):
        rng = numpy.random.default_rng([seed, number])
        image = rng.random(shape, dtype=numpy.float32)
        places = rng.integers(0, kernel, (kernel * kernel, 2)).tolist()
        start = time.thread_time()
        result = im2col(image, kernel, stride)
        own.append(time.thread_time() - start)
        samples.append(numpy.array(result)[:, ::step])
        del result

        start = time.thread_time()
        copies = numpy.empty((kernel * kernel, shape[2], side, side), image.dtype)
        for copy, (row, column) in zip(copies, places, strict=True):
            part = image[row : row + side * stride : stride, column : column + side * stride : stride]
            copy[...] = part[:side, :side].transpose(2, 0, 1)
        yardstick.append(time.thread_time() - start)
        del copies
        if sum(own) > 1.0:  # far too slow: no need to wait for the other repetitions
            break
    return min(own), min(yardstick), samples
