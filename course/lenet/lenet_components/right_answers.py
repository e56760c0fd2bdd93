"""Right answers of lenet-components in other ways."""

ANSWERS = {
    "lists-by-hand": '''
lenet_components = {"total": 61706, "output": [[10], 850], "F6": [[84], 10164], "C5": [[120], 48120],
                    "S4": [[5, 5, 16], 0], "C3": [[10, 10, 16], 2416], "S2": [[14, 14, 6], 0],
                    "C1": [[28, 28, 6], 156], "C3_paper": 1516}
''',
    "numpy-and-fractions": '''
from fractions import Fraction
import numpy as np
lenet_components = {
    "C1": (np.array([28, 28, 6]), np.int64(156)), "S2": ((14.0, 14.0, 6), 0.0), "C3": ([10, 10, 16], np.float64(2416)),
    "S4": ((5, 5, 16), np.array(0)), "C5": (np.array([120]), Fraction(48120)), "F6": ((84,), 10164),
    "output": ((10,), 850), "C3_paper": np.int32(1516), "total": 61706.0,
}
''',
}
