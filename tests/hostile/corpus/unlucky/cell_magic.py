# score: full
# where: cell
"""A cell that starts with a cell magic."""
%%time
total = sum(range(1000))
