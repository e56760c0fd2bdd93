"""Wrong turns with the worked sizes."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from ..output_size.misconceptions import SIZES
from ..output_size.reference import output_size
from . import reference as right

WORKED_SIZES = Misconceptions("worked-sizes", right.worked_sizes, answer=True)


@WORKED_SIZES.add("size-although-it-does-not-fit", section=SIZES)
def size_although_it_does_not_fit(cases):
    """The windows do not fit exactly here, so the answer is None: some pixels are never read."""
    return {"sizes": [output_size(*case) for case in cases]}


@WORKED_SIZES.add("sizes-rounded-up", section=SIZES)
def sizes_rounded_up(cases):
    """A window that sticks out of the image was counted; where the windows do not fit exactly, the answer is None."""
    return {"sizes": [-(-(size + 2 * pad - kernel) // stride) + 1 for size, kernel, stride, pad in cases]}


@WORKED_SIZES.add("worked-padding-on-one-side", section=SIZES)
def worked_padding_on_one_side(cases):
    """The padding was counted once; `padding` pixels are added before the image and as many after it."""
    return {"sizes": [output_size(size + pad, kernel, stride) if (size + pad - kernel) % stride == 0 else None
                      for size, kernel, stride, pad in cases]}


@WORKED_SIZES.add("worked-first-window-forgotten", section=SIZES)
def worked_first_window_forgotten(solve, cases):
    """The steps of the window were counted, not its places: before the first step it already stands somewhere."""
    return {"sizes": [None if size is None else size - 1 for size in solve(cases)["sizes"]]}
