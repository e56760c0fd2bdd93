# reason: timeout
"""A module that never finishes its import."""
import sys, pathlib
pathlib.Path("never.py").write_text("while True: pass\n")
sys.path.insert(0, ".")
import never
