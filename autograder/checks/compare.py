"""Comparing an answer with the right one: type, shape, dtype, values; and saying where they differ."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..bridge.student import Handle, StudentError, type_of
from ..sandbox.wire import Tensor
from .diagnosis import Misconception
from .expected import Expected
from .failure import CheckFailure
from .trial import Observation, current

ANOTHER_VARIANT = "These are the numbers of another variant: the answer would be right for another student id."
AXES = {
    2: ("row", "column"),
    3: ("row", "column", "channel"),
    4: ("image of the batch", "row", "column", "channel"),
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
    part: int | str | None = None,
    what: str = "the result",
) -> None:
    """Passes when `actual` has the expected type, shape, and values to tolerance.

    expected: an `Expected` (from `reference.…`), or a plain value, which then has no diagnosis.
    part: where the expected value is a tuple or dict, the index or key of the entry that `actual` is to equal.
    like: the registry of misconceptions (`misconceptions.…`) to look for a name in.
    dtype: the NumPy dtype the answer must have, if that is asked for.
    framework: "torch" or "tensorflow" where a tensor is right; otherwise a NumPy array or a number is.
    rtol, atol: default to 1e-4 and 1e-5 for results below double precision, else 1e-7 and 1e-9.
    """
    answer = expected if isinstance(expected, Expected) else Expected(lambda: expected, (), {})

    def differs(got: Any, right: Any) -> CheckFailure | None:
        right = right if part is None else right[part]
        return _difference(got, right, what=what, dtype=dtype, framework=framework, rtol=rtol, atol=atol)

    _settle(actual, answer, like, differs)


def expect_equal(actual: Any, expected: Expected | Any, *, like: Any = None, what: str = "the result") -> None:
    """Passes when plain data (numbers, texts, tuples, lists, dicts, None) are equal, an int being an int."""
    answer = expected if isinstance(expected, Expected) else Expected(lambda: expected, (), {})

    def differs(got: Any, right: Any) -> CheckFailure | None:
        return _plain_difference(got, right, what)

    _settle(actual, answer, like, differs)


def expect_entry(
    actual: Any, key: str, expected: Expected, *, like: Any = None, others: Iterable[Any] = (),
    rtol: float = 1e-6, atol: float = 0.0, index: int | None = None,
) -> None:
    """Passes when the dict `actual` has `key` with the value that the expected dict has there.

    index: compares only this place of the list that stands there; the list's length must be right all the same.

    Numbers may be ints or floats and are compared to tolerance; an entry still empty is said so.
    others: the numbers of the task's other variants; an answer that as a whole is right for one of those, and not
        for this student, fails at every key.
    """
    if not isinstance(actual, dict):
        raise CheckFailure(f"This task is answered with a dict, and a {type_of(actual)} stands there.")
    if key not in actual:
        raise CheckFailure(f'The answer has no entry "{key}".')

    def fits(right: Any) -> bool:
        return all(name in actual and _entry_same(actual[name], right[name], rtol, atol) for name in right)

    def differs(got: Any, right: Any) -> CheckFailure | None:
        if index is not None and isinstance(got[key], (list, tuple)) and len(got[key]) == len(right[key]):
            return _entry_difference(got[key][index], right[key][index], f"{key}[{index}]", rtol, atol)
        return _entry_difference(got[key], right[key], key, rtol, atol)

    def same(got: Any, right: Any) -> bool:
        """For the diagnosis the whole entry counts: at one place of a list two wrong turns often agree."""
        return _entry_same(got[key], right[key], rtol, atol)

    if not fits(expected.value) and any(fits(expected.function(**other)) for other in others):
        raise CheckFailure(ANOTHER_VARIANT, diagnosis="another-variant")
    _settle(actual, expected, like, differs, same)


@contextmanager
def expect_raises(*types: str | type[BaseException], naming: str | None = None) -> Iterator[None]:
    """Passes when the block raises one of the types (ValueError by default) in student code.

    naming: a word that the exception's text must contain, usually the argument's name.
    """
    names = [kind if isinstance(kind, str) else kind.__name__ for kind in types] or ["ValueError"]
    wanted = " or ".join(names)
    try:
        yield
    except StudentError as error:
        if not any(name in error.bases for name in names):
            raise CheckFailure(f"A {wanted} was to be raised here, not {error.known_type}.") from None
        if naming is not None and naming not in error.text:
            message = f'The {wanted} was raised, but its text does not name the argument "{naming}".'
            raise CheckFailure(message) from None
    else:
        about = f' naming "{naming}"' if naming else ""
        raise CheckFailure(f"A {wanted}{about} was to be raised here, and nothing was raised.")


def expect(
    condition: Any, message: str, *, diagnosis: Misconception | None = None, details: str = ""
) -> None:
    """Passes when `condition` holds. With `diagnosis`, the failure names that misconception and says its sentence."""
    if condition is True or condition is np.True_ or (isinstance(condition, np.bool_) and bool(condition)):
        return
    raise CheckFailure(
        diagnosis.sentence if diagnosis else message, details=details, diagnosis=diagnosis.id if diagnosis else None
    )


@contextmanager
def if_it_raises(misconception: Misconception, *types: str) -> Iterator[None]:
    """Names `misconception` when student code in the block raises (one of the types, if any are given)."""
    try:
        yield
    except StudentError as error:
        if types and not any(name in error.bases for name in types):
            raise
        raise CheckFailure(misconception.sentence, details=str(error), diagnosis=misconception.id) from error


def _settle(
    actual: Any, expected: Expected, like: Any, differs: Callable[[Any, Any], CheckFailure | None],
    same: Callable[[Any, Any], bool] | None = None,
) -> None:
    """Records the comparison for the diagnosis, and raises when it fails.

    same: how the diagnosis compares the answer with what a misconception gives; by default as the check does.
    """
    same = same or (lambda got, right: differs(got, right) is None)
    current().observe(Observation(actual, expected, like, same))
    failure = differs(actual, expected.value)
    if failure is not None:
        failure.counterexample = expected.describe() or None
        raise failure


def _difference(
    actual: Any, right: Any, *, what: str, dtype: str | None, framework: str | None,
    rtol: float | None, atol: float | None,
) -> CheckFailure | None:
    problem = _wrong_type(actual, framework, what)
    if problem:
        return CheckFailure(problem)
    got = actual.array if isinstance(actual, Tensor) else np.asarray(actual)
    wanted = right.array if isinstance(right, Tensor) else np.asarray(right)
    if got.shape != wanted.shape:
        return _wrong_shape(got, wanted, what)
    found = actual.dtype if isinstance(actual, Tensor) else got.dtype.name
    if dtype is not None and found != dtype:
        return CheckFailure(f"{_start(what)} has dtype {found}; {dtype} is right here.")
    # As coarse as the coarser side: a float64 answer is no less right where the reference is float32.
    coarse = min((a.dtype.itemsize for a in (got, wanted) if a.dtype.kind in "f"), default=8) < 8
    rtol = (1e-4 if coarse else 1e-7) if rtol is None else rtol
    atol = (1e-5 if coarse else 1e-9) if atol is None else atol
    try:
        wrong = ~np.isclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)
    except TypeError:
        return CheckFailure(f"{_start(what)} has dtype {got.dtype}, which cannot be compared with numbers.")
    return _wrong_values(got, wanted, wrong, what) if wrong.any() else None


def _wrong_type(actual: Any, framework: str | None, what: str) -> str | None:
    if actual is None:
        return f"{_start(what)} is None: is a return missing?"
    if framework is not None:
        if isinstance(actual, Tensor) and actual.framework == framework:
            return None
        return f"{_start(what)} is a {type_of(actual)}; a {framework} tensor is right here."
    if isinstance(actual, (np.ndarray, np.generic, int, float)):
        return None
    return f"{_start(what)} is a {type_of(actual)}; a NumPy array is right here."


def _wrong_shape(got: np.ndarray, wanted: np.ndarray, what: str) -> CheckFailure:
    hint = ""
    if got.ndim != wanted.ndim:
        hint = f" ({got.ndim} dimensions instead of {wanted.ndim})"
    elif got.ndim in AXES:
        odd = [name for name, a, b in zip(AXES[got.ndim], got.shape, wanted.shape, strict=True) if a != b]
        if sorted(got.shape) == sorted(wanted.shape):
            hint = " (the right sizes on the wrong axes)"
        else:
            hint = f" (the number of {_plural(odd)} is off)"
    sizes = f"{_sizes(got.shape)}, expected {_sizes(wanted.shape)}"
    return CheckFailure(f"{_start(what)} has shape {sizes}{hint}.")


def _wrong_values(got: np.ndarray, wanted: np.ndarray, wrong: np.ndarray, what: str) -> CheckFailure:
    if got.shape == ():
        return CheckFailure(f"{_start(what)} is not the right number.", details=f"expected {wanted}, received {got}")
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    count = int(wrong.sum())
    place = f"first at index {first if len(first) > 1 else first[0]}"
    found = f"{count} of {wrong.size} values differ, {place}{_pattern(wrong)}"
    message = f"{_start(what)} has the right shape, but {found}."
    details = f"at {first}: expected {wanted[first]:.6g}, received {got[first]:.6g}"
    if got.size <= 36:
        details = f"expected\n{_show(wanted)}\nreceived\n{_show(got)}"
    return CheckFailure(message, details=details)


def _pattern(wrong: np.ndarray) -> str:
    """Which single row, column, channel or image holds all the wrong values, if one does."""
    for axis, name in enumerate(AXES.get(wrong.ndim, ())):
        others = tuple(i for i in range(wrong.ndim) if i != axis)
        touched = np.flatnonzero(wrong.any(axis=others))
        if wrong.shape[axis] > 1 and len(touched) == 1:
            return f"; all of them in {name} {touched[0]}"
    return ""


def _plain_difference(actual: Any, right: Any, what: str) -> CheckFailure | None:
    got = actual.item() if isinstance(actual, np.generic) else actual
    if isinstance(got, Handle) or (got is None and right is not None):
        kind = "None: is a return missing?" if got is None else f"a {type_of(got)}."
        return CheckFailure(f"{_start(what)} is {kind}")
    if _same_plain(got, right):
        return None
    details = f"expected {right!r}, received {got!r}"
    numbers = (int, float)
    if type(got) is not type(right) and not (isinstance(got, numbers) and isinstance(right, numbers)):
        return CheckFailure(f"{_start(what)} is a {type_of(got)}; a {type(right).__name__} is right here.", details)
    if type(got) is float and type(right) is int and got == right:
        return CheckFailure(f"{_start(what)} is a float; an int is right here.", details)
    return CheckFailure(f"{_start(what)} is not right.", details)


def _same_plain(got: Any, right: Any) -> bool:
    got = got.item() if isinstance(got, np.generic) else got
    if isinstance(right, Mapping):
        same_keys = isinstance(got, dict) and got.keys() == right.keys()
        return same_keys and all(_same_plain(got[key], right[key]) for key in right)
    if isinstance(right, (list, tuple)):
        if type(got) is not type(right) or len(got) != len(right):
            return False
        return all(_same_plain(a, b) for a, b in zip(got, right, strict=True))
    if isinstance(right, np.ndarray) or isinstance(got, np.ndarray):
        return isinstance(got, np.ndarray) and np.array_equal(got, right)
    return type(got) is type(right) and bool(got == right)


def _entry_difference(got: Any, right: Any, key: str, rtol: float, atol: float) -> CheckFailure | None:
    if got is None or got is ...:
        if right is None and got is None:
            return None
        return CheckFailure(f'The entry "{key}" is still empty.')
    if _entry_same(got, right, rtol, atol):
        return None
    if isinstance(got, Handle):
        return CheckFailure(f'The entry "{key}" holds a {type_of(got)}, not plain data.')
    return CheckFailure(f'The entry "{key}" is not right.', details=f"received {got!r}")


def _entry_same(got: Any, right: Any, rtol: float, atol: float) -> bool:
    got = got.item() if isinstance(got, np.generic) else got
    if isinstance(right, bool) or isinstance(got, bool) or right is None or isinstance(right, str):
        return type(got) is type(right) and got == right
    if isinstance(right, (int, float)):
        # an int beyond the floats cannot be subtracted from one
        within = isinstance(got, (int, float)) and not abs(got) > sys.float_info.max
        return within and bool(abs(got - right) <= atol + rtol * abs(right))
    if isinstance(right, (list, tuple)):
        if not isinstance(got, (list, tuple)) or len(got) != len(right):
            return False
        return all(_entry_same(a, b, rtol, atol) for a, b in zip(got, right, strict=True))
    return _same_plain(got, right)


def _sizes(shape: tuple[int, ...]) -> str:
    if len(shape) > 6:
        return f"of {len(shape)} dimensions"
    return "x".join(map(str, shape)) if shape else "of a single number"


def _plural(names: list[str]) -> str:
    words = {"image of the batch": "images of the batch"}
    return " and ".join(words.get(name, name + "s") for name in names)


def _start(what: str) -> str:
    return what[0].upper() + what[1:]


def _show(array: np.ndarray) -> str:
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=100)
