"""What runs in the kernel beside a notebook that is to be handed in: what will be missing while it is graded, is
missing here, or is noted.

`PRELUDE` is the first cell and `REPORT` the last one; both are formatted with JSON texts.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

from autograder.checks.display import MARKS
from autograder.checks.notebook import CheckResult, check
from autograder.language import sentences_of

_ = sentences_of(__package__)

if sys.platform != "win32":
    import resource

MARK = "autograder-hand-in:"
STOPPED = _("Its check took longer than it may, and was stopped; a loop that does not end is the usual cause.")
LINES = 3  # of what a check says of a part that did not pass; its table in the notebook has all

PRELUDE = '''
def _watch_hand_in():
    import json, os, sys, sysconfig, tempfile

    given = json.loads({given!r})
    forbidden, writable = set(given["forbidden"]), set()
    paths = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values(), tempfile.gettempdir(),
             *given["allowed"]]
    allowed = [os.path.realpath(path) for path in paths if path]
    home = os.path.realpath(os.path.expanduser("~"))
    noted = []

    class Forbidden:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in forbidden:
                text = f"{{name}} is forbidden in this assignment: write it without {{name}}."
                raise ModuleNotFoundError(text, name=name)

    sys.meta_path.insert(0, Forbidden())
    for name in [name for name in sys.modules if name.partition(".")[0] in forbidden]:
        del sys.modules[name]

    def from_a_cell():
        """Whether the notebook's code is behind this, and neither an import nor the course's own machine."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib") or os.path.realpath(file).startswith(given["machine"]):
                return False
            if "ipykernel_" in file or file.startswith("<ipython-input"):
                return True
            frame = frame.f_back
        return False

    def is_allowed(path):
        if any(path == one or path.startswith(one + os.sep) for one in allowed) or path in writable:
            return True
        hidden = path.startswith(home + os.sep + ".")  # caches and settings of libraries
        return hidden or path.startswith(("/dev/", "/proc/", "/sys/", "/etc/", "/usr/"))

    def note(what, name):
        source = get_ipython().user_ns["In"][-1]
        if [source, what, name] not in noted:
            noted.append([source, what, name])

    def hook(event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            mode, flags = arguments[1], arguments[2]
            if not from_a_cell():
                return
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR):
                writable.add(path)
            elif os.path.isfile(path) and not is_allowed(path):
                note("file", path)
        elif event in ("socket.getaddrinfo", "socket.connect") and from_a_cell():
            name = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
            host = str(name[0] if isinstance(name, tuple) and name else name)
            if host not in ("localhost", "127.0.0.1", "::1", "None", ""):
                note("network", host)

    sys.addaudithook(hook)
    return noted


def quit(*arguments):
    raise RuntimeError("quit() ends the notebook's kernel; it does nothing here.")


exit = get_ipython().ask_exit = quit
_hand_in_noted = _watch_hand_in()
'''

CHECK = '''
from autograder.homework.watching import print_result as _print_result
_print_result({task!r}, globals())
'''

REPORT = '''
from autograder.homework.watching import print_report as _print_report
_print_report(_hand_in_noted, globals())
'''


def print_result(task: str, names: dict[str, Any]) -> None:
    """Prints what the public checks of a task say of these names, for `hand_in` to read."""
    result = check(task, namespace=names)
    if not isinstance(result, CheckResult):
        return
    told = tuple(replace(test, message=STOPPED) if test.reason == "interrupted" else test for test in result.tests)
    result = replace(result, tests=told)  # nobody else interrupts it
    attempted = any(test.attempted for test in result.tests) or not result.tests
    missing = next((test.raw for test in result.tests if not test.attempted), "")
    first, *table = repr(result).splitlines()
    print(MARK + json.dumps(["task", task, attempted, first, missing, _failed(table)]))


def _failed(table: list[str]) -> list[str]:
    """Of a check's table, the rows that did not pass, each with the first lines of what it says of them."""
    kept: list[str] = []
    left = 0
    for line in table:
        if line.startswith(f"  {MARKS[False][0]}"):
            kept.append(line)
            left = LINES
        elif line.startswith(" " * 6) and line.strip() and left:
            kept.append(line)
            left -= 1
        elif not line.startswith(" " * 6):
            left = 0
    return kept


def print_report(noted: list[Any], names: dict[str, Any]) -> None:
    """Prints what was noted while the notebook ran: what it reached for, its peak memory in bytes, its student's id."""
    peak = None
    if sys.platform != "win32":
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(MARK + json.dumps(["report", noted, peak, names.get("STUDENT_ID")]))
