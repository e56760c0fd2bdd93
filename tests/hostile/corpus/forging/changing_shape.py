"""shape and dtype differ from one look to the next."""
import itertools
import numpy as np

class Shifty(np.ndarray):
    turn = itertools.count()
    @property
    def shape(self):
        return (next(self.turn),)

def output_size(*a, **k):
    return np.zeros(3).view(Shifty)
