# reason: output|timeout|memory
"""Output without end from the answer cell."""
line = "x" * 100_000
while True:
    print(line)
