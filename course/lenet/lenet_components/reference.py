"""LeNet-5 in numbers.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998).
"""

from __future__ import annotations

from typing import Any

# Which of S2's six maps each of C3's 16 maps reads, as in the paper's Table I.
CONNECTIONS = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5),
)


def lenet_components() -> dict[str, Any]:
    """Output shape (height, width, maps) or (units,), and parameters, of every layer on a 32x32 image.

    "C3_paper" are C3's parameters with the paper's connection table; "total" counts C3 fully connected.
    """
    table: dict[str, Any] = {
        "C1": ((28, 28, 6), (5 * 5 * 1 + 1) * 6),
        "S2": ((14, 14, 6), 0),
        "C3": ((10, 10, 16), (5 * 5 * 6 + 1) * 16),
        "S4": ((5, 5, 16), 0),
        "C5": ((120,), (5 * 5 * 16 + 1) * 120),
        "F6": ((84,), (120 + 1) * 84),
        "output": ((10,), (84 + 1) * 10),
    }
    total = sum(parameters for _, parameters in table.values())
    paper = sum(5 * 5 * len(maps) + 1 for maps in CONNECTIONS)
    return {**table, "C3_paper": paper, "total": total}
