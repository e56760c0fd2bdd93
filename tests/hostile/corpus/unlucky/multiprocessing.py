# score: full
"""A pool of processes."""
import math, multiprocessing

with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(math.sqrt, [1, 4, 9]))
#: right
