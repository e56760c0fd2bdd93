# reason: output|timeout
"""A display that is updated without end."""
from IPython.display import display
handle = display("0", display_id=True)
number = 0
while True:
    number += 1
    handle.update(number)
