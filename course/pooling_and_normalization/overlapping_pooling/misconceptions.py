"""Wrong turns with overlapping windows."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

OVERLAP = "Overlapping windows"

OVERLAPPING_POOLING = Misconceptions("overlapping-pooling", right.overlapping_pooling, answer=True)


@OVERLAPPING_POOLING.add("rounded-up", section=OVERLAP)
def rounded_up(solve):
    """The 2x2 windows do not fit into 55 pixels 27.5 times: what is left of the map is not pooled, so round down."""
    return solve() | {"size_2x2": 28}


@OVERLAPPING_POOLING.add("top1-and-top5-swapped", section=OVERLAP)
def top1_and_top5_swapped(solve):
    """The gains in top-1 and top-5 error were swapped; read the paper's sentence in the notebook again."""
    answer = solve()
    return answer | {"top1_points": answer["top5_points"], "top5_points": answer["top1_points"]}


@OVERLAPPING_POOLING.add("kept-for-discarded", section=OVERLAP)
def kept_for_discarded(solve):
    """This is the share that is kept: one value of each window of four. The question is what share is discarded."""
    return solve() | {"discarded_percent": 25}


@OVERLAPPING_POOLING.add("half-for-a-quarter", section=OVERLAP)
def half_for_a_quarter(solve):
    """Height and width are halved both, so the number of activations is not halved but divided by four."""
    return solve() | {"discarded_percent": 50}


@OVERLAPPING_POOLING.add("share-for-percent", section=OVERLAP)
def share_for_percent(solve):
    """The share is right as a fraction; the entry is asked in percent."""
    return solve() | {"discarded_percent": 0.75}


@OVERLAPPING_POOLING.add("shares-for-points", section=OVERLAP)
def shares_for_points(solve):
    """The gains are right as fractions; both entries are asked for in percentage points."""
    answer = solve()
    return answer | {key: answer[key] / 100 for key in ("top1_points", "top5_points")}
