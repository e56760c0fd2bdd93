"""What a hidden test may say: sentences that stand in the course or in the machine, and nothing that an answer chose.

A message is repeated only if it is, word for word, a text of the source: of the task's own modules, of what its
assignment shares, of this room. What was put together while the test ran could carry hidden inputs out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..language import sentences_of
from .failure import CheckFailure
from .places import TaskFolder

_ = sentences_of(__package__)

WRONG = _("The answer is not right here.")
RAISED = _("Your code raised an exception here.")


def fixed_sentence(failure: CheckFailure, home: TaskFolder) -> str:
    """The failure's message for a hidden test: its fixed form, itself if the source has it so, else a plain one."""
    if failure.fixed is not None:
        return failure.fixed
    return failure.message if failure.message in _texts(home) else WRONG


@cache
def _texts(home: TaskFolder) -> frozenset[str]:
    """The texts that stand in the source of a task's modules and of what they use, and what stands for this room's in
    the language of this process."""
    written = {text for path in _sources(home) for text in _texts_of(path)}
    return frozenset(written | set(map(_, written)))


def _sources(home: TaskFolder) -> Iterator[Path]:
    yield from sorted(home.path.glob("*.py"))
    yield from sorted(home.path.parent.glob("*.py"))
    yield from sorted(Path(__file__).parent.glob("*.py"))


@cache
def _texts_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_bytes())
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(text for text in found if isinstance(text, str))
