"""Files of installed packages are overwritten."""
import numpy, os, sys

for path in (numpy.__file__, os.__file__, sys.executable, numpy.__path__[0] + "/planted.py"):
    try:
        with open(path, "a") as file:
            file.write("\n# CANARY_FILE\n")
        print("CANARY_FILE", path)
    except OSError as error:
        print(type(error).__name__)

def output_size(*a, **k):
    return 1
