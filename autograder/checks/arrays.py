"""What is wrong with an array, a tensor or a number: its type, shape, dtype or values; and saying where they differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..language import plurals_of, sentences_of
from ..sandbox.wire import Tensor
from .failure import CheckFailure
from .reading import form, start

_, ngettext = sentences_of(__package__), plurals_of(__package__)

AXES = {
    2: ("row", "column"),
    3: ("row", "column", "channel"),
    4: ("image of the batch", "row", "column", "channel"),
}
TORCH_AXES = {3: ("channel", "row", "column"), 4: ("image of the batch", "channel", "row", "column")}
_SEVERAL = {
    "row": _("rows"), "column": _("columns"), "channel": _("channels"), "filter": _("filters"),
    "image of the batch": _("images of the batch"),
}  # fmt: skip
_ALL_IN = {
    "row": _("; all of them in row {number}"),
    "column": _("; all of them in column {number}"),
    "channel": _("; all of them in channel {number}"),
    "filter": _("; all of them in filter {number}"),
    "image of the batch": _("; all of them in image {number} of the batch"),
}


def array_problem(
    actual: Any, right: Any, *, what: str, dtype: str | None, framework: str | None,
    rtol: float | None, atol: float | None, in_words: bool,
) -> CheckFailure | None:
    """What is wrong with an answer, None where nothing is. in_words: whether anybody reads where the values differ."""
    wanted = right.array if isinstance(right, Tensor) else np.asarray(right)
    problem = wrong_type(actual, framework, what, number=wanted.shape == ())
    if problem:
        return problem
    got = actual.array if isinstance(actual, Tensor) else np.asarray(actual)
    if got.shape != wanted.shape:
        return wrong_shape(got, wanted, what, framework)
    if dtype is not None:  # NumPy makes the name of a dtype anew each time
        found = actual.dtype if isinstance(actual, Tensor) else got.dtype.name
        if found != dtype:
            message = _("{what} has dtype {found}; {dtype} is right here.").format(
                what=start(what), found=found, dtype=dtype
            )
            return CheckFailure(
                message, fixed=_("{what} does not have dtype {dtype}.").format(what=start(what), dtype=dtype)
            )
    # As coarse as the coarser side: a float64 answer is no less right where the reference is float32.
    coarse = min((a.dtype.itemsize for a in (got, wanted) if a.dtype.kind in "f"), default=8) < 8
    rtol = (1e-4 if coarse else 1e-7) if rtol is None else rtol
    atol = (1e-5 if coarse else 1e-9) if atol is None else atol
    if got.dtype.kind == wanted.dtype.kind == "f" and _all_close(got, wanted, rtol, atol):
        return None
    try:
        wrong = ~np.isclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)
    except TypeError:
        return CheckFailure(
            _("{what} has dtype {dtype}, which cannot be compared with numbers.").format(
                what=start(what), dtype=got.dtype
            ),
            fixed=_("{what} has a dtype that cannot be compared with numbers.").format(what=start(what)),
        )
    if not wrong.any():
        return None
    return wrong_values(got, wanted, wrong, what, framework) if in_words else CheckFailure("")


def _all_close(got: np.ndarray, wanted: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether finite numbers are all close, as `isclose` says, in a fraction of its time; False where it must say."""
    if (got == wanted).all():  # as most right answers are; a NaN is not
        return True
    with np.errstate(all="ignore"):
        return bool((np.abs(got - wanted) <= atol + rtol * np.abs(wanted)).all() and np.isfinite(wanted).all())


def wrong_type(actual: Any, framework: str | None, what: str, *, number: bool) -> CheckFailure | None:
    if actual is None:
        message = _("{what} is None. Is a return missing?").format(what=start(what))
        return CheckFailure(message, fixed=message)
    if framework is None:
        if isinstance(actual, (np.ndarray, np.generic, int, float)):
            return None
        right = _("a number") if number else _("a NumPy array")
    else:
        if isinstance(actual, Tensor) and actual.framework == framework:
            return None
        right = _("a {framework} tensor").format(framework=framework)
    return CheckFailure(
        _("{what} is {actual}; {right} is right here.").format(what=start(what), actual=form(actual), right=right),
        fixed=_("{what} is not {right}.").format(what=start(what), right=right),
    )


