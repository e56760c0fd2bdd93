"""`desk`: the instructor's web page, on this machine."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.common import CourseDir, course_folder, one_sentence, say
from autograder.course import UsageError
from autograder.language import sentences_of

_ = sentences_of(__package__)


def desk(
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help=_("0: any free one."))] = 0,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help=_("Others than this machine's own need passwords."))] = (
        "127.0.0.1"
    ),
    socket: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("A Unix socket in place of a port, for a web server here."))
    ] = None,
    password_file: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Who may sign in, by name."))] = None,
    add_grader: Annotated[
        str | None, typer.Option(metavar="NAME", help=_("Ask for a password, note it in the file, and end."))
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help=_("Open it in a browser."))] = True,
    course: CourseDir = None,
) -> None:
    """Open the instructor's web page: the class, its tasks, and grading by hand."""
    with one_sentence():
        if add_grader is not None:
            _add_grader(password_file, add_grader)
            return
        if socket is not None and (port, host) != (0, "127.0.0.1"):
            raise UsageError(_("--socket stands in place of --port and --host; leave them out, or leave it out."))
        from autograder.desk.serve import serve

        serve(course_folder(course), host=host, port=port, at=socket, password_file=password_file,
              open_browser=browser, tell=lambda sentence: print(sentence, flush=True))


def _add_grader(path: Path | None, name: str) -> None:
    """Asks for a password twice, or takes it from a pipe, so that it is on no command line."""
    from autograder.desk import graders

    if path is None:
        raise UsageError(_("A grader's password is noted in a file; name it with --password-file."))
    if sys.stdin.isatty():
        password = getpass.getpass(_("Password of {name}: ").format(name=name))
        if getpass.getpass(_("Once more: ")) != password:
            raise UsageError(_("These are two passwords; nothing was noted."))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    graders.add(path, name, password)
    say(
        _("{name} is noted in {path}. A desk that is open knows it when it is opened again.").format(
            name=name, path=path
        )
    )
