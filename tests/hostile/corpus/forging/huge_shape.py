# reason: none|malformed|memory
"""An array that claims more numbers than fit anywhere."""
import numpy as np

def output_size(*a, **k):
    return np.broadcast_to(np.float64(5), (1 << 40,))