def wrong_shape(got: np.ndarray, wanted: np.ndarray, what: str, framework: str | None = None) -> CheckFailure:
    hint = ""
    if got.shape == ():
        message = _("{what} is a single number; an array of shape {shape} is right here.").format(
            what=start(what), shape=_sizes(wanted.shape)
        )
        return CheckFailure(message, fixed=_("{what} has another shape than is right.").format(what=start(what)))
    if got.ndim != wanted.ndim:
        hint = ngettext(
            " ({count} dimension instead of {wanted})", " ({count} dimensions instead of {wanted})", got.ndim
        ).format(count=got.ndim, wanted=wanted.ndim)
    elif got.ndim in AXES:
        axes = _axes(got.ndim, what, framework)
        odd = [name for name, a, b in zip(axes, got.shape, wanted.shape, strict=True) if a != b]
        if sorted(got.shape) == sorted(wanted.shape):
            hint = _(" (the right sizes on the wrong axes)")
        else:
            hint = ngettext(
                " (the number of {axes} is off)", " (the numbers of {axes} are off)", len(odd)
            ).format(axes=_several(odd))
    sizes = _("{got}, expected {wanted}").format(got=_sizes(got.shape), wanted=_sizes(wanted.shape))
    fixed = _("{what} has another shape than is right.").format(what=start(what))
    return CheckFailure(
        _("{what} has shape {sizes}{hint}.").format(what=start(what), sizes=sizes, hint=hint), fixed=fixed
    )


def wrong_values(
    got: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, what: str, framework: str | None = None
) -> CheckFailure:
    if got.shape == ():
        message = _("{what} is not the right number.").format(what=start(what))
        return CheckFailure(
            message, details=_("expected {wanted}, received {got}").format(wanted=wanted, got=got), fixed=message
        )
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    count = int(wrong.sum())
    place = _("first at index {first}").format(first=first if len(first) > 1 else first[0])
    found = ngettext(
        "{count} of {size} values differs, {place}{pattern}", "{count} of {size} values differ, {place}{pattern}", count
    ).format(count=count, size=wrong.size, place=place, pattern=_pattern(wrong, what, framework))
    if wrong.size == 1:
        found = _("its one value differs")
    message = _("{what} has the right shape, but {found}.").format(what=start(what), found=found)
    details = _("at {first}: expected {wanted:.6g}, received {got:.6g}").format(
        first=first, wanted=wanted[first], got=got[first]
    )
    if got.size <= 36:
        details = _("expected\n{wanted}\nreceived\n{got}").format(wanted=_show(wanted), got=_show(got))
    elif got.ndim > 1:
        cut, place = _around(got.shape, first, channels_first=framework == "torch")
        details += _("\n{place}, expected\n{wanted}\nreceived\n{got}").format(
            place=place, wanted=_show(wanted[cut]), got=_show(got[cut])
        )
    return CheckFailure(
        message,
        details=details,
        fixed=_("{what} has the right shape, but values that differ.").format(what=start(what)),
    )


def _around(
    shape: tuple[int, ...], first: tuple[int, ...], *, channels_first: bool = False
) -> tuple[tuple[Any, ...], str]:
    """A piece of a large array with its first difference in it: of the two neighbouring axes that are longest, or of
    rows and columns where these are the last, five places each. Returns the index and where that is, in words."""
    axis = len(shape) - 2 if channels_first else max(range(len(shape) - 1), key=lambda a: shape[a] * shape[a + 1])
    index: list[Any] = list(first)
    for one in (axis, axis + 1):
        begin = max(min(first[one] - 2, shape[one] - 5), 0)
        index[one] = slice(begin, min(begin + 5, shape[one]))
    places = ", ".join(f"{one.start}:{one.stop}" if isinstance(one, slice) else str(one) for one in index)
    return tuple(index), _("at [{places}]").format(places=places)


def _axes(count: int, what: str, framework: str | None = None) -> tuple[str, ...]:
    """What the axes of an array are called; the first of four of kernels are filters, not images.

    Maps of a PyTorch network have their channels first, as an array too."""
    channels_first = framework == "torch" or "maps" in what
    names = TORCH_AXES.get(count, AXES.get(count, ())) if channels_first else AXES.get(count, ())
    return ("filter", *names[1:]) if count == 4 and "kernel" in what else names


def _pattern(wrong: np.ndarray, what: str, framework: str | None = None) -> str:
    """Which single row, column, channel or image holds all the wrong values, if one does."""
    for axis, name in enumerate(_axes(wrong.ndim, what, framework)):
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        touched = np.flatnonzero(wrong.any(axis=others))
        if wrong.shape[axis] > 1 and len(touched) == 1:
            return _ALL_IN[name].format(number=touched[0])
    return ""


def _sizes(shape: tuple[int, ...]) -> str:
    if len(shape) > 6:
        return _("of {shape} dimensions").format(shape=len(shape))
    return "x".join(map(str, shape)) if shape else _("of a single number")


def _several(names: list[str]) -> str:
    plurals = [_SEVERAL[name] for name in names]
    return _(" and ").join(filter(None, (", ".join(plurals[:-1]), plurals[-1])))


def _show(array: np.ndarray) -> str:
    """The numbers; of an image with one channel without the brackets around each."""
    if array.ndim > 2 and array.shape[-1] == 1:
        array = array[..., 0]
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=100)
