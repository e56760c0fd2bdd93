"""What the project's own processes leave out when they start."""

from __future__ import annotations

import sys


def without_iri_grammar() -> None:
    """Lets jsonschema do without its check of IRIs, which compiles a grammar for over a second at import.

    To be called before anything imports nbformat or nbgrader. Nothing of ours asks for that check.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
