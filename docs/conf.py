"""The documentation site: `make site` builds it into build/site/, a test builds it with warnings as errors."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

_project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
project = _project["tool"]["autograder"]["title"]
version = release = _project["project"]["version"]
copyright = "the course's authors; MIT licence"

extensions = ["myst_parser"]
exclude_patterns = ["Thumbs.db"]
html_theme = "furo"
html_title = f"{project}: course and autograder"
smartquotes = False  # two hyphens begin an option
html_copy_source = html_show_sourcelink = False
html_extra_path = ["results.schema.json"]
html_theme_options = {"footer_icons": []}
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
nitpicky = True


def setup(app: object) -> None:
    """Writes the pages that come from the code before Sphinx looks which there are."""
    from tools.reference.pages import write

    write(HERE / "reference")
