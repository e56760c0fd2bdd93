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
        self.command = max(self.command, process.memory_info().rss)
        total = 0
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error, OSError):  # it has ended meanwhile
                total += one.memory_full_info().pss
        self.together = max(self.together, total)

    @classmethod
    @contextmanager
    def watched(cls) -> Iterator[Memory]:
        """Looks once a second while the block runs."""
        memory, done, process = cls(), threading.Event(), psutil.Process()

        def watch() -> None:
            while not done.wait(1.0):
                memory.look(process)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield memory
        finally:
            done.set()
            thread.join()
