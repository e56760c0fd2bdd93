"""The trusted side of the warm server: `WarmPool` owns one server, `SandboxKernel` one kernel that it forked.

Runs in the grader. It reads JSON from the server and the supervisors, which run no student code, and hands
out the connected Jupyter client and the grader's end of the bridge.
"""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..language import CATALOGUES, VARIABLE, language, sentences_of
from . import channel, mechanisms
from .gpu import HIDDEN
from .policy import RUNTIMES, Isolation, IsolationMissing
from .setup import KernelSetup
from .usage import Usage

if TYPE_CHECKING:
    from .zmtp import KernelClient

_ = sentences_of(__package__)

_WARM_UP_S = 180.0
_START_S = 30.0
_GPU_START_S = 120.0  # opening a device takes long where its driver is not kept loaded
_WELCOME_S = 0.25  # ten times what a welcome takes
_END_S = 10.0
_CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
_BY_FORCE = (-signal.SIGKILL, None)  # None where the supervisor could not say
_LOST = {"event": "ended", "reason": None, "status": None, "by_us": False, "oom_killed": None}  # no supervisor
_LONGEST_SOCKET_PATH = 90  # a Unix socket's path has at most 107 bytes


class KernelFailed(RuntimeError):
    """A kernel or its server could not be started."""


