"""What a worker gets to grade a submission, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.sandbox.gpu import Gpu
from autograder.submission.results import Device, Results

if TYPE_CHECKING:
    from nbformat import NotebookNode

CROWDED = 2  # times its own that a whole notebook may take, on a machine that gives as much to others


@dataclass(frozen=True)
class Job:
    """What a worker needs to grade one submission; plain data, so that it travels to any machine.

    ``notebook`` are the file's bytes, or None with ``missing`` as the sentence that says so; ``note`` is what the
    student is told about the file. ``files`` lie
    beside the notebook while it runs. ``seeds`` are the tasks' seeds for this student, from which hidden
    inputs are drawn. ``datasets`` names the images that the notebook can load. ``gpu`` says that it waits for a place
    on a GPU, and ``share`` is the place that it was given."""

    student: str
    notebook: bytes | None
    seeds: Mapping[str, bytes]
    seed_id: int
    checks: str
    environment: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    missing: str = ""
    note: str = ""
    datasets: tuple[str, ...] = ()
    gpu: bool = False
    share: Gpu | None = None

    @property
    def device(self) -> Device:
        """Where the notebook can compute."""
        return "cuda" if self.share else "cpu"


@dataclass(frozen=True)
class Outcome:
    """A graded submission: the results document, and the executed notebook (the released one if it could
    not be run).

    ``file`` is the notebook as the bytes of its file, written out once, by the worker. ``broken`` names tests that
    failed by their own fault, for the instructor. ``answers`` has a digest of each task's answer as it was submitted.
    """

    results: Results
    file: bytes
    broken: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def notebook(self) -> NotebookNode:
        """The executed notebook."""
        import nbformat

        found: NotebookNode = nbformat.reads(self.file.decode(), as_version=4)
        return found
