"""A student's own run of a notebook's public checks, from the terminal: no sandbox, no hidden checks."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from .. import files
from ..course import CHECK_SUFFIX, UsageError
from ..language import sentences_of
from ..notebook_file import MAX_FILE_BYTES, SUFFIX, NotANotebook, document_of

_ = sentences_of(__package__)

MARK = "autograder-check:"
UNATTENDED = "CNN_UNATTENDED"  # tells figures that nobody is there who could move a slider
_TABLES = """
from autograder.checks.notebook import check as _check
for _task in {tasks!r}:
    _result = _check(_task, namespace=globals())
    print({mark!r} + __import__("json").dumps([_task, _result.passed, repr(_result)]))
"""
# `quit()` asks the kernel to end after the cell, and nobody answers the cells behind it.
_NO_QUIT = """
def quit(*arguments):
    raise RuntimeError("quit() ends the notebook's kernel; it does nothing here.")
exit = quit
get_ipython().ask_exit = quit
"""
CELL_S = 900.0
_STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class UnreadableNotebook(UsageError):
    """The file is no notebook, or has no check cells; the text is one sentence."""


class HereManager(AsyncKernelManager):
    """Starts kernels with this Python, whatever kernels are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        quiet = "--log-level=CRITICAL"  # not the kernel's own words on how it was started or ended
        argv = [sys.executable, "-m", "ipykernel_launcher", quiet, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


class HereClient(NotebookClient):
    """Runs a notebook in a kernel of this Python. Whoever stops it ends the kernel too, at any moment of the run.

    nbclient itself answers a signal by taking the kernel away from under the run, which then ends in an error of its
    own; so its answer is replaced when it has been set up, which is before the kernel starts. A run that was cancelled
    is to nbclient one whose kernel died.
    """

    def __init__(self, notebook: NotebookNode, folder: Path, **options: Any) -> None:
        resources = {"metadata": {"path": str(folder)}}
        super().__init__(notebook, kernel_manager_class=HereManager, allow_errors=True, resources=resources, **options)
        self._stopped = False

    def run(self) -> None:
        """Runs all cells. Raises KeyboardInterrupt where a signal ended that, and nbclient's errors."""
        before = {number: signal.getsignal(number) for number in _STOPS}
        try:
            self.execute(env=environment_here())
        except (asyncio.CancelledError, DeadKernelError):
            if not self._stopped:
                raise
        finally:
            for number, handler in before.items():
                with suppress(ValueError):  # not the main thread, which signals reach
                    signal.signal(number, handler)
        if self._stopped:
            if self.km is None:
                self.create_kernel_manager()  # which nbclient may ask for when this process ends
            raise KeyboardInterrupt

    async def async_start_new_kernel(self, **options: Any) -> None:
        """Starts the kernel, once a signal means that the run is cancelled."""
        running, loop, manager = asyncio.current_task(), asyncio.get_running_loop(), self.km

        def stop() -> None:
            if not self._stopped and running is not None and manager is not None:
                self._stopped = True
                self.shutdown_kernel = "immediate"  # one that is asked to end while it starts says how Python failed
                if not manager.shutting_down:  # otherwise the kernel would be left in the midst of its end
                    running.cancel()

        with suppress(RuntimeError):  # no signals reach this thread, or there are none on this system
            for number in _STOPS:
                loop.add_signal_handler(number, stop)
        await super().async_start_new_kernel(**options)


def check_notebook(path: Path) -> list[tuple[str, bool, str]]:
    """Runs a notebook in a fresh kernel in its own folder, then its public checks.

    Returns (task, passed, table as text) for each check cell, in order. A cell that raises does not stop the rest.
    Raises ``UnreadableNotebook``.
    """
    notebook = _read(path)
    tasks = _tasks(notebook)
    if not tasks:
        raise UnreadableNotebook(_("{path} has no check cells, so there is nothing to check.").format(path=path))
    for cell in notebook.cells:
        if cell.cell_type == "code" and _grade_id(cell).endswith(CHECK_SUFFIX):
            cell.source = ""  # its checks come at the end, all together
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_NO_QUIT))
    notebook.cells.append(nbformat.v4.new_code_cell(_TABLES.format(tasks=tasks, mark=MARK)))
    try:
        HereClient(notebook, path.resolve().parent, timeout=int(CELL_S)).run()
    except DeadKernelError:
        raise UnreadableNotebook(
            _("{path} ended its own kernel, as os._exit does, so its checks could not run; take that line out.").format(
                path=path
            )
        ) from None
    except CellTimeoutError:
        raise UnreadableNotebook(
            _("A cell of {path} ran longer than {cell_s:g} seconds, and was stopped.").format(path=path, cell_s=CELL_S)
        ) from None
    return list(_found(notebook.cells[-1]))


def _read(path: Path) -> NotebookNode:
    data = files.read_start(path.resolve(), MAX_FILE_BYTES + 1)
    if data is None:
        raise UnreadableNotebook(
            _("{path} is a folder.").format(path=path)
            if path.is_dir()
            else _("There is no file {path}.").format(path=path)
        )
    if path.suffix.lower() != SUFFIX:
        raise UnreadableNotebook(
            _("{path} does not end in {suffix}: rename it, if it is the notebook.").format(path=path, suffix=SUFFIX)
        )
    try:
        found: NotebookNode = nbformat.reads(json.dumps(document_of(data)), as_version=4)
        return found
    except NotANotebook as error:
        raise UnreadableNotebook(f"{path} {error}") from None
    except Exception as error:  # nbformat raises what its schema library raises
        raise UnreadableNotebook(
            _("{path} is not a notebook that can be read: {reason}").format(
                path=path, reason=str(error).splitlines()[0]
            )
        ) from error


def _tasks(notebook: NotebookNode) -> list[str]:
    ids = [_grade_id(cell) for cell in notebook.cells if cell.cell_type == "code"]
    return list(dict.fromkeys(id.removesuffix(CHECK_SUFFIX) for id in ids if re.fullmatch(rf".+{CHECK_SUFFIX}", id)))


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def environment_here() -> dict[str, str]:
    """What a kernel of a student's own run finds in its environment: this package, and nobody who watches."""
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    strict = {"CNN_STRICT", "NBGRADER_EXECUTION"}
    inherited = {name: value for name, value in os.environ.items() if name not in strict}
    return {**inherited, "PYTHONPATH": path, UNATTENDED: "1"}


def _found(cell: Any) -> Any:
    for output in cell.outputs:
        if output.output_type == "error":
            raise UnreadableNotebook(
                _("The checks could not run: {ename}: {evalue}").format(ename=output.ename, evalue=output.evalue)
            )
        for line in output.get("text", "").splitlines():
            if line.startswith(MARK):
                task, passed, table = json.loads(line.removeprefix(MARK))
                yield task, passed, table
