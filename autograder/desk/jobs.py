"""What takes long and was asked for at the desk: one of a kind at a time, each in a process of its own, with how far it
is and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from autograder.course import ROOT_VARIABLE, UsageError
from autograder.desk.desk import Desk
from autograder.faults import of_os_error
from autograder.language import sentences_of

_ = sentences_of(__package__)

TITLES = {
    "preview": _("Preview"), "accept": _("Booking"), "feedback": _("Writing pages"), "release": _("Releasing pages"),
    "similar": _("Comparing answers"),
}  # fmt: skip
PATIENCE_S = 20.0  # with one that was told to stop
# Of these one excludes the other: they work on the same outcomes, or on the same pages.
_TOGETHER = ({"preview", "accept"}, {"feedback", "release"})


@dataclass
class Job:
    """One of these, as it stands. ``found`` is what came of it, ``failed`` the sentence where nothing did; times are
    of day, UTC."""

    kind: str
    name: str
    by: str
    started: str
    done: int = 0
    of: int = 0
    ended: str = ""
    found: Mapping[str, Any] | None = None
    failed: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return not self.ended

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.kind]


class Jobs:
    """The jobs of a desk, the last of each kind and assignment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str], Job] = {}
        self._processes: dict[int, subprocess.Popen[str]] = {}
        self._followers: dict[int, threading.Thread] = {}

    def last(self, kind: str, name: str) -> Job | None:
        """The last of a kind about an assignment, running or not."""
        with self._lock:
            return self._last.get((kind, name))

    def running(self) -> list[Job]:
        """All that go on."""
        with self._lock:
            return [job for job in self._last.values() if job.running]

    def start(self, kind: str, name: str, by: str, **more: Any) -> Job:
        """Begins one. Raises ``UsageError`` while one of its kind, or of a kind that works on the same, goes on."""
        kinds = next((group for group in _TOGETHER if kind in group), {kind})
        with self._lock:
            busy = next((job for job in self._last.values() if job.running and job.kind in kinds), None)
            if busy is not None:
                raise UsageError(
                    _(
                        "{title} of {name}, begun by {by} at {started} UTC, is still going on; wait for it, or stop it."
                    ).format(title=busy.title, name=busy.name, by=busy.by, started=busy.started)
                )
            job = Job(kind, name, by, _now(), more=more)
            process, errors = self._begun(job)
            self._last[kind, name] = job
            self._processes[id(job)] = process
        follower = threading.Thread(target=self._follow, args=(job, process, errors), daemon=True, name=f"desk-{kind}")
        self._followers[id(job)] = follower
        follower.start()
        return job

    def _begun(self, job: Job) -> tuple[subprocess.Popen[str], IO[str]]:
        """The process that does a job, told what it is, and where it writes what it was not meant to say. Raises
        ``MachineFault`` where there is no room for one."""
        errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "autograder.desk.acts"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, text=True, cwd=self._desk.course.root, env=_environment(self._desk),
                start_new_session=True,  # Ctrl-C at the desk's terminal ends it by the desk alone
            )  # fmt: skip
        except OSError as error:
            errors.close()
            raise of_os_error(error) from error
        asked = {
            "kind": job.kind, "name": job.name, "by": job.by, "course": str(self._desk.course.root),
            "folder": str(self._desk.folder.root), "more": job.more,
        }  # fmt: skip
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already; whoever follows it says so
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
        return process, errors

    def stop(self, kind: str, name: str) -> None:
        """Tells one to stop; it says so itself when it has."""
        with self._lock:
            job = self._last.get((kind, name))
            process = self._processes.get(id(job)) if job is not None else None
        if process is not None and process.stdin is not None and not process.stdin.closed:
            with suppress(BrokenPipeError):
                process.stdin.close()

    def wait(self, job: Job, timeout: float | None = None) -> None:
        """Until one has ended, and what came of it is known."""
        follower = self._followers.get(id(job))
        if follower is not None:
            follower.join(timeout)

    def kill(self, job: Job) -> None:
        """Ends one at once, as a machine without memory does."""
        with self._lock:
            process = self._processes.get(id(job))
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Stops all of them, and waits until they have ended."""
        for job in self.running():
            self.stop(job.kind, job.name)
        with self._lock:
            processes = list(self._processes.values())
        for process in processes:
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _follow(self, job: Job, process: subprocess.Popen[str], errors: IO[str]) -> None:
        """Reads what a job says until it has ended."""
        assert process.stdout is not None and process.stdin is not None
        last: Mapping[str, Any] = {}
        with process.stdout:
            for line in process.stdout:
                last = json.loads(line)
                with self._lock:
                    job.done, job.of = last.get("done", job.done), last.get("of", job.of)
        code = process.wait()
        with errors:
            errors.seek(0)
            said = errors.read().strip().splitlines()
        with self._lock:
            with suppress(BrokenPipeError):
                process.stdin.close()
            self._processes.pop(id(job), None)
            job.found, job.failed, job.ended = last.get("found"), last.get("failed", ""), _now()
            if job.found is None and not job.failed:
                why = f": {said[-1][:300]}" if said else ""
                job.failed = _("{title} ended without a word (exit code {code}{why}); try it once more.").format(
                    title=job.title, code=code, why=why
                )


def _environment(desk: Desk) -> dict[str, str]:
    """The environment of a job: this one's, with the course that the desk is about."""
    return {**os.environ, ROOT_VARIABLE: str(desk.course.root)}


def _now() -> str:
    return datetime.now(UTC).strftime("%H:%M:%S")
