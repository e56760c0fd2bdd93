"""How a student's own numbers follow from a task's choices: the same rule in the grader, at home and in the kernel.

A task's ``variants.py`` has `CHOICES`, {name: list of choices}, or `SAME_AS`, the task whose numbers are its own too. A
student's choice follows from a hash of task and student id; the ids are compared after strip and casefold.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)

Choices = Mapping[str, list[Any]]


def choices_of(task: str, names_of: Callable[[str], Mapping[str, Any]]) -> tuple[str, Choices]:
    """The task whose choices those of `task` are (it may be another one), and the choices.

    `names_of(task)` gives what the task's ``variants.py`` defines.
    """
    names = names_of(task)
    same_as = names.get("SAME_AS")
    return choices_of(same_as, names_of) if same_as is not None else (task, names["CHOICES"])


def chosen(home: str, choices: Choices, student: str) -> dict[str, Any]:
    """One student's numbers, of the choices that belong to the task `home`."""
    name = student.strip().casefold()
    numbers = {}
    for key, options in choices.items():
        digest = hashlib.sha256(f"{home}|{key}|{name}".encode()).digest()
        numbers[key] = copy.deepcopy(options[int.from_bytes(digest[:8], "big") % len(options)])
    return numbers


class Variants:
    """The kernel's side: `numbers(task, student)` from the sources of ``variants.py``, by task."""

    def __init__(self, sources: Mapping[str, str], student: str) -> None:
        self._sources, self._student = sources, student
        self._read: dict[str, dict[str, Any]] = {}

    def belongs_to(self, student: str) -> None:
        """Says whose notebook it is."""
        self._student = student

    def numbers(self, task: str, student: str | None = None) -> dict[str, Any]:
        """The numbers of `task` for that student, by default for the notebook's own. ValueError for a task without."""
        if task not in self._sources:
            raise ValueError(_("The task {task!r} has the same numbers for everybody.").format(task=task))
        home, choices = choices_of(task, self._names_of)
        return chosen(home, choices, self._student if student is None else student)

    def _names_of(self, task: str) -> dict[str, Any]:
        if task not in self._read:
            names: dict[str, Any] = {"__name__": f"variants of {task}"}
            exec(compile(self._sources[task], f"<variants of {task}>", "exec"), names)
            self._read[task] = names
        return self._read[task]
