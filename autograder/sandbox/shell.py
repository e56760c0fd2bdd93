"""IPython's shell as students' cells meet it: magics and programs that are not there do not stop an answer."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from types import FrameType, ModuleType
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import UsageError
from IPython.utils.text import SList
from traitlets import observe

from ..language import marked, sentences_of

_ = sentences_of(__package__)

# Prompts, which IPython removes where code was copied with them, as it does blanks before the first line.
_PROMPT = re.compile(r"\A\s|^\s*(?:In \[|>>>|\.\.\.)", re.MULTILINE)
ENDS_NOTHING = marked("the notebook is graded to its end, so exit() and quit() do nothing here")
_MAGICS_THAT_RUN_CODE = frozenset(("capture", "debug", "pdb", "prun", "run", "time", "timeit"))


def is_python(source: str) -> bool:
    """Whether a cell is Python as it stands, without magics, prompts or blanks that IPython would take away."""
    if _PROMPT.search(source):
        return False
    try:
        compile(source, "<>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError):
        return False
    return True


def may_await(source: str) -> bool:
    """Whether a cell can be one that awaits something outside of functions."""
    return "await" in source or "async" in source


def module_of(thing: Any, filename: str | None = None) -> ModuleType | None:
    """The module of a frame, a function or a class by the name that it gives: `inspect.getmodule` without its search.

    For a frame of a cell, which has no file, that one looks at every module there is, for each frame several times.
    To look at a module is to write to its memory, which the kernel shares with the warm server until then."""
    named = thing.f_globals.get("__name__") if isinstance(thing, FrameType) else getattr(thing, "__module__", None)
    return sys.modules.get(named) if isinstance(named, str) else None


class StudentShell(ZMQInteractiveShell):
    """IPython's shell, where what only prepares a notebook does not stop an answer: `!command` and `%pip` say that no
    program starts, a magic that is not there or fails says so, and the cell goes on."""

    def system(self, cmd: str) -> None:
        """Runs nothing; sets the exit code as a shell does for a command that may not run."""
        print(_("no program can be started while grading, so this was skipped: {cmd}").format(cmd=cmd), file=sys.stderr)
        self.user_ns["_exit_code"] = 126

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList | str:
        """Runs nothing; there is no output."""
        self.system(cmd)
        return SList() if split else ""

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Runs `%name line`; what the student's code raises in one that runs code is its own."""
        if self.find_line_magic(magic_name) is None:
            print(
                _("there is no magic %{magic_name} here, so this line was skipped").format(magic_name=magic_name),
                file=sys.stderr,
            )
            return None
        try:
            return super().run_line_magic(magic_name, line, _stack_depth=_stack_depth + 1)
        except Exception as error:
            if magic_name in _MAGICS_THAT_RUN_CODE:
                raise
            print(
                _("%{magic_name} {line} did not work here and was skipped: {error}").format(
                    magic_name=magic_name, line=line, error=error
                ),
                file=sys.stderr,
            )
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Runs `%%name line` over a cell; where there is no such magic, the cell without it."""
        if self.find_cell_magic(magic_name) is not None:
            return super().run_cell_magic(magic_name, line, cell)
        print(
            _("there is no magic %%{magic_name} here, so the cell was run without it").format(magic_name=magic_name),
            file=sys.stderr,
        )
        code = self.transform_cell(cell)
        exec(compile(code, self.compile.cache(code), "exec"), self.user_ns)
        return None

    def transform_cell(self, raw_cell: str) -> str:
        """The cell as Python. What is Python already stays as it is: to look for magics takes longer than to parse,
        and ipykernel asks twice for each cell."""
        if not is_python(raw_cell):
            transformed: str = super().transform_cell(raw_cell)
            return transformed
        return raw_cell if raw_cell.endswith("\n") else raw_cell + "\n"

    def should_run_async(self, raw_cell: str, **how: Any) -> bool:
        """Whether the cell awaits something; most do not even say so, and need not be compiled to know."""
        return may_await(raw_cell) and bool(super().should_run_async(raw_cell, **how))

    def showtraceback(self, *which: Any, **how: Any) -> None:
        """Shows an error as IPython does, without a search through all modules for those of its frames.

        Where IPython only prints it, as it does a group of errors, or one whose traceback cannot be written because the
        memory is used up, the error is told of, too: the grader looks for its name.
        """
        looked_up: Any = inspect
        search, looked_up.getmodule = inspect.getmodule, module_of
        self._last_traceback = None
        try:
            super().showtraceback(*which, **how)
        finally:
            looked_up.getmodule = search
        kind, error, _trace = which[0] if which and which[0] else sys.exc_info()
        if self._last_traceback is None and kind is not None and not issubclass(kind, UsageError):
            self._showtraceback(kind, error, [kind.__name__])

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        """Tells of an error, of one that cannot say itself without its text."""
        try:
            str(evalue)
        except Exception:
            evalue = ""
        super()._showtraceback(etype, evalue, stb)

    def _format_exception_for_storage(self, *_: Any, **__: Any) -> list[str]:
        """Nothing: every error would be written out a second time, for a history that nobody saves here."""
        return []

    def ask_exit(self) -> None:
        """`exit()` and `quit()` end nothing: the cells that follow are graded too."""
        print(_(ENDS_NOTHING), file=sys.stderr)

    @observe("exit_now")
    def _update_exit_now(self, change: Any) -> None:
        """A cell that asks the kernel to shut down does not end it for the cells that follow."""
