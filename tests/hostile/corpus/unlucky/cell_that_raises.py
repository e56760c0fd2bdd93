# score: full
# where: cell
"""A cell between the tasks raises."""
1 / 0
