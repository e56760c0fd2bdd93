"""What the course says in words: a sentence is quoted with the numbers in it that the test has computed, or beside what
the test has seen a library do. So neither the sentence nor what is so can change alone.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache

from autograder.course import Course


@cache
def words(assignment: str) -> str:
    """All that an assignment says, spaces and ends of lines alike: its notebook with rubrics and model answers, and the
    texts of its folder, which are captions, hints, docstrings of checks and the sentences of misconceptions.
    """
    found = Course.here().assignment(assignment)
    cells = json.loads(found.solution_path.read_text(encoding="utf-8"))["cells"]
    texts = [_without_signs("".join(cell["source"]), cell["cell_type"]) for cell in cells]
    for path in sorted(found.folder.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return "\n".join(" ".join(text.split()) for text in texts)


def _without_signs(source: str, kind: str) -> str:
    """A cell without the signs before the lines of a long comment, or of a quotation."""
    return re.sub(r"\n *# " if kind == "code" else r"(?m)^> ", " ", source)


def says(assignment: str, *sentences: str) -> None:
    """Fails where the assignment does not say each of the sentences, word by word."""
    missing = [sentence for sentence in sentences if " ".join(sentence.split()) not in words(assignment)]
    assert not missing, f"{assignment} does not say: {missing}"
