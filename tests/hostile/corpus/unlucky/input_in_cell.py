# score: full
"""A cell asks for a name; there is nobody to answer."""
try:
    name = input("your name? ")
except Exception as error:
    print(type(error).__name__)
#: right
