# score: full
"""Escape sequences that move cursors, set titles, ring bells and write clipboards."""
print("\x1b[2J\x1b[H\x1b]0;title\x07\x1b]52;c;YWJj\x07\x1b[31mred\x07\x00\x08\x9b31m")
#: right
