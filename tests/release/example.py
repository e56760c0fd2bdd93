"""What `autograder new course` leaves to its author, filled in: by line and cell, as an author would type it."""

from __future__ import annotations

from pathlib import Path

import nbformat

FIRST = "01-first"
DOUBLE = {
    "reference.py": [(
        '    """FILL IN: what it gives, for which arguments, and what it refuses."""\n    raise NotImplementedError',
        '    """Twice x, for any number x."""\n    return 2 * x',
    )],
    "misconceptions.py": [(
        '    """FILL IN: the sentence for a student with this one wrong idea, whose result is computed here; '
        'the id names it."""\n    raise NotImplementedError',
        '    """Two was added; doubling multiplies by two."""\n    return x + 2',
    ), ('add("one-wrong-idea")', 'add("two-added", price="nothing of the task is left")')],
    "public.py": [("FILL IN: what is asked here, as a student reads it.", "Twice 3 is 6.")],
    "hidden.py": [("FILL IN: what is asked here, as a student reads it when it failed.", "Any number is doubled.")],
    "right_answers.py": [
        ("FILL IN: a right answer as somebody else would write it", "def double(x): return x + x"),
        ("FILL IN: a wrong answer that is none of those with a name", "def double(x): return x - 1"),
        ("FILL IN: another one", "def double(x): return 3 * x"),
        ("FILL IN: and a third", "def double(x): return abs(2 * x)"),
    ],
}  # fmt: skip
HALVES = {
    "reference.py": [(
        '    """FILL IN: the numbers that are asked for, computed and not typed in; of a student\'s own ones if there '
        'are any."""\n    raise NotImplementedError',
        '    """Half of ten."""\n    return {"first": 10 // 2}',
    )],
    "misconceptions.py": [(
        '    """FILL IN: the sentence for a student with this one wrong idea, whose numbers are computed here."""\n'
        "    raise NotImplementedError",
        '    """Ten was doubled, not halved."""\n    return {"first": 20}',
    )],
    "public.py": [(
        "FILL IN: which entries there are, and what kind of value stands in each.", 'The entry "first" is a number.',
    )],
    "hidden.py": [("FILL IN: what is asked here, as a student reads it when it failed.", "Half of ten.")],
    "right_answers.py": [("FILL IN: the right answer, typed in as a student does", 'halves = {"first": 5}')],
}  # fmt: skip
WHY = {
    "good.md": [("FILL IN: an answer that earns all points, in a student's words.", "Because twice is plus itself.")],
    "poor.md": [("FILL IN: an answer that earns few, and the points above.", "Because.")],
}
CELLS = {
    "title": [("FILL IN: what it is about, and how long it takes.", "Doubling and halving, a quarter of an hour.")],
    "double-teach": [("FILL IN: what a student has to know for double, shown before it is asked.", "Twice 4 is 8.")],
    "double": [
        ("FILL IN: what is asked, with shapes, units and errors.", "Twice x."),
        ("    raise NotImplementedError", "    return 2 * x"),
    ],
    "halves-teach": [("FILL IN: what a student has to know for halves, shown before it is asked.", "Half of 8 is 4.")],
    "halves": [('{"first": None}  # FILL IN: the right answer', '{"first": 5}')],
    "why-teach": [("FILL IN: what a student has to know for why, shown before it is asked.", "Why double?")],
    "why-rubric": [("FILL IN: what earns the points", "A reason that holds")],
    "why": [("FILL IN: the model answer.", "Twice a number is the number plus itself.")],
}


def fill(course: Path, package: str) -> None:
    """Fills in everything that `autograder new course` left open. AssertionError where it left something else."""
    for task, parts in (("double", DOUBLE), ("halves", HALVES), ("why", WHY)):
        for name, changes in parts.items():
            path = course / package / "first" / task / name
            path.write_text(_changed(path.read_text(encoding="utf-8"), changes), encoding="utf-8")
    path = course / "solutions" / FIRST / f"{FIRST}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = _changed(cell.source, CELLS.get(cell.id, []))
    nbformat.write(notebook, path)


def hand_in(course: Path, student: str, answers: dict[str, str]) -> None:
    """Puts the released notebook, with these answers, where the student's hand-in lies."""
    notebook = nbformat.read(course / "assignments" / FIRST / f"{FIRST}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    path = course / "submitted" / student / FIRST / f"{FIRST}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def _changed(text: str, changes: list[tuple[str, str]]) -> str:
    for old, new in changes:
        assert old in text, f"there is no {old!r} in {text!r}"
        text = text.replace(old, new, 1)
    return text
