# score: full
"""Names and texts in other alphabets."""
größe = "尺寸 размер 🙂"
print(größe)
#: right