class SandboxKernel:
    """A student's kernel, from the grader's side.

    `client` is connected to its shell and iopub channels, `bridge` is the grader's end of the bridge, `isolation` the
    mechanisms in force, `ready_seconds` the time from the request to a kernel that answers.
    """

    client: KernelClient

    def __init__(
        self, control: socket.socket, bridge: socket.socket, request: dict[str, Any], started: float, connect: bool
    ) -> None:
        self.bridge = bridge
        self.connection: dict[str, Any] = request["connection"]
        self._control, self._request = control, request
        self._ended: dict[str, Any] | None = None
        self._closed = False
        self._supervisor: int | None = None
        self._waited_s = 0.0
        ready = self._await_ready(started)
        self.pid: int = ready["pid"]
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            self._supervisor = os.pidfd_open(ready["supervisor"])
        self.isolation: list[str] = ready["isolation"]
        if connect:
            self.client = self._connect()
        self.ready_seconds = time.monotonic() - started

    def _await_ready(self, started: float) -> dict[str, Any]:
        event = self._next_event(_GPU_START_S if self._request["gpu"] else _START_S)
        if event is None or event["event"] != "ready":
            self._release()
            missing = (event or {}).get("missing")
            if missing:
                raise IsolationMissing(mechanisms.sentence(missing))
            raise KernelFailed(_("the kernel did not start: {why}").format(why=_why(event, started)))
        return event

    def _connect(self) -> KernelClient:
        from .zmtp import KernelClient  # with Jupyter's library, which takes longer than it takes to start the server

        try:
            client = KernelClient(self.connection)
        except OSError as error:
            self._release()
            raise KernelFailed(_("the kernel did not answer: {error}").format(error=error)) from error
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                client.get_iopub_msg(timeout=_WELCOME_S)
                return client  # once it is welcome, no output can be missed
            # ipykernel overlooks a subscriber that comes while it sends its first status; another message wakes it
            client.request("kernel_info_request")
        client.close()
        self._release()
        raise KernelFailed(_("the kernel did not answer"))

    def open_bridge(self) -> str:
        """Asks the kernel to serve the bridge until the grader closes it; returns the message's id."""
        return self.client.request("bridge_request")

    def belongs_to(self, student: str) -> None:
        """Tells a kernel whose `KernelSetup` left that open whose notebook it runs, before its first cell, and has its
        supervisor watch it. Raises OSError where it is gone."""
        self._ask("watch")
        self.client.request("student_request", {"student": student})

    def alive(self) -> bool:
        """Whether the kernel still runs."""
        self._look()
        return self._ended is None and not self._closed

    @property
    def stopped_reason(self) -> str | None:
        """The limit that ended the kernel: "memory", "processes", "disk" or "cpu"; None if none did."""
        self._look()
        return self._ended["reason"] if self._ended else None

    @property
    def killed(self) -> bool:
        """Whether the kernel ended by a SIGKILL that neither the grader nor the guard sent, or lost its supervisor.

        Its own code can bring the first about; so can anybody who may send signals here, and Linux for want of
        memory."""
        self._look()
        ended = self._ended
        return ended is not None and not ended["by_us"] and ended["reason"] is None and ended["status"] in _BY_FORCE

    @property
    def oom_killed(self) -> bool | None:
        """Whether Linux ended a process of the kernel for want of memory, as its own control group counts it; None
        where it has none."""
        self._look()
        return self._ended["oom_killed"] if self._ended else None

    @property
    def status(self) -> int | None:
        """The ended kernel's exit code, or minus the signal that ended it; None while it runs."""
        self._look()
        return self._ended["status"] if self._ended else None

    def fileno(self) -> int:
        """A descriptor that becomes readable when the kernel ends, for `select`."""
        return self._control.fileno()

    def usage(self) -> Usage:
        """What the kernel and all that it started have used, as its supervisor sees it from outside.

        CPU seconds since its start, of processes that ended too; `peak_bytes` is the most resident memory at once
        beyond what it had when it was ready, which it shares with the warm server. Raises `KernelFailed` without an
        answer.
        """
        self._ask("measure")
        deadline = time.monotonic() + _END_S
        while (event := self._next_event(deadline - time.monotonic())) is not None:
            if event["event"] == "measured":
                return Usage(event["cpu_s"], event["peak_bytes"], event["waited_s"])
            self._note(event)
        raise KernelFailed(_("the kernel's supervisor did not answer"))

    def kept_waiting(self) -> float:
        """Seconds in which the kernel was ready to run and the machine ran others, since this was last asked; 0 where
        the kernel is gone."""
        try:
            now = self.usage().waited_s
        except KernelFailed:
            return 0.0
        before, self._waited_s = self._waited_s, max(self._waited_s, now)  # of one that has ended nothing is counted
        return self._waited_s - before

    def interrupt(self) -> None:
        """SIGINT to the kernel, as Jupyter's stop button sends it."""
        self._ask("interrupt")

    def kill(self) -> None:
        """Ends the kernel and everything it started. Returns when nothing of it runs any more.

        A supervisor that does not answer, since somebody stopped it, is ended too."""
        self._ask("kill")
        deadline = time.monotonic() + _END_S
        while self.alive():
            self._look(deadline - time.monotonic())
            if time.monotonic() > deadline:
                self._end_by_force()

    def shutdown(self) -> None:
        """Ends the kernel and removes all it made. Safe to call twice, and after the kernel died."""
        if self._closed:
            return
        if hasattr(self, "client"):
            self.client.close()
        self._release()

    def _release(self) -> None:
        """Lets the supervisor go, and waits until it has cleaned up."""
        self._closed = True
        self.bridge.close()
        self._control.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + _END_S
        while (event := self._next_event(deadline - time.monotonic())) is not None:
            self._note(event)
        if time.monotonic() > deadline or self._ended is _LOST:
            self._end_by_force()
        if self._supervisor is not None:
            os.close(self._supervisor)
            self._supervisor = None
        self._control.close()
        for folder in (*self._request["folders"].values(), self._request["base"]):  # left where no supervisor ever was
            shutil.rmtree(folder, ignore_errors=True)

    def _end_by_force(self) -> None:
        """Ends all of a kernel whose supervisor is stopped or gone, and the supervisor.

        While one process of the kernel's group is left, the group's number is nobody else's."""
        if self._supervisor is None:
            return
        if self._ended is None or self._ended is _LOST:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._supervisor, signal.SIGKILL)
        self._ended = self._ended or _LOST

    def _ask(self, action: str) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            channel.send(self._control, {"do": action})

    def _look(self, timeout: float = 0.0) -> None:
        if self._ended is None and not self._closed and self._readable(timeout):
            self._note(self._next_event(0) or _LOST)

    def _note(self, event: dict[str, Any]) -> None:
        if event["event"] == "ended" and self._ended is None:
            self._ended = event

    def _next_event(self, timeout: float) -> dict[str, Any] | None:
        if not self._readable(timeout):
            return None
        return channel.receive(self._control)[0]

    def _readable(self, timeout: float) -> bool:
        return bool(select.select([self._control], [], [], max(0.0, timeout))[0])

    def __enter__(self) -> SandboxKernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()


