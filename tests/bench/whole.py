"""Whole assignments with their reference answers: `autograder grade` against stock `nbgrader autograde`, taking turns.

`python -m tests.bench whole 01-convolution ...` measures some, without names all of them. Stock nbgrader runs the same
notebooks with its own kernels: it draws the figures, and its check cells run the public checks in the notebook.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from autograder.course import ROOT_VARIABLE, Assignment, Course
from tests.bench import submission
from tests.bench.commands import JOBS, grade_course, nbgrader
from tests.bench.grading import temporary
from tests.bench.table import Measured, print_table

CLASS, TRAINING_CLASS = 40, 6  # where every submission trains for a minute a class of 40 takes an hour
TRAINING = frozenset({"04-lenet", "05-alexnet", "07-transfer-learning"})
STOCK_CLASS = 2
CONFIG = """c = get_config()
c.CourseDirectory.course_id = "stock"
c.ExecutePreprocessor.timeout = 1800
c.Execute.timeout = 1800
"""


def whole_assignments(names: list[str], rounds: int = 1, profiles: bool = True) -> None:
    """Prints a table for each assignment: seconds and CPU seconds for a submission, and what they went to."""
    for name in names or list(Course.here().names):
        _one(Course.here().assignment(name), rounds)
        if profiles:
            submission.profile_assignment(name)


def _one(assignment: Assignment, rounds: int) -> None:
    name = assignment.name
    size = TRAINING_CLASS if name in TRAINING else CLASS
    stock_one, stock_more = Measured("stock nbgrader, a class of one"), Measured("stock nbgrader, each further one")
    stock_class = Measured(f"stock nbgrader, a class of {size}, computed from these, for each")
    ours_one, ours_class = Measured("ours, a class of one"), Measured(f"ours, a class of {size}, for each")
    cpu = {row: Measured(row) for row in ("stock nbgrader", "ours")}
    with temporary() as folder:
        for place, students in (("one", 1), ("class", size)):
            _submit(folder / place, assignment, students)
        for place, students in (("stock-one", 1), ("stock", STOCK_CLASS)):
            _stock(folder / place, assignment, students)
        for _ in range(rounds):
            single = nbgrader(folder / "stock-one", "autograde", name, "--force")
            one = grade_course(folder / "one", name)
            several = nbgrader(folder / "stock", "autograde", name, "--force")
            whole = grade_course(folder / "class", name)
            _refuse_errors(folder / "stock", name)
            further = (several.seconds - single.seconds) / (STOCK_CLASS - 1)
            stock_one.add(single.seconds)
            stock_more.add(further)
            stock_class.add((single.seconds + (size - 1) * further) / size)
            ours_one.add(one.seconds)
            ours_class.add(whole.seconds / size)
            ours_class.note = f"peak {whole.memory}"
            if single.cpu is not None and several.cpu is not None and whole.cpu is not None:
                cpu["stock nbgrader"].add((several.cpu - single.cpu) / (STOCK_CLASS - 1))
                cpu["ours"].add(whole.cpu / size)
    title = f"The whole of {name}, reference answers, {JOBS} workers, start included, seconds for a submission"
    print_table(title, [stock_class, ours_class, stock_more], peer=ours_class)
    print_table(f"A class of one of {name}, seconds", [stock_one, ours_one], peer=ours_one)
    if cpu["ours"].values:
        print_table(f"CPU seconds for a submission of {name}", list(cpu.values()), peer=cpu["ours"])


def _submit(folder: Path, assignment: Assignment, students: int) -> None:
    for number in range(students):
        place = folder / "submitted" / f"s{number:05d}" / assignment.name / f"{assignment.name}.ipynb"
        place.parent.mkdir(parents=True)
        place.write_bytes(submission.answered(assignment))


def _stock(folder: Path, assignment: Assignment, students: int) -> None:
    """The same for stock nbgrader, whose source is the released notebook: it knows nothing of our rubric cells."""
    source = folder / "source" / assignment.name
    shutil.copytree(assignment.release_path.parent, source)
    _submit(folder, assignment, students)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    os.environ[ROOT_VARIABLE] = str(assignment.root)  # for the notebooks' kernels, which run in folders of their own
    path = filter(None, (str(assignment.root), os.environ.get("PYTHONPATH")))
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(path))
    nbgrader(folder, "generate_assignment", assignment.name)


def _refuse_errors(folder: Path, name: str) -> None:
    """Raises ``RuntimeError`` unless stock nbgrader ran every cell of every submission."""
    for path in sorted((folder / "autograded").glob(f"*/{name}/{name}.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        errors = [o["evalue"] for cell in cells for o in cell.get("outputs", ()) if o["output_type"] == "error"]
        if errors:
            raise RuntimeError(f"stock nbgrader could not run {path}: {errors[0]}")
