# score: full
"""pip, in all the ways a notebook knows: nothing is installed, and the cell goes on."""
import subprocess, sys

for attempt in (
    lambda: subprocess.run([sys.executable, "-m", "pip", "install", "torch"], capture_output=True, timeout=20),
    lambda: get_ipython().run_line_magic("pip", "install torch"),
    lambda: get_ipython().system("pip install torch"),
    lambda: __import__("os").system("pip install torch"),
):
    try:
        attempt()
    except Exception as error:
        print(type(error).__name__)
#: right
