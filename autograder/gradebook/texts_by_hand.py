"""What a person has to grade, read from the gradebook: text tasks, and how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Assignment, Grade, GradeCell, SubmittedNotebook
from nbgrader.api import Notebook as NotebookRow
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from autograder.course import CHECK_SUFFIX, Course
from autograder.gradebook.scores import ask


@dataclass(frozen=True)
class Standing:
    """How far a task is: how many submissions there are, how many wait for a person, how many a person graded, and in
    how many there is nothing to grade."""

    assignment: str
    task: str
    submissions: int
    waiting: int
    graded: int
    untouched: int


def standings(course_dir: Path, course: Course | None = None) -> Sequence[Standing]:
    """Every graded cell of the gradebook, by assignment. Raises as ``final_scores`` does."""

    def read(session: Session) -> Sequence[Standing]:
        rows = session.execute(
            select(
                Assignment.name, GradeCell.name, func.count(Grade.id),
                func.sum(case((Grade.needs_manual_grade, 1), else_=0)), func.count(Grade.manual_score),
                func.sum(case((Grade.needs_manual_grade | Grade.manual_score.is_not(None), 0), else_=1)),
            )
            .select_from(Grade)
            .join(GradeCell, Grade.cell_id == GradeCell.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(NotebookRow, SubmittedNotebook.notebook_id == NotebookRow.id)
            .join(Assignment, NotebookRow.assignment_id == Assignment.id)
            .group_by(Assignment.name, GradeCell.name)
            .order_by(Assignment.name, GradeCell.name)
        )  # fmt: skip
        return [Standing(name, task.removesuffix(CHECK_SUFFIX), *counts) for name, task, *counts in rows]

    return ask(course_dir, course, read)
