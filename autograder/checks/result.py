"""What one test found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TestResult:
    """What one test found. Public tests carry no points.

    message: one sentence, without expected values; details: values, for public tests only.
    reason: why student code was stopped (a `reason` of results.json), or None; lost: it cannot be asked any more, so
    that the tests that follow are not run. attempted: False where the answer
    is still missing. broken: the check's own code raised: the answer has a form that the check did not foresee, or
    the check is wrong (the audit shows that it is right for every known answer); `details` has pytest's report.
    fixed: of a hidden test, the sentence that its student reads in place of `message`, without anything that the answer
    chose. example: what happens to the same answer on public inputs, of which everything may be told.
    raw: the message, for the grader alone, where `fixed` stands in its place.
    step: the title of the step of its task that a public test belongs to; empty where the task has no steps.
    seconds: the wall time that it took; two results that differ in nothing else are equal.
    measured: numbers that the check measured and kept with `measure`, an accuracy for one; None where there are none.
    """

    __test__ = False  # its name makes pytest look for tests in it

    name: str
    description: str
    hidden: bool
    points: float
    passed: bool
    message: str = ""
    details: str = ""
    diagnosis: str | None = None
    counterexample: str | None = None
    section: str | None = None
    attempted: bool = True
    reason: str | None = None
    lost: bool = False
    broken: bool = False
    measured: Mapping[str, float] | None = None
    fixed: str = ""
    example: str = ""
    raw: str = ""
    step: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def why(self) -> str:
        """What a failed test says to whoever looks after the course: of a broken one, the error's line."""
        errors = [line[1:].strip() for line in self.details.splitlines() if line.startswith("E ")]
        return errors[0] if self.broken and errors else self.message
