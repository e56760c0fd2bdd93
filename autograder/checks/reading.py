"""Reading an answer for what it means: a number, a word, a list, however it was written; and saying what is wrong.

A number may be Python's or NumPy's, an int or a float, an array or tensor without dimensions, a Fraction or a Decimal.
A word is compared after `strip` and `casefold`. A list may be a tuple or an array, and a set where its order says
nothing. Public and hidden checks read with the same functions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, TypeAlias, cast

import numpy as np

from ..bridge.student import Handle, Student, StudentError, in_kernel, type_of
from ..language import pattern, plurals_of, sentences_of
from ..sandbox.wire import Tensor
from . import probes
from .failure import CheckFailure
from .result import TestResult

_, ngettext = sentences_of(__package__), plurals_of(__package__)
_ENTRY = _('the entry "{key}"')
_BUT_A, _BUT_AN = _("There is no `{name}` here, but a `{near}`."), _("There is no `{name}` here, but an `{near}`.")

Number: TypeAlias = int | float | Fraction
LOOKS = 64  # objects of one answer that are looked into in the kernel
DEPTH = 6
LISTED = 10_000  # values of an array that are read as a list
EXACTLY = 1e-9  # the relative tolerance at which whole numbers must be equal


class Unordered(list[Any]):
    """The values of a set, in no order that says anything."""


@dataclass(frozen=True)
class Difference:
    """Where an answer is not what is right.

    sentence: for the student; may repeat what stands in the answer. fixed: the same without a word of the answer's, for
    hidden tests. details: values.
    """

    sentence: str
    fixed: str
    details: str = ""

    def failure(self) -> CheckFailure:
        """The failure that says so."""
        return CheckFailure(self.sentence, self.details, fixed=self.fixed)


def read_number(value: Any, what: str = _("the answer"), *, whole: bool = False) -> Number:
    """The number that `value` is, as an int, a float or a Fraction.

    what: the thing that is read, in words, for the sentence: 'the entry "conv_layer"'. whole: only a whole number will
    do, and comes as an int. Raises `CheckFailure` for anything else.
    """
    got = as_plain(value)
    number = number_in(got)
    if number is None:
        raise _refused(got, what, _("a whole number") if whole else _("one number"))
    if whole:
        if not math.isfinite(number) or number != int(number):
            raise Difference(
                _("{what} is not a whole number.").format(what=start(what)),
                _("{what} is not a whole number.").format(what=start(what)),
                _("received {number}").format(number=number),
            ).failure()
        return int(number)
    return number


def read_word(value: Any, what: str = _("the answer")) -> str:
    """The word that `value` is, without blanks around it and in lower case. Raises `CheckFailure` for anything else."""
    got = as_plain(value)
    word = word_in(got)
    if word is None:
        raise _refused(got, what, _("a word"))
    return word


def read_list(
    value: Any, what: str = _("the answer"), *, length: int | None = None, unordered: bool = False
) -> list[Any]:
    """The values of a list, a tuple or an array, each as plain data.

    length: how many there have to be. unordered: a set will do too. Raises `CheckFailure` for anything else.
    """
    got = as_plain(value)
    values = list_in(got, unordered=unordered)
    if values is None:
        alone = length == 1 and number_in(got) is not None
        raise _refused(got, what, _("a list; a tuple of one value has a comma, as (3,) has") if alone else _("a list"))
    if length is not None and len(values) != length:
        raise wrong_length(values, length, what).failure()
    return values


def read_entry(answer: Any, key: str, *, known: Iterable[str] = (), none: bool = False) -> Any:
    """What stands under `key` in an answer that is a dict, as plain data.

    known: the other keys of the task, which are no misspelling of this one. none: None is an answer here.
    Raises `CheckFailure` where the answer is no dict, or has no such key; a key that is nearly right is said so.
    """
    table = as_plain(answer)
    if not isinstance(table, dict):
        raise _refused(table, _("the answer"), _("a dict"), empty=_("This task is not answered yet."))
    if key not in table:
        near = nearest(key, [name for name in table if isinstance(name, str) and name not in set(known)])
        fixed = _('The answer has no entry "{key}".').format(key=key)
        raise CheckFailure(
            _('There is no entry "{key}" here, but one "{near}".').format(key=key, near=near) if near else fixed,
            fixed=fixed,
        )
    got = table[key]
    if is_empty(got) and not (none and got is None):
        raise _refused(got, _ENTRY.format(key=key), "")
    return got


def is_empty(value: Any) -> bool:
    """Whether a value is the place that a student was to fill: None or `...`."""
    return value is None or value is ... or (isinstance(value, Handle) and type_of(value) == "ellipsis")


def as_plain(value: Any) -> Any:
    """A value as plain data, as far as it has any: what is opaque to the bridge, but means a number, a word or a list,
    is looked into in the kernel."""
    return _plain(value, [LOOKS], 0)


def _plain(value: Any, looks: list[int], depth: int) -> Any:
    if depth > DEPTH:
        return value
    if isinstance(value, Handle):
        return _looked_into(value, looks, depth)
    if isinstance(value, dict):
        return {_key(key, looks): _plain(inner, looks, depth + 1) for key, inner in value.items()}
    if type(value) in (list, tuple, Unordered):
        return type(value)(_plain(inner, looks, depth + 1) for inner in value)
    return value


def _key(key: Any, looks: list[int]) -> Any:
    """A dict's key; NumPy's texts are texts too."""
    plain = _plain(key, looks, DEPTH) if isinstance(key, Handle) else key
    return plain if isinstance(plain, str | int | float | tuple | type(None)) else key


def _looked_into(value: Handle, looks: list[int], depth: int) -> Any:
    if looks[0] <= 0 or type_of(value) in ("function", "method", "type", "module"):
        return value
    looks[0] -= 1
    try:
        found = in_kernel(cast(Student, _OfHandle(value)), probes.in_plain_words).in_plain_words(value)
    except StudentError:
        return value
    if not isinstance(found, tuple) or len(found) != 2:
        return value
    kind, inner = found
    if kind == "ratio" and isinstance(inner, tuple) and len(inner) == 2 and all(type(part) is int for part in inner):
        return Fraction(*inner) if inner[1] else value
    if kind == "word" and isinstance(inner, str):
        return inner
    if kind in ("list", "set") and isinstance(inner, list):
        return _plain(Unordered(inner) if kind == "set" else inner, looks, depth + 1)
    if kind == "dict" and isinstance(inner, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in inner):
        return {_key(key, looks): _plain(part, looks, depth + 1) for key, part in inner if _is_key(key)}
    return value


def _is_key(key: Any) -> bool:
    return isinstance(key, str | int | float | Handle | type(None))


class _OfHandle:
    """Stands for the notebook that a handle is of, where a function is sent to its kernel."""

    def __init__(self, handle: Handle) -> None:
        self._session = handle._session


def number_in(value: Any) -> Number | None:
    """The number that plain data is, or None; True and False are none."""
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, np.generic | np.ndarray):
        if value.ndim or value.dtype.kind not in "iuf":
            return None
        value = value.item()
    return value if isinstance(value, int | float | Fraction) and not isinstance(value, bool) else None


def word_in(value: Any) -> str | None:
    """The word that plain data is, or None."""
    return value.strip().casefold() if isinstance(value, str) else None


def list_in(value: Any, *, unordered: bool = False) -> list[Any] | None:
    """The values that plain data lists, or None; those of a set only where the order says nothing."""
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, np.ndarray) and value.ndim and value.size <= LISTED:
        return list(value.tolist())
    if isinstance(value, Unordered) and not unordered:
        return None
    return list(value) if isinstance(value, list | tuple) else None


def same(got: Any, right: Any, rtol: float = EXACTLY, atol: float = 0.0) -> bool:
    """Whether an answer, as plain data, means what is right."""
    return difference(got, right, "", rtol, atol) is None


def difference(
    got: Any, right: Any, what: str, rtol: float = EXACTLY, atol: float = 0.0, *, none: bool = False
) -> Difference | None:
    """Where `got`, as plain data, does not mean what is right; None where it does.

    what: the thing in words, such as 'the entry "sizes"'. rtol, atol: of numbers, relative and absolute; a whole number
    must be met exactly unless they say otherwise. none: None is an answer here, and no place that is still empty.
    """
    if isinstance(right, np.generic):
        right = right.item()
    if right is None and got is None:
        return None
    if is_empty(got) and not (none and got is None):
        return _empty(got, what)
    if right is None or got is None:
        return _wrong(got, what)
    if isinstance(right, bool | np.bool_):
        return _truth(got, bool(right), what)
    if isinstance(right, str):
        word = word_in(got)
        if word is None:
            return _other_form(got, what, _("a word"))
        return None if word == right.strip().casefold() else _wrong(got, what)
    if isinstance(right, int | float | Fraction):
        number = number_in(got)
        if number is None:
            return _other_form(got, what, _("one number"))
        return None if close(number, right, rtol, atol) else _wrong(got, what)
    if isinstance(right, Mapping):
        return _of_dict(got, right, what, rtol, atol)
    if isinstance(right, set | frozenset):
        return _of_set(got, right, what, rtol, atol)
    values = list_in(right)
    if values is None:
        raise TypeError(f"a {type(right).__name__} is nothing that an answer is compared with")
    return _of_list(got, values, what, rtol, atol)


def close(number: Number, right: Number, rtol: float, atol: float) -> bool:
    """Whether a number is the right one, to tolerance."""
    if number == right or (number != number and right != right):
        return True
    if isinstance(right, int) and rtol <= EXACTLY and not atol:
        return False
    try:
        return bool(abs(float(number) - float(right)) <= atol + rtol * abs(float(right)))
    except OverflowError:  # an int beyond the floats
        return False


def _truth(got: Any, right: bool, what: str) -> Difference | None:
    if isinstance(got, np.generic | np.ndarray) and got.dtype.kind == "b" and not got.ndim:
        got = got.item()
    if not isinstance(got, bool):
        return _other_form(got, what, _("True or False"))
    return None if got is right else _wrong(got, what)


def _of_dict(got: Any, right: Mapping[Any, Any], what: str, rtol: float, atol: float) -> Difference | None:
    if not isinstance(got, dict):
        return _other_form(got, what, _("a dict"))
    for key, value in right.items():
        if key not in got:
            near = nearest(str(key), [name for name in got if isinstance(name, str) and name not in right])
            fixed = _('{what} has no entry "{key}".').format(what=start(what), key=key)
            return Difference(
                _('{fixed}, but one "{near}".').format(fixed=fixed[:-1], near=near) if near else fixed, fixed
            )
        found = difference(
            got[key],
            value,
            _ENTRY.format(key=key) + (_(" of {what}").format(what=what) if what else ""),
            rtol,
            atol,
        )
        if found is not None:
            return found
    if len(got) != len(right):
        more = [repr(key) for key in got if key not in right][:3]
        fixed = _("{what} has an entry that nothing asks for.").format(what=start(what))
        return Difference(
            _("{what} has entries that nothing asks for: {more}.").format(what=start(what), more=", ".join(more)), fixed
        )
    return None


def _of_set(got: Any, right: Iterable[Any], what: str, rtol: float, atol: float) -> Difference | None:
    values = list_in(got, unordered=True)
    if values is None:
        return _other_form(got, what, _("a set or a list"))
    wanted = list(right)
    if len(values) != len(wanted):
        return wrong_length(values, len(wanted), what)
    found = all(any(same(value, one, rtol, atol) for value in values) for one in wanted)
    return None if found else _wrong(got, what)


def _of_list(got: Any, right: Sequence[Any], what: str, rtol: float, atol: float) -> Difference | None:
    values = list_in(got)
    if values is None:
        return _other_form(got, what, _("a list") if len(right) != 2 else _("a pair"))
    if len(values) != len(right):
        return wrong_length(values, len(right), what)
    for place, (value, one) in enumerate(zip(values, right, strict=True)):
        found = difference(
            value, one, _("{place} of {what}").format(place=_place(place), what=what), rtol, atol, none=True
        )
        if found is not None:
            return found
    return None


def _place(number: int) -> str:
    first = (
        _("the first value"), _("the second value"), _("the third value"), _("the fourth value"), _("the fifth value"),
        _("the sixth value"), _("the seventh value"), _("the eighth value"), _("the ninth value"), _("the tenth value"),
    )  # fmt: skip
    return first[number] if number < len(first) else _("value {number}").format(number=number + 1)


def wrong_length(values: Sequence[Any], right: int, what: str) -> Difference:
    """What is said of a list that is too long or too short."""
    fixed = _("{what} should hold {values}.").format(what=start(what), values=_values(right))
    said = _("{what} holds {values}, not {right}.")
    return Difference(said.format(what=start(what), values=_values(len(values)), right=right), fixed)


def _wrong(got: Any, what: str) -> Difference:
    sentence = _("{what} is not right.").format(what=start(what))
    return Difference(sentence, sentence, _("received {got}").format(got=shown(got)))


def _empty(got: Any, what: str) -> Difference:
    """A value that is missing: in an answer, whose entries stand in quotes, the place still to fill, in a result what a
    function forgot. Dots are always a place still to fill."""
    to_fill = got is not None or '"' in what or not what
    sentence = (
        _("{what} is still empty.").format(what=start(what))
        if to_fill
        else _("{what} is None. Is a return missing?").format(what=start(what))
    )
    return Difference(sentence, sentence)


def _other_form(got: Any, what: str, wanted: str) -> Difference:
    if is_empty(got):
        return _empty(got, what)
    is_entry = 'entry "' in what or re.search(pattern(_ENTRY, key=".*"), what)
    said = _("{what} holds {got}, not {wanted}.") if is_entry else _("{what} is {got}, not {wanted}.")
    return Difference(
        said.format(what=start(what), got=form(got), wanted=wanted),
        _("{what} should be {wanted}.").format(what=start(what), wanted=wanted),
    )


def _refused(got: Any, what: str, wanted: str, *, empty: str | None = None) -> CheckFailure:
    if is_empty(got) and empty is not None:
        return CheckFailure(empty, fixed=empty)
    return _other_form(got, what, wanted).failure()


def form(value: Any) -> str:
    """What a value is, in words: "an array of 3 numbers", "a text"."""
    if isinstance(value, Tensor):
        return _("a {framework} tensor of {size}").format(
            framework=value.framework, size=_numbers(value.array.size)
        )
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, np.ndarray) and value.ndim:
        return _("an array of {size}").format(size=_numbers(value.size))
    if number_in(value) is not None:
        return _("a number")
    if isinstance(value, str):
        return _("a text")
    if isinstance(value, Unordered):
        return _("a set, which has no order")
    if isinstance(value, list | tuple):
        if not value:
            return _("an empty {kind}").format(kind=type(value).__name__)
        return _("a {kind} of {values}").format(kind=type(value).__name__, values=_values(len(value)))
    return with_article(type_of(value))


def wrong_return(says: str, value: Any) -> CheckFailure:
    """The failure where something else than what `says` tells was returned: "augment returns a NumPy array"."""
    came = (
        _("None came back. Is a return missing?")
        if value is None
        else _("{value} came back.").format(value=form(value))
    )
    fixed = _("{says}; something else came back.").format(says=says)
    return CheckFailure(_("{says}; {came}").format(says=says, came=came), fixed=fixed)


def with_article(name: str) -> str:
    """A type's name with "a" or "an" before it."""
    form = _("an {name}") if name[:1] in "AEIOUaeiou" or name == "ndarray" else _("a {name}")
    return form.format(name=name)


