"""A course folder: what was submitted, and where what was graded goes."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import files
from autograder.classroom.patience import ask, ask_each
from autograder.gradebook.exchange import LARGEST, SUBMISSION_SECRET, TIMESTAMP, UNREADABLE_TIMESTAMP
from autograder.language import sentences_of
from autograder.notebook_file import MAX_FILE_BYTES
from autograder.submission.handed_in import find_notebook
from autograder.submission.results import FILE_NAME, write_results
from autograder.submission.text import one_line

_ = sentences_of(__package__)

MAX_FILES = 200
MAX_FILES_BYTES = 20_000_000
_AS_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: (?:UTC|\+0000))?", re.ASCII)  # by nbgrader
_LEFT_OUT = {TIMESTAMP, UNREADABLE_TIMESTAMP, SUBMISSION_SECRET, FILE_NAME}


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the notebook's bytes, or a sentence in ``missing``; other files; the
    time."""

    student: str
    notebook: bytes | None
    missing: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    timestamp: str | None = None
    remark: str = ""  # what is odd about the notebook's name and what lies beside it, for the instructor
    note: str = ""  # what the student is told of it


@dataclass(frozen=True)
class Written:
    """A graded submission's files: the digest of both together and the bytes of ``results.json``; None where one is
    missing."""

    digest: str | None
    results: bytes | None


@dataclass(frozen=True)
class CourseFolder:
    """The folder with ``submitted/``, ``autograded/``, ``feedback/`` and ``gradebook.db``."""

    root: Path

    @property
    def state(self) -> Path:
        """Where the secret and the record of what was graded lie; their owner's alone, or a group's that shares it."""
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
        names = [name for name in os.listdir(submitted) if not name.startswith(".")]
        answers = ask_each(submitted, [submitted / name / assignment for name in names], _may_be_folder)
        return sorted(name for name in names if answers.get(submitted / name / assignment, True))

    def is_submitted(self, student: str, assignment: str) -> bool:
        """Whether there is a submission, now."""
        folder = self._submitted(student, assignment)
        try:
            return ask(folder, lambda: _may_be_folder(folder))
        except TimeoutError:
            return True

    def submission(self, student: str, assignment: str) -> Submission:
        """Reads what a student handed in. Raises ``OSError`` where that cannot be read, ``TimeoutError`` too."""
        folder = self._submitted(student, assignment)
        return ask(folder, lambda: read_submission(folder, student, assignment))

    def take(self, student: str, assignment: str) -> Submission | None:
        """Reads what a student handed in to be graded, once its ``timestamp.txt`` is mended; None where there is no
        submission: it can be removed while a class is graded. Raises as ``submission``."""
        folder = self._submitted(student, assignment)

        def read() -> Submission | None:
            if not _may_be_folder(folder):
                return None
            _mend_timestamp(folder)
            return read_submission(folder, student, assignment)

        return ask(folder, read)

    def mend_timestamp(self, student: str, assignment: str) -> None:
        """Sees to it that nbgrader can read a submission's ``timestamp.txt``, or that there is none.

        nbgrader's own commands, and the formgrader's list for the whole class, stop at one that they cannot read. One
        that can be understood is written as they take it; any other is kept beside, under another name, and every run
        says so. Where the folder cannot be written it stays as it is."""
        folder = self._submitted(student, assignment)
        ask(folder, lambda: _mend_timestamp(folder))

    def timestamp(self, student: str, assignment: str) -> str | None:
        """When a submission was handed in, as its file says it; None where that is not known."""
        folder = self._submitted(student, assignment)
        return ask(folder, lambda: _timestamp(folder)[0])

    def _submitted(self, student: str, assignment: str) -> Path:
        return self.root / "submitted" / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        """Where the executed notebook and ``results.json`` of a submission go."""
        return self.root / "autograded" / student / assignment

    def has_result(self, student: str, assignment: str) -> bool:
        """Whether a submission was graded before."""
        return os.path.isfile(self.autograded(student, assignment) / FILE_NAME)

    def write(self, submission: Submission, assignment: str, results: Mapping[str, Any], notebook: bytes) -> None:
        """Writes a graded submission; ``results.json`` comes last and says that the folder is complete."""
        folder = self.autograded(submission.student, assignment)
        (folder / FILE_NAME).unlink(missing_ok=True)
        files.write(folder / f"{assignment}.ipynb", notebook)
        if submission.timestamp:
            files.write(folder / TIMESTAMP, f"{submission.timestamp}\n".encode())
        else:
            (folder / TIMESTAMP).unlink(missing_ok=True)
        handed_in = self._submitted(submission.student, assignment)
        secret = ask(handed_in, lambda: files.read_whole(handed_in / SUBMISSION_SECRET, LARGEST))
        if secret:
            files.write(folder / SUBMISSION_SECRET, secret)
        write_results(folder, results)

    def written(self, student: str, assignment: str) -> Written:
        """What lies in ``autograded/`` for a submission, as it is there now."""
        folder = self.autograded(student, assignment)
        results = notebook = None
        with suppress(PermissionError):  # what may not be read any more is written again
            results = files.read_whole(folder / FILE_NAME, MAX_FILE_BYTES)
            notebook = files.read_whole(folder / f"{assignment}.ipynb", MAX_FILE_BYTES)
        if results is None or notebook is None:
            return Written(None, None)
        digest = hashlib.sha256(hashlib.sha256(results).digest())
        digest.update(notebook)
        return Written(digest.hexdigest(), results)


