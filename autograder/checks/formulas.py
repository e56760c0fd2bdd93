"""Formulas in text of students', which MathJax typesets where a person reads it: they draw, and do nothing else."""

from __future__ import annotations

import re

# What MathJax makes links, styles and other HTML of, or loads; a formula that draws needs none of it.
_ACTIVE_TEX = re.compile(
    r"\\(?=(?:href|style|class|cssId|data|require|unicode|mmlToken|includegraphics|url)(?![A-Za-z]))"
)


def without_active_tex(text: str) -> str:
    """`text` with a blank behind the backslash of each command that makes links, styles or HTML."""
    return _ACTIVE_TEX.sub(r"\\ ", text)
