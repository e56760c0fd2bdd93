"""What a task is worth is said twice: by its check cell and by its hidden tests. Both must say the same."""

from __future__ import annotations

from autograder.checks.runner import CheckSession
from autograder.course import Assignment, CourseError
from autograder.language import sentences_of

_ = sentences_of(__package__)


def refuse_other_points(assignment: Assignment, session: CheckSession) -> None:
    """Raises ``CourseError`` where the points of a check cell are not those of the task's hidden tests together.

    ``session`` has the assignment's checks. With other points nobody could reach the whole score, or everybody would
    have it before all tests passed."""
    for task in assignment.automatic:
        points = sum(points for _, hidden, points in session.tests(task.id) if hidden)
        if abs(points - task.points) > 1e-6:
            raise CourseError(
                _(
                    "In {name} the cell {check_id!r} has {points:g} points, and the hidden tests of "
                    "the task have {points2:g} together; make them the same."
                ).format(name=assignment.name, check_id=task.check_id, points=task.points, points2=points)
            )
