"""The desk served: on this machine for whoever started it, or for graders with passwords behind a proxy."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import stat
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType, MappingProxyType

import uvicorn

from autograder.course import UsageError
from autograder.desk import graders
from autograder.desk.app import application
from autograder.desk.desk import Desk
from autograder.desk.door import TOKEN, Door
from autograder.language import sentences_of

_ = sentences_of(__package__)

LOOPBACK = "127.0.0.1"
CLOSED = _("The desk is closed; what was graded is in the gradebook.")
PATIENCE_S = 3  # for what is being answered when the desk is closed
_STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")
_TO_ADDRESS = (
    f'<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>{_("The desk")}</title>'
    f'<meta http-equiv="refresh" content="0; url={{0}}"><p><a href="{{0}}">{_("To the desk")}</a></p>'
)


class Server(uvicorn.Server):
    """Ends by the signals that end a command, all three of them, and leaves what comes of it to the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Has a signal close the desk cleanly; afterwards it counts as it did before."""
        stopped: list[int] = []

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.append(number)
            self.handle_exit(number, frame)

        if threading.current_thread() is not threading.main_thread():  # which alone hears of signals
            yield
            return
        numbers = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]
        before = {one: signal.getsignal(one) for one in numbers}
        for one in numbers:
            if before[one] is not signal.SIG_IGN:  # nohup
                signal.signal(one, stop)
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
        if stopped:
            raise KeyboardInterrupt(CLOSED)


def serve(
    course_dir: Path, *, host: str = LOOPBACK, port: int = 0, at: Path | None = None,
    password_file: Path | None = None, open_browser: bool = True, tell: Callable[[str], None] = print,
) -> None:
    """Serves the desk of a course folder until a signal ends it, then raises ``KeyboardInterrupt``.

    host: an address of this machine; any but the loopback's needs a password file. port: 0 for any free one. at: a
    Unix socket in place of both, for a web server on this machine; it needs a password file too. tell: takes the
    sentence with the address. Raises ``UsageError`` for an address, port or socket that cannot be had, and
    ``CourseError`` where there is no gradebook to work on."""
    if at is not None and password_file is None:
        raise UsageError(_("A web server lets others reach the desk; give their passwords with --password-file."))
    if password_file is None and not _is_loopback(host):
        raise UsageError(
            _("At {host} others can reach the desk; give their passwords with --password-file.").format(host=host)
        )
    passwords = graders.read(password_file) if password_file is not None else {}
    if at is not None:
        with closing(Desk.of(course_dir)) as desk, listening_at(at) as sock:
            tell(_("The desk is open: {at}").format(at=at))
            server_of(desk, door_at(host, port, passwords), proxies="*").run(sockets=[sock])
        return
    with closing(Desk.of(course_dir)) as desk, listening(host, port) as sock:
        port = sock.getsockname()[1]
        door = door_at(host, port, passwords)
        address = address_of(door, host, port)
        tell(_("The desk is open: {address}").format(address=address))
        with _shown(address) if open_browser and not door.by_password else _nothing():
            server_of(desk, door).run(sockets=[sock])


def door_at(host: str, port: int, passwords: Mapping[str, str] = MappingProxyType({})) -> Door:
    """The door of a desk at an address: a token opens it, or the passwords do where there are any."""
    if passwords:
        return Door(frozenset(), passwords, below="")
    names = (LOOPBACK, "localhost", "[::1]", _written(host))
    return Door(frozenset(f"{name}:{port}".lower() for name in names))


def address_of(door: Door, host: str, port: int) -> str:
    """What is opened in a browser, with the token where one opens the door."""
    at = f"http://{_written(host)}:{port}{door.below}/"
    return at if door.by_password else f"{at}?{TOKEN}={door.token}"


def server_of(desk: Desk, door: Door, proxies: str = LOOPBACK) -> Server:
    """What serves a desk once it is run with a socket. proxies: from where it is believed what a web server says of
    the scheme, where graders have passwords; "*" for a Unix socket, at which nobody has an address."""
    config = uvicorn.Config(
        application(desk, door), log_config=None, access_log=False, server_header=False, lifespan="off",
        timeout_graceful_shutdown=PATIENCE_S, proxy_headers=door.by_password, forwarded_allow_ips=proxies,
    )  # fmt: skip
    return Server(config)


def _written(host: str) -> str:
    """A host's address as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that takes connections at an address. Raises ``UsageError`` where that cannot be had."""
    try:
        family, kind, *_rest, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, kind)
    except OSError as error:
        raise UsageError(
            _("{host} is no address of this machine ({strerror}).").format(host=host, strerror=error.strerror)
        ) from error
    with sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(where)
            sock.listen(128)
        except OSError as error:
            raise UsageError(_why_not(error, host, port)) from error
        yield sock


@contextmanager
def listening_at(path: Path) -> Iterator[socket.socket]:
    """A Unix socket at a path, removed at the end. Who may reach it, the folder says: the socket itself lets all in.
    One that a killed desk has left is taken over. Raises ``UsageError`` where there can be none."""
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            _clear(path)
            sock.bind(str(path))
            path.chmod(0o666)
            sock.listen(128)
        except OSError as error:
            raise UsageError(
                _("There can be no socket at {path} ({strerror}); name another.").format(
                    path=path, strerror=error.strerror or error
                )
            ) from error
        try:
            yield sock
        finally:
            path.unlink(missing_ok=True)


def _clear(path: Path) -> None:
    """Removes a socket at which nobody listens any more."""
    if not path.is_symlink() and path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
        raise UsageError(_("{path} is no socket; name another place for --socket.").format(path=path))
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            path.unlink()
            return
    raise UsageError(_("Another program has {path}; end it, or name another socket.").format(path=path))


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _(
            "Another program has port {port} of {host}; name another one, or leave --port out for any free one."
        ).format(port=port, host=host)
    if error.errno == errno.EACCES:
        return _("Port {port} is not for you to have; name one above 1023.").format(port=port)
    return _("The desk cannot be at port {port} of {host} ({strerror}); name another address or port.").format(
        port=port, host=host, strerror=error.strerror
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _shown(address: str) -> Iterator[None]:
    """Opens a browser, where there is one with a window. It is sent there by a file of ours alone: what stands on a
    browser's command line every user of the machine can read."""
    if not _has_window():
        yield
        return
    handle, name = tempfile.mkstemp(suffix=".html", prefix="autograder-desk-")  # readable by its owner alone
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_TO_ADDRESS.format(address))
        webbrowser.open(Path(name).as_uri())
        yield
    finally:
        Path(name).unlink(missing_ok=True)


def _has_window() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _nothing() -> Iterator[None]:
    yield
