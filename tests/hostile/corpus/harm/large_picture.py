# reason: output|none
# score: any
"""A picture of 200 MB."""
from IPython.display import Image, display
display(Image(data=b"\x89PNG\r\n\x1a\n" + b"\0" * 200_000_000, format="png"))
#: right
