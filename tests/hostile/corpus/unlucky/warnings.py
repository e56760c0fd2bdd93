# score: full
"""Warnings, logging and a division by zero in NumPy."""
import logging, warnings
import numpy as np
warnings.warn("careful")
logging.warning("careful")
np.ones(2) / 0
#: right
