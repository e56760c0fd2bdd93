"""Small drawings, made from the text of a counterexample alone: the window, its taps and its next place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.language import plurals_of, sentences_of

_, ngettext = sentences_of(__package__), plurals_of(__package__)

Pair = tuple[int, int]

LARGEST = 16
FIELD = re.compile(r"([a-z][a-z ]*?) (\(\d+(?:, \d+)*\)|\d+(?:x\d+)*|valid|same)(?: [a-z]+\d+)?(?=,|$)")
IMAGES = ("image", "images", "batch")
KERNELS = ("kernel", "kernels", "kernel size", "pool size")


@dataclass(frozen=True)
class Square:
    """One square of a drawing, in pixels of the image; kind is a class of the stylesheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Sketch:
    """A drawing: its size in pixels of the image, its squares, and the sentence that says the same in words."""

    width: float
    height: float
    squares: tuple[Square, ...]
    words: str


def sketch(counterexample: str | None) -> Sketch | None:
    """A drawing of the case, or None where its sizes are not known, are too large, or there is nothing to see.

    Only what the case itself says is drawn: with padding "same" no padding and no window on the image, because where
    they go is the student's to find out.
    """
    given = dict(FIELD.findall(counterexample or ""))
    size, window = _image(given), _window(given)
    if size is None or window is None or not all(given.get(n, "1") != "0" for n in ("stride", "dilation")):
        return None
    one_row = "size" in given
    stride, dilation = _pair(given.get("stride", "1")), _pair(given.get("dilation", "1"))
    if stride is None or dilation is None:
        return None
    padding = (0, 0) if given.get("padding") in ("valid", None) else _pair(given["padding"])
    if one_row:
        stride, dilation, window = (1, stride[1]), (1, dilation[1]), (1, window[1])
        padding = (0, padding[1]) if padding else None
    covered = tuple((k - 1) * d + 1 for k, d in zip(window, dilation, strict=True))
    apart = padding is None
    outer = size if padding is None else (size[0] + 2 * padding[0], size[1] + 2 * padding[1])
    if max(*outer, *covered) > LARGEST or min(*outer, *covered) < 1:
        return None
    if not apart and (covered[0] > outer[0] or covered[1] > outer[1]):
        return None
    return _drawn(size, padding, window, dilation, stride, (covered[0], covered[1]), outer)


def _drawn(
    size: Pair, padding: Pair | None, window: Pair, dilation: Pair, stride: Pair, covered: Pair, outer: Pair
) -> Sketch:
    top, left = padding or (0, 0)
    squares = [
        Square(x, y, 1, 1, "pixel" if top <= y < top + size[0] and left <= x < left + size[1] else "padding")
        for y in range(outer[0]) for x in range(outer[1])
    ]
    start = outer[1] + 1 if padding is None else 0
    squares += [
        Square(start + j * dilation[1] + 0.2, i * dilation[0] + 0.2, 0.6, 0.6, "tap")
        for i in range(window[0]) for j in range(window[1])
    ]
    squares.append(Square(start, 0, covered[1], covered[0], "window"))
    fits_again = padding is not None and stride[1] + covered[1] <= outer[1]
    if fits_again:
        squares.append(Square(stride[1], 0, covered[1], covered[0], "next"))
    width = start + covered[1] if padding is None else outer[1]
    row = outer[0] == 1 and window[0] == 1
    words = (
        _("A row of {size} pixels").format(size=size[1])
        if row
        else _("An image of {size} by {size2} pixels").format(size=size[0], size2=size[1])
    )
    words += _(" with {left} of padding on each side").format(left=left) if padding and max(padding) else ""
    taps = (
        ngettext("{count} tap", "{count} taps", window[1]).format(count=window[1])
        if row
        else _("{window} by {window2} taps").format(window=window[0], window2=window[1])
    )
    words += _(", a window of {taps}").format(taps=taps)
    words += _(" with dilation {dilation}").format(dilation=dilation[1]) if max(dilation) > 1 else ""
    words += _(", dashed its next place, {stride} to the right.").format(stride=stride[1]) if fits_again else "."
    return Sketch(width, max(outer[0], covered[0]), tuple(squares), words)


def _image(given: dict[str, str]) -> Pair | None:
    if re.fullmatch(r"\d+", given.get("size", "")) and "kernel" in given:
        return 1, int(given["size"])
    text = next((given[name] for name in IMAGES if name in given), "")
    sizes = [int(part) for part in text.split("x")] if re.fullmatch(r"\d+(x\d+)+", text) else []
    if len(sizes) == 4:
        sizes = sizes[1:]
    return (sizes[0], sizes[1]) if len(sizes) in (2, 3) else None


def _window(given: dict[str, str]) -> Pair | None:
    text = next((given[name] for name in KERNELS if name in given), "")
    if "x" not in text:
        return _pair(text)
    sizes = [int(part) for part in text.split("x")]
    if len(sizes) == 4:
        sizes = sizes[1:]
    return (sizes[0], sizes[1]) if len(sizes) in (2, 3) else None


def _pair(text: str) -> Pair | None:
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if "x" in text or len(numbers) not in (1, 2):
        return None
    return (numbers[0], numbers[-1])
