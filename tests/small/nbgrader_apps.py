"""Runs nbgrader's own applications in this process, as its commands would run in a course folder."""

from __future__ import annotations

import os
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.utils import chdir


def run(app_class: type[NbGrader], root: Path, *arguments: str) -> int:
    """The exit code of `nbgrader ...` when it is started in ``root``."""
    app_class.clear_instance()
    app = app_class()
    with chdir(str(root)):
        try:
            app.initialize([*arguments, "--log-level=WARN"])
            app.start()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            os.environ.pop("NBGRADER_EXECUTION", None)  # nbgrader leaves it behind when a step raises
            app.reset()
    return 0
