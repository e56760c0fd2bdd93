# score: full
"""A pool of threads and a background thread."""
import threading
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(abs, [-1, -2])))
threading.Thread(target=lambda: None, daemon=True).start()
#: right