def shown(value: Any) -> str:
    """A value as a student reads it, at most 200 characters."""
    if isinstance(value, Handle):
        return with_article(type_of(value))
    if isinstance(value, np.generic):
        value = value.item()
    text = repr(list(value)) if isinstance(value, Unordered) else str(value) if isinstance(value, Fraction) \
        else repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was probably meant to be, or None."""
    known = {_folded(candidate): candidate for candidate in candidates if len(candidate) <= 60}
    found = get_close_matches(_folded(name), known, n=1, cutoff=0.8)
    return known[found[0]] if found else None


def near_name(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is `name` but for capitals, underscores, or one slip: a letter that is missing, added or
    another, or two that were swapped."""
    folded = {_folded(candidate).replace("_", ""): candidate for candidate in candidates if candidate != name}
    wanted = _folded(name).replace("_", "")
    if wanted in folded:
        return folded[wanted]
    return next((folded[one] for one in folded if len(wanted) > 4 and _one_letter_apart(wanted, one)), None)


def with_near_name(test: TestResult, names: Iterable[str]) -> TestResult:
    """A test of a name that the notebook lacks, with the name that is there and nearly the same."""
    there = list(names)
    is_missing = test.raw and not test.attempted and test.raw not in there
    near = near_name(test.raw, there) if is_missing else None
    if near is None:
        return test
    known = _BUT_AN if near[0] in "AEIOUaeiou" else _BUT_A
    sentence = known.format(name=test.raw, near=near)
    return replace(test, message=sentence, fixed=sentence)


