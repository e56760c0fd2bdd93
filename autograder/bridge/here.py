"""What this process uses: in a student's own notebook it is the only one there is."""

from __future__ import annotations

import contextlib
import gc
import sys
import time

from ..sandbox.usage import Usage, field

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


class Here:
    """This process's CPU time, and its peak memory beyond what it had when `begin` was called last.

    The peak begins anew on Linux alone. Elsewhere it is that of the whole session, and 0 while nothing needs more than
    was needed before; so a small peak says little there.
    """

    def __init__(self) -> None:
        self._before = 0

    def begin(self) -> None:
        """Lets the peak begin at what is resident now. Garbage is let go first: later it would make room that no peak
        shows."""
        gc.collect()
        with contextlib.suppress(OSError):  # another system, or a container in which that is closed
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        self._before = _peak()

    def usage(self) -> Usage:
        """What was used until now."""
        return Usage(time.process_time(), max(0, _peak() - self._before))


def _peak() -> int:
    try:
        with open("/proc/self/status", "rb") as file:
            return field(file.read(), b"VmHWM:")
    except OSError:
        if resource is None:
            return 0
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
