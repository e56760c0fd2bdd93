# score: full
"""Temporary files, pickles, NumPy archives beside the notebook."""
import os, pickle, tempfile
import numpy as np
with tempfile.TemporaryDirectory() as folder:
    np.save(os.path.join(folder, "a.npy"), np.arange(3))
    print(np.load(os.path.join(folder, "a.npy")))
pickle.dump([1], open("mine.pkl", "wb"))
#: right
