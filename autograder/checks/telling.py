"""What is said of a test that was run: its result, with the sentence that a student reads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..bridge.errors import THE_ANSWER
from ..bridge.student import Handle, NotAttempted, StudentError, type_of
from ..bridge.transport import BridgeFailure
from ..language import sentences_of
from .failure import CheckFailure
from .hints import explain
from .naming import CONTRADICTED
from .reading import form
from .result import TestResult
from .running import RanTest
from .sentences import RAISED, fixed_sentence
from .trial import Trial

_ = sentences_of(__package__)

UNUSABLE = _(
    "What your code gave back cannot be used as the task describes it; compare its type and shape with the text."
)
FAILURES = {
    "timeout": _("Your code did not answer within the time allowed."),
    "died": _("Your code ended the notebook's kernel."),
    "malformed": _("What came back from your notebook was not an answer."),
    "output": _("Your code sent back more data than this task allows."),
    "interrupted": _("The check was stopped here."),
}
FUNCTIONS = ("function", "type", "builtin_function_or_method", "method", "partial", "ufunc")  # what may be called


def result_of(one: RanTest, name: Any, source: str | None) -> TestResult:
    """What is said of a test that was run; `name` is what `names_of` found of it, if it did."""
    test = one.test
    if one.lost is not None:
        return test.result(passed=False, message=FAILURES[one.lost], reason=one.lost, lost=True)
    if one.raised is not None:
        result = _verdict(one, name, source)
    elif one.report is not None:
        message = _uncallable(one) or UNUSABLE
        result = test.result(passed=False, message=message, fixed=UNUSABLE, details=one.report, broken=True)
    else:
        result = test.result(passed=True)
    return replace(
        result, fixed=result.fixed or result.message, measured=one.trial.measured or None, seconds=one.seconds
    )


# What Python says where a check calls, or makes ready to call, what is no function.
_CALLED = (
    r"^E +(TypeError: ('\w+' object is not callable|the first argument must be callable)"
    r"|AttributeError: '\w+' object has no attribute '_session')"
)


# What it says where a check takes what came of a call for an object, and it is plain data.
_DATA = r"(int|float|str|list|tuple|dict|NoneType|numpy\.ndarray)"
_NO_OBJECT = rf"^E +AttributeError: '{_DATA}' object has no attribute '(\w+)'"


def _uncallable(one: RanTest) -> str | None:
    """What is said where a name of the notebook is no function, and a check called it as one; or a function, where a
    check made an object of it as of a class."""
    if re.search(_CALLED, one.report or "", re.MULTILINE):
        return _what_it_is(one)
    if (found := re.search(_NO_OBJECT, one.report or "", re.MULTILINE)) and one.name:
        value = getattr(one.asked.student, one.name)
        if isinstance(value, Handle) and type_of(value) == "function":
            return _(
                "`{name}` is a function here, and what it gives back has no `{found}`; a class is asked for."
            ).format(name=one.name, found=found[2])
    return None


def _no_function(one: RanTest, error: StudentError) -> str | None:
    """The same where what a check brought to the kernel called it, or used None that came back: no line of the notebook
    raised anything."""
    if error.where is None and re.fullmatch(r"'\w+' object is not callable", error.text):
        return _what_it_is(one)
    if error.where is None and "'NoneType'" in error.text and one.name:
        where = _("`{name}`, or a function or `forward` that it uses").format(name=one.name)
        return _("Something gives back None here: {where}. Is a return missing?").format(where=where)
    return None


def _what_it_is(one: RanTest) -> str | None:
    """What stands under the name of the notebook that a test asked for last, if it is no function or class."""
    try:
        value = getattr(one.asked.student, one.name)
    except (StudentError, NotAttempted, BridgeFailure):
        return None
    if not one.name or (isinstance(value, Handle) and type_of(value) in FUNCTIONS):
        return None
    return _("`{name}` is {value} here; it should be a function or a class.").format(name=one.name, value=form(value))


def _verdict(one: RanTest, name: Any, source: str | None) -> TestResult:
    test, error = one.test, one.raised
    secret = test.hidden and not one.trial.revealing
    if isinstance(error, NotAttempted):
        name_of_missing = one.name if error.name == THE_ANSWER else error.name
        return test.result(passed=False, message=_("Not attempted yet."), attempted=False, raw=name_of_missing)
    if isinstance(error, BridgeFailure):
        message = FAILURES[error.reason]
        return test.result(passed=False, message=message, reason=error.reason, lost=True)
    if isinstance(error, StudentError):
        message = (_no_function(one, error) if not secret else None) or explain(error, hidden=secret, source=source)
        return test.result(passed=False, message=message, fixed=RAISED)
    assert isinstance(error, CheckFailure)
    message, id, fixed = error.message, error.diagnosis, fixed_sentence(error, test.folder)
    if name is CONTRADICTED:
        message, id = error.unnamed or UNUSABLE, None
        fixed = fixed_sentence(replace(error, message=message, fixed=None), test.folder)
    elif name is not None:
        id, message = name
        fixed = message = _of_the_registry(one.trial, id) or message
    details = "\n".join(part for part in (error.message if name else "", error.details) if part and part != message)
    return test.result(
        passed=False, message=message, details="" if secret else details, diagnosis=id, fixed=fixed,
        counterexample=error.counterexample, section=_section(one.trial, id), reason=error.reason,
    )


def _of_the_registry(trial: Trial, id: str) -> str | None:
    """What a registry says of a diagnosis, that of two misconceptions being a sentence of each, in the language of this
    process."""
    known = {one.id: one.sentence for one in (trial.observations[-1].like if trial.observations else None) or ()}
    parts = id.split("+")
    if trial.home is None or not known.keys() >= set(parts):
        return None
    return " ".join(trial.home.say(known[part]) for part in parts)


def _section(trial: Trial, id: str | None) -> str | None:
    """The heading in the notebook that a diagnosis points to."""
    registry = trial.observations[-1].like if trial.observations else None
    if id is None or registry is None:
        return None
    return next((one.section for one in registry if one.id == id.split("+")[0]), None)
