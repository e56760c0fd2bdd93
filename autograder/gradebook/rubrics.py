"""What `nbgrader generate_feedback` runs in this course besides its own steps."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import RUBRIC_SUFFIX
from autograder.language import sentences_of

_ = sentences_of(__package__)


class RubricsOnceGraded(NbGraderPreprocessor):
    """Shows a rubric on a feedback page once a person has graded by it, as `autograder feedback` does;
    until then the page would tell what to write to whoever may hand in again."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about = resources["nbgrader"]
        course_id = self.parent.parent.coursedir.course_id  # of the converter, which made the exporter, which made this
        with Gradebook(about["db_url"], course_id) as gradebook:
            submitted = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            graded = {grade.name for grade in submitted.grades if grade.manual_score is not None}
        nb.cells = [cell for cell in nb.cells if _task_of_rubric(cell) in {None, *graded}]
        for cell in nb.cells:
            if _task_of_rubric(cell):
                lines = (line for line in cell.source.split("\n") if "MARK SCHEME" not in line)
                cell.source = "\n".join([_("**How this was graded**"), "", *lines])
        return nb, resources


def _task_of_rubric(cell: NotebookNode) -> str | None:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id") or ""
    return grade_id.removesuffix(RUBRIC_SUFFIX) if grade_id.endswith(RUBRIC_SUFFIX) else None
