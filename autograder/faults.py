"""What goes wrong with the machine, and is nobody's answer."""

from __future__ import annotations


class MachineFault(RuntimeError):
    """The machine, not a submission, is the reason that something could not be done.

    The text is one sentence for the instructor: who does what, and the remedy ("The disk of ... is full; make room and
    run the same command again."). It is never booked as a score, and concerns one submission unless it says otherwise.
    """
