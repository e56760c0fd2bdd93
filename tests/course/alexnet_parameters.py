"""Parameters of AlexNets of any width, laid out for the NumPy network."""

from __future__ import annotations

import numpy as np

# The units of conv1 to conv5 and fc6 to fc8.
FULL = (96, 256, 384, 384, 256, 4096, 4096, 1000)
NARROW = (6, 8, 10, 7, 5, 12, 9, 4)
KERNELS = (11, 5, 3, 3, 3)


def drawn(widths: tuple[int, ...], side: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """He-scaled parameters for square images of three channels: float32 at full width, float64 for narrow ones."""
    rng = np.random.default_rng(seed)
    dtype = np.float32 if widths == FULL else np.float64
    sides = _last_side(side) ** 2
    parameters: dict[str, dict[str, np.ndarray]] = {}
    channels = 3
    for number, (units, kernel) in enumerate(zip(widths[:5], KERNELS, strict=True), 1):
        scale = np.sqrt(2 / (kernel * kernel * channels))
        kernels = dtype(scale) * rng.standard_normal((units, kernel, kernel, channels), dtype)
        parameters[f"conv{number}"] = {"kernels": kernels, "bias": dtype(0.1) * rng.standard_normal(units, dtype)}
        channels = units
    features = sides * channels
    for number, units in enumerate(widths[5:], 6):
        weights = dtype(np.sqrt(2 / features)) * rng.standard_normal((features, units), dtype)
        parameters[f"fc{number}"] = {"weights": weights, "biases": dtype(0.1) * rng.standard_normal(units, dtype)}
        features = units
    return parameters


def _last_side(side: int) -> int:
    """Pixels in one direction after the last pooling."""
    side = (side - 11) // 4 + 1
    for _ in range(3):
        side = (side - 3) // 2 + 1
    return side
