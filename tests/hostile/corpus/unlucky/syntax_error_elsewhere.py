# score: full
# where: cell
"""A cell with notes that are no Python."""
this is not python (yet)
