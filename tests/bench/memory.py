"""How much memory a command takes, alone and with all that it starts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil


@dataclass
class Memory:
    """The most memory of the command, and of it with all that it starts (shared pages counted once), in bytes."""

    command: float = 0.0
    together: float = 0.0

    def __str__(self) -> str:
        return f"{self.command / 1e6:.0f} MB of the command, {self.together / 1e6:.0f} MB with workers and kernels"

    def look(self, process: psutil.Process) -> None:
        """Takes what is held now."""
        total = 0
        with suppress(psutil.Error, OSError):  # one of them has ended meanwhile
            self.command = max(self.command, process.memory_info().rss)
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.Error, OSError):
                    total += one.memory_full_info().pss
        self.together = max(self.together, total)

    @classmethod
    @contextmanager
    def watched(cls, pid: int) -> Iterator[Memory]:
        """Looks at a process four times a second while the block runs."""
        memory, done, process = cls(), threading.Event(), psutil.Process(pid)

        def watch() -> None:
            while not done.wait(0.25):
                memory.look(process)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield memory
        finally:
            done.set()
            thread.join()
