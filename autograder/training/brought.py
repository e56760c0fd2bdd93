"""How much a notebook brings along: a network can be stored in its literals, and be handed out as if it was trained."""

from __future__ import annotations

import re

MOST = 24_000  # characters of strings, numbers and comments in a notebook's code; the course's notebooks have 5,000
LONGEST = 4_000  # characters of one of them
PIECES = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\''''  # strings of several lines
    r'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*'''  # of one line, and comments
    r'''|\b\d[\w.]*|\w{100,}''',  # numbers, and what is too long for a name
    re.DOTALL,
)


def brought(source: str) -> tuple[int, int]:
    """(characters of all strings, numbers, comments and very long names, those of the longest) in a notebook's code."""
    sizes = [len(piece.group()) for piece in PIECES.finditer(source)]
    return sum(sizes), max(sizes, default=0)


def too_much(source: str) -> str | None:
    """The sentence for a notebook that brings more than one may whose training is graded; None where it does not."""
    total, longest = brought(source)
    if total > MOST:
        what, most = f"{total:,} characters of strings, numbers and comments", MOST
    elif longest > LONGEST:
        what, most = f"a string, a number or a comment of {longest:,} characters", LONGEST
    else:
        return None
    return (
        f"The code of this notebook has {what}, and {most:,} are allowed where a training is graded: what a network "
        "knows is to come from the images that it is given. Take stored data and commented-out code away."
    )