def read_submission(folder: Path, student: str, assignment: str) -> Submission:
    """Reads what a student handed in to a folder. Links are not followed, and what is no regular file is not read."""
    if folder.is_symlink() or folder.parent.is_symlink():
        return Submission(student, None, _("The submitted folder is a link to another one, and was not followed."))
    found = find_notebook(folder, assignment)
    data, missing = None, found.missing
    if found.path is not None:
        data = files.read_start(found.path, MAX_FILE_BYTES + 1)
        missing = (
            _("{name} is a link, or no file that can be read.").format(name=one_line(found.path.name, 60))
            if data is None
            else ""
        )
    timestamp, remark = _timestamp(folder)
    remarks = "; ".join(filter(None, (found.remark, remark)))
    return Submission(student, data, missing, dict(_files_beside(folder)), timestamp, remarks, found.note)


def _mend_timestamp(folder: Path) -> None:
    path = folder / TIMESTAMP
    if folder.is_symlink() or folder.parent.is_symlink() or not os.path.lexists(path):
        return
    found = files.read_start(path, LARGEST)
    text, _ = _timestamp(folder)
    with suppress(OSError):
        if found is None or (text is None and found.strip()):
            os.rename(path, folder / UNREADABLE_TIMESTAMP)
        elif text is not None and found.strip() != text.encode():
            files.write(path, f"{text}\n".encode())


def _timestamp(folder: Path) -> tuple[str | None, str]:
    """When a submission was handed in, as its ``timestamp.txt`` says it, and a remark where that cannot be
    understood, or could not be in an earlier run."""
    path = folder / TIMESTAMP
    if not os.path.lexists(path):
        path = folder / UNREADABLE_TIMESTAMP
    found = files.read_start(path, LARGEST)
    if found is None:
        return None, _("its {name} is no file and was passed over").format(name=path.name) if os.path.lexists(
            path
        ) else ""
    text = found.decode("utf-8-sig", "replace").strip()
    if not text:
        return None, ""
    if path.name == TIMESTAMP and _is_time(text):
        return text, ""
    return None, _("its {timestamp} says {text!r}, which is no time: it counts as not late").format(
        timestamp=TIMESTAMP, text=one_line(text, 40)
    )


def _is_time(text: str) -> bool:
    """Whether nbgrader takes it for a time. It is asked only about what it has not written itself: its import takes
    longer than many submissions."""
    if found := _AS_WRITTEN.fullmatch(text):
        with suppress(ValueError):
            datetime.fromisoformat(found[1])
            return True
    from nbgrader.utils import parse_utc

    try:
        parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        return False
    return True


def _may_be_folder(path: Path) -> bool:
    """Whether there is a folder, or the one around it may not be looked into: whoever reads it is told so."""
    try:
        return path.is_dir()
    except PermissionError:
        return True
    except OSError:  # a name that is too long, a link in a circle: nothing that was handed in
        return False


def _files_beside(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Small files that were handed in beside the notebook, which its cells may want to read."""
    room, count = MAX_FILES_BYTES, 0
    for parent, folders, names in os.walk(folder, onerror=files.refuse):
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
