"""The course's secret, and the seeds of hidden inputs that follow from it.

A seed is HMAC-SHA256(secret, task, student): the same at every run, and unknown to whoever lacks the
secret, so that nobody can prepare a table of answers. The secret is made once in the course folder,
readable by its owner alone; the record of what was graded keeps a copy."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder import files
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.faults import MachineFault, of_os_error
from autograder.language import sentences_of

_ = sentences_of(__package__)

SECRET_BYTES = 32
COPY = "secret"  # the ledger's name for its copy


class SecretMissing(MachineFault):
    """The course's secret is lost, damaged, or another than the one that results were drawn with."""


@dataclass(frozen=True)
class Secret:
    """The secret's bytes; never sent to a kernel, nor written into a result."""

    key: bytes

    @classmethod
    def of_course(cls, state: Path, ledger: Ledger | None = None, anew: bool = False) -> Secret:
        """Reads the secret in the folder ``state``, or makes one. Safe when several runs start together.

        One that is lost or damaged comes back from ``ledger``. Where that has no copy but results, or has the copy of
        another secret, ``SecretMissing`` says so: with a new one everybody's hidden inputs are drawn anew, which
        happens only where ``anew`` says that everybody is graded anew."""
        path = state / "secret"
        copy = ledger.get(COPY) if ledger else None
        try:
            key = _read(path, copy)
            if key is None:
                if ledger and not ledger.is_empty() and not anew:
                    raise SecretMissing(
                        _(
                            "The course's secret, {path}, is lost, and earlier results were drawn with it; put it back "
                            "from a copy of the course folder, or grade everybody with a new one by --force."
                        ).format(path=path)
                    )
                files.make_folder(path.parent)
                files.write_first(path, secrets.token_bytes(SECRET_BYTES))  # another run's may be first, and counts
                key = path.read_bytes()
        except OSError as error:
            raise of_os_error(error, path) from error
        if copy is not None and key != copy and not anew:
            raise SecretMissing(
                _(
                    "The course's secret, {path}, is not the one that earlier results were drawn with; put that one "
                    "back "
                    "(remove the file, and the copy in the record takes its place), or grade everybody anew by --force."
                ).format(path=path)
            )
        if ledger and key != copy:
            ledger.put(COPY, key)
        return cls(key)

    @property
    def id(self) -> int:
        """A number that names the secret and tells nothing of it: the ``seed`` of a result's provenance."""
        return int.from_bytes(self._of(_("which secret"))[:6])

    def seed(self, task: str, student: str) -> bytes:
        """The 32 bytes from which a student's hidden inputs of a task are drawn."""
        return self._of("seed", task, student)

    def seeds(self, tasks: Iterable[str], student: str) -> dict[str, bytes]:
        """The seeds of several tasks."""
        return {task: self.seed(task, student) for task in tasks}

    def pseudonym(self, student: str) -> str:
        """What stands in place of a student's id all term, and tells nothing of it."""
        return f"student {self._of('pseudonym', student)[:4].hex()}"

    def answer_id(self, assignment: str, task: str, student: str) -> str:
        """What an answer is called where it is graded without its student's name; sorted by it, answers stand in an
        order that is random, and the same at every look."""
        return self._of("answer", assignment, task, student)[:6].hex()

    def _of(self, *parts: str) -> bytes:
        encoded = (part.encode() for part in parts)
        return hmac.digest(self.key, b"".join(len(part).to_bytes(4) + part for part in encoded), "sha256")


def _read(path: Path, copy: bytes | None) -> bytes | None:
    """The secret in the file, mended from its copy where the file is lost or too short; None where there is neither."""
    if path.exists() and not path.is_file() and not path.is_dir():  # reading a pipe would wait for ever
        raise SecretMissing(
            _(
                "The course's secret, {path}, is no file that can be read; remove it, and a copy takes its place "
                "from the "
                "record."
            ).format(path=path)
        )
    key = path.read_bytes() if path.exists() else None
    if key is not None and len(key) == SECRET_BYTES:
        return key
    if copy is not None:
        files.write(path, copy, mode=0o600)
        return copy
    if key is None:
        return None
    raise SecretMissing(
        _(
            "The course's secret, {path}, is damaged: it has {key} bytes instead of {secret_bytes} bytes; put it "
            "back from a copy of the course folder, or remove the file to have a new one made."
        ).format(path=path, key=len(key), secret_bytes=SECRET_BYTES)
    )


def pseudonym_of(course_dir: Path) -> Callable[[str], str]:
    """What stands in place of students' ids in a course folder; the secret is made where there is none yet."""
    folder = CourseFolder(course_dir)
    with Ledger(folder.ledger) as ledger:
        return Secret.of_course(folder.state, ledger).pseudonym
