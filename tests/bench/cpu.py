"""CPU seconds of a command and of all that it starts, also of what outlives its parent: a control group counts them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LEAVE_S = 10.0


@dataclass
class CpuGroup:
    """A control group of its own. ``path`` is its folder, None where this user may make none: nothing is counted then.

    ``seconds`` is known once the group was left."""

    path: Path | None
    seconds: float | None = None

    def enter(self) -> None:
        """Moves this process into the group, and with it all that it starts."""
        if self.path is not None:
            (self.path / "cgroup.procs").write_text(str(os.getpid()))

    @classmethod
    @contextmanager
    def new(cls) -> Iterator[CpuGroup]:
        """A group for as long as the block runs."""
        group = cls(_made())
        try:
            yield group
        finally:
            group._leave()

    def _leave(self) -> None:
        if self.path is None:
            return
        until = time.monotonic() + LEAVE_S
        while (self.path / "cgroup.procs").read_text() and time.monotonic() < until:
            time.sleep(0.05)  # supervisors clean up after the command has ended
        fields = dict(line.split() for line in (self.path / "cpu.stat").read_text().splitlines())
        self.seconds = int(fields["usage_usec"]) / 1e6
        with suppress(OSError):  # somebody is still in it
            self.path.rmdir()


def _made() -> Path | None:
    """A new group beside those of version 2, within this process's own; None where there are none or it may not."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    unified = next((fields[1] for fields in mounts if fields[2] == "cgroup2"), None)
    own = next((line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")), "/")
    if unified is None:
        return None
    try:
        return Path(tempfile.mkdtemp(prefix="bench-", dir=Path(unified, own.lstrip("/"))))
    except OSError:
        return None
