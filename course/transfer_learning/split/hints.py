"""Hints of split: a question, a worked case, the shape of the idea."""

HINTS = (
    """Copies have to stay together. What is it then that is dealt out to the three sides: images, or groups of
them? How do you find out which images form a group?""",
    """11 images of a class and the fractions 0.6, 0.2, 0.2: that would be 6.6, 2.2 and 2.2. Rounding each down
loses an image. Ends at 6.6, 8.8 and 11, rounded to 7, 9 and 11, give 7, 2 and 2, and nothing is lost.""",
    """Group the indices by the fingerprint of the files' bytes. Put the groups in an order that follows from the
seed alone. Then deal them out class by class, a whole group at a time, to a side that still lacks images of
that class.""",
)
