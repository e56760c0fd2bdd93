"""What the public and the hidden checks of AlexNet's forward pass in NumPy ask alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from .api import Student, expect, expect_close, misconceptions, reference


def same_probabilities(student: Student, image: np.ndarray, parameters: dict[str, Any]) -> None:
    """Passes when `alexnet_forward` gives the reference's probabilities; answers that vary are dropout's."""
    right = reference.alexnet_forward(image, parameters)
    result = student.alexnet_forward(image, parameters)
    if isinstance(result, np.ndarray) and result.shape == right.value.shape and not np.allclose(result, right.value):
        again = [student.alexnet_forward(image, parameters) for _ in range(12)]
        same = all(np.array_equal(result, other, equal_nan=True) for other in again)
        expect(same, "", diagnosis=misconceptions.ALEXNET_FORWARD["dropout-at-inference"])
    expect_close(result, right, like=misconceptions.ALEXNET_FORWARD, rtol=1e-5, atol=1e-8, what="the result")
