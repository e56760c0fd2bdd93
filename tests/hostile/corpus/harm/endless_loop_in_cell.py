# reason: timeout
"""The answer cell never ends."""
while True:
    pass
