# score: full
# where: cell
"""The function stands in a cell of its own, and the answer cell is what it was."""
#: right
#: answer cell stays empty
