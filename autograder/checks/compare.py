"""Comparing an answer with the right one: what a check expects, and what is said of an answer that is not so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from ..bridge.student import Handle, StudentError, send_waiting
from ..language import sentences_of
from .arrays import array_problem, wrong_shape, wrong_type
from .diagnosis import Misconception
from .expected import Expected
from .failure import CheckFailure
from .reading import as_plain, difference, list_in, read_entry, same, shown, with_article
from .together import later, look_at
from .trial import Observation, current

_ = sentences_of(__package__)

ENOUGH_TO_ACCUSE = 3  # entries that are wrong for one's own id and right for the other
ANOTHER_VARIANT = _("These are the numbers of another variant: the answer would be right for another student id.")
# Exceptions that say something of the code, and nothing of the argument that it was to refuse.
SLIPS = (
    r"(NameError|UnboundLocalError|AttributeError|RecursionError|SystemExit|ImportError|ModuleNotFoundError): "
    r"|TypeError: .*(unexpected keyword argument|positional argument|required .*argument|takes no arguments)"
)
UNEXPECTED = _("Your code raised an exception here.")


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
        return array_problem(
            got, right, what=what, dtype=dtype, framework=framework, rtol=rtol, atol=atol, in_words=in_words
        )

    def formed(got: Any) -> Any:
        return got if form is None else form(got, answer.value)

    def same(got: Any, wrong: Any) -> bool:
        return differs(got, formed(wrong), in_words=False) is None

    look_at(actual, lambda got: _settle(formed(got), answer, like, differs, same))


def expect_shape(actual: Any, shape: tuple[int, ...], *, what: str = _("the result")) -> None:
    """Passes when `actual` is an array of that shape, whatever its values."""
    problem = wrong_type(actual, None, what, number=False)
    got = np.asarray(actual)
    if problem is None and got.shape != shape:
        problem = wrong_shape(got, np.broadcast_to(0.0, shape), what)
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
