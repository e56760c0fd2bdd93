"""The course's secret, and the seeds of hidden inputs that follow from it.

A seed is HMAC-SHA256(secret, task, student): the same at every run, and unknown to whoever lacks the
secret, so that nobody can prepare a table of answers. The secret is made once in the course folder,
readable by its owner alone."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder import files

SECRET_BYTES = 32


@dataclass(frozen=True)
class Secret:
    """The secret's bytes; never sent to a kernel, nor written into a result."""

    key: bytes

    @classmethod
    def of_course(cls, state: Path) -> Secret:
        """Reads the secret in the folder ``state``, or makes one. Safe when several runs start together."""
        path = state / "secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            files.write_first(path, secrets.token_bytes(SECRET_BYTES))  # another run's may be first, and counts then
        key = path.read_bytes()
        if len(key) != SECRET_BYTES:
            raise ValueError(f"{path.name} in {state.name} is not a secret of {SECRET_BYTES} bytes")
        return cls(key)

    @property
    def id(self) -> int:
        """A number that names the secret and tells nothing of it: the ``seed`` of a result's provenance."""
        return int.from_bytes(self._of("which secret")[:6])

    def seed(self, task: str, student: str) -> bytes:
        """The 32 bytes from which a student's hidden inputs of a task are drawn."""
        return self._of("seed", task, student)

    def seeds(self, tasks: Iterable[str], student: str) -> dict[str, bytes]:
        """The seeds of several tasks."""
        return {task: self.seed(task, student) for task in tasks}

    def _of(self, *parts: str) -> bytes:
        encoded = (part.encode() for part in parts)
        return hmac.digest(self.key, b"".join(len(part).to_bytes(4) + part for part in encoded), "sha256")
