"""Right answers by other ways."""

from __future__ import annotations

from ..max_pooling.right_answers import BY_AXES, LAYER, TWICE

ANSWERS = {
    "loops over windows": LAYER.format(name="MinPooling2D", of_window="np.min"),
    "one axis after the other": BY_AXES.format(
        name="MinPooling2D", compute=TWICE.format(fill="np.inf", combine="np.min")),
}
