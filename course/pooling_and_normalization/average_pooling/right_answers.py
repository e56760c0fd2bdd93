"""Right answers by other ways."""

from __future__ import annotations

from ..max_pooling.right_answers import BY_AXES, LAYER

MEAN = """\
there = np.ones(image.shape[:-1] + (1,), image.dtype)
        total, number = (self.along(self.along(a, -3, 0, 0, np.sum), -2, 1, 0, np.sum) for a in (image, there))
        return total / number"""

ANSWERS = {
    "loops over windows": LAYER.format(name="AveragePooling2D", of_window="np.mean"),
    "one axis after the other": BY_AXES.format(name="AveragePooling2D", compute=MEAN),
}


BY_CUMULATIVE_SUMS = LAYER.format(name="AveragePooling2D", of_window="sum_over_number")
BY_CUMULATIVE_SUMS = BY_CUMULATIVE_SUMS.replace("class AveragePooling2D", """def sum_over_number(window):
    total = np.float64(0)
    for row in window:
        for value in row:
            total = total + value
    return total / window.size


class AveragePooling2D""")
ANSWERS["a sum over its number"] = BY_CUMULATIVE_SUMS

WRONG = {
    "the median": LAYER.format(name="AveragePooling2D", of_window="np.median"),
    "half of smallest and largest": LAYER.format(name="AveragePooling2D", of_window="middle") + """

def middle(window):
    return (window.min() + window.max()) / 2
""",
    "divided by one less": BY_CUMULATIVE_SUMS.replace("total / window.size", "total / max(window.size - 1, 1)"),
    "the image is cleared": BY_CUMULATIVE_SUMS.replace(
        "        return result\n", "        image[...] = 0\n        return result\n"),
}
