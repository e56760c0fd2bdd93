"""How a segmentation is scored: the PASCAL VOC challenge's measure."""

from __future__ import annotations

import numpy as np


def mean_iou(
    prediction: np.ndarray, target: np.ndarray, num_classes: int, ignore_index: int | None = None
) -> float:
    """Mean over the classes of intersection over union of their pixels; NaN if no class occurs.

    A class that neither has does not count. Pixels whose target is `ignore_index` are left out of both.
    """
    counted = np.ones(target.shape, bool) if ignore_index is None else target != ignore_index
    scores = []
    for label in range(num_classes):
        predicted, true = (prediction == label) & counted, (target == label) & counted
        union = np.sum(predicted | true)
        if union > 0:
            scores.append(np.sum(predicted & true) / union)
    return float(np.mean(scores)) if scores else float("nan")
