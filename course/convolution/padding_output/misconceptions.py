"""Wrong turns with what padding does to the size."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from ..same_padding.misconceptions import PADDING
from . import reference as right

PADDING_OUTPUT = Misconceptions("padding-output", right.padding_output, answer=True)


@PADDING_OUTPUT.add("same-as-valid", section=PADDING)
def same_as_valid(solve):
    """"same" is named after what it does: at stride 1 the result is as large as the image."""
    return {**solve(), "same": 26}


@PADDING_OUTPUT.add("same-padding-enlarges", section=PADDING)
def same_padding_enlarges(solve):
    """That is the size of the padded image; the window then takes from it again what the padding added."""
    return {**solve(), "same": 30}


@PADDING_OUTPUT.add("one-pixel-lost", section=PADDING)
def one_pixel_lost(solve):
    """A 3x3 window loses a pixel at *each* border: its centre can stand neither on the first nor on the last one."""
    return {**solve(), "valid": 27}


@PADDING_OUTPUT.add("three-pixels-lost", section=PADDING)
def three_pixels_lost(solve):
    """The kernel's size was taken from the image's: of the window's 3 pixels one always remains, so k - 1 are lost."""
    return {**solve(), "valid": 25, "valid_repeats": 9}


@PADDING_OUTPUT.add("shrunk-to-nothing", section=PADDING)
def shrunk_to_nothing(solve):
    """You counted until nothing is left. The window must still fit: it cannot be laid on a map of 2x2."""
    return {**solve(), "valid_repeats": 14}


@PADDING_OUTPUT.add("last-window-missed", section=PADDING)
def last_window_missed(solve):
    """One more fits: a map of 4x4 still takes a 3x3 window."""
    return {**solve(), "valid_repeats": 12}


@PADDING_OUTPUT.add("edges-read-least", section=PADDING)
def edges_read_least(solve):
    """The edges are read little, and there is a place that is read even less: count the windows that contain it."""
    return {**solve(), "least_read": "edges"}


@PADDING_OUTPUT.add("centre-read-least", section=PADDING)
def centre_read_least(solve):
    """It is the other way round: a pixel in the centre lies in nine windows of 3x3."""
    return {**solve(), "least_read": "centre"}
