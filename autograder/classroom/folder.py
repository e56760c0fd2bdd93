"""A course folder: what was submitted, and where what was graded goes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import files
from autograder.gradebook.exchange import LARGEST, SUBMISSION_SECRET, TIMESTAMP
from autograder.submission.notebook import MAX_FILE_BYTES, describe_missing_file
from autograder.submission.results import FILE_NAME, write_results

MAX_FILES = 200
MAX_FILES_BYTES = 20_000_000
_LEFT_OUT = {TIMESTAMP, SUBMISSION_SECRET, FILE_NAME}


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the notebook's bytes, or a sentence in ``missing``; other files; the
    time."""

    student: str
    notebook: bytes | None
    missing: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    timestamp: str | None = None


@dataclass(frozen=True)
class CourseFolder:
    """The folder with ``submitted/``, ``autograded/``, ``feedback/`` and ``gradebook.db``."""

    root: Path

    @property
    def state(self) -> Path:
        """Where the secret and the record of what was graded lie; readable by their owner alone."""
        return self.root / ".autograder"

    @property
    def ledger(self) -> Path:
        """The record of what was graded."""
        return self.state / "ledger.db"

    def students(self, assignment: str) -> list[str]:
        """Who submitted the assignment, sorted."""
        submitted = self.root / "submitted"
        if not submitted.is_dir():
            return []
        return sorted(
            entry.name
            for entry in os.scandir(submitted)
            if not entry.name.startswith(".") and entry.is_dir() and (submitted / entry.name / assignment).is_dir()
        )

    def submission(self, student: str, assignment: str) -> Submission:
        """Reads what a student handed in. Links are not followed, and what is no regular file is not read."""
        folder = self._submitted(student, assignment)
        data, missing = files.read_start(folder / f"{assignment}.ipynb", MAX_FILE_BYTES + 1), ""
        if data is None:
            missing = describe_missing_file(folder, assignment)
        time = files.read_start(folder / TIMESTAMP, LARGEST)
        return Submission(
            student=student,
            notebook=data,
            missing=missing,
            files=dict(_files_beside(folder)),
            timestamp=time.decode("utf-8", "replace").strip() if time else None,
        )

    def _submitted(self, student: str, assignment: str) -> Path:
        return self.root / "submitted" / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        """Where the executed notebook and ``results.json`` of a submission go."""
        return self.root / "autograded" / student / assignment

    def write(self, submission: Submission, assignment: str, results: Mapping[str, Any], notebook: bytes) -> None:
        """Writes a graded submission; ``results.json`` comes last and says that the folder is complete."""
        folder = self.autograded(submission.student, assignment)
        (folder / FILE_NAME).unlink(missing_ok=True)
        files.write(folder / f"{assignment}.ipynb", notebook)
        if submission.timestamp:
            files.write(folder / TIMESTAMP, f"{submission.timestamp}\n".encode())
        secret = files.read_whole(self._submitted(submission.student, assignment) / SUBMISSION_SECRET, LARGEST)
        if secret:
            files.write(folder / SUBMISSION_SECRET, secret)
        write_results(folder, results)

    def has_results(self, student: str, assignment: str) -> bool:
        """Whether the graded submission lies in ``autograded/``."""
        folder = self.autograded(student, assignment)
        return (folder / FILE_NAME).is_file() and (folder / f"{assignment}.ipynb").is_file()


def _files_beside(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Small files that were handed in beside the notebook, which its cells may want to read."""
    room, count = MAX_FILES_BYTES, 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(".ipynb") or name in _LEFT_OUT or name.startswith("."):
                continue
            path = Path(parent) / name
            data = files.read_whole(path, room)
            if data is None or count >= MAX_FILES:
                continue
            room, count = room - len(data), count + 1
            yield path.relative_to(folder).as_posix(), data
