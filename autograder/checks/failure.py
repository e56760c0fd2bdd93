"""What a check raises when an answer is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class CheckFailure(AssertionError):
    """An answer is wrong.

    message: one sentence for the student; holds no expected value.
    fixed: the same without anything that the student's code chose, for hidden tests; by default the message itself is
        used there, if it stands in the course's source as it is.
    details: expected and received values; shown for public checks only.
    counterexample: the case in words ("image 2x2x1, kernels 1x2x2x1, stride 1").
    diagnosis: the id of a named misconception that the check itself established, or None; unnamed: the message
        without it, where other comparisons contradict the name.
    reason: why student code was stopped (a `reason` of results.json) although it can still be asked, or None.
    """

    message: str
    details: str = ""
    counterexample: str | None = None
    diagnosis: str | None = None
    reason: str | None = None
    fixed: str | None = None
    unnamed: str | None = None

    def __str__(self) -> str:
        return self.message
