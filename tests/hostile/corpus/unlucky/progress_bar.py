# score: full
"""A progress bar that writes a lot of carriage returns."""
import sys
for step in range(2000):
    sys.stderr.write(f"\r{step / 20:.0f}%|{'#' * (step // 100)}")
sys.stderr.write("\n")
#: right
