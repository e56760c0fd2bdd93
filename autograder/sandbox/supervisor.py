"""One process beside each kernel: its parent, its guard, and the one who ends and cleans up what it started.

It runs no student code. It lives as long as the grader holds the other end of `control`: when that closes,
because the grader said so or because it died, everything that the kernel made is removed.

From the grader: `{"do": "interrupt" | "kill" | "measure" | "watch"}`. The kernel is watched from its start, or from the
last of these on where it started before anybody knew whose notebook it will run.

To the grader: `{"event": "ready", "pid", "supervisor", "isolation"}`, `{"event": "failed", "why", "missing"}`,
`{"event": "measured", "cpu_s", "peak_bytes"}`, `{"event": "ended", "reason", "status", "by_us", "oom_killed"}`:
whether the kernel ran until this process ended it, and whether Linux ended a process of it for want of memory, null
where nobody counts that.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from dataclasses import asdict
from typing import Any

from . import cgroup, channel, holdings, kernel, privileges, root
from .guard import TICK_S, Guard
from .limits import Limits
from .reach import listable_paths
from .trees import remove_tree


def supervise(control: socket.socket, bridge: int) -> None:
    """Reads the request, forks the kernel, watches it until the grader lets go, cleans up. Does not return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        privileges.become_subreaper()
        request, _ = channel.receive(control)
        if request is not None:
            _Supervisor(request, control, bridge).run()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


class _Supervisor:
    def __init__(self, request: dict[str, Any], control: socket.socket, bridge: int) -> None:
        self._request, self._control = request, control
        self._folders = tuple(request["folders"].values())
        self._off = request["policy"]["isolation"] == "off"
        self._limits = Limits.from_dict(request["limits"])
        self._user, self._user_lock = self._own_user()
        self._seen = "mappings" not in request["disabled"] and holdings.sees_mapped()
        self._report, report = os.pipe()
        self._kernel = self._fork(report, bridge)
        self._group = self._grouped()
        os.close(report)
        os.close(bridge)
        self._guard = Guard(self._kernel, self._limits, self._folders, self._user, self._seen, self._group)
        self._may_watch = "guard" not in self._request["disabled"]
        self._watching = self._ended = False

    def _own_user(self) -> tuple[int | None, socket.socket | None]:
        """A user of the kernel's own, which then owns its folders, where this process may change users."""
        reach = [*listable_paths(), *self._request["policy"]["readable"], self._request["folders"]["work"]]
        if self._off or "user" in self._request["disabled"] or not privileges.may_change_user(reach):
            return None, None
        reserved = privileges.reserve_user()
        if reserved is None:
            return None, None
        for folder in self._folders:
            root.give(folder, reserved[0])
        return reserved

    def _fork(self, report: int, bridge: int) -> int:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            kernel.run(self._request, self._user, self._seen, report, bridge, parent)
        return pid

    def _grouped(self) -> cgroup.Group | None:
        """The kernel's control group, where there can be one: the kernel is in it before it runs student code."""
        if self._off or "cgroup" in self._request["disabled"]:
            return None
        group = cgroup.Group.make(self._limits, cgroup.parents())
        if group is not None and not group.take(self._kernel):
            group.remove()
            return None
        return group

    def run(self) -> None:
        pidfd = os.pidfd_open(self._kernel)
        poll = select.poll()
        for descriptor in (self._report, self._control.fileno(), pidfd):
            poll.register(descriptor, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poll.poll(TICK_S * 1000 if self._watching else None)]
            if self._report in ready:
                poll.unregister(self._report)
                self._announce()
            if pidfd in ready:
                poll.unregister(pidfd)
                self._end(None)
            if self._control.fileno() in ready and not self._obey():
                break
            if self._watching and not self._ended:
                self._guard.reap()
                if reason := self._broken_limit():
                    self._end(reason)
        self._end(None)  # and says so: a grader that is not told takes its supervisor for lost
        self._clean_up()

    def _broken_limit(self) -> str | None:
        return "memory" if self._group is not None and self._group.ran_out() else self._guard.broken_limit()

    def _announce(self) -> None:
        """Passes on what the kernel reported before its first cell: ready, or why it could not start."""
        with os.fdopen(self._report, "rb") as report:
            text = report.read()
        if not text:
            return  # it died; its exit is seen through its pidfd
        said = json.loads(text)
        if self._group is not None and "isolation" in said:
            said["isolation"].append("cgroup")
        self._guard.settle(own_root="own-root" in said.get("isolation", ()))  # before any code of a student's runs
        self._tell_event(said)
        self._watching = self._may_watch and self._request["student"] is not None

    def _obey(self) -> bool:
        """Does what the grader asks; False once it has let go."""
        message, _ = channel.receive(self._control)
        if message is None:
            return False
        if message["do"] == "interrupt" and not self._ended:
            os.kill(self._kernel, signal.SIGINT)  # not reaped yet, so the id is still the kernel's
        elif message["do"] == "kill":
            self._end(None)
        elif message["do"] == "watch":
            self._watching = self._may_watch and not self._ended
        elif message["do"] == "measure":
            self._tell_event({"event": "measured", **asdict(self._guard.usage())})
        return True

    def _end(self, reason: str | None) -> None:
        """Ends the kernel and everything it started, and says why."""
        if self._ended:
            return
        self._ended, self._watching = True, False
        by_us = not self._has_ended()
        self._guard.end_all()
        status = os.waitstatus_to_exitcode(self._guard.statuses.get(self._kernel, 0))
        if reason is None and status == -signal.SIGXCPU:
            reason = "cpu"
        if reason is None and self._group is not None and self._group.ran_out():
            reason = "memory"
        chosen = None if self._group is None else self._group.oom_killed()
        self._tell_event({"event": "ended", "reason": reason, "status": status, "by_us": by_us, "oom_killed": chosen})

    def _has_ended(self) -> bool:
        """Whether the kernel ended before it was told to."""
        if self._kernel in self._guard.statuses:
            return True
        return os.waitid(os.P_PID, self._kernel, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _tell_event(self, event: dict[str, Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it let go: seen at the next poll
            channel.send(self._control, event)

    def _clean_up(self) -> None:
        for folder in (*self._folders, self._request["base"]):
            remove_tree(folder)
        if self._group is not None:
            self._group.remove()
        if self._user_lock is not None:
            self._user_lock.close()