def nearly_right(line: str) -> str | None:
    """What a line says of a name that is nearly right, if it does."""
    forms = (pattern(form, name=".*?", near=".*?") for form in (_BUT_A, _BUT_AN))
    return next((found[0] for form in forms if (found := re.search(form, line))), None)


def with_what_is_missing(test: TestResult, names: Iterable[str]) -> TestResult:
    """As `with_near_name`; where no name is near, the test says which one is missing."""
    told = with_near_name(test, names)
    if told is test and test.raw and not test.attempted:
        return replace(test, message=_("`{raw}` is not answered yet.").format(raw=test.raw))
    return told


def _one_letter_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    place = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    swapped = a[place : place + 2] == b[place : place + 2][::-1] and a[place + 2 :] == b[place + 2 :]
    return swapped or a[place + (len(a) >= len(b)) :] == b[place + (len(b) >= len(a)) :]


def _folded(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_")


def start(what: str) -> str:
    """The words with a capital at the beginning; a name of the code stays as it is."""
    return what if "_" in what.partition(" ")[0] else what[:1].upper() + what[1:]


def _values(count: int) -> str:
    return ngettext("{count} value", "{count} values", count).format(count=count)


def _numbers(count: int) -> str:
    return ngettext("{count} number", "{count} numbers", count).format(count=count)
