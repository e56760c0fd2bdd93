"""The student's kernel: an IPython kernel that confines itself before the first cell.

It is forked from the warm server by its supervisor, so every import is done. The order matters: Landlock
confines the thread that asks for it, so it comes before the first thread; ZeroMQ needs Unix sockets to bind
its channels, so the system-call filter that refuses sockets comes after them, and covers all threads at once.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

import ipykernel.debugger  # noqa: F401
import PIL.Image
import threadpoolctl
import zmq
from ipykernel import ipkernel
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from IPython.core.history import HistoryManager

from ..language import sentences_of
from . import agent, channel, facade, granted, pictures, privileges, reach, root, sharing, syscalls
from .confine import MANDATORY, Confinement
from .gpu import Gpu, open_device
from .limits import Limits
from .policy import Policy
from .shell import ENDS_NOTHING, StudentShell
from .variants import Variants

_ = sentences_of(__package__)

_BIND_TIMEOUT_S = 5.0


# What ipykernel and IPython import at the start of a kernel, at its first cell, its first error and its first figure.
_FIRST_CELL_IMPORTS = """
    IPython.core.completerlib IPython.core.debugger IPython.core.magics.execution IPython.core.magics.pylab
    IPython.core.oinspect IPython.extensions.storemagic faulthandler pdb
    pygments.formatters.terminal256 stack_data tornado.platform.asyncio""".split()


class _NoModules:
    """`sys` for ipykernel, which asks every module for its file, for a debugger that nobody uses here.

    To look at a module is to write to its memory (its count of references), so that the kernel would get pages of its
    own for all that it shares with the warm server: 45 MB and half of its start where both frameworks are loaded.
    """

    modules: ClassVar[dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class StudentKernel(IPythonKernel):
    """IPython, and two more messages: `bridge_request` serves the grader's requests on the main thread, and
    `student_request` says whose notebook this is, where the kernel started before anybody knew."""

    shell_class = StudentShell
    msg_types = [*IPythonKernel.msg_types, "bridge_request", "student_request"]
    bridge: socket.socket
    variants: Variants
    _agent: agent.Agent | None = None

    def __init__(self, **options: Any) -> None:
        module: Any = ipkernel
        module.sys = _NoModules()
        try:
            super().__init__(**options)
        finally:
            module.sys = sys

    def bridge_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Answers requests on the bridge until the grader closes it, then replies to the message."""
        assert self.shell is not None and self.session is not None  # from the kernel's start on
        if self._agent is None:
            self._agent = agent.Agent(self.shell.user_ns)
        self._agent.serve(self.bridge)
        self.session.send(stream, "bridge_reply", {"status": "ok"}, parent, ident=ident)

    def student_request(self, stream: Any, ident: Any, parent: dict[str, Any]) -> None:
        """Is told whose notebook this is, before the first cell."""
        student = parent["content"]["student"]
        self.variants.belongs_to(student)
        if student:
            os.environ["CNN_STUDENT"] = student


class Stream(OutStream):
    """What `sys.stdout` and `sys.stderr` are. ipykernel flushes them six times for each cell, and waits each time for
    the thread that sends; here it does so where something was written. What that thread has taken is sent first."""

    def flush(self) -> None:
        if self._buffers:
            super().flush()


