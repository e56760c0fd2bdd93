"""Wrong turns with the picture of a first layer's filters."""

from __future__ import annotations

import math

import numpy as np

from autograder.checks.api import Misconceptions

from ...pooling_and_normalization.max_pooling.reference import as_float
from . import reference as right

FILTER_GRID = Misconceptions("filters", right.filter_grid)
FILTERS = "Looking inside: filters"


def _grid(weights, columns, gap, *, scale, order="C"):
    """A grid with another scaling or order."""
    if columns < 1 or gap < 0:
        raise ValueError("columns or gap does not fit")
    count, channels, height, width = weights.shape
    rows = -(-count // columns)
    grid = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 1.0)
    for place in range(rows * columns):
        row, column = divmod(place, columns) if order == "C" else (place % rows, place // rows)
        top, left = row * (height + gap), column * (width + gap)
        picture = scale(as_float(weights[place])).transpose(1, 2, 0) if place < count else 1.0
        grid[top : top + height, left : left + width] = picture
    return grid


def _own_scale(kernel):
    return (kernel - kernel.min()) / (np.ptp(kernel) or 1)


@FILTER_GRID.add("one-scale-for-all", section=FILTERS)
def one_scale_for_all(weights, columns=8, gap=1):
    """All filters were scaled by the smallest and largest weight of the layer; each has its own."""
    low, spread = weights.min(), np.ptp(weights) or 1
    return _grid(weights, columns, gap, scale=lambda kernel: (kernel - low) / spread)


@FILTER_GRID.add("channels-scaled-apart", section=FILTERS)
def channels_scaled_apart(weights, columns=8, gap=1):
    """Each channel of a filter was scaled by itself, which changes the colours."""
    return _grid(weights, columns, gap, scale=lambda kernel: np.stack([_own_scale(channel) for channel in kernel]))


@FILTER_GRID.add("not-scaled", section=FILTERS)
def not_scaled(weights, columns=8, gap=1):
    """The weights were not scaled: a picture has numbers from 0 to 1."""
    return _grid(weights, columns, gap, scale=lambda kernel: kernel)


@FILTER_GRID.add("cut-off-at-zero", section=FILTERS)
def cut_off_at_zero(weights, columns=8, gap=1):
    """Negative weights were cut off at 0; the smallest weight of a filter becomes 0, the others keep their distance."""
    return _grid(weights, columns, gap, scale=lambda kernel: np.clip(kernel, 0, None) / (kernel.max() or 1))


@FILTER_GRID.add("divided-by-the-largest", section=FILTERS)
def divided_by_the_largest(weights, columns=8, gap=1):
    """The filter was divided by its largest weight less its smallest, but the smallest was not subtracted first."""
    return _grid(weights, columns, gap, scale=lambda kernel: kernel / (np.ptp(kernel) or 1))


@FILTER_GRID.add("always-square", section=FILTERS)
def always_square(solve, weights, columns=8, gap=1):
    """The grid has about as many columns as rows, whatever is asked for; it should always be `columns` filters wide."""
    return solve(weights, columns if columns < 1 else math.ceil(len(weights) ** 0.5), gap)


@FILTER_GRID.add("gaps-of-zero", section=FILTERS)
def gaps_of_zero(solve, weights, columns=8, gap=1):
    """The gaps are 0, which is black; they should be 1."""
    grid, (height, width) = solve(weights, columns, gap).copy(), weights.shape[2:]
    for distance in range(height, height + gap):
        grid[distance :: height + gap] = 0
    for distance in range(width, width + gap):
        grid[:, distance :: width + gap] = 0
    return grid


@FILTER_GRID.add("empty-places-of-zero", section=FILTERS)
def empty_places_of_zero(solve, weights, columns=8, gap=1):
    """Places without a filter are 0, which is black; they should be 1."""
    grid, (height, width) = solve(weights, columns, gap).copy(), weights.shape[2:]
    for place in range(len(weights), -(-len(weights) // columns) * columns):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        grid[top : top + height, left : left + width] = 0
    return grid


@FILTER_GRID.add("column-by-column", section=FILTERS)
def column_by_column(weights, columns=8, gap=1):
    """The filters run down the columns; they go row by row."""
    return _grid(weights, columns, gap, scale=_own_scale, order="F")


@FILTER_GRID.add("filters-on-their-side", section=FILTERS)
def filters_on_their_side(solve, weights, columns=8, gap=1):
    """Rows and columns of each filter were exchanged."""
    return solve(weights.swapaxes(2, 3), columns, gap)


@FILTER_GRID.add("border-around", section=FILTERS)
def border_around(weights, columns=8, gap=1):
    """There is a gap outside too; gaps stand only between two filters."""
    return np.pad(right.filter_grid(weights, columns, gap), [(gap, gap), (gap, gap), (0, 0)], constant_values=1)


@FILTER_GRID.add("gap-after-each", section=FILTERS)
def gap_after_each(weights, columns=8, gap=1):
    """A gap follows the last filter of each row and column too; gaps stand only between two filters."""
    return np.pad(right.filter_grid(weights, columns, gap), [(0, gap), (0, gap), (0, 0)], constant_values=1)


@FILTER_GRID.add("channels-first", section=FILTERS)
def channels_first(weights, columns=8, gap=1):
    """The channels stand first; a picture is (height, width, channels)."""
    return right.filter_grid(weights, columns, gap).transpose(2, 0, 1)


@FILTER_GRID.add("incomplete-row-left-out", section=FILTERS)
def incomplete_row_left_out(weights, columns=8, gap=1):
    """The last row is missing: it is not full, and belongs to the picture all the same."""
    full = len(weights) // columns * columns
    return right.filter_grid(weights[:full] if full else weights, columns, gap)


@FILTER_GRID.add("only-as-wide-as-filled", section=FILTERS)
def only_as_wide_as_filled(weights, columns=8, gap=1):
    """With fewer filters than columns the picture is narrower; empty places belong to it."""
    if columns < 1:
        raise ValueError("columns must be at least 1")
    return right.filter_grid(weights, min(columns, len(weights)), gap)


@FILTER_GRID.add("kernels-turned", section=FILTERS)
def kernels_turned(solve, weights, columns=8, gap=1):
    """The filters were turned by 180 degrees; they are shown as they are."""
    return solve(weights[:, :, ::-1, ::-1], columns, gap)


@FILTER_GRID.add("colours-reversed", section=FILTERS)
def colours_of_filters_reversed(solve, weights, columns=8, gap=1):
    """The channels came back in reverse order, which exchanges red and blue."""
    return solve(weights[:, ::-1], columns, gap)
