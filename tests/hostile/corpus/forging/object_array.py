"""An array of objects with a pickle in it."""
import numpy as np

class Pickle:
    def __reduce__(self):
        return (print, ("unpickled in the grader",))

def output_size(*a, **k):
    return np.array([Pickle(), Pickle()], dtype=object)
