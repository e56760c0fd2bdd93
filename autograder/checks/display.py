"""A check's results as people read them: one compact table, as HTML and as plain text."""

from __future__ import annotations

import html
from collections.abc import Sequence

from .result import TestResult

STYLE = (
    "border-collapse:collapse;font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;"
    "width:100%;max-width:60em;color:inherit;background:transparent;text-align:left"
)
CELL = "padding:6px 10px;border-top:1px solid #8886;vertical-align:top;text-align:left;white-space:normal"
MARKS = {True: ("✓", "#2f8f46", "passed"), False: ("✗", "#e0434a", "not yet")}


def headline(task: str, rows: Sequence[TestResult]) -> str:
    """The first line: how much of the task works."""
    if rows and not any(row.attempted for row in rows):
        return f"{task}: not attempted yet"
    passed = sum(row.passed for row in rows)
    total = sum(row.points for row in rows)
    score = sum(row.points for row in rows if row.passed)
    points = f", {score:g} of {total:g} points" if total else ""
    if passed == len(rows):
        return f"{task}: all {len(rows)} checks passed{points}"
    return f"{task}: {passed} of {len(rows)} checks passed{points}"


def as_text(task: str, rows: Sequence[TestResult]) -> str:
    """The table as plain text, for terminals and front ends that show no HTML."""
    lines = [headline(task, rows)]
    if rows and not any(row.attempted for row in rows):
        return lines[0] + ". Write your answer in the cell above, run it, then run this check again."
    for row in rows:
        mark = MARKS[row.passed][0]
        lines.append(f"  {mark} {row.description}")
        if not row.passed:
            lines += [f"      {line}" for line in _explanation(row)]
    return "\n".join(lines)


def as_html(task: str, rows: Sequence[TestResult]) -> str:
    """The table as one HTML element: no script, no class names, readable on light and dark backgrounds."""
    title = html.escape(headline(task, rows))
    if rows and not any(row.attempted for row in rows):
        hint = "Write your answer in the cell above, run it, then run this check again."
        return f'<div style="{STYLE}"><b>{title}</b><br>{hint}</div>'
    body = "".join(_html_row(row) for row in rows)
    return (
        f'<table style="{STYLE}">'
        f'<caption style="text-align:left;font-weight:600;padding:4px 10px;color:inherit">{title}</caption>'
        f"<tbody>{body}</tbody></table>"
    )


def _html_row(row: TestResult) -> str:
    mark, colour, word = MARKS[row.passed]
    text = f"<div>{html.escape(row.description)}</div>"
    if not row.passed:
        first, *rest = _explanation(row)
        text += f'<div style="margin-top:4px"><b>{html.escape(first)}</b></div>'
        plain = [line for line in rest if line]
        if plain:
            text += (
                '<pre style="margin:4px 0 0;padding:6px 8px;background:#8881;white-space:pre-wrap;font-size:12.5px">'
                + html.escape("\n".join(plain)) + "</pre>"
            )
    return (
        f'<tr style="background:transparent"><td style="{CELL};width:1.5em;color:{colour};font-weight:700" '
        f'title="{word}" aria-label="{word}">{mark}</td><td style="{CELL}">{text}</td></tr>'
    )


def _explanation(row: TestResult) -> list[str]:
    """The sentence, then the case and the values, line by line."""
    sentence = row.message + (f" See “{row.section}”." if row.section else "")
    lines = [sentence]
    if row.counterexample:
        lines.append(f"case: {row.counterexample}")
    if row.example:
        lines += ["On other numbers than those that are graded:", *row.example.splitlines()]
    return lines + ([] if row.hidden else row.details.splitlines())
