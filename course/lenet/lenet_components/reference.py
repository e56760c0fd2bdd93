"""LeNet-5 in numbers.

Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition" (1998).
"""

from __future__ import annotations

from collections.abc import Sequence
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
    return components(32, (6, 16), (120, 84, 10), read=[len(maps) for maps in CONNECTIONS])


def components(
    side: int, maps: tuple[int, int], units: tuple[int, int, int], *, read: Sequence[int]
) -> dict[str, Any]:
    """The same of a network of that form on a picture of side x side: 5x5 kernels, 2x2 pooling, no padding.

    maps: of C1 and C3; units: of C5, F6 and the output; read: how many maps of S2 each of C3's reads by the table.
    """
    first, second = maps
    hidden, last, classes = units
    after_c1 = side - 4
    after_c3 = after_c1 // 2 - 4
    after_s4 = after_c3 // 2
    table: dict[str, Any] = {
        "C1": ((after_c1, after_c1, first), (5 * 5 * 1 + 1) * first),
        "S2": ((after_c1 // 2, after_c1 // 2, first), 0),
        "C3": ((after_c3, after_c3, second), (5 * 5 * first + 1) * second),
        "S4": ((after_s4, after_s4, second), 0),
        "C5": ((hidden,), (after_s4 * after_s4 * second + 1) * hidden),
        "F6": ((last,), (hidden + 1) * last),
        "output": ((classes,), (last + 1) * classes),
    }
    total = sum(parameters for _, parameters in table.values())
    paper = sum(5 * 5 * count + 1 for count in read)
    return {**table, "C3_paper": paper, "total": total}
