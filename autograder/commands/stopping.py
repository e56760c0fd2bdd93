"""How a command is stopped: by Ctrl-C, and by what means the same."""

from __future__ import annotations

import atexit
import signal
import sys

from autograder.faults import AGAIN
from autograder.language import sentences_of

_ = sentences_of(__package__)

if sys.platform != "win32":  # which has no such limits
    import resource

    STOPS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU
ONCE_MORE_S = 0.05
TO_END_S = 5  # CPU seconds for ending cleanly, of those that a command may use
OUT_OF_TIME = _("Stopped: this command may compute no longer; raise that limit (`ulimit -t`), and {again}.").format(
    again=AGAIN
)


def stop_on_signals() -> None:
    """SIGTERM and SIGHUP stop a command as Ctrl-C does; what is asked for twice is not done twice, since ending cleanly
    takes a moment. A signal that the command was started without (nohup) stays without effect. So does a limit of CPU
    time, a little before Linux would kill the command for it."""
    if sys.platform == "win32":
        return
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        if not stopping:  # not SIG_IGN from here on: Python tells of one that came just before as an error
            stopping = True
            raise KeyboardInterrupt(OUT_OF_TIME if number == signal.SIGXCPU else "")

    def unheard(what: sys.UnraisableHookArgs) -> None:
        nonlocal stopping
        if not isinstance(what.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(what)
            return
        stopping = False
        signal.setitimer(signal.ITIMER_REAL, ONCE_MORE_S)

    _keep_time_to_end()
    for one in STOPS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, stop)
    atexit.register(_stop_no_more)  # the first that is registered is the last that is done
    # Raised while Python throws an object away, it would be printed and passed over: it is raised again a moment later.
    signal.signal(signal.SIGALRM, stop)
    sys.unraisablehook = unheard


def _stop_no_more() -> None:
    """Lets a command that has done its work end with its own exit code: Python gives its handlers up a moment before it
    has ended, and from then on a signal would end it as one that nobody expected."""
    for one in (*STOPS, signal.SIGALRM):
        signal.signal(one, signal.SIG_IGN)


def _keep_time_to_end() -> None:
    """Has SIGXCPU come before the SIGKILL that it announces: a shell's `ulimit -t` sets both to the same moment."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        early = hard - min(TO_END_S, hard // 2)
        resource.setrlimit(resource.RLIMIT_CPU, (early if soft == resource.RLIM_INFINITY else min(soft, early), hard))
