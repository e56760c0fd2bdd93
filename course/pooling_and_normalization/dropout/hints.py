"""Hints of dropout: a question, a worked case, the shape of the idea."""

HINTS = (
    """With a rate of 0.25, about how many of 100 ones are kept? What must each of them become so that they still
add up to 100 or so?""",
    """x = 1 2 3 4 and a rate of 0.5. The generator gives 0.1, 0.7, 0.3 and 0.9: the second and the fourth number
stay, and are divided by 0.5. The result is 0 4 0 8. The next call draws four new numbers.""",
    """In training: one random number between 0 and 1 for each value of `x`, a comparison with the rate, a scaling.
At inference: nothing, and nothing is drawn. The generator is made once, when the layer is; a fresh one in
each call would drop the same values again or ignore the one that was handed in.""",
)
