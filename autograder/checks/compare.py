"""Comparing an answer with the right one: type, shape, dtype, values; and saying where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from ..bridge.student import Handle, StudentError, send_waiting
from ..language import plurals_of, sentences_of
from ..sandbox.wire import Tensor
from .diagnosis import Misconception
from .expected import Expected
from .failure import CheckFailure
from .reading import as_plain, difference, form, list_in, read_entry, same, shown, start, with_article
from .together import later, look_at
from .trial import Observation, current

_, ngettext = sentences_of(__package__), plurals_of(__package__)

ENOUGH_TO_ACCUSE = 3  # entries that are wrong for one's own id and right for the other
ANOTHER_VARIANT = _("These are the numbers of another variant: the answer would be right for another student id.")
# Exceptions that say something of the code, and nothing of the argument that it was to refuse.
SLIPS = (
    r"(NameError|UnboundLocalError|AttributeError|RecursionError|SystemExit|ImportError|ModuleNotFoundError): "
    r"|TypeError: .*(unexpected keyword argument|positional argument|required .*argument|takes no arguments)"
)
UNEXPECTED = _("Your code raised an exception here.")
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


def expect_close(
    actual: Any,
    expected: Expected | Any,
    *,
    like: Any = None,
    dtype: str | None = None,
    framework: str | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    part: Any = None,
    form: Callable[[Any, Any], Any] | None = None,
    what: str = _("the result"),
) -> None:
    """Passes when `actual` has the expected type, shape, and values to tolerance.

    expected: an `Expected` (from `reference.…`), or a plain value, which then has no diagnosis.
    part: what of the expected value `actual` is to equal, if not all: an index, a key, or slices of an array.
    form: brings an answer to the form of the right one, form(answer, right), where another check is about the form.
        What a misconception gives is brought there too.
    like: the registry of misconceptions (`misconceptions.…`) to look for a name in.
    dtype: the NumPy dtype the answer must have, if that is asked for.
    framework: "torch" or "tensorflow" where a tensor is right; otherwise a NumPy array or a number is.
    rtol, atol: default to 1e-4 and 1e-5 for results below double precision, else 1e-7 and 1e-9.
    """
    answer = expected if isinstance(expected, Expected) else Expected(lambda: expected, (), {})

    def differs(got: Any, right: Any, *, in_words: bool = True) -> CheckFailure | None:
        right = right if part is None else right[part]
        return _difference(
            got, right, what=what, dtype=dtype, framework=framework, rtol=rtol, atol=atol, in_words=in_words
        )

    def formed(got: Any) -> Any:
        return got if form is None else form(got, answer.value)

    def same(got: Any, wrong: Any) -> bool:
        return differs(got, formed(wrong), in_words=False) is None

    look_at(actual, lambda got: _settle(formed(got), answer, like, differs, same))


def expect_shape(actual: Any, shape: tuple[int, ...], *, what: str = _("the result")) -> None:
    """Passes when `actual` is an array of that shape, whatever its values."""
    problem = _wrong_type(actual, None, what, number=False)
    got = np.asarray(actual)
    if problem is None and got.shape != shape:
        problem = _wrong_shape(got, np.broadcast_to(0.0, shape), what)
    if problem is not None:
        raise problem


def expect_equal(actual: Any, expected: Expected | Any, *, like: Any = None, what: str = _("the result")) -> None:
    """Passes when plain data (numbers, texts, lists, dicts, None) mean the same, however they are written.

    Whole numbers must be met exactly, others to a relative 1e-9. Texts are compared after `strip` and `casefold`; a
    tuple, a list and an array of the same values are equal; where a set is expected, the order says nothing.
    """
    answer = expected if isinstance(expected, Expected) else Expected(lambda: expected, (), {})

    def differs(got: Any, right: Any) -> CheckFailure | None:
        found = difference(got, right, what)
        if found is None:
            return None
        return CheckFailure(
            found.sentence,
            _("expected {right}, received {got}").format(right=shown(right), got=shown(got)),
            fixed=found.fixed,
        )

    look_at(actual, lambda got: _settle(as_plain(got), answer, like, differs))


def expect_entry(
    actual: Any, key: str, expected: Expected, *, like: Any = None, others: Iterable[Any] = (),
    rtol: float = 1e-6, atol: float = 0.0, index: int | None = None,
) -> None:
    """Passes when the dict `actual` has `key` with the value that the expected dict has there.

    Numbers, words and lists are read for what they mean, numbers compared to tolerance; an entry still empty is said
    so, and a key that is nearly right too. Where an entry of the expected dict is None, None is an answer everywhere.
    index: compares only this place of the list that stands there; the list's length must be right all the same.
    others: the numbers of the task's other variants; an answer that is right in every entry for one and the same of
        those, and wrong in at least three places for this student, fails at every key and is told so.
    """
    right = expected.value
    got = as_plain(actual)
    none = any(value is None for value in right.values())  # then it is an answer at every key
    read_entry(got, key, known=right, none=none)
    if others and _is_anothers(got, expected, others, rtol, atol):
        raise CheckFailure(ANOTHER_VARIANT, diagnosis="another-variant")
    what = _('the entry "{key}"').format(key=key)

    def differs(answer: Any, wanted: Any) -> CheckFailure | None:
        here, there = answer[key], wanted[key]
        if index is not None:
            values, rights = list_in(here), list_in(there)
            if values is not None and rights is not None and len(values) == len(rights):
                found = difference(
                    values[index],
                    rights[index],
                    _('the entry "{key}[{index}]"').format(key=key, index=index),
                    rtol,
                    atol,
                    none=True,
                )
                return found.failure() if found else None
        found = difference(here, there, what, rtol, atol, none=none)
        return found.failure() if found else None

    def alike(answer: Any, wanted: Any) -> bool:
        """For the diagnosis the whole entry counts: at one place of a list two wrong turns often agree."""
        return same(answer[key], wanted[key], rtol, atol)

    look_at(got, lambda got: _settle(got, expected, like, differs, alike))


def _is_anothers(got: Mapping[str, Any], expected: Expected, others: Iterable[Any], rtol: float, atol: float) -> bool:
    """Whether an answer is that of another student id, so plainly that it may be said."""
    right = expected.value

    def fits(wanted: Mapping[str, Any]) -> bool:
        return all(key in got and same(got[key], wanted[key], rtol, atol) for key in wanted)

    if sum(_wrong_places(got.get(key), right[key], rtol, atol) for key in right) < ENOUGH_TO_ACCUSE:
        return False
    return any(fits(expected.function(**other)) for other in others)


def _wrong_places(got: Any, right: Any, rtol: float, atol: float) -> int:
    """How many values of an entry are wrong; a list has as many places as it has values."""
    values, rights = list_in(got), list_in(right)
    if values is None or rights is None or len(values) != len(rights):
        return 0 if same(got, right, rtol, atol) else 1
    return sum(_wrong_places(a, b, rtol, atol) for a, b in zip(values, rights, strict=True))


def expect_steady(
    ask: Callable[[Any], Any], right: Callable[[Any], Any], first: Any, other: Any, *, like: Any = None,
    what: str = _("the result"), kept: Misconception | None = None, **how: Any,
) -> None:
    """Passes when `ask` is right about `first`, then about `other`, then about `first` again.

    first, other: two different inputs of the same shape. ask: the student's layer or function, the same object each
    time; right: what is right, such as ``lambda image: reference.shift(image, 2)``. how: as for `expect_close`.
    kept: the misconception that gives the first result again; it is named only where the values show just that.
    """
    asked = partial(later, ask) if isinstance(ask, Handle) else ask
    expect_close(asked(first), right(first), like=like, what=what, **how)
    second = asked(other)
    try:
        expect_close(second, right(other), what=what, **how)
    except CheckFailure as error:
        if kept is not None and _is_close(second, right(first), how):
            raise CheckFailure(kept.sentence, error.details, error.counterexample, kept.id) from None
        raise CheckFailure(
            _(
                "Asked about a second input of the same shape, the answer is not right, as if something was kept "
                "from the "
                "first."
            ),
            error.details,
            error.counterexample,
        ) from None
    try:
        expect_close(asked(first), right(first), what=what, **how)
    except CheckFailure as error:
        raise CheckFailure(
            _("Asked about the same input again, after another one, the answer is not right any more."), error.details,
            error.counterexample,
        ) from None


def _is_close(actual: Any, expected: Any, how: Mapping[str, Any]) -> bool:
    try:
        expect_close(actual, expected, **how)
    except CheckFailure:
        return False
    return True


@contextmanager
def expect_raises(
    *types: str | type[BaseException], naming: str | Sequence[str] | None = None, about: str = "",
    named: str = "argument",
) -> Iterator[None]:
    """Passes when the block raises one of the types (ValueError by default) in student code.

    naming: the argument that the exception's text must name, as a word of its own, or several of which one will do.
    about: what is wrong in the call, in words ("a window wider than the image"), for a student whose code took it.
    named: what it is that the text must name, where it is no argument.
    """
    wanted_names = [naming] if isinstance(naming, str) else list(naming or ())
    names = [kind if isinstance(kind, str) else kind.__name__ for kind in types] or ["ValueError"]
    wanted = " or ".join(names)
    whose = _(' naming "{wanted_names}"').format(wanted_names=wanted_names[0]) if wanted_names else ""
    case = _(" for {about}").format(about=about) if about else ""
    try:
        yield
        send_waiting()
    except StudentError as error:
        if not any(name in error.bases for name in names):
            if re.match(SLIPS, f"{error.known_type}: {error.text}"):  # not an answer to the argument
                raise
            raise CheckFailure(
                _("A {wanted}{whose} should be raised here{case}, not {known_type}.").format(
                    wanted=wanted, whose=whose, case=case, known_type=with_article(error.known_type)
                ),
                fixed=_("A {wanted} should be raised here, and another exception was.").format(wanted=wanted),
            ) from None
        if wanted_names and not any(_names(error.text, name) for name in wanted_names):
            message = _('The {wanted} was raised, but its text does not name the {named} "{wanted_names}".').format(
                wanted=wanted, named=named, wanted_names=wanted_names[0]
            )
            raise CheckFailure(message, fixed=message) from None
    else:
        message = _("A {wanted}{whose} should be raised here{case}, and nothing was raised.").format(
            wanted=wanted, whose=whose, case=case
        )
        raise CheckFailure(message, fixed=message)


def _names(text: str, argument: str) -> bool:
    """Whether a text names an argument: as a word, not as letters of another; "kernel size" is `kernel_size`, and
    "strides" are `stride`."""
    words = " ".join(word.rstrip("s") for word in re.findall(r"\w+", text.casefold()))
    wanted = argument.casefold().rstrip("s")
    return any(f" {form} " in f" {words} " for form in (wanted, wanted.replace("_", " ")))


def expect(
    condition: Any, message: str, *, diagnosis: Misconception | None = None, details: str = ""
) -> None:
    """Passes when `condition` holds. With `diagnosis`, the failure names that misconception and says its sentence.

    The name is dropped, and `message` said, where values that the task compared contradict it.
    """
    if condition is True or condition is np.True_ or (isinstance(condition, np.bool_) and bool(condition)):
        return
    raise CheckFailure(
        diagnosis.sentence if diagnosis else message, details=details, diagnosis=diagnosis.id if diagnosis else None,
        unnamed=message,
    )


@contextmanager
def if_it_raises(misconception: Misconception, *types: str) -> Iterator[None]:
    """Names `misconception` when student code in the block raises what its registry says that it ends in (`raises=`).

    types: only these of them. Any other exception goes on as it is.
    """
    try:
        yield
        if current().waiting is None:
            send_waiting()
        else:  # asked again anyway
            current().put_off = True
    except StudentError as error:
        known = [name for name in misconception.raises if not types or name in types]
        if not any(name in error.bases for name in known):
            raise
        raise CheckFailure(
            misconception.sentence, details=str(error), diagnosis=misconception.id, unnamed=UNEXPECTED, fixed=UNEXPECTED
        ) from error


def _settle(
    actual: Any, expected: Expected, like: Any, differs: Callable[[Any, Any], CheckFailure | None],
    same: Callable[[Any, Any], bool] | None = None,
) -> None:
    """Records the comparison for the diagnosis, and raises when it fails.

    same: how the diagnosis compares the answer with what a misconception gives; by default as the check does.
    """
    same = same or (lambda got, right: differs(got, right) is None)
    trial = current()
    trial.observe(Observation(actual, expected, like, same))
    failure = differs(actual, expected.value)
    if failure is not None and not trial.lenient:
        failure.counterexample = expected.describe() or None
        raise failure


def _difference(
    actual: Any, right: Any, *, what: str, dtype: str | None, framework: str | None,
    rtol: float | None, atol: float | None, in_words: bool,
) -> CheckFailure | None:
    """What is wrong with an answer, None where nothing is. in_words: whether anybody reads where the values differ."""
    wanted = right.array if isinstance(right, Tensor) else np.asarray(right)
    problem = _wrong_type(actual, framework, what, number=wanted.shape == ())
    if problem:
        return problem
    got = actual.array if isinstance(actual, Tensor) else np.asarray(actual)
    if got.shape != wanted.shape:
        return _wrong_shape(got, wanted, what, framework)
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
    return _wrong_values(got, wanted, wrong, what, framework) if in_words else CheckFailure("")


def _all_close(got: np.ndarray, wanted: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether finite numbers are all close, as `isclose` says, in a fraction of its time; False where it must say."""
    if (got == wanted).all():  # as most right answers are; a NaN is not
        return True
    with np.errstate(all="ignore"):
        return bool((np.abs(got - wanted) <= atol + rtol * np.abs(wanted)).all() and np.isfinite(wanted).all())


def _wrong_type(actual: Any, framework: str | None, what: str, *, number: bool) -> CheckFailure | None:
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


def _wrong_shape(got: np.ndarray, wanted: np.ndarray, what: str, framework: str | None = None) -> CheckFailure:
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


def _wrong_values(
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
