"""How a class is graded."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.sandbox.policy import Isolation
from autograder.submission.results import Device


@dataclass(frozen=True)
class Options:
    """How a class is graded. ``jobs`` is the number of workers, ``students`` those to grade, all if empty.

    ``device`` is where tasks marked for a GPU compute, None for what this machine has; ``per_gpu`` how many submissions
    at once on each."""

    students: tuple[str, ...] = ()
    jobs: int = 1
    force: bool = False
    isolation: Isolation = "required"
    per_gpu: int = 1
    device: Device | None = None
