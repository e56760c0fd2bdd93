"""What a student's kernel may reach: files and libraries. What is not named is out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..language import sentences_of

_ = sentences_of(__package__)

Isolation = Literal["required", "off"]
RUNTIMES = ("numpy", "torch", "tensorflow", "torch+tensorflow")
FORBIDDEN = _("{library} is forbidden in this assignment: write it without {library}.")  # the grader knows it again


class IsolationMissing(RuntimeError):
    """This machine lacks a mechanism that isolation needs. The text is one sentence for the instructor."""


@dataclass(frozen=True)
class Policy:
    """Reach of one kernel.

    `readable`: files and folders it may read beside Python, its libraries and the system's shared libraries.
    `forbidden`: top-level libraries that neither import nor can be read.
    `isolation`: "required" refuses to start without every mandatory mechanism; "off" applies none.
    """

    readable: tuple[Path, ...] = ()
    forbidden: tuple[str, ...] = ()
    isolation: Isolation = "required"

    def __post_init__(self) -> None:
        if self.isolation not in ("required", "off"):
            raise ValueError(f'isolation is "required" or "off", not {self.isolation!r}')

    def to_dict(self) -> dict[str, object]:
        """Plain data, for the message that starts a kernel."""
        return {
            "readable": [str(path) for path in self.readable],
            "forbidden": list(self.forbidden),
            "isolation": self.isolation,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Policy:
        """The inverse of `to_dict`."""
        return cls(
            readable=tuple(Path(path) for path in values["readable"]),
            forbidden=tuple(values["forbidden"]),
            isolation=values["isolation"],
        )
