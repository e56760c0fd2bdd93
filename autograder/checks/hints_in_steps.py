"""Hints in steps: `check("shift", hint=True)` gives a task's next hint, one at a time, and counts for nobody.

A task's ``hints.py`` has them in its order, two or three: a question, a picture or worked case, the shape of the idea;
never the code. They are Markdown::

    HINTS = ("How often does the window fit, if it moves by one?", "Draw a 5 wide image ...", "One loop ...")
"""

from __future__ import annotations

from dataclasses import dataclass

from ..language import sentences_of
from .examples import ASKED, Example
from .places import TaskFolder

_ = sentences_of(__package__)

PART = "hints"
_given: dict[str, int] = {}  # how many hints this session was given, by task


@dataclass(frozen=True)
class Hint:
    """One hint: shown as Markdown by a notebook, as text by a terminal. `number` counts from 1, of `count`."""

    task: str
    text: str
    number: int
    count: int

    @property
    def _head(self) -> str:
        if not self.count:
            return _("{task}: there are no hints").format(task=self.task) + (_(", but an example") if self.text else "")
        more = "" if self.number < self.count else _("; there are no more, and the first comes again")
        return _("{task}: hint {number} of {count}{more}").format(
            task=self.task, number=self.number, count=self.count, more=more
        )

    def _repr_markdown_(self) -> str:
        return f"**{self._head}**\n\n{self.text}"

    def __repr__(self) -> str:
        return f"{self._head}\n{self.text}".rstrip()


def hints_of(folder: TaskFolder) -> tuple[str, ...]:
    """A task's hints, in their order; none where it has no ``hints.py``."""
    if not folder.has(PART):
        return ()
    hints = map(folder.say, folder.attribute(PART, "HINTS"))
    return tuple(" ".join(hint.split()) if "\n" not in hint.strip() else hint.strip() for hint in hints)


def next_hint(folder: TaskFolder, example: Example | None = None) -> Hint:
    """The hint after the one that was given last, the first one after the last; without any, the example."""
    hints = hints_of(folder)
    if not hints:
        return Hint(folder.task, f"{ASKED} {example.given}\n\n    {example.call}" if example else "", 0, 0)
    place = _given.get(folder.task, 0) % len(hints)
    _given[folder.task] = place + 1
    return Hint(folder.task, hints[place], place + 1, len(hints))
