"""What every command has: its options, its exit codes, its one sentence where something cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from autograder.course import Course, CourseError, UsageError
from autograder.faults import AGAIN, NO_MEMORY, MachineFault, of_os_error
from autograder.language import plurals_of, sentences_of
from autograder.sandbox.policy import IsolationMissing

_, ngettext = sentences_of(__package__), plurals_of(__package__)

DONE, NOTHING_GRADED, WRONG_USAGE, NOT_ISOLATED, INTERRUPTED = 0, 1, 2, 3, 130

STOPPED = _("Stopped; {again}.").format(again=AGAIN)

CourseDir = Annotated[
    Path | None,
    typer.Option("--course", metavar="DIR", help=_("Where submitted/ and gradebook.db are; by default here.")),
]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print the result as JSON, for another program."))]


class Isolation(StrEnum):
    """Values of ``--isolation``."""

    required = "required"
    off = "off"


def course_folder(course: Path | None) -> Path:
    """The course folder that a command works in: the one that was named, otherwise the repository."""
    return (course or Course.here().root).resolve()


def say(*lines: object) -> None:
    """Prints lines in which a student's file may have a say, without what a terminal would act on."""
    from autograder.feedback.clean import clean

    for line in lines:
        print(clean(str(line)))


def points_of(number: float) -> str:
    """1 point, 2.5 points."""
    return ngettext("{count:g} point", "{count:g} points", number).format(count=number)


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turns what a command cannot do into one sentence on stderr and an exit code that says which kind it is."""
    try:
        yield
    except UsageError as error:
        fail(error, WRONG_USAGE)
    except (CourseError, MachineFault) as error:
        fail(error, NOTHING_GRADED)
    except IsolationMissing as error:
        fail(error, NOT_ISOLATED)
    except KeyboardInterrupt as error:
        fail(str(error) or STOPPED, INTERRUPTED)
    except OSError as error:
        if error.filename is None:  # most likely what was printed, of which ``main`` speaks
            raise
        fail(of_os_error(error), NOTHING_GRADED)
    except MemoryError:
        fail(NO_MEMORY, NOTHING_GRADED)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("autograder."):
            raise
        fail(_("This copy of the course is the students' kit, which has the command check and no others."), WRONG_USAGE)


def fail(reason: object, code: int) -> NoReturn:
    """Ends the command with a sentence on stderr and an exit code."""
    print(f"autograder: {reason}", file=sys.stderr)
    raise typer.Exit(code)


def terminal(stderr: bool = False, width: int | None = None) -> Any:
    """A terminal to print to, which wraps no lines on stdout."""
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=not stderr, width=width)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, gone when it is done; what is yielded takes how many are done, of how many."""
    from rich.progress import Progress

    with Progress(console=terminal(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=None)
        yield lambda done, of: progress.update(bar, completed=done, total=of)
