"""A check's results as people read them: one compact table, as HTML and as plain text."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence

from ..language import sentences_of
from .examples import ASKED as ASKED_TO_TRY
from .examples import Example
from .headline import headline, in_turn
from .hints import RAISED
from .reading import nearly_right
from .result import TestResult

_ = sentences_of(__package__)

STYLE = (
    "border-collapse:collapse;font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;"
    "width:100%;max-width:60em;table-layout:auto;color:inherit;background:transparent;text-align:left"
)
CELL = "padding:6px 10px;border-top:1px solid #8886;vertical-align:top;text-align:left;white-space:normal;"
CELL += "word-break:normal;overflow-wrap:break-word"
PRE = "margin:4px 0 0;padding:6px 8px;background:#8881;color:inherit;white-space:pre-wrap;font-size:12.5px;"
PRE += "word-break:normal;overflow-wrap:break-word"  # JupyterLab breaks words anywhere
HEAD = "padding:2px 10px;text-align:left;font-weight:400;font-size:12px;opacity:0.75"
MARKS = {True: ("✓", "#2f8f46", _("passed")), False: ("✗", "#e0434a", _("not yet"))}
LATER = ("○", _("later"))
GREY = "opacity:0.72"  # on white and on black still a contrast of 4.5 to 1
ASKED = _("Write your answer in the cell above, run it, then run this check again.")
AGAIN = _("The same as above.")
def as_text(
    task: str, rows: Sequence[TestResult], *, form_only: bool = False, offer: Example | None = None, tried: bool = False
) -> str:
    """The table as plain text, for terminals and front ends that show no HTML.

    offer: a worked example that may be tried next."""
    lines = [headline(task, rows, form_only=form_only, tried=tried)]
    if rows and not any(row.attempted for row in rows):
        return f"{lines[0]}. {_missing(rows)}"
    titles, turn = _titles(rows), in_turn(rows)
    for number, (row, explanation) in enumerate(zip(rows, _explanations(rows), strict=True)):
        lines += [f"  {titles[number]}"] if number in titles else []
        mark = MARKS[row.passed][0] if number < turn else LATER[0]
        lines.append(f"  {mark} {row.description}")
        lines += [f"      {line}" for line in explanation]
    if offer is not None:
        lines += ["", f"{ASKED_TO_TRY} {offer.given}", f"    {offer.call}"]
    return "\n".join(lines)


def as_html(
    task: str, rows: Sequence[TestResult], *, form_only: bool = False, offer: Example | None = None, tried: bool = False
) -> str:
    """The table as HTML: no script, no class names, readable on light and dark backgrounds.

    Its headers say what a column and what a row is about, for those who hear it. offer: a worked example that may be
    tried next; it stands below the table.
    """
    title = html.escape(headline(task, rows, form_only=form_only, tried=tried))
    if rows and not any(row.attempted for row in rows):
        return f'<div style="{STYLE}"><b>{title}</b><br>{html.escape(_missing(rows))}</div>'
    titles, turn = _titles(rows), in_turn(rows)
    body = "".join(
        (_html_title(titles[number], first=number == 0) if number in titles else "")
        + _html_row(row, lines, later=number >= turn)
        for number, (row, lines) in enumerate(zip(rows, _explanations(rows), strict=True))
    )
    return (
        f'<table style="{STYLE}">'
        f'<caption style="text-align:left;font-weight:600;padding:4px 10px;color:inherit">{title}</caption>'
        f'<thead><tr style="background:transparent"><th scope="col" style="{HEAD}">Result</th>'
        f'<th scope="col" style="{HEAD}">Check</th></tr></thead><tbody>{body}</tbody></table>'
        + (_html_offer(offer) if offer is not None else "")
    )


def _html_offer(offer: Example) -> str:
    """What stands below the table of a check that looked at the form alone: how to try one's way."""
    return (
        f'<div style="{STYLE};padding:4px 10px">{html.escape(f"{ASKED_TO_TRY} {offer.given}")}'
        f'<pre style="{PRE}">{html.escape(offer.call)}</pre></div>'
    )