@dataclass(frozen=True)
class StartingKernel:
    """A kernel that was asked for and may not be there yet. It ends with this process, or once it is finished and then
    shut down."""

    control: socket.socket
    bridge: socket.socket
    request: dict[str, Any]
    started: float

    def finish(self, *, connect: bool = True) -> SandboxKernel:
        """Waits until the kernel answers. Raises `KernelFailed` or `IsolationMissing` where it does not start."""
        return SandboxKernel(self.control, self.bridge, self.request, self.started, connect)


class WarmPool:
    """One warm server for a runtime of `policy.RUNTIMES`, and the kernels it forks.

    `forbidden` are the libraries that most of its kernels do without, for the server to look up ahead.
    Once warm, `facts` are what the server says of itself: its `threads`, and the `gpu_files` that it has opened.

    `shared` is a way to a server that another process has started (`share`); one of its own takes its place when that
    is gone. `folder` is where the server's home lies.

    `isolation="required"` raises `IsolationMissing` at once where this machine lacks a mandatory mechanism.
    """

    def __init__(
        self, runtime: str, isolation: Isolation = "required", forbidden: tuple[str, ...] = (),
        shared: socket.socket | None = None, folder: Path | None = None,
    ) -> None:
        if runtime not in RUNTIMES:
            raise ValueError(
                _("unknown runtime {runtime!r}; there are {runtimes}").format(
                    runtime=runtime, runtimes=", ".join(RUNTIMES)
                )
            )
        self.runtime, self.isolation, self._forbidden = runtime, isolation, forbidden
        self._disabled = sorted(mechanisms.disabled())
        if isolation == "required":
            mechanisms.require()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # of the server's life and its channel
        if shared is None:
            self._launch()
        else:
            self._control, self._warm = shared, False

    def share(self) -> socket.socket:
        """An end of a channel by which another process can fork kernels from this server. The server ends when nobody
        holds an end any more; one that died is started again."""
        theirs, servers = channel.pair()
        with self._lock, servers:
            if self._is_gone():
                self._stop()
                self._launch()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # seen by who uses it
                channel.send(self._control, {"do": "join"}, (servers.fileno(),))
        return theirs

    def is_warm(self) -> bool:
        """Whether a kernel could be forked without waiting for the server."""
        with self._lock:
            return self._warm and not self._is_gone()

    def _launch(self) -> None:
        """Starts the server; `start` waits until it is warm."""
        self._control, theirs = channel.pair()
        self._home = tempfile.mkdtemp(prefix="cnn-", dir=self._folder or _short_folder())
        script = str(Path(__file__).with_name("server.py"))
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable, "-I", script, "--runtime", self.runtime, "--control", str(theirs.fileno()),
                    "--forbidden", *self._forbidden,
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=open(os.path.join(self._home, "server.log"), "wb"),
                env=_clean_environment(self._home),
                cwd="/",
                start_new_session=True,
            )
        self._warm = False

    def wait_until_warm(self) -> None:
        """Waits until the server has imported its libraries. Raises `KernelFailed` with its last words."""
        with self._lock:
            self._wait()

    def _wait(self) -> None:
        if self._warm:
            return
        facts = None
        if select.select([self._control], [], [], _WARM_UP_S)[0]:
            facts = channel.receive(self._control)[0]
        if facts is None and self._process is None:  # the one that is shared
            self._control.close()
            self._launch()
            return self._wait()
        if facts is None:
            log = Path(self._home, "server.log").read_text(errors="replace").strip().splitlines()
            raise KernelFailed(
                _("the warm server for {runtime} did not start: {log}").format(
                    runtime=self.runtime, log=log[-1] if log else _("no message")
                )
            )
        self.facts: dict[str, Any] = facts
        self._warm = True

    def start(self, setup: KernelSetup, *, connect: bool = True) -> SandboxKernel:
        """A fresh kernel that has confined itself and answers. A server that died is started again."""
        return self.begin(setup).finish(connect=connect)

    def begin(self, setup: KernelSetup) -> StartingKernel:
        """A fresh kernel that starts while the caller does something else."""
        with self._lock:
            if self._is_gone():
                self._stop()
                self._launch()
            self._wait()
            if setup.gpu is not None and self.facts["gpu_files"]:
                raise KernelFailed(
                    _("the warm server for {runtime} has opened a GPU, so no fork of it can use one").format(
                        runtime=self.runtime
                    )
                )
        started = time.monotonic()
        setup.work.mkdir(parents=True, exist_ok=True)
        request = self._request(setup)
        control, supervisors = channel.pair()
        bridge, kernels = socket.socketpair()
        with supervisors, kernels:
            channel.send(control, request)  # for the supervisor alone: the server must not know it
            try:
                with self._lock:
                    channel.send(self._control, {"do": "fork"}, (supervisors.fileno(), kernels.fileno()))
            except (BrokenPipeError, ConnectionResetError) as error:
                control.close()
                bridge.close()
                shutil.rmtree(request["base"], ignore_errors=True)
                raise KernelFailed(_("the warm server for {runtime} ended").format(runtime=self.runtime)) from error
        return StartingKernel(control, bridge, request, started)

    def _request(self, setup: KernelSetup) -> dict[str, Any]:
        base = tempfile.mkdtemp(prefix="cnn-", dir=_short_folder())
        os.chmod(base, 0o711)
        folders = {"work": str(setup.work.resolve()), "home": f"{base}/home", "sockets": f"{base}/s"}
        for name in ("home", "sockets"):
            os.mkdir(folders[name], 0o700)
        if self.isolation == "off":
            setup = replace(setup, policy=replace(setup.policy, isolation="off"))
        connection: dict[str, Any] = {
            "transport": "ipc",
            "ip": f"{base}/s/k",
            "key": secrets.token_hex(32),
            "signature_scheme": "hmac-sha256",
        }
        connection.update({f"{name}_port": number for number, name in enumerate(_CHANNELS, start=1)})
        places = {"connection": connection, "base": base, "folders": folders}
        return {**setup.to_dict(), **places, "disabled": self._disabled}

    def close(self) -> None:
        """Ends the server. Kernels that still run keep their supervisors."""
        with self._lock:
            self._stop()

    def _is_gone(self) -> bool:
        if self._process is not None:
            return self._process.poll() is not None
        return self._control.fileno() < 0 or _has_hung_up(self._control)

    def _stop(self) -> None:
        self._control.close()
        if self._process is None:
            return
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> WarmPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _has_hung_up(end: socket.socket) -> bool:
    """Whether the other end of a channel is closed."""
    poll = select.poll()
    poll.register(end, 0)
    return bool(poll.poll(0))


