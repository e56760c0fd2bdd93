# reason: timeout
"""An endless loop that catches the interrupt."""
def output_size(*a, **k):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
