# reason: died
"""os._exit in the answer cell."""
import os
os._exit(1)
