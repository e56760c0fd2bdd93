"""One look for every picture of the course: colours and sizes, descriptions for those who do not see them, sliders.

A picture is made by `figure`, drawn on and handed to `described`. Pyplot does not hold it, so it is shown once, where
it is described, and nothing stays open when a drawing fails. Importing this module gives a session's own plots the
same look, and has a cell that calls for a picture of an answer that was not run yet say so.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from html import escape
from types import TracebackType
from typing import Any

import numpy as np
from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from IPython.display import display
from matplotlib import cycler, pyplot, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

# Set where a program runs a notebook: nbmake, stock nbgrader, `autograder check`.
NOBODY_THERE = ("CNN_STRICT", "NBGRADER_EXECUTION", "CNN_UNATTENDED")

try:
    from ipywidgets import interact
except ImportError:  # a session without widgets: `sliders` says so
    interact = None

BLUE, ORANGE, PALE, GREY, INK = "#2f6db3", "#e07b39", "#dce8f5", "#c9ced6", "#333a45"

rcParams.update({
    "axes.edgecolor": INK,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, "#5b9a68", "#8b6bb1", INK, "#b0903a"]),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.size": 10,
    "legend.frameon": False,
})


def figure(
    columns: int = 1, rows: int = 1, *, width: float | None = None, height: float = 3.2, bare: bool = False
) -> tuple[Figure, Any]:
    """A new figure, `width` x `height` inches (3.4 wide for each column), and its axes as `plt.subplots` gives them.

    That is one `Axes`, an array of them for one row or column, or (rows, columns). `bare` axes have neither frame nor
    ticks: places for photographs and small drawings.
    """
    fig = Figure(figsize=(width or 3.4 * columns, height))
    axes = fig.subplots(rows, columns)
    if bare:
        for axis in np.ravel(axes):
            axis.set_axis_off()
    return fig, axes


def described(fig: Figure, alt: str) -> None:
    """Shows a figure with its description, once: one of `figure`, of pyplot, or one that a student's function made."""
    image = print_figure(fig, base64=True)
    pyplot.close(fig)
    html = f'<img src="data:image/png;base64,{image}" alt="{escape(alt)}">'
    display({"text/html": html, "image/png": image, "text/plain": alt}, raw=True)


def show(axis: Axes, image: Any, title: str = "", **options: Any) -> None:
    """Draws an image on `axis`, without a frame: (height, width), with 1 channel in grey, or with 3 in colour.

    Bytes go from 0 to 255 and anything else from 0 to 1, unless `options` (those of `Axes.imshow`) say otherwise.
    """
    image = np.asarray(image)
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    most = 255 if image.dtype == np.uint8 else 1
    limits = {} if "norm" in options else {"vmin": 0, "vmax": most}
    if image.ndim == 3:
        image = np.clip(image, 0, most)
    axis.imshow(image, **{"cmap": "gray", **limits, **options})
    axis.set_title(title)
    axis.set_axis_off()


def cells(axis: Axes, values: Any, colours: Any = None, size: float = 9) -> None:
    """Draws a small array as squares with its numbers in them; `colours` has one for each, else they are white."""
    for (y, x), value in np.ndenumerate(np.asarray(values, dtype=object)):
        face = "white" if colours is None else colours[y][x]
        axis.add_patch(Rectangle((x, y), 1, 1, facecolor=face, edgecolor=GREY, linewidth=1))
        colour = "white" if face in (BLUE, ORANGE) else INK
        axis.text(x + 0.5, y + 0.5, value, ha="center", va="center", size=size, color=colour)
    axis.set_aspect("equal")
    axis.autoscale_view()
    axis.yaxis.set_inverted(True)


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Shows a small table: whole numbers with commas, what is not a text to the right; as text where there is no HTML.

    The first column names the rows.
    """
    texts = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in rows]
    sides = ["left" if isinstance(value, str) and number == 0 else "right" for number, value in enumerate(rows[0])]
    cell = "padding:3px 10px;border-top:1px solid #8886;text-align:"
    top = "".join(f'<th scope="col" style="{cell}{side}">{escape(head)}</th>'
                  for head, side in zip(heads, sides, strict=True))
    body = "".join(
        "<tr>" + "".join(
            f'<th scope="row" style="{cell}{side};font-weight:400">{escape(text)}</th>' if number == 0
            else f'<td style="{cell}{side}">{escape(text)}</td>'
            for number, (text, side) in enumerate(zip(row, sides, strict=True))
        ) + "</tr>" for row in texts
    )
    html = (
        '<table style="border-collapse:collapse;color:inherit;background:transparent">'
        f'<caption style="text-align:left;font-weight:600;padding:3px 10px;color:inherit">{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    )
    wide = [max(len(line[number]) for line in [list(heads), *texts]) for number in range(len(heads))]
    lines = [
        "  ".join(text.ljust(width) if side == "left" else text.rjust(width)
                  for text, width, side in zip(line, wide, sides, strict=True)).rstrip()
        for line in [list(heads), *texts]
    ]
    display({"text/html": html, "text/plain": "\n".join([caption, *lines])}, raw=True)


def milliseconds(run: Callable[[], object], times: int = 3) -> float:
    """How long `run` takes at best, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return 1e3 * min(taken)


def needs(*tasks: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Marks a demonstration that is handed the answers to `tasks`: while they are missing or fail, it only says so.

    Missing is what raises `NotImplementedError`, as an unanswered cell does, and an argument that is `None` or `...`.
    Where `CNN_STRICT` is set, as for the solutions in CI, every error is raised, the demonstration's own too.
    """
    names = " and ".join(tasks)

    def mark(demonstration: Callable[..., None]) -> Callable[..., None]:
        @wraps(demonstration)
        def run(*answers: Any, **options: Any) -> None:
            try:
                if any(answer is None or answer is ... for answer in answers):
                    raise NotImplementedError
                demonstration(*answers, **options)
            except Exception as error:
                if os.environ.get("CNN_STRICT"):
                    raise
                if isinstance(error, NotImplementedError):
                    print(f"This cell shows something as soon as you have answered {names}.")
                else:
                    kind = type(error).__name__
                    print(f"Your answer to {names} does not work here yet ({kind}): its check says more.")

        return run

    return mark


def sliders(draw: Callable[..., None], **ranges: Any) -> None:
    """Draws again with each move of a slider: one for each range, `size=(1, 14)`, starting at the default of `draw`.

    On a printed page there are none, so the same drawing stands above them, with its defaults. Nor are there any where
    a program runs the notebook and nobody can move them: a kernel that speaks of them to no front end may wait long.
    """
    if any(os.environ.get(name) for name in NOBODY_THERE):
        return
    if interact is None:
        print("With ipywidgets installed there are sliders here.")
    else:
        interact(draw, **ranges)


def say_what_is_missing(shell: InteractiveShell | None) -> None:
    """Has a session answer in a sentence where a cell hands `figures` a name that it has not seen yet.

    `needs` cannot: the name is looked up before the demonstration is called. Every other NameError looks as ever.
    """
    if shell is not None and not os.environ.get("CNN_STRICT"):
        shell.set_custom_exc((NameError,), _on_unknown_name)


def _on_unknown_name(
    shell: InteractiveShell, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int = 0
) -> None:
    place = traceback.extract_tb(trace)[-1]
    name = getattr(error, "name", None)
    if name and place.name == "<module>" and "figures." in (place.line or ""):
        print(f"This cell shows something as soon as `{name}` is there: run the cell above that defines it.")
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


say_what_is_missing(get_ipython())
