"""What students find first in their kit: its page, with a table of the notebooks, and ways to open them elsewhere.

Colab and Binder open a notebook from the kit's public repository, which the course's configuration names
(`kit_repository`). Colab has neither the course's files nor its checks, so there each notebook begins with a cell that
installs the kit from the same repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import nbformat

from autograder import files
from autograder.course import Assignment, Course
from autograder.language import sentences_of

_ = sentences_of(__package__)

BRANCH = "main"
COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
NEEDS = {"numpy": "", "torch": "torch", "tensorflow": "tensorflow", "torch+tensorflow": "torch,tensorflow"}
FIRST_CELL = """# On Colab this fetches the course's files and checks, once per session. Elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet git+{repository}@{branch}
"""
README = _("""# {title}: the notebooks

Open a notebook in JupyterLab or VS Code and work from top to bottom. `check("...")` in the notebook tells you
how an answer is doing; `autograder check NOTEBOOK` does the same for a whole notebook in the terminal, and
`autograder hand-in NOTEBOOK` packs what you hand in.

{notebooks}
""")


def readme(course: Course) -> str:
    """The page that students find first; ``{notebooks}`` stands for the table of them."""
    page = course.kit_readme
    return README.replace("{title}", course.title) if page is None else page.read_text(encoding="utf-8")


def table(course: Course, assignments: Sequence[Assignment]) -> str:
    """The notebooks, what each needs to be installed, and where else it can be opened, in Markdown."""
    elsewhere = course.kit_repository is not None
    rows = [_("| notebook | install | or open it |"), "|---|---|---|"]
    if not elsewhere:
        rows = ["| notebook | install |", "|---|---|"]
    for one in assignments:
        need = NEEDS[one.runtime]
        row = f"| [{one.title}]({_path(one)}) | `.{f'[{need}]' if need else ''}` |"
        rows.append(row + (f" {_badges(course, _path(one))} |" if elsewhere else ""))
    return "\n".join(rows)


def open_elsewhere(course: Course, notebook: Path) -> None:
    """Puts the badges and Colab's first cell into a notebook of the kit, below its title; none without a repository."""
    repository = course.kit_repository
    if repository is None:
        return
    read = nbformat.read(notebook, as_version=4)
    badges = _badges(course, f"{notebook.parent.name}/{notebook.name}")
    badges = nbformat.v4.new_markdown_cell(badges, id="open-elsewhere")
    first = nbformat.v4.new_code_cell(FIRST_CELL.format(repository=repository, branch=BRANCH).rstrip(), id="on-colab")
    read.cells[1:1] = [badges, first]
    files.write(notebook, nbformat.writes(read).encode() + b"\n")


def _path(one: Assignment) -> str:
    return f"{one.name}/{one.name}.ipynb"


def _badges(course: Course, path: str) -> str:
    where = str(course.kit_repository).removeprefix("https://github.com/")
    colab = f"{COLAB}/github/{where}/blob/{BRANCH}/{path}"
    binder = f"{BINDER}/v2/gh/{where}/{BRANCH}?labpath={quote(path, safe='')}"
    return _(
        "[![Open in Colab]({colab}/assets/colab-badge.svg)]({colab2}) "
        "[![Open in Binder]({binder}/badge_logo.svg)]({binder2})"
    ).format(colab=COLAB, colab2=colab, binder=BINDER, binder2=binder)