class StudentKernelApp(IPKernelApp):
    """The kernel's application, told everything it would otherwise read from files."""

    kernel_class = StudentKernel
    outstream_class = f"{Stream.__module__}.{Stream.__qualname__}"
    name = "student-kernel"

    def init_crash_handler(self) -> None:
        """No crash files: a student's exceptions are answers, not crashes."""

    def init_connection_file(self) -> None:
        """There is no connection file; ports and key came with the request."""

    def write_connection_file(self, **_: Any) -> None:
        """There is no connection file."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """There is no command line."""

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """There is no configuration of the machine's user."""

    def init_iopub(self, context: zmq.Context[Any]) -> None:
        """As in ipykernel, without the TCP port through which its forked children print."""
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_socket.linger = 1000
        self.iopub_port = self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(self.iopub_socket, pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket


def warm_up(forbidden: tuple[str, ...]) -> None:
    """Does, in the warm server, what every kernel would do again: imports, and finding what it may read."""
    for name in _FIRST_CELL_IMPORTS:
        importlib.import_module(name)
    PIL.Image.preinit()
    syscalls.missing()
    root.missing()
    reach.readable_paths(forbidden)
    _(ENDS_NOTHING)  # which reads this room's catalogue, as a confined kernel may not


def run(request: dict[str, Any], user: int | None, seen: bool, report: int, bridge: int, supervisor: int) -> None:
    """The life of one kernel, in the process forked for it. Never returns. `seen`: its guard sees what it maps."""
    code = 1
    try:
        app = _start(request, user, seen, report, bridge, supervisor)
        app.start()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except granted.TooLittle as error:
        _say(report, {"event": "failed", "why": str(error), "missing": []})
    except BaseException as error:
        _say(report, {"event": "failed", "why": f"{type(error).__name__}: {error}", "missing": []})
    finally:
        os._exit(code)


def _start(
    request: dict[str, Any], user: int | None, seen: bool, report: int, bridge: int, supervisor: int
) -> IPKernelApp:
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    channel.close_all_except({report, bridge})
    _silence()
    _set_environment(request)
    limits, policy = Limits.from_dict(request["limits"]), Policy.from_dict(request["policy"])
    gpu = Gpu.from_dict(request["gpu"]) if request["gpu"] else None
    if gpu:
        os.environ.update(gpu.environ)
    granted.require_all(limits, user, gpu)
    confinement = _confinement(request, limits, policy, user, seen, gpu)
    required = policy.isolation == "required"
    if required:
        confinement.restrict()
    privileges.die_with_parent(signal.SIGKILL, supervisor)
    app = _make_app(request)
    _wait_for_heartbeat(request)
    if required:
        confinement.filter_system_calls()
        if "guard" not in request["disabled"]:
            confinement.applied.append("guard")
        missing = [name for name in MANDATORY if name not in confinement.applied]
        if missing:
            _say(report, {"event": "failed", "why": _("isolation is missing"), "missing": missing})
            os._exit(1)
    app.kernel.bridge = socket.socket(fileno=bridge)
    _give_threads(limits.threads)
    if gpu:
        open_device(gpu, sys.modules)
    _reseed()
    sharing.install(request["folders"]["home"])
    data = Path(request["data"]) if request["data"] else None
    app.kernel.variants = Variants(request["variants"], request["student"] or "")
    facade.install(policy.forbidden, app.kernel.variants, data)
    pictures.install(tuple(request["pictures"]))
    _say(report, {"event": "ready", "pid": os.getpid(), "supervisor": supervisor, "isolation": confinement.applied})
    return app


def _silence() -> None:
    """The standard descriptors lead nowhere: what is printed goes through IPython, and the server's log is not ours."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def _confinement(
    request: dict[str, Any], limits: Limits, policy: Policy, user: int | None, seen: bool, gpu: Gpu | None
) -> Confinement:
    folders = request["folders"]
    readable = [str(path) for path in policy.readable] + ([request["data"]] if request["data"] else [])
    return Confinement(
        limits=limits,
        forbidden=policy.forbidden,
        readable=tuple(readable),
        writable=(folders["work"], folders["home"]),
        sockets=folders["sockets"],
        user=user,
        seen=seen,
        disabled=frozenset(request["disabled"]),
        gpu=gpu,
    )


def _set_environment(request: dict[str, Any]) -> None:
    home = request["folders"]["home"]
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(request["limits"]["threads"])
    os.environ.update(HOME=home, TMPDIR=home, IPYTHONDIR=f"{home}/.ipython", USER="student", LOGNAME="student")
    os.environ.update(TORCHINDUCTOR_CACHE_DIR=home, XDG_CACHE_HOME=home)
    if request["student"]:
        os.environ["CNN_STUDENT"] = request["student"]
    os.environ.update(request["environ"])
    os.chdir(request["folders"]["work"])
    # As in Jupyter, a module that lies beside the notebook, or that a cell wrote there, can be imported; compiled files
    # are not kept, since two versions of a module within a second would be taken for one.
    sys.path.insert(0, "")
    sys.dont_write_bytecode = True


def _make_app(request: dict[str, Any]) -> IPKernelApp:
    history: Any = HistoryManager
    history.enabled = False
    connection = request["connection"]
    app = StudentKernelApp.instance(
        transport="ipc",
        ip=connection["ip"],
        **{name: number for name, number in connection.items() if name.endswith("_port")},
        log_level="CRITICAL",
    )
    app.session.key = connection["key"].encode()
    # Messages that are sent without a copy are freed by a thread of ZeroMQ, which would need sockets of its own: it
    # ends the process where it gets none. A picture is such a message; copying it costs nothing beside drawing it.
    app.session.copy_threshold = sys.maxsize
    app.initialize(argv=[])
    return app


def _wait_for_heartbeat(request: dict[str, Any]) -> None:
    """Its thread binds its socket itself, which must have happened before sockets are refused."""
    path = f"{request['connection']['ip']}-{request['connection']['hb_port']}"
    deadline = time.monotonic() + _BIND_TIMEOUT_S
    while not os.path.exists(path):
        if time.monotonic() > deadline:
            raise TimeoutError("the kernel's heartbeat did not start")
        time.sleep(0.001)


def _give_threads(count: int) -> None:
    """Thread pools were held at one thread before the fork, since threads do not survive it."""
    if count > 1:
        threadpoolctl.threadpool_limits(count)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(count)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.config.threading.set_intra_op_parallelism_threads(count)
        tensorflow.config.threading.set_inter_op_parallelism_threads(count)


def _reseed() -> None:
    """Every fork would otherwise draw the same "random" numbers."""
    random.seed()
    sys.modules["numpy"].random.seed()
    if torch := sys.modules.get("torch"):
        torch.seed()


def _say(report: int, message: dict[str, Any]) -> None:
    try:
        os.write(report, json.dumps(message).encode())
        os.close(report)
    except OSError:
        os._exit(1)  # the supervisor is gone
