"""The warm server, from the grader's side: `WarmPool` owns one, or shares another process's, and has it fork kernels.

Runs in the grader. What it reads from the server is JSON, and the server runs no student code.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..language import CATALOGUES, VARIABLE, language, sentences_of
from . import channel, mechanisms
from .client import KernelFailed, SandboxKernel, StartingKernel
from .gpu import HIDDEN
from .policy import RUNTIMES, Isolation
from .setup import KernelSetup

_ = sentences_of(__package__)

_WARM_UP_S = 180.0
_END_S = 10.0
_CHANNELS = ("shell", "iopub", "stdin", "hb", "control")
_LONGEST_SOCKET_PATH = 90  # a Unix socket's path has at most 107 bytes


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
