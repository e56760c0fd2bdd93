"""From a source notebook to what students get: nbgrader's own steps, with a kinder stub and a check for
leaks.

`PREPROCESSORS` is what `nbgrader generate_assignment` runs in this course (see `nbgrader_setup.configure`),
and what `generate` runs here without files, so that every path makes the same notebook."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
    SaveCells,
)
from traitlets import Bool
from traitlets.config import Config

from autograder.course import RUBRIC_SUFFIX, CourseError
from autograder.gradebook.leaks import Secrets, grade_ids, is_answer, student_version_problems
from autograder.language import sentences_of

_ = sentences_of(__package__)

RESOURCE = "autograder"


GRADED_BY_HAND = _("*A person reads this answer, and gives {points} by a rubric. You see the rubric with your grade.*")
MARK, RAISE = "# YOUR CODE HERE", "raise NotImplementedError()"


class StudentStub(ClearSolutions):
    """nbgrader's stubs, but only in a function do they raise, so that "Run All" reaches the cells below.

    An editable cell that answers no task, such as ``student-id``, stays as it is.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        self._ids = grade_ids(nb)
        self.code_stub = {"python": f"{MARK}\n{RAISE}"}
        found: tuple[NotebookNode, ResourcesDict] = super().preprocess(nb, resources)
        return found

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        editable = cell.metadata.get("nbgrader", {}).get("solution") and not is_answer(cell, self._ids)
        if editable and self.begin_solution_delimeter not in cell.source:
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.cell_type == "code":
            cell.source = _quiet_outside_functions(cell.source)
        return cell, resources


def _quiet_outside_functions(source: str) -> str:
    """Stubs at the top of a cell do nothing, and those in a class's body pass."""
    lines = source.split("\n")
    kept: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        stub = line.strip() == RAISE and before.strip() == MARK
        depth = len(line) - len(line.lstrip())
        around = next((k for k in reversed(kept) if k.strip() and len(k) - len(k.lstrip()) < depth), "")
        if stub and around.lstrip().startswith("class "):
            kept.append(line.replace(RAISE, "pass"))
        elif not (stub and depth == 0):
            kept.append(line)
    return "\n".join(kept)


class SayHowTextIsGraded(NbGraderPreprocessor):
    """In place of a rubric, whose cell would be empty, students read how the answer above is graded."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        points = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.metadata.get("nbgrader", {}).get("points")
                  for cell in nb.cells}
        for cell in nb.cells:
            id = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            if id.endswith(RUBRIC_SUFFIX) and not cell.source.strip():
                most = points.get(id.removesuffix(RUBRIC_SUFFIX))
                cell.source = GRADED_BY_HAND.format(
                    points=_("up to {most:g} points").format(most=most) if most else "points"
                )
        return nb, resources


class NoteSecrets(NbGraderPreprocessor):
    """Runs first: notes what students must not see, and gives an id to every cell that lacks one."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        resources[RESOURCE] = Secrets.of(nb)
        for index, cell in enumerate(nb.cells):
            if not cell.get("id"):
                name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"{index} {cell.source}"
                cell["id"] = hashlib.sha256(name.encode()).hexdigest()[:8]
        nb.nbformat, nb.nbformat_minor = 4, max(nb.get("nbformat_minor", 5), 5)
        return nb, resources


class RefuseLeaks(NbGraderPreprocessor):
    """Runs last: raises if anything noted by `NoteSecrets` is left, or a student's cell would not be
    Python."""

    enabled = Bool(True, help=_("Whether to check the student version; leave it on.")).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        problems = student_version_problems(nb, resources[RESOURCE])
        if problems:
            raise CourseError(_("The student version is not fit to be released: ") + "; ".join(problems) + ".")
        return nb, resources


BEFORE_SAVING: tuple[type[Preprocessor], ...] = (
    NoteSecrets,
    LockCells,
    StudentStub,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
)
AFTER_SAVING: tuple[type[Preprocessor], ...] = (
    ClearHiddenTests,
    ClearMarkScheme,
    SayHowTextIsGraded,
    ComputeChecksums,
    CheckCellMetadata,
    RefuseLeaks,
)
PREPROCESSORS: tuple[type[Preprocessor], ...] = (*BEFORE_SAVING, SaveCells, *AFTER_SAVING)


def traits() -> Config:
    """Settings that these steps need: a rubric is a locked cell here, not one of nbgrader's task cells."""
    config = Config()
    config.ClearMarkScheme.enforce_metadata = False
    return config


def generate(
    source: NotebookNode, steps: tuple[type[Preprocessor], ...] = BEFORE_SAVING + AFTER_SAVING
) -> NotebookNode:
    """The student version of ``source``, which is left as it is. ``BEFORE_SAVING`` alone keeps rubrics and
    check cells whole, as the gradebook and a sanitised submission have them. Raises ``CourseError``."""
    notebook = nbformat.from_dict(source)  # a deep copy
    resources: Any = ResourcesDict()
    config = traits()
    for step in steps:
        make: Any = step(config=config)
        notebook, resources = make.preprocess(notebook, resources)
    made: NotebookNode = notebook
    return made


def read_source(path: Path) -> NotebookNode:
    """A source notebook from a file. Raises ``CourseError`` if it is no notebook."""
    try:
        found: NotebookNode = nbformat.read(path, as_version=4)
        return found
    except (OSError, AttributeError, KeyError, TypeError, ValueError, nbformat.ValidationError) as error:
        raise CourseError(
            _("{name} is not a notebook that can be read: {error}.").format(name=path.name, error=error)
        ) from error
