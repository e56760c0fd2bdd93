"""What the cells of an assignment may use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autograder.course import Assignment, Task
from autograder.sandbox.limits import Limits


def cell_limits(assignment: Assignment, task: Task | None) -> Limits:
    """What one cell may use: the assignment's limits, and the task's where it has its own."""
    own: dict[str, Any] = {**assignment.limits, **(task.limits if task else {})}
    return replace(Limits(), **own)


def kernel_limits(assignment: Assignment) -> Limits:
    """What a kernel may use: the most that any task of the assignment may."""
    each = [cell_limits(assignment, task) for task in assignment.automatic] or [cell_limits(assignment, None)]
    return Limits(**{name: max(getattr(limits, name) for limits in each) for name in each[0].to_dict()})