def _titles(rows: Sequence[TestResult]) -> dict[int, str]:
    """The line that stands above the first row of each step, by the row's number."""
    if any(row.hidden for row in rows):
        return {}
    steps = list(dict.fromkeys(row.step for row in rows if row.step))
    firsts = {step: next(number for number, row in enumerate(rows) if row.step == step) for step in steps}
    turn = in_turn(rows)
    return {
        first: _("Step {number} of {steps}: {step}").format(number=number, steps=len(steps), step=step)
        + ("" if first < turn else _(" (after step {number})").format(number=number - 1))
        for number, (step, first) in enumerate(firsts.items(), 1)
    }


def _html_title(title: str, *, first: bool) -> str:
    """The row above a step's rows, which are a group of their own."""
    return ("" if first else "</tbody><tbody>") + (
        f'<tr style="background:transparent"><th colspan="2" scope="rowgroup" style="{CELL};font-weight:600">'
        f"{html.escape(title)}</th></tr>"
    )


def _html_row(row: TestResult, explanation: Sequence[str], *, later: bool = False) -> str:
    if later:
        return (
            f'<tr style="background:transparent;{GREY}"><td style="{CELL};white-space:nowrap;width:1%">'
            f'<span aria-hidden="true">{LATER[0]}</span> {LATER[1]}</td>'
            f'<th scope="row" style="{CELL};font-weight:400">{html.escape(row.description)}</th></tr>'
        )
    mark, colour, word = MARKS[row.passed]
    text = f"<div>{html.escape(row.description)}</div>"
    if explanation:
        first, *rest = explanation
        text += f'<div style="margin-top:4px"><b>{html.escape(first)}</b></div>'
        plain = [line for line in rest if line]
        if plain:
            text += (
                f'<pre style="{PRE}">' + html.escape("\n".join(plain)) + "</pre>"
            )
    return (
        f'<tr style="background:transparent"><td style="{CELL};white-space:nowrap;width:1%">'
        f'<span aria-hidden="true" style="color:{colour};font-weight:700">{mark}</span> {word}</td>'
        f'<th scope="row" style="{CELL};font-weight:400">{text}</th></tr>'
    )


def _missing(rows: Sequence[TestResult]) -> str:
    """What is said where nothing was attempted: a name that is nearly right, if there is one."""
    near = next((row.message for row in rows if nearly_right(row.message)), None)
    return near or ASKED


def _explanations(rows: Sequence[TestResult]) -> list[list[str]]:
    """What is said below each row; one cause is told once, with the number of checks that it made fail.

    Of the rows of later steps nothing is said."""
    turn = in_turn(rows)
    causes = Counter(_cause(row) for row in rows[:turn] if not row.passed and row.reason != "interrupted")
    told: dict[str, int] = {}  # the row that told it
    found: list[list[str]] = []
    for number, row in enumerate(rows):
        if row.passed or number >= turn:
            found.append([])
        elif _cause(row) in told:
            first = told[_cause(row)]
            lines = _explanation(row)[1:]
            found.append([_again(first, number, found), *([] if lines == found[first][1:] else lines)])
        else:
            lines = _explanation(row)
            if causes[_cause(row)] > 1:
                lines[0] += _(" (It makes {causes} checks fail.)").format(causes=causes[_cause(row)])
            told[_cause(row)] = number
            found.append(lines)
    return found


def _cause(row: TestResult) -> str:
    """What two rows have in common that failed for one cause: the sentence; of an exception, its type and line, or its
    text but for numbers where no line of the notebook raised it."""
    raised = RAISED.match(row.message)
    if raised is None or not raised["text"]:
        return row.message
    return raised[0] if raised["place"] else re.sub(r"\d+", "0", row.message)


def _again(first: int, number: int, found: Sequence[Sequence[str]]) -> str:
    """What is said in place of a cause that the row `first` told; `found` is what stands between it and this row."""
    between = [lines[0] for lines in found[first + 1 : number] if lines]
    above = all(line == AGAIN for line in between)
    return AGAIN if above else _("The same as in row {first}.").format(first=first + 1)


def _explanation(row: TestResult) -> list[str]:
    """The sentence, then the case and the values, line by line."""
    sentence = row.message + (_(" See “{section}”.").format(section=row.section) if row.section else "")
    lines = [sentence]
    if row.counterexample:
        lines.append(_("case: {case}").format(case=row.counterexample))
    if row.example:
        lines += [_("On other numbers than those that are graded:"), *row.example.splitlines()]
    return lines + ([] if row.hidden or row.broken else row.details.splitlines())
