"""How a command is stopped: by Ctrl-C, and by what means the same."""

from __future__ import annotations

import signal
import sys

ONCE_MORE_S = 0.05


def stop_on_signals() -> None:
    """SIGTERM and SIGHUP stop a command as Ctrl-C does; what is asked for twice is not done twice, since ending cleanly
    takes a moment. A signal that the command was started without (nohup) stays without effect."""
    if sys.platform == "win32":
        return
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        if not stopping:  # not SIG_IGN from here on: Python tells of one that came just before as an error
            stopping = True
            raise KeyboardInterrupt

    def unheard(what: sys.UnraisableHookArgs) -> None:
        nonlocal stopping
        if not isinstance(what.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(what)
            return
        stopping = False
        signal.setitimer(signal.ITIMER_REAL, ONCE_MORE_S)

    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, stop)
    # Raised while Python throws an object away, it would be printed and passed over: it is raised again a moment later.
    signal.signal(signal.SIGALRM, stop)
    sys.unraisablehook = unheard
