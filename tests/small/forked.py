"""The command in a process that is forked from this one, with everything imported already: where it runs hundreds of
times, its imports take longer than most of what it is asked."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

MOST_FILES = 4096


def load() -> None:
    """Imports what the command would."""
    import autograder.classroom.export
    import autograder.classroom.grade
    import autograder.classroom.leaderboard
    import autograder.feedback.feedback_run
    import autograder.gradebook.roster  # noqa: F401 - for the processes that are forked


class Forked:
    """A command that runs, as ``subprocess.Popen`` has it as far as tests need it.

    ``main`` is its entry, ``words`` what it is asked; it runs in ``folder``. Not for a process that has threads."""

    def __init__(
        self, main: Callable[[], object], words: list[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        load()
        self.returncode: int | None = None
        self._said = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _run(main, words, folder, environment, *(file.fileno() for file in self._said))

    def poll(self) -> int | None:
        """The exit code, or minus the signal that ended it; None while it runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def communicate(self, timeout: float = 240) -> tuple[str, str]:
        """Waits for its end; what it printed."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise TimeoutError(f"the command ran longer than {timeout:g} s")
            time.sleep(0.02)
        said = []
        for file in self._said:
            file.seek(0)
            said.append(file.read().decode("utf-8", "replace"))
        return said[0], said[1]

    def send_signal(self, number: signal.Signals) -> None:
        """Sends it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Ends it, whatever it does."""
        self.send_signal(signal.SIGKILL)


def command() -> None:
    """What `autograder` runs."""
    from autograder.cli import main

    main()


def _run(
    main: Callable[[], object], words: list[str], folder: Path, environment: Mapping[str, str], out: int, err: int
) -> NoReturn:
    code = 70
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell or nohup may have them ignored
            signal.signal(number, signal.SIG_DFL)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.closerange(3, MOST_FILES)  # what a program that was started would not have
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = None  # looked for anew, as a new process does
        sys.argv = ["autograder", *words]
        code = _code_of(main)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _code_of(main: Callable[[], object]) -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0
