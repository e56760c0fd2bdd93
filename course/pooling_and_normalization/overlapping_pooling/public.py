"""Public checks of overlapping-pooling."""

import numpy as np

from autograder.checks.api import expect


def test_sizes(student):
    """The two sizes are whole numbers, and they agree."""
    answer = student.overlapping_pooling
    sizes = [answer.get(key) for key in ("size_3x3", "size_2x2")] if isinstance(answer, dict) else []
    filled = len(sizes) == 2 and all(isinstance(size, (int, float, np.number)) for size in sizes)
    expect(filled, "Fill in the two sizes, as whole numbers.")
    expect(sizes[0] == sizes[1], "Both windows take the map to the same size; yours differ.")
    expect(1 < sizes[0] < 55, "A pooled map is smaller than the map it came from, and larger than one pixel.")


def test_entries(student):
    """Every entry holds a number; the share is in percent."""
    answer = student.overlapping_pooling
    for key in ("size_3x3", "size_2x2", "top1_points", "top5_points", "discarded_percent"):
        known = isinstance(answer, dict) and isinstance(answer.get(key), (int, float, np.number))
        expect(known, f'The entry "{key}" holds no number.')
    expect(1 < answer["discarded_percent"] <= 100, "The entry \"discarded_percent\" is no percentage.")