def _why(event: dict[str, Any] | None, started: float) -> str:
    if event is None:
        return _("there was no answer for {seconds:.0f} s").format(seconds=time.monotonic() - started)
    return event.get("why") or _("it ended with status {status}").format(status=event.get("status"))


def _short_folder() -> str:
    """The folder for temporary files, or /tmp where its path is too long for sockets."""
    folder = tempfile.gettempdir()
    return folder if len(folder) < _LONGEST_SOCKET_PATH - 30 else "/tmp"


def _clean_environment(home: str) -> dict[str, str]:
    """Nothing of the grader's environment but the names of its places for programs and libraries, and its language."""
    kept = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", CATALOGUES)
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment.update(
        HOME=home,
        OMP_NUM_THREADS="1",
        THP_MEM_ALLOC_ENABLE="1",  # PyTorch asks for huge pages: taking 100 MB costs half of the time
        OPENBLAS_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
        CUDA_VISIBLE_DEVICES=HIDDEN,
        TF_CPP_MIN_LOG_LEVEL="3",
        MPLBACKEND="module://matplotlib_inline.backend_inline",
        MPLCONFIGDIR=_font_cache(home),
        KERAS_BACKEND="tensorflow",
        PYDEVD_DISABLE_FILE_VALIDATION="1",
        **{VARIABLE: language()},
    )
    return environment


def _font_cache(otherwise: str) -> str:
    """Where Matplotlib keeps its list of fonts between servers; making the list takes seconds. Where that cannot be
    written, it is made anew each time."""
    with contextlib.suppress(OSError, RuntimeError):  # no such folder, or nobody's home
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "autograder", "matplotlib")
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return str(folder)
    return otherwise
