"""What a notebook's kernel uses while a check asks it, and kernels of a check's own.

Both come from the kernel's supervisor, never from the kernel, which could say what it likes of itself. In a student's
own notebook there is no kernel besides: this process is measured, and its own names are asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from .student import Student, send_waiting


@dataclass
class Measured:
    """What was used while `measured` lasted; known once it is over.

    `cpu_s`: CPU seconds of the kernel, all its threads and all that it started. `peak_bytes`: the most resident memory
    that they held at once in the kernel's whole life, beyond what it shares with the warm server. So a peak tells
    something in a fresh kernel alone; ways that it should distinguish must differ by 100 MB or more.
    """

    cpu_s: float = 0.0
    peak_bytes: int = 0


@contextmanager
def measured(student: Student) -> Iterator[Measured]:
    """Measures what is asked of `student` inside the `with`.

        with measured(student) as used:
            result = student.conv2d_im2col(image, kernels)
        expect(used.cpu_s <= 2 * right.cpu_s, "...")

    Sending and reading values counts too; ask for part of a large result.
    """
    transport = student._session.transport
    send_waiting()  # what was asked before is not measured, and what is asked now is
    before, used = transport.usage(anew=True), Measured()
    yield used
    send_waiting()
    after = transport.usage()
    used.cpu_s, used.peak_bytes = after.cpu_s - before.cpu_s, after.peak_bytes


@contextmanager
def fresh(student: Student, tasks: Sequence[str]) -> Iterator[Student]:
    """The same notebook in a fresh kernel, in which only the cells of `tasks` ran, and those of no task (its setup).

    Without tasks no cell ran at all: a kernel of the same kind that no student has touched, to time a reference in.
    That one is kept for a number of submissions, so its peak of memory tells nothing. Any other ends with the `with`,
    and costs its start and the cells' time; the submission's own time goes on.
    """
    with student._session.transport.fresh(tasks) as transport:
        yield Student(transport)
        send_waiting()
