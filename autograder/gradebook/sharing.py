"""A course folder that several graders share: nbgrader's `groupshared`, for what this project keeps beside it too.

With `c.CourseDirectory.groupshared = True` whoever runs a command shares what is theirs with the folder's group: the
course folder, the gradebook's file, the record and the secret. What is made from then on is shared as it is made.
"""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from autograder import files
from autograder.gradebook.address import Address
from autograder.gradebook.turns import STATE

FOLDERS = ("submitted", "autograded", "feedback", "reports", STATE)


def share(course_dir: Path, config: Config, address: Address) -> None:
    """Shares the course folder where its settings ask for it."""
    if not config.CourseDirectory.get("groupshared", False):
        return
    files.share(course_dir)
    for name in FOLDERS:
        files.share(course_dir / name)
    state = course_dir / STATE
    for path in sorted(state.iterdir()) if state.is_dir() else ():
        files.share(path)
    if address.file is not None:
        files.share(address.file)
